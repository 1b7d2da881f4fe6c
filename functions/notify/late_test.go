package main

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/handsoff/handsoff/functions/notify/door"
	"github.com/handsoff/handsoff/shared/job"
)

// TestWhoComesLateIsTold: an address that begins to follow is told how the job stands, also when it has ended.
func TestWhoComesLateIsTold(t *testing.T) {
	t.Parallel()
	inYard(t, func(y *yard) {
		id := y.accept(watchedBy(ann))
		y.says(id, "one", "two")
		y.ends(id, job.Done(nil))
		y.deliver()
		if _, err := y.jobs.Watch(context.Background(), id, "telnet:bob"); err != nil {
			y.Fatal(err)
		}
		y.deliver()
		if got := y.reads("telnet:bob"); len(got) != 3 || got[0] != "say one" || got[1] != "say two" || !strings.HasPrefix(got[2], "end ") {
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
		id := y.accept(watchedBy(ann))
		y.ends(id, job.Done(nil))
		c := y.courier(y.rdb, map[string]door.Door{"telnet": {Renderer: crowd{&appender{rdb: y.rdb}, func() {
			if _, err := y.jobs.Watch(context.Background(), id, "telnet:late"); err != nil {
				y.Error(err)
			}
		}}}})
		defer c.alarm.Stop()
		for range 2 {
			if err := c.delivers(context.Background()); err != nil {
				y.Fatal(err)
			}
			y.clock.Add(hold)
		}
		if got := y.box("telnet:late"); len(got) != 1 || !strings.HasPrefix(got[0], "end ") {
			y.Errorf("who came late has %q", got)
		}
	})
}

// TestAStaleShowWritesNothing: a courier that was paused until another one had shown the job, or until nobody followed
// it any more, writes nothing.
func TestAStaleShowWritesNothing(t *testing.T) {
	t.Parallel()
	inYard(t, func(y *yard) {
		ctx := context.Background()
		id := y.accept(watchedBy(ann))
		y.says(id, "one")
		j, err := y.jobs.Get(ctx, id)
		if err != nil {
			y.Fatal(err)
		}
		story, err := y.jobs.Story(ctx, id, "", page)
		if err != nil {
			y.Fatal(err)
		}
		view := door.View{Job: j, Story: story, Now: y.clock.Now()}
		out := &appender{rdb: y.rdb}
		if _, err := out.Show(ctx, ann, view, job.Shown{}); err != nil {
			y.Fatal(err)
		}
		before := y.box(ann)
		if _, err := out.Show(ctx, ann, view, job.Shown{}); !errors.Is(err, door.ErrMoved) {
			y.Errorf("shown twice: %v", err)
		}
		if err := y.jobs.Unwatch(ctx, id, ann); err != nil {
			y.Fatal(err)
		}
		if _, err := out.Show(ctx, ann, view, job.Shown{}); !errors.Is(err, door.ErrGone) {
			y.Errorf("shown to who is gone: %v", err)
		}
		y.wants(ann, before...)
	})
}

func TestWhoLeavesIsToldNothingMore(t *testing.T) {
	t.Parallel()
	inYard(t, func(y *yard) {
		id := y.accept(watchedBy(ann, "telnet:bob"))
		y.deliver()
		y.reads(ann)
		y.reads("telnet:bob")
		if err := y.jobs.Unwatch(context.Background(), id, ann); err != nil {
			y.Fatal(err)
		}
		y.says(id, "one")
		y.deliver()
		y.wants(ann)
		if got := y.box("telnet:bob"); len(got) == 0 || got[0] != "say one" {
			y.Errorf("bob has %q", got)
		}
	})
}
