package life

import (
	"context"
	"errors"
	"slices"

	"github.com/handsoff/handsoff/functions/openstack/cloud"
	"github.com/handsoff/handsoff/functions/openstack/environment"
	"github.com/handsoff/handsoff/functions/openstack/resource"
	"github.com/handsoff/handsoff/shared/job"
)

// claims are the things that an environment which nobody works on claims, and that are no more.
func (s *sweeper) claims(ctx context.Context, env *environment.Environment) ([]*environment.Item, error) {
	if env.State == environment.Making || env.State == environment.Going {
		return nil, nil
	}
	at, err := s.clouds.Find(env.Cloud)
	if err != nil {
		return nil, err
	}
	h := &hand{Life: s.Life, at: &course{}, env: env, cloud: at}
	list := h.standing()
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

// forget notes in inventories what is no more. An environment that a job has in hand by now is left to that job.
func (s *sweeper) forget(ctx context.Context, run *job.Run, clouds []*cloud.Cloud) error {
	now, err := s.jobs.Now(ctx)
	if err != nil {
		return err
	}
	return s.eachAt(ctx, clouds, func(env *environment.Environment) error {
		list, err := s.claims(ctx, env)
		if err != nil || len(list) == 0 {
			return nil //nolint:nilerr // its cloud is away: another sweep sees to it
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
}

// eachAt shows every environment at some clouds.
func (s *sweeper) eachAt(ctx context.Context, clouds []*cloud.Cloud, show func(*environment.Environment) error) error {
	return s.envs.Each(ctx, func(env *environment.Environment) error {
		if !slices.ContainsFunc(clouds, func(c *cloud.Cloud) bool { return c.Name() == env.Cloud }) {
			return nil
		}
		return show(env)
	})
}
