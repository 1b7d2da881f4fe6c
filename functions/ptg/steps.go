package main

import (
	"context"

	"github.com/handsoff/handsoff/functions/ptg/gathering"
	"github.com/handsoff/handsoff/functions/ptg/talk"
	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/job"
)

var _ job.Stepper = (*desk)(nil)

// Step does a deed that its author has confirmed, as one change. After a crash it is the same change again, which is made once.
func (d *desk) Step(ctx context.Context, run *job.Run) (job.Outcome, error) {
	j := run.Job()
	reply, err := d.apply(ctx, j)
	if text, theirs := talk.IsMistake(err); theirs {
		return job.Fail(text, nil), nil
	}
	if err != nil {
		return job.Outcome{}, err
	}
	return job.Done(nil), run.Say(ctx, "%s", reply)
}

func (d *desk) apply(ctx context.Context, j *job.Job) (string, error) {
	deed := talk.DeedOf(j.Args)
	g, err := d.store.Get(ctx, deed.Event)
	if err != nil {
		return "", err
	}
	roles := d.Config.RolesOf(append([]string{j.Principal}, j.Groups...)...)
	if err := d.talk.Organises(g, j.Principal, j.Groups, roles); err != nil {
		return "", err
	}
	by := gathering.Author{Principal: j.Principal, Name: command.NameOf(j.Principal)}
	by.Name = g.Names().Of(by)
	return d.talk.Do(ctx, deed, by, "job "+j.ID)
}
