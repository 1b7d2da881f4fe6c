package gap

import (
	"context"
	"fmt"
	"slices"

	"github.com/redis/go-redis/v9"
)

// Standing counts the open gaps by their source; a source without any is not in it.
func Standing(ctx context.Context, rdb redis.UniversalClient) (map[string]int64, error) {
	ids, err := rdb.ZRange(ctx, ledgerKey+"open", 0, -1).Result()
	if err != nil {
		return nil, fmt.Errorf("gap: list: %w", err)
	}
	counts := make(map[string]int64)
	for some := range slices.Chunk(ids, look) {
		list, err := read(ctx, rdb, some)
		if err != nil {
			return nil, err
		}
		for _, g := range list {
			counts[g.Source]++
		}
	}
	return counts, nil
}
