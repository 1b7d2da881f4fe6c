package gathering

import (
	"context"
	"strconv"
	"time"
)

// lookEvery is how often a watcher looks by itself, for a publication that was lost.
const lookEvery = time.Second

// Watch tells of a gathering's versions, the present one first, until the context ends; then the channel is closed. Whoever
// reads slowly misses versions in between, never the newest. A Redis that is away is looked for again each second.
func (s *Store) Watch(ctx context.Context, id string) <-chan int64 {
	versions := make(chan int64, 1)
	go func() {
		defer close(versions)
		hints := s.rdb.Subscribe(ctx, stateKey(id))
		defer func() { _ = hints.Close() }()
		ticks := time.NewTicker(lookEvery)
		defer ticks.Stop()
		told, published := int64(-1), hints.Channel()
		for {
			if version, ok := s.version(ctx, id); ok && version != told {
				told = version
				newest(versions, version)
			}
			select {
			case <-ctx.Done():
				return
			case <-published:
			case <-ticks.C:
			}
		}
	}()
	return versions
}

// version is what a gathering's is; it reports false when that cannot be found out now.
func (s *Store) version(ctx context.Context, id string) (int64, bool) {
	text, err := s.rdb.HGet(ctx, stateKey(id), versionField).Result()
	if err != nil {
		return 0, false
	}
	version, err := strconv.ParseInt(text, 10, 64)
	return version, err == nil
}

// newest puts a version into a channel of one in the place of an older one.
func newest(versions chan int64, version int64) {
	select {
	case <-versions:
	default:
	}
	versions <- version
}
