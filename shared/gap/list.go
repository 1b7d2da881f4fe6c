package gap

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
)

// look is how many gaps are read in one round trip.
const look = 200

// List lists at most n gaps: the open ones first, then those that were closed, in each the last first. A source "gerrit"
// means also "gerrit:review"; an empty one means all.
func List(ctx context.Context, rdb redis.UniversalClient, source string, n int) ([]Gap, error) {
	pipe := rdb.Pipeline()
	open, closed := pipe.ZRevRange(ctx, ledgerKey+"open", 0, -1), pipe.ZRevRange(ctx, ledgerKey+"closed", 0, -1)
	if _, err := pipe.Exec(ctx); err != nil {
		return nil, fmt.Errorf("gap: list: %w", err)
	}
	var list []Gap
	for ids := range slices.Chunk(append(open.Val(), closed.Val()...), look) {
		some, err := read(ctx, rdb, ids)
		if err != nil {
			return nil, err
		}
		for _, g := range some {
			if len(list) < n && (source == "" || g.Source == source || strings.HasPrefix(g.Source, source+":")) {
				list = append(list, g)
			}
		}
		if len(list) >= n {
			break
		}
	}
	return list, nil
}

// read reads gaps. One that has fallen off meanwhile is left out.
func read(ctx context.Context, rdb redis.UniversalClient, ids []string) ([]Gap, error) {
	pipe := rdb.Pipeline()
	items := make([]*redis.MapStringStringCmd, len(ids))
	for i, id := range ids {
		items[i] = pipe.HGetAll(ctx, ledgerKey+"item:"+id)
	}
	if _, err := pipe.Exec(ctx); err != nil {
		return nil, fmt.Errorf("gap: list: %w", err)
	}
	var list []Gap
	for i, item := range items {
		if f := item.Val(); len(f) > 0 {
			list = append(list, decode(ids[i], f))
		}
	}
	return list, nil
}

func decode(id string, f map[string]string) Gap {
	count := func(name string) int { n, _ := strconv.Atoi(f[name]); return n } // the scripts write nothing else
	moment := func(name string) time.Time {
		if ms := count(name); ms != 0 {
			return time.UnixMilli(int64(ms))
		}
		return time.Time{}
	}
	return Gap{
		ID: id, Source: f["source"], Scope: f["scope"], Why: f["why"], From: moment("from"), To: moment("to"),
		Closed: moment("closed"), How: f["how"], Missed: count("missed"), Recovered: count("recovered"), Lost: f["lost"],
	}
}
