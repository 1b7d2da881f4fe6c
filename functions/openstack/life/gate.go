package life

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/handsoff/handsoff/functions/openstack/environment/template"
	"github.com/handsoff/handsoff/functions/openstack/handin"
	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/job"
)

// planned is what a command that takes a sign-off would do, for people; refusal, where there is one, is the whole answer.
type planned func(ctx context.Context) (told []string, refusal string, err error)

// gate asks for the sign-off that a template takes: the same command is handed in again as a child that waits for it, and this
// job waits for that. done says that the outcome is the answer.
func (l *Life) gate(ctx context.Context, run *job.Run, at *course, t *template.Template, plan planned) (out job.Outcome, done bool, err error) {
	j := run.Job()
	if at.Child != "" {
		out, err = l.behind(ctx, run, at)
		return out, true, err
	}
	if t == nil || t.Signoff == nil || suffices(j.Signoff, t.Signoff) {
		return out, false, nil
	}
	told, refusal, err := plan(ctx)
	switch {
	case err != nil:
		return out, true, err
	case refusal != "":
		return job.Fail(refusal, nil), true, nil
	}
	got, err := l.again(ctx, run, t.Signoff)
	switch {
	case err != nil:
		return out, true, err
	case got.Job == "":
		return job.Fail(sentence(got.Why)+" Nothing was done.", nil), true, nil
	}
	at.Child = got.Job
	say := append(slices.Clone(told), fmt.Sprintf("The template %s takes a sign-off: %s waits for it.", t.Name, got.Job))
	return job.Wait(time.Minute), true, run.Save(ctx, job.Change{Checkpoint: at, Say: say, Parts: []job.Part{{Name: "sign-off", State: string(job.Confirming), Job: got.Job}}})
}

// again hands the job's own command in as a child of it that waits for a sign-off, and that those who follow this one follow, too.
func (l *Life) again(ctx context.Context, run *job.Run, signoff *command.SignoffSpec) (handin.Became, error) {
	j := run.Job()
	watchers, err := l.jobs.Watchers(ctx, j.ID)
	if err != nil {
		return handin.Became{}, err
	}
	watch := make([]string, 0, len(watchers))
	for address := range watchers {
		watch = append(watch, address)
	}
	const most = 16
	return l.handIn(ctx, run, "sign-off", command.Envelope{
		ID: "sign-off " + j.ID, Command: j.Command, Args: j.Args, Principal: j.Principal, Groups: j.Groups, Origin: j.Origin, Parent: j.ID,
		Signoff: signoff, Watch: watch[:min(len(watch), most)], Cause: append([]string{"job:" + j.ID}, j.Why.Cause...),
	})
}

// suffices reports whether what was signed off, or the job would not be stepped, is no less than what a template takes. A step of a
// pipeline may have asked for less.
func suffices(given *job.Signoff, takes *command.SignoffSpec) bool {
	asked := command.Stricter(nil, takes)
	return given != nil && given.Role == asked.Role && given.Need >= asked.Need && (asked.Self || !given.Self)
}

// behind follows the job that does the work once it was signed off.
func (l *Life) behind(ctx context.Context, run *job.Run, at *course) (job.Outcome, error) {
	child, err := l.jobs.Get(ctx, at.Child)
	if errors.Is(err, job.ErrNotFound) {
		return job.Unsure(at.Child + ", which made it, is forgotten already"), nil
	}
	if err != nil {
		return job.Outcome{}, err
	}
	switch child.State {
	case job.Succeeded:
		return job.Done(child.Result), nil
	case job.Failed, job.Cancelled:
		return job.Fail(fmt.Sprintf("%s is %s. %s", child.ID, child.State, child.Error), child.Result), nil
	case job.Unknown:
		return job.Unsure(child.ID + " is unknown: " + child.Error), nil
	}
	const look = 5 * time.Second
	part := job.Part{Name: "the environment", State: string(child.State), Job: child.ID, Note: child.Progress.Line}
	progress := child.Progress
	return job.Wait(look), run.Save(ctx, job.Change{Progress: &progress, Parts: []job.Part{part}})
}

// stopGate waits until the job that does the work has stopped, which a cancel reaches by itself.
func (l *Life) stopGate(ctx context.Context, run *job.Run, at *course) (job.Outcome, error) {
	child, err := l.jobs.Get(ctx, at.Child)
	switch {
	case errors.Is(err, job.ErrNotFound):
		return job.Stopped(at.Child + " is over"), nil
	case err != nil:
		return job.Outcome{}, err
	case child.State.Final() && child.Receipt != nil:
		return job.Stopped(fmt.Sprintf("%s is %s: %s", child.ID, child.State, child.Receipt.Evidence), child.Receipt.Left...), nil
	case child.State == job.Succeeded:
		return job.Done(child.Result), nil
	case child.State.Final():
		return job.Stopped(fmt.Sprintf("%s is %s", child.ID, child.State)), nil
	}
	return job.Wait(time.Second), run.Signalled(ctx)
}
