package life

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/handsoff/handsoff/functions/openstack/environment"
	"github.com/handsoff/handsoff/functions/openstack/handin"
	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/job"
)

// tend sees to it that the end of every environment is waited for: a lease of which nobody can tell how it ended, or that ended otherwise while its environment
// stayed, is replaced by another. The clock has it look now and then.
func (l *Life) tend(ctx context.Context, _ string) error {
	var alone []string
	err := l.envs.Leases(ctx, func(name, lease, maker string, state environment.State) error {
		waits, err := l.unfinished(ctx, lease)
		if err != nil || waits != nil {
			return err
		}
		if state == environment.Making && lease == "" { // its maker sees to that first
			if busy, err := l.unfinished(ctx, maker); err != nil || busy != nil {
				return err
			}
		}
		alone = append(alone, name)
		return nil
	})
	if err != nil || len(alone) == 0 {
		return err
	}
	under, err := l.underWay(ctx)
	if err != nil {
		return err
	}
	var faults []error
	for _, name := range alone {
		if !under[name] {
			faults = append(faults, l.lease(ctx, name))
		}
	}
	return errors.Join(faults...)
}

// underWay are the environments of which a lease was handed in that has not begun, or that is passed on.
func (l *Life) underWay(ctx context.Context) (map[string]bool, error) {
	const most = 100_000
	open, err := l.jobs.Browse(ctx, job.Browse{Open: true, Wants: func(j *job.Job) bool { return j.Command == leaseWords }, Limit: most, Look: most})
	if err != nil {
		return nil, err
	}
	names := make(map[string]bool, len(open.Jobs))
	for _, outline := range open.Jobs {
		j, err := l.jobs.Get(ctx, outline.ID)
		switch {
		case errors.Is(err, job.ErrNotFound):
		case err != nil:
			return nil, err
		default:
			names[command.Values(j.Args).String("name")] = true
		}
	}
	return names, nil
}

// lease hands in a lease for an environment that has none, once an hour: in its owner's name, else in that of whoever asked for it.
func (l *Life) lease(ctx context.Context, name string) error {
	env, err := l.envs.Get(ctx, name)
	if errors.Is(err, environment.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	now, err := l.jobs.Now(ctx)
	if err != nil {
		return err
	}
	principal, groups := l.speaker(env)
	e := command.Envelope{
		ID:      fmt.Sprintf("lease %s after %s at %d", name, env.Lease, now.Truncate(time.Hour).Unix()),
		Command: leaseWords, Args: map[string]any{"name": name}, Principal: principal, Groups: groups,
	}
	if command.IsJobID(env.Lease) {
		e.Cause = []string{"job:" + env.Lease}
	}
	answer, err := command.Settled(l.say(ctx, e))
	if err == nil && !answer.Accepted && principal != env.By {
		e.ID, e.Principal, e.Groups = e.ID+" as who asked", env.By, env.Groups
		answer, err = command.Settled(l.say(ctx, e))
	}
	switch {
	case err != nil:
		l.log.WarnContext(ctx, "a command was not handed in", "environment", name, "command", e.Command, "error", err)
		return handin.ErrUnreachable
	case !answer.Accepted:
		l.log.ErrorContext(ctx, "nobody waits for the end of an environment's time", "environment", name, "why", answer.Text)
	default:
		l.log.WarnContext(ctx, "the end of an environment's time is waited for anew", "environment", name, "job", answer.Job, "before", env.Lease)
	}
	return nil
}
