package question

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/handsoff/handsoff/shared/chat"
	"github.com/handsoff/handsoff/shared/job"
)

// deliver is the child's step: it tells what its parent has shown, after somebody has agreed.
func (n *notifier) deliver(ctx context.Context, run *job.Run, at *telling) (job.Outcome, error) {
	j := run.Job()
	if j.Parent == "" || j.Signoff == nil {
		return job.Fail("Nobody agreed to it: without send, "+notifyWords+" shows what would be told, and asks.", nil), nil
	}
	if len(at.Owners) == 0 {
		parent, err := n.jobs.Get(ctx, j.Parent)
		if errors.Is(err, job.ErrNotFound) {
			return job.Fail("What was shown is not known any more. Nobody was told.", nil), nil
		}
		if err != nil {
			return job.Outcome{}, err
		}
		if err := shown(parent, at); err != nil {
			return job.Fail(err.Error(), nil), nil
		}
		if err := run.Save(ctx, job.Change{Checkpoint: at}); err != nil {
			return job.Outcome{}, err
		}
	}
	return n.send(ctx, run, at)
}

// shown reads what a parent's people were shown.
func shown(parent *job.Job, at *telling) error {
	if parent.Command != notifyWords || parent.Checkpoint == nil {
		return errors.New("It belongs to no preview. Nobody was told.") //nolint:revive,staticcheck // a sentence for people
	}
	return decode(parent.Checkpoint, at)
}

// told says under which key an owner's notice is: the same for whoever sends it, whatever died.
func (at *telling) told(j *job.Job, o owner) string {
	origin := j.ID
	if j.Parent != "" && j.Signoff != nil {
		origin = j.Parent
	}
	return origin + " " + o.Key
}

// send makes a notice for each owner. A notice is a job of its own: it is kept, and the function notify brings it to where the owner is.
func (n *notifier) send(ctx context.Context, run *job.Run, at *telling) (job.Outcome, error) {
	for at.Sent < len(at.Owners) {
		if cause := context.Cause(ctx); cause != nil {
			return job.Outcome{}, cause
		}
		o := at.Owners[at.Sent]
		request := job.Notice("openstack", at.told(run.Job(), o), o.Text, o.Addresses)
		request.Why.Cause = append([]string{"job:" + run.Job().ID}, run.Job().Why.Cause...)
		request.Why.Notes = []string{fmt.Sprintf("It is for %s, who owns servers on %s at %s.", o.Name, at.Host, at.Cloud)}
		accepted, err := n.accept(context.WithoutCancel(ctx), request)
		if err != nil {
			return job.Outcome{}, fmt.Errorf("tell %s: %w", o.Name, err)
		}
		at.Sent++
		progress := job.Progress{Percent: 100 * at.Sent / len(at.Owners), Line: fmt.Sprintf("%d of %s told", at.Sent, chat.Count(len(at.Owners), "owner"))}
		if err := run.Save(context.WithoutCancel(ctx), job.Change{
			Checkpoint: at, Progress: &progress, Log: []string{fmt.Sprintf("told %s (%s): %s", o.Name, strings.Join(o.Addresses, ", "), accepted.ID)},
		}); err != nil {
			return job.Outcome{}, err
		}
	}
	text := fmt.Sprintf("✓ %s %s told.", chat.Count(len(at.Owners), "owner"), chat.Were(len(at.Owners)))
	if len(at.Lost) > 0 {
		text += " Nobody knows how to tell " + shortList(at.Lost) + "."
	}
	return job.Done(at.result()), run.Say(ctx, "%s", text)
}

// Cancel implements job.Canceller. Who was told was told.
func (n *notifier) Cancel(_ context.Context, run *job.Run) (job.Outcome, error) {
	at := &telling{}
	if _, err := run.Load(at); err != nil {
		return job.Outcome{}, err
	}
	if at.Sent == 0 {
		return job.Stopped("nobody was told"), nil
	}
	var told []string
	for _, o := range at.Owners[:at.Sent] {
		told = append(told, o.Name)
	}
	return job.Stopped(fmt.Sprintf("%d of %s %s told", at.Sent, chat.Count(len(at.Owners), "owner"), chat.Were(at.Sent)), fmt.Sprintf("what %s %s told cannot be taken back", shortList(told), chat.Were(at.Sent))), nil
}
