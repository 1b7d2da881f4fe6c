package environment

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/redis/go-redis/v9"
)

// Ceiling is how many environments one owner may have. The zero value is no ceiling.
type Ceiling struct {
	Most int      // 0 for any number
	Same []string // every name by which the owner is known
}

// FullError says that an owner has as many environments as one may have.
type FullError struct{ Has, Most int }

// Error implements error.
func (f *FullError) Error() string {
	return fmt.Sprintf("environment: the owner has %d, of at most %d", f.Has, f.Most)
}

// Owned counts the environments of an owner; who is every name by which that one is known.
func (s *Store) Owned(ctx context.Context, who ...string) (int, error) {
	count := 0
	err := s.chunks(ctx, func(names []string) error {
		pipe := s.rdb.Pipeline()
		owners := make([]*redis.StringCmd, len(names))
		for i, name := range names {
			owners[i] = pipe.HGet(ctx, envKey(name), "owner")
		}
		if _, err := pipe.Exec(ctx); err != nil && !errors.Is(err, redis.Nil) {
			return fmt.Errorf("environment: whose they are: %w", err)
		}
		for _, owner := range owners {
			if owner.Err() == nil && slices.Contains(who, owner.Val()) {
				count++
			}
		}
		return nil
	})
	return count, err
}
