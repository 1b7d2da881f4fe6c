package queue

import (
	"context"
	"log/slog"
	"math/rand/v2"
	"sync"
	"time"
)

// Weak makes the queue behave as the Community Edition's: one message at a time for all functions, no second try after
// an error, some messages delivered twice, and now and then one lost. What can live with it can live with the real one.
type Weak struct {
	// Loss and Repeat are shares of the messages, 0 to 1.
	Loss, Repeat float64

	mu     sync.Mutex
	chance *rand.Rand
}

// NewWeak returns the mode with a seed, so that a test can be repeated.
func NewWeak(seed uint64, loss, repeat float64) *Weak {
	return &Weak{Loss: loss, Repeat: repeat, chance: rand.New(rand.NewPCG(seed, seed))}
}

// draw decides the fate of one message.
func (w *Weak) draw() (lost, repeated bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	lost = w.chance.Float64() < w.Loss
	repeated = w.chance.Float64() < w.Repeat
	return lost, repeated
}

// runWeakly delivers a message as the Community Edition's worker does. A repeated one comes again behind those that
// wait, as after the end of ack_wait.
func (d *delivery) runWeakly(ctx context.Context, m *Message) (verdict, bool) {
	lost, repeated := d.options.Weak.draw()
	if m.Repeated {
		lost, repeated = false, false
	}
	if lost {
		slog.Info("weak queue: a message is lost", "function", m.Function, "id", m.ID)
		return verdict{kind: kindDone}, true
	}
	r := d.call(ctx, m)
	if ctx.Err() != nil {
		return verdict{}, false
	}
	d.callback(ctx, m, r)
	if repeated {
		return verdict{kind: kindAgain, at: time.Now()}, true
	}
	return verdict{kind: kindDone}, true
}
