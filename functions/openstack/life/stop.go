package life

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/handsoff/handsoff/functions/openstack/environment"
	"github.com/handsoff/handsoff/functions/openstack/resource"
	"github.com/handsoff/handsoff/shared/chat"
	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/job"
)

// stopper steps "openstack env stop": an environment's servers are stopped, and all else stays.
type stopper struct{ *Life }

// Step implements job.Stepper.
func (s *stopper) Step(ctx context.Context, run *job.Run) (job.Outcome, error) {
	at := &course{}
	known, err := run.Load(at)
	if err != nil {
		return job.Outcome{}, err
	}
	if !known {
		if out, over, err := s.begin(ctx, run, at); over || err != nil {
			return out, err
		}
	}
	h, err := s.take(ctx, run, at)
	if errors.Is(err, errElsewhere) {
		return job.Fail(vanished(at), nil), nil
	}
	if err != nil {
		return job.Outcome{}, err
	}
	served, waiting, missing, err := h.power(ctx, resource.Stopped)
	switch {
	case err != nil:
		return job.Outcome{}, err
	case len(waiting) > 0 && h.now.Sub(at.Began) <= h.times.GiveUp:
		return job.Wait(h.pace(resource.KindServer)), h.save(ctx, "waiting for "+summary(waiting)+" to stop")
	}
	for _, item := range waiting {
		missing = append(missing, item.Name+" does not stop")
	}
	if len(missing) > 0 {
		return job.Fail("Not all servers are stopped: "+strings.Join(missing, "; ")+".", nil), nil
	}
	if err := h.write(ctx, environment.Change{State: environment.Stopped}); err != nil {
		return job.Outcome{}, err
	}
	if err := h.wakeLease(ctx); err != nil {
		return job.Outcome{}, err
	}
	return job.Done(h.result()), run.Say(ctx, "✓ %s of %s %s stopped.", chat.Count(served, "server"), at.Name, chat.Are(served))
}

func (s *stopper) begin(ctx context.Context, run *job.Run, at *course) (out job.Outcome, over bool, err error) {
	args := command.Values(run.Job().Args)
	env, wrong, err := s.known(ctx, args.String("name"))
	switch {
	case err != nil:
		return out, true, err
	case wrong == "":
		wrong = s.foreignTo(env, run.Job())
	}
	if wrong == "" && env.State != environment.Ready && env.State != environment.Stopped && env.State != environment.Kept {
		wrong = fmt.Sprintf("%s is %s.", env.Name, env.State)
	}
	if wrong != "" {
		return job.Fail(wrong+" Nothing was stopped.", nil), true, nil
	}
	now, err := s.jobs.Now(ctx)
	if err != nil {
		return out, true, err
	}
	if args.Bool("expired") && now.Before(env.Expires) {
		return job.Done(nil), true, run.Say(ctx, "%s was extended meanwhile: its servers run on.", env.Name)
	}
	at.Name, at.Cloud, at.Maker, at.Began, at.Phase = env.Name, env.Cloud, env.Maker, now, acting
	return out, false, run.Save(ctx, job.Change{Checkpoint: at})
}
