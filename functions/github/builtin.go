package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/handsoff/handsoff/shared/chat"
	"github.com/handsoff/handsoff/shared/chat/jobtext"
	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/event"
	"github.com/handsoff/handsoff/shared/github"
	"github.com/handsoff/handsoff/shared/job"
)

// builtin is a command that the bot itself does in comments. It gives what is to be said.
type builtin func(v *visit, ctx context.Context, s *said, w wish) (string, error)

// builtins are those commands, by their word.
var builtins map[string]builtin = ownWords()

func ownWords() map[string]builtin {
	return map[string]builtin{
		"cancel":  (*visit).cancel,
		"approve": (*visit).approve,
		"reject":  (*visit).reject,
		"retest":  (*visit).retest,
		"status":  (*visit).status,
		"why":     (*visit).why,
		"help":    (*visit).help,
	}
}

const (
	// lag is how long after a comment a job may have begun that the comment is about: what was asked for just before is
	// accepted a little later. What began after that is not what somebody saw when they asked.
	lag = 10 * time.Minute
	// mostShown is how many jobs /status shows.
	mostShown = 10
)

// jobs are those of the pull request or issue that there still are, the newest first.
func (v *visit) jobs(ctx context.Context, s *said) ([]*job.Job, error) {
	made, err := event.JobsOf(ctx, v.Redis, v.place.Subject())
	if err != nil {
		return nil, err
	}
	var list []*job.Job
	for _, m := range made {
		j, err := v.Jobs.Get(ctx, m.Job)
		switch {
		case errors.Is(err, job.ErrNotFound):
		case err != nil:
			return nil, err
		case j.Created.Before(s.at.Add(lag)):
			list = append(list, j)
		}
	}
	return list, nil
}

// named is the job that a command names; false when it names none. What is no job's id is none either.
func named(w wish) (id string, rest string, ok bool) {
	if len(w.Args) == 0 {
		return "", "", false
	}
	id = strings.ToLower(w.Args[0])
	if !command.IsJobID(id) {
		return "", w.Text, false
	}
	return id, strings.TrimSpace(strings.TrimPrefix(w.Text, w.Args[0])), true
}

// cancel stops the job that is named, or all that are unfinished.
func (v *visit) cancel(ctx context.Context, s *said, w wish) (string, error) {
	id, reason, is := named(w)
	ids := []string{id}
	if !is {
		jobs, err := v.jobs(ctx, s)
		if err != nil {
			return "", err
		}
		if ids = idsOf(jobs, func(j *job.Job) bool { return !j.State.Final() }); len(ids) == 0 {
			return "Nothing that I started here is unfinished.", nil
		}
	}
	return v.each(ctx, s, w, ids, func(id string) map[string]any { return withReason(id, reason) })
}

// approve gives the author's word for the job that is named, or for the one that waits.
func (v *visit) approve(ctx context.Context, s *said, w wish) (string, error) {
	return v.sign(ctx, s, w, func(id, _ string) map[string]any { return map[string]any{"id": id} })
}

// reject stops the job that is named, or the one that waits.
func (v *visit) reject(ctx context.Context, s *said, w wish) (string, error) {
	return v.sign(ctx, s, w, withReason)
}

// sign approves or rejects.
func (v *visit) sign(ctx context.Context, s *said, w wish, args func(id, reason string) map[string]any) (string, error) {
	id, reason, is := named(w)
	if !is {
		jobs, err := v.jobs(ctx, s)
		if err != nil {
			return "", err
		}
		switch ids := idsOf(jobs, func(j *job.Job) bool { return j.State == job.Confirming }); len(ids) {
		case 0:
			return "Nothing here waits for an approval.", nil
		case 1:
			id = ids[0]
		default:
			return fmt.Sprintf("These wait for an approval: %s. Say which: /%s %s", strings.Join(ids, ", "), w.Word, ids[0]), nil
		}
	}
	return v.each(ctx, s, w, []string{id}, func(id string) map[string]any { return args(id, reason) })
}

// why explains the job that is named, or the newest one.
func (v *visit) why(ctx context.Context, s *said, w wish) (string, error) {
	id, _, is := named(w)
	if !is {
		jobs, err := v.jobs(ctx, s)
		if err != nil {
			return "", err
		}
		if len(jobs) == 0 {
			return noJobs, nil
		}
		id = slices.MinFunc(jobs, unfinishedFirst).ID
	}
	return v.each(ctx, s, w, []string{id}, func(id string) map[string]any { return map[string]any{"id": id} })
}

const noJobs = "I know of no job here."

// unfinishedFirst orders jobs of a list that has the newest first.
func unfinishedFirst(a, b *job.Job) int {
	switch {
	case a.State.Final() == b.State.Final():
		return 0
	case b.State.Final():
		return -1
	}
	return 1
}

// status shows how the job that is named stands, or a line for each of those here.
func (v *visit) status(ctx context.Context, s *said, w wish) (string, error) {
	id, _, is := named(w)
	jobs, err := v.jobs(ctx, s)
	switch {
	case err != nil:
		return "", err
	case is:
		return v.run(ctx, s, w, "job", id, map[string]any{"id": id}, false)
	case len(jobs) == 0:
		return noJobs, nil
	}
	// Who may see one may see all: it is asked once.
	if text, err := v.run(ctx, s, w, "job", jobs[0].ID, map[string]any{"id": jobs[0].ID}, true); err != nil || text != "" {
		return text, err
	}
	now, err := v.Jobs.Now(ctx)
	if err != nil {
		return "", err
	}
	slices.SortStableFunc(jobs, unfinishedFirst)
	voice := jobtext.Voice{Person: func(principal string) string { return v.called(ctx, principal) }}
	var lines []string
	for _, j := range jobs[:min(len(jobs), mostShown)] {
		lines = append(lines, fmt.Sprintf("%s %s: %s", j.ID, voice.Standing(j, now), jobtext.Command(j)))
	}
	if more := len(jobs) - mostShown; more > 0 {
		lines = append(lines, fmt.Sprintf("… and %d older", more))
	}
	return strings.Join(lines, "\n"), nil
}

// called is how people at GitHub know somebody; a principal stays what it is where that is not known.
func (v *visit) called(ctx context.Context, principal string) string {
	login, err := github.LoginOf(ctx, v.Redis, principal)
	if err != nil {
		v.Log.WarnContext(ctx, "a login is not known just now", "principal", principal, "error", err)
	}
	return cmp.Or(login, chat.OneLine(principal))
}

// each has the function command do a built-in command for several jobs.
func (v *visit) each(ctx context.Context, s *said, w wish, ids []string, args func(id string) map[string]any) (string, error) {
	var lines []string
	for _, id := range ids {
		text, err := v.run(ctx, s, w, w.Word, id, args(id), false)
		if err != nil {
			return "", err
		}
		if !slices.Contains(lines, text) { // what is refused is refused for all in the same words
			lines = append(lines, text)
		}
	}
	return strings.Join(lines, "\n"), nil
}

// run has the function command do something about a job as the author, and gives what it answered. With check it is only
// asked whether the author may, and the text is empty when they may.
func (v *visit) run(ctx context.Context, s *said, w wish, words, id string, args map[string]any, check bool) (string, error) {
	e := v.envelope(fmt.Sprintf("%s.%d %s %s", s.name(), w.number, words, id), words, args)
	e.Check = check
	text, problem, err := v.ask(ctx, e)
	if check && !problem {
		return "", err
	}
	return text, err
}

// envelope asks for a command as whoever the delivery is from.
func (v *visit) envelope(id, words string, args map[string]any) command.Envelope {
	return command.Envelope{
		ID: "github " + id, Principal: v.principal(), Groups: v.groups,
		Origin: job.Origin{Door: "github", Address: v.place.Address()}, Command: words, Args: args,
	}
}

// ask hands an envelope in. What is refused for good is an answer too; an error is one that trying again may mend.
func (v *visit) ask(ctx context.Context, e command.Envelope) (text string, problem bool, err error) {
	limited, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	answer, err := command.Settled(v.command.Do(limited, e))
	if err != nil {
		return "", false, err
	}
	if answer.Problem != nil && answer.Problem.Code == command.CodeUnavailable {
		return "", false, fmt.Errorf("%s for %s: %s", e.Command, e.Principal, chat.OneLine(answer.Text))
	}
	return answer.Text, answer.Problem != nil, nil
}

// idsOf are the ids of the jobs that are wanted.
func idsOf(jobs []*job.Job, wanted func(*job.Job) bool) []string {
	var ids []string
	for _, j := range jobs {
		if wanted(j) {
			ids = append(ids, j.ID)
		}
	}
	return ids
}

func withReason(id, reason string) map[string]any {
	if reason == "" {
		return map[string]any{"id": id}
	}
	return map[string]any{"id": id, "reason": reason}
}
