package pulls

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	gogithub "github.com/google/go-github/v62/github"
	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/shared/chat"
	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/event"
	"github.com/handsoff/handsoff/shared/github"
	"github.com/handsoff/handsoff/shared/job"
)

// Desk does the commands.
type Desk struct {
	App   *github.App
	Redis redis.UniversalClient
	Now   func(ctx context.Context) (time.Time, error) // the clock that all workers share
}

// Steps are the commands that are jobs.
func (d *Desk) Steps() map[string]job.Stepper {
	return map[string]job.Stepper{
		"github pr comment": &stepper{d, d.comment},
		"github pr close":   &stepper{d, d.close},
		"github pr merge":   &stepper{d, d.merge},
		"github pr label":   &stepper{d, d.label},
	}
}

// refused is a sentence that says why it will not be done.
type refused string

// Error implements error.
func (r refused) Error() string { return string(r) }

// errSettling says that what may still appear was not seen yet.
var errSettling = errors.New("it is not known yet whether GitHub did it")

// settle is how long after an unclear answer something may still appear.
const settle = 10 * time.Second

// checkpoint is what a job keeps between steps.
type checkpoint struct {
	SHA   string    `json:"sha,omitempty"`  // the head to merge
	Doubt time.Time `json:"doubt,omitzero"` // when GitHub last did not say whether it did something
}

// task is a job in the hands of a step, with the pull request that it is about.
type task struct {
	*Desk

	run    *job.Run
	args   command.Values
	place  github.Place
	client *gogithub.Client
	kept   checkpoint
}

// stepper steps one command.
type stepper struct {
	*Desk

	do func(ctx context.Context, t *task) (job.Outcome, error)
}

var _ job.Stepper = (*stepper)(nil)

// Step implements job.Stepper.
func (s *stepper) Step(ctx context.Context, run *job.Run) (job.Outcome, error) {
	t := &task{Desk: s.Desk, run: run, args: command.Values(run.Job().Args)}
	var err error
	if _, err = run.Load(&t.kept); err != nil {
		return job.Outcome{}, fmt.Errorf("load checkpoint: %w", err)
	}
	if t.place, err = Parse(t.args.String("pr")); err != nil {
		return job.Fail(err.Error(), nil), nil
	}
	if t.client, err = s.App.ClientFor(ctx, t.place.Owner, t.place.Repo); err != nil {
		return verdict(ctx, err)
	}
	outcome, err := s.do(ctx, t)
	if err != nil {
		return verdict(ctx, err)
	}
	return outcome, nil
}

// verdict is what an error means for the job: what passes is waited out, as long as GitHub says if it does; all else ends it.
func verdict(ctx context.Context, err error) (job.Outcome, error) {
	no := refused("")
	fault, classified := errors.AsType[*github.Error](err)
	switch {
	case ctx.Err() != nil:
		return job.Outcome{}, err
	case errors.As(err, &no):
		return job.Fail(string(no), nil), nil
	case errors.Is(err, job.ErrUnsure):
		return job.Unsure(err.Error()), nil
	case errors.Is(err, errSettling):
		return job.Wait(settle / 2), nil
	case !classified:
		return job.Outcome{}, err
	case fault.Kind == github.RateLimited:
		return job.Wait(fault.RetryAfter()), nil
	case fault.Passing():
		return job.Outcome{}, err
	}
	return job.Fail(fault.Error(), nil), nil
}

// number and name write the pull request for GitHub and for people.
func (t *task) name() string { return Name(t.place) }

// Name writes a pull request for people: "acme/app#12".
func Name(p github.Place) string { return p.Owner + "/" + p.Repo + "#" + strconv.Itoa(p.Number) }

// read asks for the pull request.
func (t *task) read(ctx context.Context) (*gogithub.PullRequest, error) {
	pr, _, err := t.client.PullRequests.Get(ctx, t.place.Owner, t.place.Repo, t.place.Number)
	return pr, github.Classify("read "+t.name(), err)
}

// acted says that the job is about to do something to the pull request.
func (t *task) acted(ctx context.Context) error {
	return event.Acted(ctx, t.Redis, t.place.Subject(), t.run.Job().ID)
}

// once does something to the pull request, once. look says whether it is done.
func once[T any](ctx context.Context, t *task, name string, look func(context.Context) (T, job.Sighting, error), do func(context.Context) (T, error)) (T, error) {
	settled := func(ctx context.Context) (T, job.Sighting, error) {
		found, sighting, err := look(ctx)
		if err == nil && sighting == job.Absent {
			err = t.settled(ctx)
		}
		return found, sighting, err
	}
	return job.Once(ctx, t.run, name, settled, func(ctx context.Context) (T, error) {
		var none T
		if err := t.acted(ctx); err != nil {
			return none, job.NotDone(err)
		}
		made, err := do(ctx)
		if err == nil {
			return made, nil
		}
		if fault, ok := errors.AsType[*github.Error](err); !ok || fault.Unsent || fault.Kind != github.Down {
			return made, job.NotDone(err)
		}
		return made, t.doubt(ctx, err)
	})
}

// doubt remembers that GitHub did not say whether it did something: it may yet appear.
func (t *task) doubt(ctx context.Context, err error) error {
	ctx = context.WithoutCancel(ctx)
	now, failed := t.Now(ctx)
	if failed == nil {
		t.kept.Doubt = now
		failed = t.run.Save(ctx, job.Change{Checkpoint: &t.kept})
	}
	return errors.Join(err, failed)
}

// settled gives errSettling while what is not there may still appear.
func (t *task) settled(ctx context.Context) error {
	if t.kept.Doubt.IsZero() {
		return nil
	}
	now, err := t.Now(ctx)
	if err != nil {
		return err
	}
	if t.kept.Doubt.After(now) { // the clock was set back since, and it is in doubt from now on
		return t.doubt(ctx, errSettling)
	}
	if now.Sub(t.kept.Doubt) < settle {
		return errSettling
	}
	return nil
}

// link is the pull request, to click.
func link(pr *gogithub.PullRequest, place github.Place) []job.Link {
	return []job.Link{{Title: Name(place), URL: pr.GetHTMLURL()}}
}

// done ends the job with a sentence and a link.
func (t *task) done(ctx context.Context, pr *gogithub.PullRequest, format string, args ...any) (job.Outcome, error) {
	text := fmt.Sprintf(format, args...)
	change := job.Change{Say: []string{text}, Links: link(pr, t.place), Progress: &job.Progress{Percent: 100, Line: strings.TrimSuffix(text, ".")}}
	if err := t.run.Save(ctx, change); err != nil {
		return job.Outcome{}, fmt.Errorf("save: %w", err)
	}
	return job.Done(map[string]any{"pull request": t.name(), "title": chat.OneLine(pr.GetTitle())}), nil
}
