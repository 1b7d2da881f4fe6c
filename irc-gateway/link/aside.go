package link

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/handsoff/handsoff/irc-gateway/session"
	"github.com/handsoff/handsoff/shared/chat"
	"github.com/handsoff/handsoff/shared/gap"
	"github.com/handsoff/handsoff/shared/irc"
	"github.com/handsoff/handsoff/shared/outbox"
)

// keep hands lines in, as many at a time as are there.
func (l *Link) keep(ctx context.Context) {
	const atOnce = 100
	for {
		var lines []session.Line
		select {
		case <-ctx.Done():
			return
		case line := <-l.heard:
			lines = append(lines, line)
		}
		for more := true; more && len(lines) < atOnce; {
			select {
			case line := <-l.heard:
				lines = append(lines, line)
			default:
				more = false
			}
		}
		l.clerkless(ctx, "keep what was said", func(ctx context.Context) error { return l.Put(ctx, lines) })
		l.clerk.open.Add(-int64(len(lines)))
		l.Kick()
	}
}

// clerkless does something until it is done or ctx ends.
func (l *Link) clerkless(ctx context.Context, what string, do func(ctx context.Context) error) {
	l.clerk.carryOut(ctx, task{what: what, do: do})
}

// listen waits for something to say, and for the alert.
func (l *Link) listen(ctx context.Context) {
	for at := outbox.Start; ctx.Err() == nil; {
		next, err := l.out.Wait(ctx, at)
		if err == nil {
			var alert string
			if alert, err = l.state.Alert(ctx); err == nil {
				l.setAlert(chat.OneLine(alert))
			}
		}
		if err != nil {
			if ctx.Err() == nil {
				l.Log.WarnContext(ctx, "listen for what is to be said", "error", err)
				pause(ctx, time.Second)
			}
			continue
		}
		if next != at {
			at = next
			signal(l.wake)
		}
	}
}

func (l *Link) setAlert(text string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.alert, l.known = text, true
}

func (l *Link) theAlert() (text string, known bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.alert, l.known
}

// Source is what gaps are of a network.
func Source(network string) string { return irc.Door + ":" + network }

// recall finds out until when something was heard, and where, and enters the gap since then.
func (l *Link) recall(ctx context.Context) error {
	if err := l.recallChannels(ctx); err != nil {
		return err
	}
	if l.last.IsZero() {
		heard, err := l.state.LastHeard(ctx)
		if err != nil {
			return err
		}
		if l.last = heard; heard.IsZero() {
			return l.state.KeepChannels(ctx, l.theChannels())
		}
	}
	if l.gap != "" {
		return nil
	}
	id, err := gap.Open(ctx, l.Redis, gap.Gap{Source: Source(l.Network.Name), Why: "the gateway was not connected", From: l.last})
	if err != nil {
		return err
	}
	l.gap, l.from = id, l.last
	return l.state.KeepChannels(ctx, l.theChannels())
}

// recallChannels finds out in which channels we were that are to be joined still.
func (l *Link) recallChannels(ctx context.Context) error {
	if l.ours == nil {
		joined, err := irc.Channels(ctx, l.Redis, l.Network.Name)
		if err != nil {
			return err
		}
		l.ours = append([]string{}, joined...)
	}
	wanted := l.theChannels()
	l.ours = slices.DeleteFunc(slices.Clone(l.ours), func(name string) bool { return !slices.Contains(wanted, name) })
	return nil
}

// caughtUp closes the gap.
func (l *Link) caughtUp(lines int, whole bool) {
	if l.gap == "" {
		return
	}
	id, from := l.gap, l.from
	l.gap = ""
	closing := gap.Closing{To: time.Now(), Missed: lines, Recovered: lines, How: fmt.Sprintf("the server told what was said: %d of it for me", lines)}
	if !whole {
		closing.How, closing.Lost = "connected again", "what was said in the channels meanwhile: this server keeps no history"
	}
	l.clerk.do("close a gap", func(ctx context.Context) error { return gap.Close(ctx, l.Redis, id, closing) }, nil)
	if l.told {
		l.told = false
		l.tell("again "+id, fmt.Sprintf("I am connected to the IRC network %s again, after %s.", l.Network.Name, chat.Duration(time.Since(from))))
	}
}
