package health

import (
	"context"
	"fmt"
	"strconv"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/shared/job"
)

const (
	// noteEvery is how often it is written down at most that calls go as they went before.
	noteEvery = 15 * time.Second
	// callsLife is how long it is known how calls went.
	callsLife = 7 * 24 * time.Hour
)

// How long it is held against something outside that a call went wrong, when nobody calls again meanwhile.
const (
	Passing = 10 * time.Minute // what passes by itself: a fault of theirs, no answer
	ToMend  = time.Duration(0) // what somebody has to mend: it is held until a call is answered
)

func callsKey(door string) string { return job.Prefix + "calls:" + door }

// Calls is how our calls of something outside went, such as Slack's API.
type Calls struct {
	Good  time.Time // the last call that was answered; zero for none
	Bad   time.Time // the last that was not, or by which we were sent away
	Worse bool      // that one was the last of the two: it is noted, since a clock that is set back puts them in another order
	Why   string    // what was wrong with it
	Until time.Time // for how long that is held against it; zero until a call is answered
	Left  int64     // how many calls we may make until Reset
	Most  int64     // of how many; 0 when that is not told
	Reset time.Time
}

// Well reports whether calls are answered, as far as the last one tells; they are before the first one. What passes by itself is
// over, too, once the clock was set back to before it began: nobody can tell then how long ago that is.
func (c Calls) Well(now time.Time) bool {
	const skew = 5 * time.Minute // by which the clocks of those who call may differ
	return !c.Worse || !c.Until.IsZero() && (now.After(c.Until) || now.Before(c.Bad.Add(-skew)))
}

// Rate is how many calls are left, as an answer told it.
type Rate struct {
	Left, Most int64
	Reset      time.Time
}

// Caller notes how calls of something outside go, for whoever looks after it: seldom while they go as before, at once when that
// changes. All functions that call it note under the same name. The zero value of Redis is for none.
type Caller struct {
	Redis redis.UniversalClient
	Door  string // "slack"

	mu    sync.Mutex
	noted time.Time
	went  way // the call that was noted
}

// way is how a call went.
type way int

const (
	good way = iota
	bad
	refused
)

// Good notes a call that was answered; rate is nil where none was told.
func (c *Caller) Good(ctx context.Context, rate *Rate) {
	if !c.due(good) {
		return
	}
	fields := []any{"good", time.Now().UnixMilli(), "worse", 0}
	if rate != nil {
		fields = append(fields, "left", rate.Left, "most", rate.Most, "reset", rate.Reset.UnixMilli())
	}
	c.note(ctx, fields)
}

// Bad notes a call that was not answered, why, and for how long that is held against it: [Passing], [ToMend] or as long as we were asked
// to wait. Why is shown to people, and never a secret.
func (c *Caller) Bad(ctx context.Context, why string, lasts time.Duration) {
	now, went, until := time.Now(), refused, int64(0)
	if lasts != ToMend {
		went, until = bad, now.Add(lasts).UnixMilli()
	}
	if c.due(went) {
		c.note(ctx, []any{"bad", now.UnixMilli(), "worse", 1, "why", why, "until", until})
	}
}

// due reports whether it is to be written down how a call went.
func (c *Caller) due(went way) bool {
	if c.Redis == nil {
		return false
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.went == went && time.Since(c.noted) < noteEvery {
		return false
	}
	c.went, c.noted = went, time.Now()
	return true
}

// note writes it down. That it could not be is said nowhere: whoever calls has other worries then. It is noted again when it is due, and
// not sooner: a Redis that hangs is not to hold up every call.
func (c *Caller) note(ctx context.Context, fields []any) {
	ctx, done := context.WithTimeout(context.WithoutCancel(ctx), limit)
	defer done()
	_, _ = c.Redis.TxPipelined(ctx, func(pipe redis.Pipeliner) error {
		pipe.HSet(ctx, callsKey(c.Door), fields...)
		pipe.Expire(ctx, callsKey(c.Door), callsLife)
		return nil
	})
}

// ReadCalls is how the calls of a door went last.
func ReadCalls(ctx context.Context, rdb redis.UniversalClient, door string) (Calls, error) {
	found, err := rdb.HGetAll(ctx, callsKey(door)).Result()
	if err != nil {
		return Calls{}, fmt.Errorf("health: calls of %s: %w", door, err)
	}
	number := func(name string) int64 { n, _ := strconv.ParseInt(found[name], 10, 64); return n }
	at := func(name string) time.Time {
		if ms := number(name); ms > 0 {
			return time.UnixMilli(ms)
		}
		return time.Time{}
	}
	worse := number("worse") > 0
	if found["worse"] == "" { // written by a release that did not say
		worse = at("bad").After(at("good"))
	}
	return Calls{
		Good: at("good"), Bad: at("bad"), Worse: worse, Why: found["why"], Until: at("until"),
		Left: number("left"), Most: number("most"), Reset: at("reset"),
	}, nil
}
