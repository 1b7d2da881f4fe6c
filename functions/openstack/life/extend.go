package life

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/handsoff/handsoff/functions/openstack/environment"
	"github.com/handsoff/handsoff/functions/openstack/resource"
	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/job"
)

// extender steps "openstack env extend".
type extender struct{ *Life }

// Step implements job.Stepper: the new end is noted by the job first, so that it is counted from the old one once; then it is written; servers that were
// stopped are started then.
func (x *extender) Step(ctx context.Context, run *job.Run) (job.Outcome, error) {
	at := &course{}
	known, err := run.Load(at)
	if err != nil {
		return job.Outcome{}, err
	}
	if !known {
		if out, over, err := x.begin(ctx, run, at); over || err != nil {
			return out, err
		}
	}
	h, err := x.take(ctx, run, at)
	if errors.Is(err, errElsewhere) {
		return job.Fail(vanished(at), nil), nil
	}
	if err != nil {
		return job.Outcome{}, err
	}
	if !h.env.Expires.Equal(at.Until) {
		if err := h.write(ctx, environment.Change{Expires: at.Until}); err != nil {
			return job.Outcome{}, err
		}
		h.env.Expires = at.Until
	}
	if h.env.State == environment.Stopped {
		if out, over, err := h.start(ctx); over || err != nil {
			return out, err
		}
	}
	if err := h.ensureLease(ctx); err != nil {
		return job.Outcome{}, err
	}
	result := h.result()
	result.Said = fmt.Sprintf("%s stays until %s.", h.env.Name, clock(h.env.Expires))
	return job.Done(result), run.Say(ctx, "✓ %s", result.Said)
}

// start starts the servers of an environment whose time was over.
func (h *hand) start(ctx context.Context) (job.Outcome, bool, error) {
	_, waiting, missing, err := h.power(ctx, resource.Ready)
	switch {
	case err != nil:
		return job.Outcome{}, true, err
	case len(waiting) > 0 && h.now.Sub(h.at.Began) <= h.times.GiveUp:
		return job.Wait(h.pace(resource.KindServer)), true, h.save(ctx, "waiting for "+summary(waiting)+" to run")
	}
	for _, item := range waiting {
		missing = append(missing, item.Name+" does not start")
	}
	if err := h.write(ctx, environment.Change{State: before(h.env)}); err != nil {
		return job.Outcome{}, true, err
	}
	if len(missing) > 0 {
		return job.Outcome{}, false, h.run.Say(ctx, "! Not all servers run again: %s.", strings.Join(missing, "; "))
	}
	return job.Outcome{}, false, nil
}

// before is where an environment stood when its servers were stopped: one that was kept, since it could not be made as a whole, has a reason still.
func before(env *environment.Environment) environment.State {
	if env.Why != "" {
		return environment.Kept
	}
	return environment.Ready
}

// begin checks who asks and for how long, and notes the new end.
func (x *extender) begin(ctx context.Context, run *job.Run, at *course) (out job.Outcome, over bool, err error) {
	args := command.Values(run.Job().Args)
	env, wrong, err := x.known(ctx, args.String("name"))
	switch {
	case err != nil:
		return out, true, err
	case wrong == "":
		wrong = x.foreignTo(env, run.Job())
	}
	now, err := x.jobs.Now(ctx)
	if err != nil {
		return out, true, err
	}
	var until time.Time
	if wrong == "" {
		until, wrong = extended(env, args, now)
	}
	if wrong != "" {
		return job.Fail(wrong+" Nothing was changed.", nil), true, nil
	}
	at.Name, at.Cloud, at.Maker, at.Began, at.Phase, at.Until = env.Name, env.Cloud, env.Maker, now, acting, until
	return out, false, run.Save(ctx, job.Change{Checkpoint: at})
}

// extended is until when an environment stays.
func extended(env *environment.Environment, args command.Values, now time.Time) (until time.Time, wrong string) {
	switch env.State {
	case environment.Ready, environment.Stopped, environment.Kept:
	default:
		return until, fmt.Sprintf("%s is %s, and cannot be extended.", env.Name, env.State)
	}
	latest := env.Created.Add(env.MaxTTL)
	by := args.Duration("by")
	switch text := args.String("until"); {
	case text != "": // by may be what the command takes where nothing is said
		at, err := moment(text)
		if err != nil {
			return until, err.Error()
		}
		until = at
	case by > 0:
		until = later(env.Expires, now).Add(by)
	default:
		until = later(env.Expires, now).Add(env.TTL)
		if until.After(latest) && latest.After(env.Expires) && latest.After(now) {
			until = latest // as far as it goes
		}
	}
	switch {
	case until.After(latest):
		return until, fmt.Sprintf("%s may stay until %s at the latest: its template %s says max_ttl %s.", env.Name, clock(latest), env.Template, command.FormatDuration(env.MaxTTL))
	case !until.After(now):
		return until, clock(until) + " is over already."
	}
	return until, ""
}

// later counts from the end that there is, or, where that is over, from now.
func later(expires, now time.Time) time.Time {
	if expires.Before(now) {
		return now
	}
	return expires
}

// moments are the forms in which people write a moment; without a zone it is UTC.
var moments = []string{time.RFC3339, "2006-01-02T15:04:05", "2006-01-02T15:04", "2006-01-02 15:04:05", "2006-01-02 15:04", time.DateOnly}

func moment(text string) (time.Time, error) {
	text = strings.TrimSuffix(strings.TrimSpace(text), " UTC")
	for _, form := range moments {
		if at, err := time.Parse(form, text); err == nil {
			return at.UTC(), nil
		}
	}
	return time.Time{}, fmt.Errorf("%.40q is no moment: write 2026-01-31T18:00, in UTC.", text) //nolint:revive,staticcheck // a sentence for people
}
