package job

import (
	"context"
	"fmt"
	"slices"
)

// SetBack has every unfinished job looked at again that would wait for longer than it wants, since the clock was set back: what
// waits or is queued is due at once, and what a worker has that may be gone is when its lease should have lapsed.
func (s *Store) SetBack(ctx context.Context) error {
	ids, err := s.rdb.ZRange(ctx, openKey, 0, -1).Result()
	if err != nil {
		return fmt.Errorf("job: list the unfinished: %w", err)
	}
	for some := range slices.Chunk(ids, page) {
		args := make([]any, len(some))
		for i, id := range some {
			args[i] = id
		}
		if err := s.run(ctx, setbackScript, args...).Err(); err != nil {
			return fmt.Errorf("job: set back: %w", err)
		}
	}
	return nil
}
