package exposition

import (
	"context"
	"strings"

	"github.com/handsoff/handsoff/functions/dashboard/vitals"
	"github.com/handsoff/handsoff/shared/function"
	"github.com/handsoff/handsoff/shared/redisinfo"
)

// memory is what Redis says of its memory and its file. An embedded one says nothing.
func memory(ctx context.Context, f *function.Platform, p *page) error {
	info, err := redisinfo.Read(ctx, f.Redis)
	if err != nil && f.Redis.Ping(ctx).Err() != nil {
		return err
	}
	if info.Used > 0 {
		p.add("handsoff_redis_memory_bytes", float64(info.Used))
		p.add("handsoff_redis_memory_limit_bytes", float64(info.Limit))
	}
	if info.Files {
		p.yes("handsoff_redis_file_failing", len(info.Failing) > 0)
	}
	return nil
}

// doors is how those do through which things come.
func doors(ctx context.Context, f *function.Platform, p *page) error {
	now, err := f.Jobs.Now(ctx)
	if err != nil {
		return err
	}
	list, err := vitals.Doors(ctx, f.Redis, f.Config, now)
	for _, d := range list {
		name := strings.TrimSuffix(d.Kind+":"+d.Name, ":")
		p.yes("handsoff_door_up", d.Up, "door", name)
		if !d.Heard.IsZero() {
			p.seconds("handsoff_door_silence_seconds", now.Sub(d.Heard), "door", name)
		}
		if d.Calls.Most > 0 {
			p.add("handsoff_door_calls_left", float64(d.Calls.Left), "door", name)
		}
	}
	return err
}
