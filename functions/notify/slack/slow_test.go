package slack

import (
	"context"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/handsoff/handsoff/functions/notify/courier"
	"github.com/handsoff/handsoff/functions/notify/door"
	"github.com/handsoff/handsoff/functions/notify/door/doortest"
	"github.com/handsoff/handsoff/shared/job"
)

// gate holds calls of Slack up until it is opened.
type gate struct {
	next http.RoundTripper
	held chan struct{} // gets one for each call that is held up
	open chan struct{}
}

func newGate(next http.RoundTripper) *gate {
	return &gate{next: next, held: make(chan struct{}, 1000), open: make(chan struct{})}
}

func (g *gate) RoundTrip(r *http.Request) (*http.Response, error) {
	select {
	case <-g.open:
	default:
		g.held <- struct{}{}
		<-g.open
	}
	return g.next.RoundTrip(r)
}

// given tells of the context that a showing is given.
type given struct {
	door.Renderer

	context chan context.Context
}

func (g given) Show(ctx context.Context, address string, view door.View, shown job.Shown) (job.Shown, error) {
	g.context <- ctx
	return g.Renderer.Show(ctx, address, view, shown)
}

// TestTheEndOfTheProcessWaitsForACall: a call that is under way comes to its end, and no other one is begun.
func TestTheEndOfTheProcessWaitsForACall(t *testing.T) {
	t.Parallel()
	inYard(t, func(y *yard) {
		id := y.Accept(doortest.WatchedBy(ops))
		y.passes(time.Minute)
		g := newGate(y.slack)
		watched := given{y.doors(y.Redis, y.Jobs, g)["slack"].Renderer, make(chan context.Context, 10)}
		c := courier.New(y.Jobs, y.Redis, map[string]door.Door{"slack": {Apart: true, Renderer: watched}}, y.log)
		c.Start()
		y.Says(id, "one")
		y.nudges(c)
		<-g.held
		ended := make(chan error, 1)
		go func() { ended <- c.Stop(context.Background()) }()
		<-(<-watched.context).Done() // the end of the process has begun
		close(g.open)
		if err := <-ended; err != nil {
			y.Fatal(err)
		}
		if said := y.said("C0OPS", id); y.card("C0OPS", id, ops).edits != 1 || len(said) != 0 || y.Away(ops) {
			y.Errorf("after the end it said %q; away: %v", said, y.Away(ops))
		}
		y.passes(time.Minute)
		if said := y.said("C0OPS", id); len(said) != 1 {
			y.Errorf("the next one said %q", said)
		}
	})
}

// TestCouriersTogetherPostOnce: while one shows a job at an address, however long Slack takes, no other one does.
func TestCouriersTogetherPostOnce(t *testing.T) {
	t.Parallel()
	inYard(t, func(y *yard) {
		g := newGate(y.slack)
		slow := y.courier(y.Redis, g)
		slow.Start()
		id := y.Accept(doortest.WatchedBy(ops))
		y.nudges(slow)
		<-g.held
		y.Clock.Add(call) // as long as a call may take
		var group sync.WaitGroup
		for range 3 {
			group.Go(func() {
				c := y.courier(y.Redis, y.slack)
				if _, err := y.Jobs.ReleaseView(context.Background(), id, -1, 0); err != nil {
					y.Error(err)
				}
				if err := c.Deliver(context.Background()); err != nil {
					y.Error(err)
				}
				if err := c.Stop(context.Background()); err != nil {
					y.Error(err)
				}
			})
		}
		group.Wait()
		if n := len(y.slack.cards("C0OPS", id, ops)); n != 0 {
			y.Errorf("%d messages were posted meanwhile", n)
		}
		close(g.open)
		if err := slow.Stop(context.Background()); err != nil {
			y.Fatal(err)
		}
		y.passes(time.Minute)
		y.card("C0OPS", id, ops)
		if n := y.slack.called("conversations.history"); n != 0 {
			y.Errorf("looked %d times", n)
		}
	})
}
