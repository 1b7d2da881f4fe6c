package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/handsoff/handsoff/shared/event"
	"github.com/handsoff/handsoff/shared/job"
)

// shortSHA is how much of a commit's name people read.
const shortSHA = 7

// supersede stops the jobs that an event made pointless: those for another revision when the subject moved on, all of them
// when it is over. What this event itself had made is none of them, nor what made it happen: who closes a pull request is not
// stopped by its close.
func (d *desk) supersede(ctx context.Context, e *event.Event) error {
	if !e.Moved && !e.Over || e.Subject == "" {
		return nil
	}
	if err := d.acting.Acquire(ctx, 1); err != nil {
		return err
	}
	defer d.acting.Release(1)
	made, err := event.JobsOf(ctx, d.Redis, e.Subject)
	if err != nil {
		return err
	}
	for _, s := range made {
		if !pointless(s, e) {
			continue
		}
		stopped, err := d.Jobs.Cancel(ctx, s.Job, author(e), reason(e), e.Author.Groups...)
		switch {
		case errors.Is(err, job.ErrFinished), errors.Is(err, job.ErrNotFound):
			continue
		case err != nil:
			return err
		}
		d.Log.InfoContext(ctx, "a job became pointless", "job", s.Job, "event", e.ID, "subject", e.Subject)
		d.Nudge(ctx, stopped.Nudge...)
	}
	return nil
}

// pointless reports whether an event leaves a job nothing to be for. A job that is for no revision is for whatever the
// subject becomes. What happened before that for which a job was made, and is only told now, says nothing of the job.
func pointless(s event.SubjectJob, e *event.Event) bool {
	switch {
	case s.Outlives || s.Event == e.ID || s.Happened.After(e.At) || slices.Contains(e.Cause, "job:"+s.Job):
		return false
	case e.Over:
		return true
	}
	return s.Revision != "" && !strings.EqualFold(s.Revision, e.Revision)
}

// author is who is to be told to have made an event happen.
func author(e *event.Event) string {
	if e.Author.Principal == "" {
		return "bot:event"
	}
	return e.Author.Principal
}

// reason says why the jobs of a subject are pointless.
func reason(e *event.Event) string {
	if e.Over {
		return thing(e) + " was " + ending(e)
	}
	what := "push"
	if isGerrit(e) {
		what = "patch set"
	}
	if e.Revision == "" {
		return "a new " + what + " made it pointless"
	}
	return fmt.Sprintf("a new %s made it pointless: the head is now %.*s", what, shortSHA, e.Revision)
}

func isGerrit(e *event.Event) bool { return strings.HasPrefix(e.Source, "gerrit:") }

// thing is an event's subject as a sentence names it.
func thing(e *event.Event) string {
	if !isGerrit(e) {
		if strings.HasPrefix(e.Topic, "github.issues.") {
			return "the issue"
		}
		return "the pull request"
	}
	return "change " + e.Subject[strings.LastIndexByte(e.Subject, '/')+1:]
}

// ending says how a subject ended.
func ending(e *event.Event) string {
	switch _, action, _ := strings.Cut(e.Topic, "."); {
	case strings.HasPrefix(action, "change-"): // Gerrit's: abandoned, merged, deleted
		return strings.TrimPrefix(action, "change-")
	case strings.HasPrefix(action, "pull_request.") && merged(e.Payload):
		return "merged"
	}
	return "closed"
}

func merged(payload json.RawMessage) bool {
	var p struct {
		PullRequest struct {
			Merged bool `json:"merged"`
		} `json:"pull_request"` // GitHub's
	}
	return json.Unmarshal(payload, &p) == nil && p.PullRequest.Merged
}
