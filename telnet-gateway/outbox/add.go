package outbox

import (
	"context"
	"fmt"
	"strconv"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/shared/job"
)

// most is about how many entries an outbox holds; notify has the same bound.
const most = 10_000

// Add puts an entry into an outbox.
func Add(ctx context.Context, rdb redis.UniversalClient, address string, e Entry) error {
	add := &redis.XAddArgs{
		Stream: job.OutboxKey(address), MaxLen: most, Approx: true,
		Values: []any{
			"job", e.Job, "kind", string(e.Kind), "text", e.Text, "state", string(e.State),
			"percent", strconv.Itoa(e.Percent), "version", "0",
		},
	}
	if err := rdb.XAdd(ctx, add).Err(); err != nil {
		return fmt.Errorf("outbox %s: add: %w", address, err)
	}
	return nil
}
