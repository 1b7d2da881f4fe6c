package environment

import (
	"context"
	"fmt"
	"slices"

	"github.com/redis/go-redis/v9"
)

// atOnce is how many environments are read in one round trip.
const atOnce = 100

// Names lists the names, what expires first at the front; at most a thousand.
func (s *Store) Names(ctx context.Context) ([]string, error) {
	names, err := s.rdb.ZRange(ctx, setKey, 0, most-1).Result()
	if err != nil {
		return nil, fmt.Errorf("environment: list: %w", err)
	}
	return names, nil
}

// chunks shows the names of all, what expires first at the front, some at a time.
func (s *Store) chunks(ctx context.Context, show func(names []string) error) error {
	names, err := s.rdb.ZRange(ctx, setKey, 0, -1).Result()
	if err != nil {
		return fmt.Errorf("environment: list: %w", err)
	}
	for some := range slices.Chunk(names, atOnce) {
		if err := show(some); err != nil {
			return err
		}
	}
	return nil
}

// Each shows every environment, what expires first at the front, and keeps none of them. An error of show ends it.
func (s *Store) Each(ctx context.Context, show func(*Environment) error) error {
	return s.chunks(ctx, func(names []string) error {
		pipe := s.rdb.Pipeline()
		found := make([]*redis.MapStringStringCmd, len(names))
		for i, name := range names {
			found[i] = pipe.HGetAll(ctx, envKey(name))
		}
		if _, err := pipe.Exec(ctx); err != nil {
			return fmt.Errorf("environment: list: %w", err)
		}
		for i, name := range names {
			if len(found[i].Val()) == 0 {
				continue // removed meanwhile
			}
			e, err := decode(name, found[i].Val())
			if err != nil {
				return err
			}
			if err := show(e); err != nil {
				return err
			}
		}
		return nil
	})
}

// Leases shows of every environment the job that waits for its end, the one that made it, and where it stands.
func (s *Store) Leases(ctx context.Context, show func(name, lease, maker string, state State) error) error {
	return s.chunks(ctx, func(names []string) error {
		pipe := s.rdb.Pipeline()
		found := make([]*redis.SliceCmd, len(names))
		for i, name := range names {
			found[i] = pipe.HMGet(ctx, envKey(name), "lease", "maker", "state")
		}
		if _, err := pipe.Exec(ctx); err != nil {
			return fmt.Errorf("environment: their leases: %w", err)
		}
		for i, name := range names {
			lease, _ := found[i].Val()[0].(string)
			maker, _ := found[i].Val()[1].(string)
			state, there := found[i].Val()[2].(string)
			if !there {
				continue // removed meanwhile
			}
			if err := show(name, lease, maker, State(state)); err != nil {
				return err
			}
		}
		return nil
	})
}
