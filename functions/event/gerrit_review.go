package main

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/handsoff/handsoff/shared/chat"
	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/event"
	"github.com/handsoff/handsoff/shared/gerrit"
	"github.com/handsoff/handsoff/shared/job"
)

// Bounds of what is said to a change; Gerrit takes 16 KiB (change.commentSizeLimit).
const (
	mostReview      = 12_000 // bytes
	mostReviewLines = 300
	// reviewGrace is how long a request that is under way may outlive its step, so that its fate is known.
	reviewGrace = 2 * time.Second
)

// reviewer steps "gerrit review": it says something to a patch set, and votes, once.
type reviewer struct{ *gerrits }

var _ job.Stepper = (*reviewer)(nil)

// reviewing is the checkpoint: the patch set that was meant when the job began, whatever is uploaded since.
type reviewing struct {
	Server   string    `json:"server"`
	ID       string    `json:"id"` // as requests name the change
	Change   int       `json:"change"`
	PatchSet int       `json:"patchset"`
	Revision string    `json:"revision"`
	URL      string    `json:"url"`
	Looked   time.Time `json:"looked,omitzero"` // since when a review whose fate is not known was looked for
}

// reviewed is the result.
type reviewed struct {
	Change   int            `json:"change"`
	PatchSet int            `json:"patchset"`
	Labels   map[string]int `json:"labels,omitempty"`
	URL      string         `json:"url"`
}

// errLook says that a review may still show.
var errLook = errors.New("the review may still show")

// Step implements job.Stepper.
func (r *reviewer) Step(ctx context.Context, run *job.Run) (job.Outcome, error) {
	if r.section == nil {
		return job.Fail(noGerrit, nil), nil
	}
	arguments := command.Values(run.Job().Args)
	labels, err := readVotes(arguments.List("label"))
	if err != nil {
		return r.verdict(err)
	}
	if arguments.String("message") == "" && len(labels) == 0 {
		return job.Fail("There is nothing to say: give a message=…, a label=… such as Code-Review+1, or both.", nil), nil
	}
	p, err := r.pin(ctx, run, arguments)
	if err != nil {
		return r.verdict(err)
	}
	if r.clients[p.Server] == nil {
		return job.Fail(fmt.Sprintf("The configuration has no Gerrit server %s any more.", p.Server), nil), nil
	}
	message := reviewText(run.Job(), arguments.String("message"))
	_, err = job.Once(ctx, run, "review",
		func(ctx context.Context) (bool, job.Sighting, error) { return r.look(ctx, run, p) },
		func(ctx context.Context) (bool, error) { return true, r.say(ctx, run, p, message, labels) })
	switch {
	case errors.Is(err, errLook):
		return job.Wait(r.settle / 2), nil
	case err != nil:
		return r.verdict(err)
	}
	return job.Done(reviewed{Change: p.Change, PatchSet: p.PatchSet, Labels: labels, URL: p.URL}), nil
}

// verdict turns an error into what a step answers.
func (r *reviewer) verdict(err error) (job.Outcome, error) {
	if no, ok := asWish(err); ok {
		return job.Fail(no, nil), nil
	}
	if kind := gerrit.KindOf(err); kind != gerrit.None && kind != gerrit.Down {
		return job.Fail(fullStop(err.Error())+gerritAdvice(err), nil), nil
	}
	return job.Outcome{}, err
}

// pin finds out which patch set is meant, once.
func (r *reviewer) pin(ctx context.Context, run *job.Run, arguments command.Values) (*reviewing, error) {
	var p reviewing
	if known, err := run.Load(&p); known || err != nil {
		return &p, err
	}
	wanted, err := r.find(arguments.String("server"), arguments.String("change"))
	if err != nil {
		return nil, err
	}
	if n := int(arguments.Int("patchset")); n > 0 {
		wanted.patchSet = n
	}
	with := []string{gerrit.WithCurrent}
	if wanted.patchSet > 0 {
		with = []string{gerrit.WithPatches}
	}
	c, err := wanted.client.Change(ctx, wanted.id, with...)
	if err != nil {
		return nil, err
	}
	server := wanted.client.Server()
	p = reviewing{Server: server.Name, ID: gerrit.ID(c.Project, c.Number), Change: c.Number, URL: server.Link(c.Project, c.Number)}
	for sha, revision := range c.Revisions {
		if revision.Number == wanted.patchSet || wanted.patchSet == 0 && sha == c.Current {
			p.Revision, p.PatchSet = sha, revision.Number
		}
	}
	if p.Revision == "" {
		return nil, wishError(fmt.Sprintf("Change %d has no patch set %d.", c.Number, wanted.patchSet))
	}
	return &p, r.keep(ctx, run, &p)
}

func (r *reviewer) keep(ctx context.Context, run *job.Run, p *reviewing) error {
	change := job.Change{Checkpoint: p, Links: []job.Link{{Title: fmt.Sprintf("change %d", p.Change), URL: p.URL}}}
	if err := run.Save(ctx, change); err != nil {
		return fmt.Errorf("save: %w", err)
	}
	return nil
}

// look looks for the review of a step that died, or whose request got no answer: it has our job's line.
func (r *reviewer) look(ctx context.Context, run *job.Run, p *reviewing) (bool, job.Sighting, error) {
	messages, err := r.clients[p.Server].Messages(ctx, p.ID)
	if err != nil {
		return false, job.Hidden, err
	}
	for i := range messages {
		if messages[i].PatchSet == p.PatchSet && strings.HasSuffix(strings.TrimSpace(messages[i].Text), reviewLine(run.Job().ID)) {
			return true, job.Present, nil
		}
	}
	now, err := r.desk.Jobs.Now(ctx)
	if err != nil {
		return false, job.Hidden, err
	}
	if p.Looked.IsZero() || p.Looked.After(now) { // ahead: the clock was set back since, and it is missed from now on
		p.Looked = now
		if err := r.keep(ctx, run, p); err != nil {
			return false, job.Hidden, err
		}
	}
	if now.Sub(p.Looked) < r.settle {
		return false, job.Hidden, errLook
	}
	return false, job.Absent, nil
}

// say makes the request. Events about it that Gerrit sends are known to be our own.
func (r *reviewer) say(ctx context.Context, run *job.Run, p *reviewing, message string, labels map[string]int) error {
	client := r.clients[p.Server]
	if !p.Looked.IsZero() { // should this request be lost too, the looking begins anew
		p.Looked = time.Time{}
		if err := r.keep(ctx, run, p); err != nil {
			return job.NotDone(err)
		}
	}
	if err := event.Acted(ctx, r.desk.Redis, client.Server().Subject(p.Change), run.Job().ID); err != nil {
		return job.NotDone(err)
	}
	ctx, cancel := outlast(ctx, reviewGrace)
	defer cancel()
	err := client.Review(ctx, p.ID, p.Revision, gerrit.Review{Message: message, Labels: labels})
	if gerrit.SurelyNot(err) {
		return job.NotDone(err)
	}
	return err
}

// outlast gives what was begun a little time to end after ctx has: a request that is on its way should not be cut off.
func outlast(ctx context.Context, grace time.Duration) (context.Context, context.CancelFunc) {
	longer, cancel := context.WithCancel(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, func() { time.AfterFunc(grace, cancel) })
	return longer, func() { stop(); cancel() }
}

// reviewText is what is said: the words, who had them said, and the line by which it is found again.
func reviewText(j *job.Job, message string) string {
	var lines []string
	if text := chat.Bound(chat.Clean(message), mostReview, mostReviewLines); text != "" {
		lines = append(lines, text, "")
	}
	return strings.Join(append(lines, "Said for "+chat.OneLine(j.Principal)+".", reviewLine(j.ID)), "\n")
}

func reviewLine(id string) string { return "(handsoff job " + id + ")" }

// voteForm is a vote as people write it: Code-Review+2, Verified-1, Verified=0.
var voteForm = regexp.MustCompile(`^([A-Za-z][A-Za-z0-9-]*?)(?:=?([+-]\d{1,2})|=(\d{1,2}))$`)

// readVotes reads votes.
func readVotes(texts []string) (map[string]int, error) {
	labels := make(map[string]int, len(texts))
	for _, text := range texts {
		parts := voteForm.FindStringSubmatch(text)
		if len(parts) == 0 || !gerrit.IsLabel(parts[1]) {
			return nil, wishError(fmt.Sprintf("%s is not a vote; write one like Code-Review+1 or Verified-1.", chat.Quote(text, 80)))
		}
		value, err := strconv.Atoi(parts[2] + parts[3])
		if _, twice := labels[parts[1]]; twice || err != nil {
			return nil, wishError(fmt.Sprintf("There are two votes for %s; give one.", parts[1]))
		}
		labels[parts[1]] = value
	}
	return labels, nil
}
