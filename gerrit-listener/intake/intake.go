package intake

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/shared/gerrit"
	"github.com/handsoff/handsoff/shared/inbox"
)

const (
	// recentMost is how many names of events are kept to recognise them by.
	recentMost = 50_000
	// margin is how much longer than the overlap names are kept: a query tells of a thing before its event's second.
	margin = 5 * time.Minute
	// slowest is the longest wait between two tries.
	slowest = 5 * time.Second
)

// Box is where events go.
type Box interface {
	PutAll(ctx context.Context, list []inbox.Delivery, means [][]string) ([]inbox.Verdict, []error, error)
}

// Intake is one server's. Its methods may be called from several goroutines; Take is for one at a time, since it keeps an
// order.
type Intake struct {
	Server *gerrit.Server
	Box    Box
	Redis  redis.UniversalClient
	Log    *slog.Logger
	Now    func() time.Time // nil for time.Now
}

// Taken is what became of events that were handed in.
type Taken struct {
	New  int      // how many were not known
	Lost []string // why events can never be accepted: a sentence each
}

// Take hands events in, in their order, and returns when all of them were accepted, or with the error of ctx when that has
// ended; they are then to be told again. An event that no inbox would ever take is left out, and said. With moves, the cursor
// goes up to the newest of them.
func (i *Intake) Take(ctx context.Context, events []gerrit.Told, moves bool) (Taken, error) {
	var taken Taken
	list, means := make([]inbox.Delivery, 0, len(events)), make([][]string, 0, len(events))
	for _, told := range events {
		d, err := told.Event.Delivery()
		if err != nil {
			taken.Lost = append(taken.Lost, err.Error())
			continue
		}
		list, means = append(list, d), append(means, told.Means)
	}
	err := i.Keep(ctx, func(ctx context.Context) error {
		done, err := i.put(ctx, list, means, &taken)
		list, means = list[done:], means[done:]
		return err
	})
	if err != nil {
		return taken, err
	}
	return taken, i.Keep(ctx, func(ctx context.Context) error { return i.advance(ctx, events, moves) })
}

// put hands in what it can, and says how many of the list are dealt with.
func (i *Intake) put(ctx context.Context, list []inbox.Delivery, means [][]string, taken *Taken) (int, error) {
	if len(list) == 0 {
		return 0, nil
	}
	verdicts, errs, err := i.Box.PutAll(ctx, list, means)
	for n := range list {
		switch {
		case errs[n] == nil:
			if verdicts[n] == inbox.New {
				taken.New++
			}
		case errors.Is(errs[n], inbox.ErrTooLarge):
			i.Log.ErrorContext(ctx, "an event is too large to be kept, whoever tells it again", "event", list[n].ID, "subject", list[n].Lane, "bytes", len(list[n].Body))
			taken.Lost = append(taken.Lost, fmt.Sprintf("an event about %s of %d bytes, too large to be kept", list[n].Lane, len(list[n].Body)))
		default:
			return n, errs[n]
		}
	}
	return len(list), err
}

// advance writes down what was accepted.
func (i *Intake) advance(ctx context.Context, events []gerrit.Told, moves bool) error {
	now := i.now()
	var newest time.Time
	var names, heads []any
	for _, told := range events {
		at := i.sane(told.Event.At, now)
		if at.After(newest) {
			newest = at
		}
		known := told.Means // what is one event has one id and the same of these
		if len(known) == 0 {
			known = []string{told.Event.ID}
		}
		for _, name := range known {
			names = append(names, name, at.UnixMilli())
		}
		if name, head, ok := gerrit.Branch(told.Event); ok {
			heads = append(heads, name, head)
		}
	}
	cursor := int64(0)
	if moves {
		cursor = millis(newest)
	}
	return i.write(ctx, cursor, len(events), now, names, heads)
}

// sane is an event's time, or now. A clock that was far ahead must not have us skip what comes after it was set right.
func (i *Intake) sane(at, now time.Time) time.Time {
	if at.After(now.Add(i.Server.Overlap)) || at.IsZero() {
		return now
	}
	return at
}

func (i *Intake) write(ctx context.Context, cursor int64, events int, now time.Time, names, heads []any) error {
	args := []any{cursor, events, now.UnixMilli(), (i.Server.Overlap + margin).Milliseconds(), recentMost, len(names) / 2}
	args = append(append(args, names...), heads...)
	if err := advanceScript.Run(ctx, i.Redis, []string{key(i.Server.Name)}, args...).Err(); err != nil {
		return fmt.Errorf("write down how far the events of %s were accepted: %w", i.Server.Name, err)
	}
	return nil
}

// Keep tries until it works, or ctx ends: what is in memory must not be lost because Redis is away for a while.
func (i *Intake) Keep(ctx context.Context, try func(context.Context) error) error {
	said := false
	for wait := slowest / 64; ; wait = min(2*wait, slowest) {
		err := try(ctx)
		switch {
		case err == nil:
			return nil
		case ctx.Err() != nil:
			return fmt.Errorf("%w: %w", context.Cause(ctx), err)
		case !said:
			i.Log.WarnContext(ctx, "events cannot be accepted now; they wait, and nothing more is read", "error", err)
			said = true
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%w: %w", context.Cause(ctx), err)
		case <-time.After(wait - rand.N(wait/4)):
		}
	}
}

func (i *Intake) now() time.Time {
	if i.Now == nil {
		return time.Now()
	}
	return i.Now()
}
