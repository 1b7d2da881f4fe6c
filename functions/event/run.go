package main

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/handsoff/handsoff/shared/chat"
	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/event"
	"github.com/handsoff/handsoff/shared/gerrit"
	"github.com/handsoff/handsoff/shared/github"
	"github.com/handsoff/handsoff/shared/job"
)

const (
	// longestAnswer is how much of an answer is kept, in bytes.
	longestAnswer = 2000
	// maxWatch is how many addresses may follow a job.
	maxWatch = 16
	// maxNote bounds a note, in bytes.
	maxNote = 512
)

// run has the function command do what a rule says, for the rule, or for whoever asked in so many words.
func (d *desk) run(ctx context.Context, m *matter, r *match) (outcome, error) {
	words, args, err := r.Command(r.env)
	if err != nil {
		return d.stumble(ctx, m, r, failed, err.Error())
	}
	limited, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	answer, err := command.Settled(d.command.Do(limited, d.envelope(ctx, m, r, words, args)))
	switch {
	case err != nil:
		return outcome{}, err
	case answer.Problem != nil && answer.Problem.Code == command.CodeUnavailable:
		return outcome{}, fmt.Errorf("run %s: %s", words, answer.Text)
	case answer.Problem != nil:
		return d.stumble(ctx, m, r, refused, answer.Text)
	}
	return d.taken(ctx, m, r, answer)
}

// taken remembers the job that was made for its subject. Whoever asked is told what was answered without one.
func (d *desk) taken(ctx context.Context, m *matter, r *match, answer command.Answer) (outcome, error) {
	e := m.event
	if answer.Job != "" && answer.Accepted && e.Subject != "" {
		err := event.KeepJob(ctx, d.Redis, e.Subject, event.SubjectJob{
			Job: answer.Job, Rule: r.Name, Event: e.ID, Revision: e.Revision, Outlives: r.Outlives,
			Asked: askedWords(e), Answer: e.Answer, At: d.now(), Happened: e.At,
		})
		if err != nil {
			return outcome{}, err
		}
	}
	if !answer.Accepted && e.Asked && e.Answer != "" && answer.Text != "" {
		if err := d.reply(ctx, m, r, ran, answer.Text); err != nil {
			return outcome{}, err
		}
	}
	return outcome{What: ran, Job: answer.Job, Text: chat.Bound(answer.Text, longestAnswer, maxNoticeLines)}, nil
}

// askedWords are the words of an event that somebody asked for; nil for any other.
func askedWords(e *event.Event) *event.Asked {
	var p struct {
		Asked *event.Asked `json:"asked"`
	}
	if !e.Asked || json.Unmarshal(e.Payload, &p) != nil {
		return nil
	}
	return p.Asked
}

// envelope is what a rule asks for. It has the arguments that the rule declares, each with one value, whatever the event
// says.
func (d *desk) envelope(ctx context.Context, m *matter, r *match, words string, args map[string]any) command.Envelope {
	e, by := m.event, "rule:"+r.Name
	sent := command.Envelope{
		ID: actID(actRun, e.ID, r.Name), Principal: by, Origin: job.Origin{Door: "event"}, Command: words, Args: args,
		Watch: addresses(m, r), Cause: causes(r.Rule, e, m.causes...), Notes: d.notes(ctx, m, r),
	}
	if e.Asked {
		sent.Principal, sent.Groups = e.Author.Principal, append(slices.Clone(e.Author.Groups), by)
		sent.Origin = job.Origin{Door: "github", Address: e.Answer}
	}
	return sent
}

// notes are what a rule went by, for whoever asks why.
func (d *desk) notes(ctx context.Context, m *matter, r *match) []string {
	e := m.event
	line := fmt.Sprintf("the rule %s heard %s about %s, of %s", r.Name, e.Topic, m.subject(), m.authorName())
	if e.Author.Principal != "" && e.Author.Principal != m.authorName() {
		line += " (" + e.Author.Principal + ")"
	}
	seen := d.rules.Explain(ctx, r.Rule, e, m.asker, m.more)
	notes := []string{oneNote(line)}
	if again := e.Replay; again != nil {
		notes = append(notes, oneNote(again.By+" had the event "+again.Of+" replayed"))
	}
	return append(notes, seen.Notes()...)
}

// oneNote is text as one line of a note.
func oneNote(text string) string {
	return chat.Shorten(chat.OneLine(text), maxNote)
}

// addresses are who follows the job: whom the rule names, whoever asked, and the pull request or the change itself.
func addresses(m *matter, r *match) []string {
	e := m.event
	list := slices.Clone(r.Watch)
	for _, address := range []string{e.Answer, checkRun(e, r), review(m, r)} {
		if address != "" && !slices.Contains(list, address) {
			list = append(list, address)
		}
	}
	return list[max(0, len(list)-maxWatch):]
}

// checkRun is where a job is shown as a check of a pull request's commit; empty for nowhere.
func checkRun(e *event.Event, r *match) string {
	place, ok := github.ParsePlace(e.Subject)
	if !ok || place.Number == 0 || !github.IsSHA(e.Revision) || e.Asked || r.Quiet || !strings.HasPrefix(e.Topic, "github.pull_request") {
		return ""
	}
	if answer, ok := github.ParsePlace(e.Answer); ok && answer.SHA != "" {
		return "" // it is shown as a check for who asked
	}
	place.SHA = e.Revision
	return place.Address()
}

// review is where a job's outcome becomes a vote; empty for nowhere.
func review(m *matter, r *match) string {
	v := r.Review
	place, err := gerrit.ParsePlace(m.event.Subject)
	if v == nil || err != nil {
		return ""
	}
	var p struct {
		PatchSet struct {
			Number json.Number `json:"number"` // older servers write it as a text
		} `json:"patchSet"`
	}
	if json.Unmarshal(m.event.Payload, &p) == nil {
		if n, err := p.PatchSet.Number.Int64(); err == nil && n > 0 {
			place.PatchSet = int(n)
		}
	}
	place.Label, place.Success, place.Failure, place.Started = v.Label, v.Success, v.Failure, v.Started
	return place.Address()
}
