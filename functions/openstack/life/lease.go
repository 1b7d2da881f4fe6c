package life

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/handsoff/handsoff/functions/openstack/environment"
	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/job"
)

const (
	// passOn is for how long one job is the lease: an environment may live longer than any job may take.
	passOn = 20 * 24 * time.Hour
	// lookAnyway is when a lease looks again though nothing is due: an environment may be gone without its having been woken.
	lookAnyway = time.Hour
)

// lessor steps "openstack env lease": it waits for the end of an environment's time.
type lessor struct{ *Life }

var _ job.Patient = (*lessor)(nil)

// StopFor implements job.Patient: giving back now takes as long as the job that does it.
func (*lessor) StopFor() time.Duration { return stopFor + time.Hour }

// term is a lease's checkpoint.
type term struct {
	Name    string    `json:"name"`
	Cloud   string    `json:"cloud,omitempty"`
	Maker   string    `json:"maker"`
	Until   time.Time `json:"until"`            // the end that the warnings were about
	Warned  []string  `json:"warned,omitempty"` // the warnings that were given, and what else was told, for this end
	Child   string    `json:"child,omitempty"`  // the job that was handed in
	Doing   string    `json:"doing,omitempty"`  // the words of what is due
	Tries   int       `json:"tries,omitempty"`  // how many were handed in, and have ended
	Failed  int       `json:"failed,omitempty"` // how many of them in a row did not end well
	Again   time.Time `json:"again,omitzero"`   // when it is handed in once more
	Closing bool      `json:"closing,omitempty"`
	Passed  bool      `json:"passed,omitempty"` // another lease goes on
	Seen    time.Time `json:"seen,omitzero"`    // when it last looked
	Held    time.Time `json:"held,omitzero"`    // before this nothing is done, since nobody could be warned in time
}

// deleteAt is when an environment is given back by itself.
func deleteAt(env *environment.Environment) time.Time {
	if env.Policy.Stop {
		return env.Expires.Add(env.Policy.StopFor)
	}
	return env.Expires
}

// Step implements job.Stepper.
func (l *lessor) Step(ctx context.Context, run *job.Run) (job.Outcome, error) {
	at, env, out, err := l.start(ctx, run)
	switch {
	case err != nil:
		return out, err
	case env == nil:
		return out, withdraw(ctx, run)
	}
	now, err := l.jobs.Now(ctx)
	if err != nil {
		return job.Outcome{}, err
	}
	if at.Passed || now.Sub(run.Job().Started) > passOn && at.Child == "" {
		next, err := l.pass(ctx, run, at, env)
		return job.Done(map[string]string{"goes on as": next}), err
	}
	if busy, err := l.child(ctx, run, at, now); busy || err != nil {
		return job.Wait(lookAnyway), err
	}
	seen := at.Seen
	if seen.IsZero() {
		seen = run.Job().Created
	}
	at.Seen = now
	if !at.Until.Equal(env.Expires) { // it was extended
		at.Until, at.Warned, at.Again, at.Held, at.Failed = env.Expires, nil, time.Time{}, time.Time{}, 0
		if err := run.Save(ctx, job.Change{Checkpoint: at, Offers: offers(env), Progress: standing(env, now)}); err != nil {
			return job.Outcome{}, err
		}
	}
	if ahead := unwarned(at, env, now, seen); ahead > 0 {
		at.Held = now.Add(ahead)
		return l.warn(ctx, run, at, env, now, belated)
	}
	return l.due(ctx, run, at, env, now)
}

// start reads the lease and its environment; without one the outcome is what to answer.
func (l *lessor) start(ctx context.Context, run *job.Run) (*term, *environment.Environment, job.Outcome, error) {
	at := &term{}
	known, err := run.Load(at)
	if err != nil {
		return nil, nil, job.Outcome{}, err
	}
	name := command.Values(run.Job().Args).String("name")
	if known {
		name = at.Name
	}
	env, err := l.envs.Get(ctx, name)
	switch {
	case errors.Is(err, environment.ErrNotFound) && !known:
		return nil, nil, job.Fail(fmt.Sprintf("There is no environment %.60q.", name), nil), nil
	case errors.Is(err, environment.ErrNotFound), err == nil && known && env.Maker != at.Maker:
		return at, nil, job.Done(outcome{Name: name, Cloud: at.Cloud, State: "gone"}), nil
	case err != nil:
		return nil, nil, job.Outcome{}, err
	}
	if !known {
		if other, err := l.unfinished(ctx, env.Lease); err != nil || other != nil && other.ID != run.Job().ID {
			return nil, nil, job.Fail(fmt.Sprintf("The end of %s's time is waited for already.", env.Name), nil), err
		}
		if why := l.foreignTo(env, run.Job()); why != "" {
			return nil, nil, job.Fail(why, nil), nil
		}
	}
	at.Name, at.Cloud, at.Maker = env.Name, env.Cloud, env.Maker
	if env.Lease != run.Job().ID && !at.Passed { // handed in by hand, or its maker died before it had noted it
		if err := l.envs.Write(ctx, environment.By(run), env.Name, environment.Change{Lease: run.Job().ID}); err != nil {
			return nil, nil, job.Outcome{}, err
		}
	}
	return at, env, job.Outcome{}, nil
}

// owed is what is due, in a command's words; empty for nothing.
func owed(env *environment.Environment, now time.Time) string {
	switch {
	case env.Policy.Delete && !now.Before(deleteAt(env)):
		return deleteWords
	case env.Policy.Stop && !now.Before(env.Expires) && (env.State == environment.Ready || env.State == environment.Kept):
		return stopWords
	}
	return ""
}

// due does what is due now, and waits for the next moment.
func (l *lessor) due(ctx context.Context, run *job.Run, at *term, env *environment.Environment, now time.Time) (job.Outcome, error) {
	words := owed(env, now)
	if words != at.Doing { // what failed is not what is due
		at.Doing, at.Failed, at.Again = words, 0, time.Time{}
	}
	switch {
	case at.pause(now) > 0:
		return job.Wait(min(at.pause(now), l.next(env, now))), nil
	case now.Before(at.Held):
		return job.Wait(at.Held.Sub(now)), run.Save(ctx, job.Change{Checkpoint: at})
	case words != "":
		return l.enact(ctx, run, at, env, words)
	case !now.Before(env.Expires) && !slices.Contains(at.Warned, "over"):
		return l.warn(ctx, run, at, env, now, "over")
	}
	for i, ahead := range env.Policy.Warn {
		last := i+1 == len(env.Policy.Warn) || now.Before(env.Expires.Add(-env.Policy.Warn[i+1]))
		if !now.Before(env.Expires.Add(-ahead)) && now.Before(env.Expires) && last && ahead < env.Expires.Sub(env.Created) &&
			!slices.Contains(at.Warned, ahead.String()) {
			return l.warn(ctx, run, at, env, now, ahead.String())
		}
	}
	return job.Wait(l.next(env, now)), run.Save(ctx, job.Change{Checkpoint: at, Progress: standing(env, now)})
}

// next is how long until the next moment.
func (l *lessor) next(env *environment.Environment, now time.Time) time.Duration {
	wait := lookAnyway
	moments := []time.Time{env.Expires, deleteAt(env)}
	for _, ahead := range env.Policy.Warn {
		moments = append(moments, env.Expires.Add(-ahead))
	}
	for _, moment := range moments {
		if rest := moment.Sub(now); rest > 0 {
			wait = min(wait, rest)
		}
	}
	return wait
}
