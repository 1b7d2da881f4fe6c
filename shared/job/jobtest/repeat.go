package jobtest

import (
	"context"

	"github.com/redis/go-redis/v9"
)

// Repeat is a hook of a Redis client whose answers are lost: each script is run once more, as the client does by itself then.
type Repeat struct{}

// DialHook changes nothing.
func (Repeat) DialHook(next redis.DialHook) redis.DialHook { return next }

// ProcessPipelineHook changes nothing.
func (Repeat) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return next
}

// ProcessHook runs a script that was run.
func (Repeat) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, cmd redis.Cmder) error {
		err := next(ctx, cmd)
		if name := cmd.Name(); err == nil && (name == "eval" || name == "evalsha") {
			return next(ctx, cmd)
		}
		return err
	}
}

var _ redis.Hook = Repeat{}
