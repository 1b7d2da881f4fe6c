package courier

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/functions/notify/door"
	"github.com/handsoff/handsoff/shared/job"
)

const (
	// firstWait and longestWait bound the back-off of an address whose door fails; it doubles between them.
	firstWait   = time.Second
	longestWait = 2 * time.Minute
	// outcomeKnown is after how long those who wait for a probe look whether it has reached the address: until then it is
	// under way.
	outcomeKnown = apartLimit
	// unknownFor is how long an address is kept whose door no renderer here knows: a newer notify may be on its way.
	unknownFor = 24 * time.Hour
	// awayLife is how long it is remembered that an address could not be reached; longer than it is kept waiting.
	awayLife = 2 * unknownFor
)

// awayKey holds the absence of an address that could not be reached.
func awayKey(address string) string { return job.Prefix + "away:" + address }

// absence is since when an address cannot be reached, and when it is tried again. It is in Redis, so that every notify
// knows, and one that is restarted does not run against the same wall.
type absence struct {
	Since time.Time `json:"since"`
	Until time.Time `json:"until"`
	Times int       `json:"times"`
	Slow  bool      `json:"slow,omitempty"` // it waits for somebody to mend our account
}

// kind is the part of an address that says which door it is.
func kind(address string) string {
	name, _, _ := strings.Cut(address, ":")
	return name
}

// reachable says how long to wait before an address is tried. When its time has come, the next time is set before the
// try: of all jobs for an address that is away, one is the probe and the others wait for what becomes of it, not until the
// next one: once the address was reached nothing of it waits.
func (c *Courier) reachable(ctx context.Context, address string, now time.Time) (*absence, time.Duration, error) {
	text, err := c.rdb.Get(ctx, awayKey(address)).Result()
	if errors.Is(err, redis.Nil) {
		return nil, 0, nil
	}
	if err != nil {
		return nil, 0, fmt.Errorf("read the absence of %s: %w", address, err)
	}
	var a absence
	if err := json.Unmarshal([]byte(text), &a); err != nil {
		return nil, 0, nil //nolint:nilerr // unreadable: as if it were not there; the next failure writes it anew
	}
	if wait := a.left(now); wait > 0 {
		return &a, min(wait, outcomeKnown), nil
	}
	a.next(now)
	before, err := c.keepAway(ctx, address, &a, "XX")
	if err == nil && before != text { // another one is the probe, or it has been reached
		return &a, atOnceAgain + min(firstWait, a.left(now)), nil
	}
	return &a, 0, err
}

// skew is by how much what two jobs take for now may differ: each has read it when its turn began.
const skew = time.Minute

// left is how long until the next try. What is left is never longer than the longest wait, unless the clock was set back since: then
// the wait is over, since nobody can tell how much of it has passed.
func (a *absence) left(now time.Time) time.Duration {
	longest := longestWait
	if a.Slow {
		longest = door.RefusedWait
	}
	if left := a.Until.Sub(now); left <= longest+skew {
		return min(left, longest)
	}
	return 0
}

// next moves the time of the next try on.
func (a *absence) next(now time.Time) {
	wait := longestWait
	if shift := min(a.Times, 16); firstWait<<shift < longestWait {
		wait = firstWait << shift
	}
	if a.Slow {
		wait = door.RefusedWait
	}
	a.Times++
	a.Until = now.Add(wait)
}

// keepAway records an absence and returns the one recorded before; with mode XX only if there is one.
func (c *Courier) keepAway(ctx context.Context, address string, a *absence, mode string) (before string, err error) {
	text, err := json.Marshal(a)
	if err != nil {
		return "", fmt.Errorf("absence of %s: %w", address, err)
	}
	before, err = c.rdb.SetArgs(ctx, awayKey(address), text, redis.SetArgs{Mode: mode, TTL: awayLife, Get: true}).Result()
	if err != nil && !errors.Is(err, redis.Nil) {
		return "", fmt.Errorf("record the absence of %s: %w", address, err)
	}
	return before, nil
}

// failed records that a door failed, and says when to try again.
func (c *Courier) failed(ctx context.Context, address string, view door.View, known *absence, err error) time.Duration {
	_, refused := errors.AsType[door.RefusedError](err)
	switch {
	case errors.Is(err, door.ErrGone):
		return 0
	case errors.Is(err, door.ErrMoved):
		return atOnceAgain
	case known != nil && known.Slow == refused: // the probe failed; its next time is already set
		return max(known.left(view.Now), atOnceAgain)
	}
	c.log.WarnContext(ctx, "an address cannot be reached", "address", address, "job", view.Job.ID, "error", err)
	a := absence{Since: view.Now}
	if known != nil {
		a = *known
	}
	a.Slow = refused
	a.next(view.Now)
	if _, err := c.keepAway(context.WithoutCancel(ctx), address, &a, ""); err != nil {
		c.log.WarnContext(ctx, "an address cannot be reached", "address", address, "error", err)
	}
	return a.left(view.Now)
}

// back forgets the absence of an address that was reached.
func (c *Courier) back(ctx context.Context, address string, known *absence) time.Duration {
	if known == nil {
		return 0
	}
	c.log.InfoContext(ctx, "an address can be reached again", "address", address, "tries", known.Times)
	if err := c.rdb.Del(ctx, awayKey(address)).Err(); err != nil {
		c.log.WarnContext(ctx, "forget an absence", "address", address, "error", err)
	}
	return 0
}

// unknown keeps an address of an unknown kind for a day, and then drops it.
func (c *Courier) unknown(ctx context.Context, address string, view door.View, known *absence) time.Duration {
	if known == nil {
		return c.failed(ctx, address, view, nil, fmt.Errorf("notify knows no door %q", kind(address)))
	}
	if view.Now.Sub(known.Since) < unknownFor {
		return max(known.left(view.Now), atOnceAgain)
	}
	c.log.WarnContext(ctx, "an address of an unknown kind follows the job no longer", "address", address, "job", view.Job.ID)
	if err := c.jobs.Unwatch(ctx, view.Job.ID, address); err != nil {
		return c.faulty("drop an address", view.Job.ID, err)
	}
	return 0
}
