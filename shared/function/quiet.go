package function

import "context"

// silent takes go-redis' own log lines, which are no JSON; each fault comes back as an error all the same.
type silent struct{}

// Printf implements the logger of go-redis.
func (silent) Printf(context.Context, string, ...any) {}
