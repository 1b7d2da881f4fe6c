package inbox

import (
	"context"
	"fmt"
	"sync"
	"time"
)

// finishMost is how many claims one script ends: Redis does nothing else meanwhile.
const finishMost = 200

// The ways in which a claim ends. What finish.lua does on each stands there.
const (
	endDone  = "done"
	endAgain = "again"
	endLater = "later"
)

// ending is how a claim ends.
type ending struct {
	claim *Claim
	how   string
	wait  time.Duration // after which it is due again
	told  chan error
}

// finish ends claims, in one round trip. It says of each nil, ErrLost or errGone, and whether another delivery of one's lane
// became due by it.
func (b *Inbox) finish(ctx context.Context, list []*ending) (held []error, more bool, err error) {
	const usual = 10 // words of a claim
	args := make([]any, 0, 3+usual*len(list))
	args = append(args, b.opts.KeepDone.Milliseconds(), b.opts.KeepBodies, b.opts.KeepBodyBytes)
	for _, e := range list {
		args = e.claim.ends(append(args, e.claim.number, e.claim.fence, e.how, e.wait.Milliseconds()), e.how)
	}
	answer, err := b.run(ctx, finishScript, args...).Slice()
	if err != nil {
		return nil, false, fmt.Errorf("inbox %s: finish %d claims: %w", b.function, len(list), err)
	}
	if len(answer) != 1+len(list) {
		return nil, false, fmt.Errorf("inbox %s: finish answered %d values for %d claims", b.function, len(answer), len(list))
	}
	held = make([]error, len(list))
	for i := range held {
		word, _ := answer[i+1].(string)
		held[i] = holds(word)
	}
	return held, number(answer[0]) == 1, nil
}

// ends appends what finish.lua is to know of what ends in that way.
func (c *Claim) ends(args []any, how string) []any {
	if how != endDone {
		return append(args, "", "", "", 0)
	}
	args = append(args, c.led, c.head, c.Lane, len(c.names))
	for _, name := range c.names {
		args = append(args, name)
	}
	return args
}

// finisher ends claims together: those that come up while a write is under way share the next one. When nothing is under
// way a claim is ended at once.
type finisher struct {
	box   *Inbox
	limit time.Duration // of one write
	more  func()        // called when another delivery of a lane became due

	mu      sync.Mutex
	waiting []*ending
	writing bool
}

// end ends a claim, and returns when that is written, or was refused: see [Inbox.finish].
func (f *finisher) end(ctx context.Context, c *Claim, how string, wait time.Duration) error {
	e := &ending{claim: c, how: how, wait: wait, told: make(chan error, 1)}
	f.mu.Lock()
	f.waiting = append(f.waiting, e)
	if !f.writing {
		f.writing = true
		go f.write() //nolint:gosec // others wait for this write too: it must not end with this one
	}
	f.mu.Unlock()
	select {
	case err := <-e.told:
		return err
	case <-ctx.Done():
		return fmt.Errorf("inbox %s: finish %s: %w", f.box.function, c.ID, ctx.Err())
	}
}

// write writes until nothing waits to be written.
func (f *finisher) write() {
	for {
		list := f.take()
		if len(list) == 0 {
			return
		}
		ctx, cancel := context.WithTimeout(context.Background(), f.limit)
		held, more, err := f.box.finish(ctx, list)
		cancel()
		if more {
			f.more()
		}
		for i, e := range list {
			if err == nil {
				e.told <- held[i]
			} else {
				e.told <- err
			}
		}
	}
}

func (f *finisher) take() []*ending {
	f.mu.Lock()
	defer f.mu.Unlock()
	n := min(len(f.waiting), finishMost)
	list := f.waiting[:n:n]
	f.waiting = f.waiting[n:]
	if f.writing = n > 0; !f.writing {
		f.waiting = nil
	}
	return list
}
