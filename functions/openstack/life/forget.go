package life

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/handsoff/handsoff/functions/openstack/cloud"
	"github.com/handsoff/handsoff/functions/openstack/environment"
	"github.com/handsoff/handsoff/functions/openstack/resource"
	"github.com/handsoff/handsoff/shared/job"
)

// claimOf names a thing that an environment claims.
func claimOf(env *environment.Environment, item *environment.Item) string {
	return fmt.Sprintf("%s %s (%s) of %s", label(item.Kind), item.Name, item.ID, env.Name)
}

// missing says of a thing that an environment claims that it is no more.
func missing(env *environment.Environment, item *environment.Item) string {
	return claimOf(env, item) + " is not there any more"
}

// claims are the things that an environment which nobody works on claims, and that are no more, of those that are asked for.
func (s *sweeper) claims(ctx context.Context, env *environment.Environment, asked func(*environment.Item) bool) ([]*environment.Item, error) {
	if inHand(env) {
		return nil, nil
	}
	at, err := s.clouds.Find(env.Cloud)
	if err != nil {
		return nil, err
	}
	h := &hand{Life: s.Life, at: &course{}, env: env, cloud: at}
	list := slices.DeleteFunc(h.standing(), func(item *environment.Item) bool { return !asked(item) })
	things, err := h.look(ctx, list)
	if errors.Is(err, errNoProject) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(list, func(item *environment.Item) bool {
		return things[item.Kind+" "+item.ID].State != resource.Absent
	}), nil
}

// forget notes in inventories what was told to be no more, and is not there. An environment that a job has in hand by now is left to that job. faults say which
// could not be looked at.
func (s *sweeper) forget(ctx context.Context, run *job.Run, clouds []*cloud.Cloud, told []string) (faults []string, err error) {
	now, err := s.jobs.Now(ctx)
	if err != nil || len(told) == 0 {
		return nil, err
	}
	known := set(told)
	err = s.eachAt(ctx, clouds, func(env *environment.Environment) error {
		list, err := s.claims(ctx, env, func(item *environment.Item) bool { return known[missing(env, item)] })
		if err != nil {
			faults = append(faults, sentence(env.Name+": "+err.Error()))
		}
		if len(list) == 0 {
			return nil
		}
		things := make([]environment.Vanished, len(list))
		for i, item := range list {
			gone := *item
			gone.State, gone.At, gone.Why = environment.Gone, now, "somebody deleted it"
			things[i] = environment.Vanished{Was: item, Is: &gone}
		}
		_, err = s.envs.Vanish(context.WithoutCancel(ctx), environment.By(run), env.Name, things)
		if errors.Is(err, environment.ErrNotFound) || errors.Is(err, environment.ErrBusy) {
			return nil
		}
		return err
	})
	return faults, err
}

// fate is what became of the claims that were told to be no more, as far as they are claimed at all yet: forgotten, or claimed at clouds that are not looked through.
func (s *sweeper) fate(ctx context.Context, told []string, clouds []*cloud.Cloud) (forgotten, hidden []string, err error) {
	if len(told) == 0 {
		return nil, nil, nil
	}
	known := set(told)
	err = s.envs.Each(ctx, func(env *environment.Environment) error {
		for _, key := range slices.Sorted(maps.Keys(env.Items)) {
			switch item := env.Items[key]; {
			case !known[missing(env, item)]:
			case item.State == environment.Gone:
				forgotten = append(forgotten, claimOf(env, item))
			case !inHand(env) && !among(clouds, env.Cloud):
				hidden = append(hidden, claimOf(env, item))
			}
		}
		return nil
	})
	return forgotten, hidden, err
}

// eachAt shows every environment at some clouds.
func (s *sweeper) eachAt(ctx context.Context, clouds []*cloud.Cloud, show func(*environment.Environment) error) error {
	return s.envs.Each(ctx, func(env *environment.Environment) error {
		if !among(clouds, env.Cloud) {
			return nil
		}
		return show(env)
	})
}

// inHand reports whether a job makes an environment or takes it back: that job sees to its things.
func inHand(env *environment.Environment) bool {
	return env.State == environment.Making || env.State == environment.Going
}

func among(clouds []*cloud.Cloud, name string) bool {
	return slices.ContainsFunc(clouds, func(c *cloud.Cloud) bool { return c.Name() == name })
}
