package courier

import (
	"context"
	"strings"
	"testing"

	"github.com/handsoff/handsoff/functions/notify/door"
	"github.com/handsoff/handsoff/functions/notify/door/doortest"
	"github.com/handsoff/handsoff/shared/job"
)

// TestWhoComesLateIsTold: an address that begins to follow is told how the job stands, also when it has ended.
func TestWhoComesLateIsTold(t *testing.T) {
	t.Parallel()
	inYard(t, func(y *yard) {
		id := y.Accept(doortest.WatchedBy(ann))
		y.Says(id, "one", "two")
		y.Ends(id, job.Done(nil))
		y.deliver()
		if _, err := y.Jobs.Watch(context.Background(), id, bob); err != nil {
			y.Fatal(err)
		}
		y.deliver()
		if got := y.Reads(bob); len(got) != 3 || got[0] != "say one" || got[1] != "say two" || !strings.HasPrefix(got[2], "end ") {
			y.Errorf("bob has %q", got)
		}
	})
}

// crowd is a door at which somebody else begins to follow the job in the moment in which it is shown.
type crowd struct {
	door.Renderer

	joins func()
}

func (c crowd) Show(ctx context.Context, address string, view door.View, shown job.Shown) (job.Shown, error) {
	c.joins()
	return c.Renderer.Show(ctx, address, view, shown)
}

// TestWhoComesWhileItIsShownIsTold: the store does not tell of who begins to follow a job while it is claimed.
func TestWhoComesWhileItIsShownIsTold(t *testing.T) {
	t.Parallel()
	inYard(t, func(y *yard) {
		id := y.Accept(doortest.WatchedBy(ann))
		y.Ends(id, job.Done(nil))
		c := y.courier(y.Redis, map[string]door.Door{"telnet": {Renderer: crowd{telnet(y.Redis).Renderer, func() {
			if _, err := y.Jobs.Watch(context.Background(), id, "telnet:late"); err != nil {
				y.Error(err)
			}
		}}}})
		defer c.alarm.Stop()
		for range 2 {
			y.shows(c)
			y.Clock.Add(hold)
		}
		if got := y.Box("telnet:late"); len(got) != 1 || !strings.HasPrefix(got[0], "end ") {
			y.Errorf("who came late has %q", got)
		}
	})
}

func TestWhoLeavesIsToldNothingMore(t *testing.T) {
	t.Parallel()
	inYard(t, func(y *yard) {
		id := y.Accept(doortest.WatchedBy(ann, bob))
		y.deliver()
		y.Reads(ann)
		y.Reads(bob)
		if err := y.Jobs.Unwatch(context.Background(), id, ann); err != nil {
			y.Fatal(err)
		}
		y.Says(id, "one")
		y.deliver()
		y.Wants(ann)
		if got := y.Box(bob); len(got) == 0 || got[0] != "say one" {
			y.Errorf("bob has %q", got)
		}
	})
}
