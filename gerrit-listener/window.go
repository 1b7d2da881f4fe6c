package main

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/handsoff/handsoff/gerrit-listener/stream"
	"github.com/handsoff/handsoff/shared/chat"
	"github.com/handsoff/handsoff/shared/gap"
	"github.com/handsoff/handsoff/shared/gerrit"
)

// window is the time in which a server is not heard: since when, and how it stands in the ledger of gaps.
type window struct {
	mu    sync.Mutex
	heard time.Time // the last sign of life

	id   string    // in the ledger; empty while there is no gap
	from time.Time // since when
	told bool      // people were told of it
}

// source is the server in the ledger of gaps.
func (e *ear) source() string { return "gerrit:" + e.server.Name }

// sign is a sign of life.
func (w *window) sign(at time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.heard = at
}

func (w *window) last() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.heard
}

// alive writes down a sign of life.
func (e *ear) alive(ctx context.Context) {
	now := time.Now()
	e.gap.sign(now)
	if err := e.in.Heard(ctx, now); err != nil && ctx.Err() == nil {
		e.log.WarnContext(ctx, "write down that the server lives", "error", err)
	}
}

// recall finds out until when the server was heard, by this process or the one before it, and opens the gap since then.
func (e *ear) recall(ctx context.Context) error {
	if e.gap.last().IsZero() {
		state, err := gerrit.ReadListening(ctx, e.redis, e.server.Name)
		if err != nil {
			return err
		}
		if !state.Heard.IsZero() {
			e.gap.sign(state.Heard)
		}
	}
	return e.gap.open(ctx, e, "the listener was not running, or was cut off")
}

// open enters the gap into the ledger, once. Who never heard the server has no gap.
func (w *window) open(ctx context.Context, e *ear, why string) error {
	heard := w.last()
	if w.id != "" || heard.IsZero() {
		return nil
	}
	id, err := gap.Open(ctx, e.redis, gap.Gap{Source: e.source(), Why: why, From: heard})
	if err != nil {
		return err
	}
	w.id, w.from, w.told = id, heard, false
	return nil
}

// close closes the gap, if there is one: the stream began at to, and what was missed was told again.
func (w *window) close(ctx context.Context, e *ear, to time.Time, found report) error {
	w.sign(time.Now())
	if w.id == "" {
		w.told = false
		return e.in.Heard(ctx, w.last())
	}
	err := gap.Close(ctx, e.redis, w.id, gap.Closing{
		To: to, How: found.How, Missed: found.Recovered, Recovered: found.Recovered, Lost: found.Lost,
	})
	if err != nil {
		return err
	}
	if err := e.closeLeft(ctx, to, found); err != nil {
		return err
	}
	e.log.InfoContext(ctx, "what was missed was told again", "from", w.from, "to", to, "how", found.How, "lost", found.Lost)
	if w.told {
		text := fmt.Sprintf("Gerrit %s is heard again, after %s: %s.", e.server.Name, chat.Duration(to.Sub(w.from)), found.How)
		if err := e.tell(ctx, "again "+w.id, text); err != nil {
			e.log.WarnContext(ctx, "tell that the server is heard again", "error", err)
		}
	}
	w.id, w.told = "", false
	return e.in.Heard(ctx, w.last())
}

// left is how many gaps that others left open are closed at a time.
const left = 100

// closeLeft closes the gaps that listeners died over: what was missed in them was told again with the rest, and nobody else will.
func (e *ear) closeLeft(ctx context.Context, to time.Time, found report) error {
	gaps, err := gap.List(ctx, e.redis, e.source(), left)
	if err != nil {
		return err
	}
	for _, g := range gaps {
		if !g.Closed.IsZero() || g.From.After(to) {
			continue
		}
		if err := gap.Close(ctx, e.redis, g.ID, gap.Closing{To: to, How: found.How, Lost: found.Lost}); err != nil {
			return err
		}
	}
	return nil
}

// deafen writes down that the server is not heard, and why, and tells people when that will not pass by itself, or lasts.
func (e *ear) deafen(ctx context.Context, why error) {
	e.state(ctx, time.Time{}, why.Error())
	if err := e.gap.open(ctx, e, why.Error()); err != nil {
		e.log.WarnContext(ctx, "enter the gap", "error", err)
	}
	switch stream.KindOf(why) {
	case stream.Stranger, stream.Refused, stream.Keyless:
		e.alert(ctx, "wrong "+e.server.Name+" "+why.Error(),
			fmt.Sprintf("Gerrit %s is not listened to: %s. Its events are had again when that is mended.", e.server.Name, why))
	case stream.Away, stream.Ended:
		if lasted := time.Since(e.gap.from); e.gap.id != "" && lasted >= e.pace.deaf {
			e.alert(ctx, "deaf "+e.gap.id, fmt.Sprintf("Gerrit %s has not been heard for %s: %s. It is tried again and again, and "+
				"its events are had again then.", e.server.Name, chat.Duration(lasted), why))
		}
	}
}

// alert tells people, once for each gap.
func (e *ear) alert(ctx context.Context, key, text string) {
	if e.gap.told {
		return
	}
	if err := e.tell(ctx, key, text); err != nil {
		e.log.WarnContext(ctx, "tell that the server is not heard", "error", err)
		return
	}
	e.gap.told = true
}

// state writes how the server is listened to; that it cannot be written is no reason not to listen.
func (e *ear) state(ctx context.Context, connected time.Time, wrong string) {
	if err := e.in.SetState(ctx, connected, wrong); err != nil && ctx.Err() == nil {
		e.log.WarnContext(ctx, "write the state", "error", err)
	}
}

// lost enters into the ledger what can never be had.
func (e *ear) lost(ctx context.Context, what []string) {
	now := time.Now()
	for _, text := range what {
		_, err := gap.Record(ctx, e.redis, gap.Gap{
			Source: e.source(), Scope: "too large", Why: "an event is too large", From: now, To: now,
			How: "it was left out", Missed: 1, Lost: text,
		})
		if err != nil {
			e.log.WarnContext(ctx, "enter what is lost", "error", err)
		}
	}
}

// leave writes down, as the process ends, that the server is not listened to any more.
func (e *ear) leave(ctx context.Context) {
	const atMost = 2 * time.Second
	last, done := context.WithTimeout(context.WithoutCancel(ctx), atMost)
	defer done()
	var err error
	if heard := e.gap.last(); !heard.IsZero() {
		err = e.in.Heard(last, heard)
	}
	if err = errors.Join(err, e.in.SetState(last, time.Time{}, "the listener was stopped")); err != nil {
		e.log.WarnContext(ctx, "write the state", "error", err)
	}
}
