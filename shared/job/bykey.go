package job

import (
	"context"
	"errors"
	"fmt"

	"github.com/redis/go-redis/v9"
)

// ByKey is the id of the job that a request with this idempotency key made within the last day, or ErrNotFound. The job
// may have been swept since.
func (s *Store) ByKey(ctx context.Context, key string) (string, error) {
	id, err := s.rdb.Get(ctx, idemKey(key)).Result()
	if errors.Is(err, redis.Nil) {
		return "", fmt.Errorf("%w: of the request %q", ErrNotFound, key)
	}
	if err != nil {
		return "", fmt.Errorf("job: find the one of the request %q: %w", key, err)
	}
	return id, nil
}
