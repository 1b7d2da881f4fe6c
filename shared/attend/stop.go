package attend

import (
	"context"
	"fmt"
	"time"

	"golang.org/x/sys/unix"
)

// Waits are what a program has to end by itself: from the interrupt to SIGTERM, and from SIGTERM to SIGKILL.
type Waits struct {
	Term time.Duration `json:"term"`
	Kill time.Duration `json:"kill"`
}

// Sent is a signal that was sent to the program's group.
type Sent struct {
	// Signal is "SIGINT", "SIGTERM" or "SIGKILL".
	Signal string    `json:"signal"`
	At     time.Time `json:"at"`
}

// Ended is what a stop can say for sure.
type Ended struct {
	// Signals are all that were sent to its group, by every Stop.
	Signals []Sent `json:"signals"`
	// Left is what would not go although it was killed (it waits in the kernel, or belongs to another user), "sleep 600
	// (pid 12)". It is looked after further; Stop may be called again.
	Left []string `json:"left,omitempty"`
	// Evidence is a sentence about what was seen in the end, "its process group 4711 is empty".
	Evidence string `json:"evidence"`
}

const (
	// deaf is how long a keeper may leave a stop unanswered before it is woken, and then killed.
	deaf = 3 * time.Second
	// stubborn is how long after it was killed something is awaited before it is told to be left.
	stubborn = 5 * time.Second
)

// Stop interrupts the program's group, terminates and kills it, each after its wait, and then ends everything else that
// it started. It returns when all of it is gone and its output was read, or with Left when something would not go, or
// with an error when ctx is done first; the stopping goes on then. It may be called again, and hurries with shorter
// waits. told, if not nil, is called with each signal as it is sent.
func (a *Attended) Stop(ctx context.Context, w Waits, told func(signal string)) (Ended, error) {
	a.mutex.Lock()
	heard := len(a.sent)
	a.stops = false
	a.mutex.Unlock()
	_ = a.say(order{Stop: &w}) // without an answer it is dealt with below
	watch := time.NewTicker(a.limits.deaf)
	defer watch.Stop()
	limit := time.NewTimer(w.Term + w.Kill + killed + a.limits.polite + a.limits.stragglers + stubborn)
	defer limit.Stop()
	for warned := false; ; {
		a.mutex.Lock()
		sent, stops, changed := a.sent, a.stops, a.changed
		a.mutex.Unlock()
		for ; heard < len(sent); heard++ {
			if told != nil {
				told(sent[heard].Signal)
			}
		}
		select {
		case <-changed:
		case <-a.done:
			return a.ended(), nil
		case <-ctx.Done():
			return a.ended(), fmt.Errorf("stop the program: %w", context.Cause(ctx))
		case <-limit.C:
			if ended := a.ended(); len(ended.Left) > 0 {
				return ended, nil
			}
			limit.Reset(stubborn)
		case <-watch.C:
			if !stops {
				a.rouse(&warned)
			}
		}
	}
}

// rouse deals with a keeper that does not answer: somebody stopped it, and then it is of no use.
func (a *Attended) rouse(warned *bool) {
	signal := unix.SIGCONT
	if *warned {
		signal = unix.SIGKILL
	}
	*warned = true
	_ = a.ref.Keeper.Signal(signal)
}

// ended is what can be said now.
func (a *Attended) ended() Ended {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	ended := Ended{Signals: append([]Sent(nil), a.sent...)}
	select {
	case <-a.done:
	default:
		ended.Left, ended.Evidence = a.stuck, "it is being stopped"
		if len(a.stuck) > 0 {
			ended.Evidence = "it was killed, and not all of it has gone"
		}
		return ended
	}
	switch {
	case a.group == 0:
		ended.Evidence = "it had not begun"
	case a.gone:
		ended.Evidence = fmt.Sprintf("its process group %d is empty, and nothing that it started is left", a.group)
	default:
		ended.Evidence = fmt.Sprintf("its process group %d is empty, and no process carries its mark", a.group)
	}
	return ended
}
