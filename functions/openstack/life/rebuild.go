package life

import (
	"cmp"
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

// rebuilder steps "openstack env rebuild": all of an environment is taken back and made anew, as its template is now; or one of
// its servers is made anew from its image, and keeps its addresses.
type rebuilder struct{ *Life }

var _ job.Patient = (*rebuilder)(nil)

// StopFor implements job.Patient.
func (*rebuilder) StopFor() time.Duration { return stopFor }

// Step implements job.Stepper.
func (r *rebuilder) Step(ctx context.Context, run *job.Run) (job.Outcome, error) {
	at := &course{}
	if _, err := run.Load(at); err != nil {
		return job.Outcome{}, err
	}
	server := command.Values(run.Job().Args).String("server")
	if at.Phase == planning {
		if out, over, err := r.begin(ctx, run, at, server); over || err != nil {
			return out, err
		}
	}
	h, err := r.take(ctx, run, at)
	switch {
	case errors.Is(err, errElsewhere):
		return job.Fail(vanished(at), nil), nil
	case err != nil:
		return job.Outcome{}, err
	case at.Phase == acting:
		return h.reimage(ctx, server)
	case at.Phase == falling && at.Why == "" && !at.Renewed:
		return h.clear(ctx)
	}
	return h.round(ctx)
}

// begin checks who asks, and, before anything is taken back, that all of it could be made anew.
func (r *rebuilder) begin(ctx context.Context, run *job.Run, at *course, server string) (out job.Outcome, over bool, err error) {
	if at.Child != "" {
		out, err = r.behind(ctx, run, at)
		return out, true, err
	}
	env, wrong, err := r.known(ctx, command.Values(run.Job().Args).String("name"))
	switch {
	case err != nil:
		return out, true, err
	case wrong == "":
		wrong = cmp.Or(r.foreignTo(env, run.Job()), r.mayNot(env, wishOf(run.Job()), server))
	}
	if wrong != "" {
		return job.Fail(wrong+" Nothing was changed.", nil), true, nil
	}
	now, err := r.jobs.Now(ctx)
	if err != nil {
		return out, true, err
	}
	plan := r.planned(env, server)
	if out, done, err := r.gate(ctx, run, at, r.templates.Named(env.Template), plan); done || err != nil {
		return out, true, err
	}
	told, refusal, err := plan(ctx)
	if err != nil || refusal != "" {
		return job.Fail(refusal, nil), true, err
	}
	at.Name, at.Cloud, at.Maker, at.Lease, at.Began = env.Name, env.Cloud, env.Maker, env.Lease, now
	h, err := r.take(ctx, run, at)
	if err != nil {
		return out, true, err
	}
	if server != "" {
		at.Phase = acting
		return out, false, h.save(ctx, "it begins")
	}
	if err := h.turnBack(ctx); err != nil {
		return out, true, err
	}
	return out, false, h.save(ctx, "it begins", told...)
}

// mayNot says why somebody may not make an environment, or a server of it, anew of its template; empty when they may. What its template takes, it takes each time.
func (r *rebuilder) mayNot(env *environment.Environment, w wish, server string) string {
	t := r.templates.Named(env.Template)
	if t == nil { // a server takes its image only, and of all the rest the plan says so
		return ""
	}
	if server != "" {
		return r.lacks(t.Role, "The template "+t.Name, w.who()...)
	}
	at, err := r.clouds.Find(env.Cloud)
	if err != nil {
		return sentence(err.Error())
	}
	return strings.Join(append(cannot(t, at), r.mayMake(t, at, w)...), " ")
}

// planned is what would be made of the template as it is now. What the environment has itself is free by then.
func (r *rebuilder) planned(env *environment.Environment, server string) planned {
	return func(ctx context.Context) ([]string, string, error) {
		if server != "" {
			if wrong := rebuildable(env, server); wrong != "" {
				return nil, wrong + " Nothing was changed.", nil
			}
			return []string{fmt.Sprintf("%s of %s gets its image anew: what is on its disk is lost then.", server, env.Name)}, "", nil
		}
		d, problems, err := r.redraft(ctx, env, resource.Need(wishesOf(env.Name, &env.Plan)))
		if err != nil {
			return nil, "", err
		}
		if len(problems) > 0 {
			return nil, strings.TrimSuffix(refusal(problems), "Nothing was made.") + "Nothing was changed.", nil
		}
		told := append([]string{"All of it is taken back first, and made anew as its template is now."}, d.told...)
		told[len(told)-1] = "A cancel takes all of it back: the environment is gone then."
		return told, "", nil
	}
}

// redraft plans an environment anew, with the parameters that it was asked for with.
func (l *Life) redraft(ctx context.Context, env *environment.Environment, free resource.Amounts) (*draft, []string, error) {
	t := l.templates.Named(env.Template)
	if t == nil {
		return nil, []string{l.noTemplate(env.Template)}, nil
	}
	at, err := l.clouds.Find(env.Cloud)
	if err != nil {
		return nil, []string{sentence(err.Error())}, nil
	}
	given := make(map[string]string, len(env.Parameters))
	for name, value := range env.Parameters {
		given[name] = fmt.Sprint(value)
	}
	parameters, wrong := t.Choose(given)
	if len(wrong) > 0 {
		return nil, wrong, nil
	}
	record := env.Record
	record.Parameters, record.Policy, record.Keep, record.Key = parameters, t.Policy, t.Keep, ""
	return l.fill(ctx, t, at, &record, claim{maker: env.Maker, free: free})
}

// clear takes everything back, and begins to make it anew once it is gone.
func (h *hand) clear(ctx context.Context) (job.Outcome, error) {
	t, err := h.lower(ctx)
	switch {
	case err != nil:
		return job.Outcome{}, err
	case !t.done:
		return job.Wait(t.wait), h.save(ctx, t.line)
	case len(h.at.Left) > 0:
		h.at.Why = "It was not made anew, since not all of it could be taken back"
		return job.Fail(ended(h.at), h.at.result()), nil
	}
	d, wrong, err := h.redraft(ctx, h.env, nil)
	switch {
	case err != nil:
		return job.Outcome{}, err
	case len(wrong) > 0: // what was there a moment ago is there no more
		h.at.Why, h.at.Renewed = refusal(wrong), true
		return job.Wait(0), h.save(ctx, "it cannot be made anew")
	}
	sealed := ""
	if d.private != "" {
		if sealed, err = h.seal(h.env.Name, d.private); err != nil {
			return job.Outcome{}, err
		}
	}
	forget := make([]string, 0, len(h.env.Items))
	for key := range h.env.Items {
		forget = append(forget, key)
	}
	if err := h.write(ctx, environment.Change{Record: d.record, State: environment.Making, Forget: forget, Sealed: sealed}); err != nil {
		return job.Outcome{}, err
	}
	h.at.Phase, h.at.Began, h.at.Renewed, h.at.Seen, h.at.Moved = rising, h.now, true, false, time.Time{}
	return job.Wait(0), h.save(ctx, "making it anew", "All of it is gone; making it anew.")
}

// Cancel implements job.Canceller: all of the environment is taken back. A server that is made anew goes on being so.
func (r *rebuilder) Cancel(ctx context.Context, run *job.Run) (job.Outcome, error) {
	at := &course{}
	if _, err := run.Load(at); err != nil {
		return job.Outcome{}, err
	}
	switch at.Phase {
	case planning:
		if at.Child != "" {
			return r.stopGate(ctx, run, at)
		}
		return job.Stopped("nothing had been changed"), nil
	case acting:
		server := command.Values(run.Job().Args).String("server")
		return job.Stopped("it is no longer watched", fmt.Sprintf("%s of %s: where it was told to be made anew, that goes on", server, at.Name)), nil
	case falling:
		if h, err := r.take(ctx, run, at); err == nil && h.untouched() && !at.Renewed {
			return job.Stopped("nothing had been changed"), nil
		}
	case rising, over, keeping:
	}
	return r.undo(ctx, run, at)
}
