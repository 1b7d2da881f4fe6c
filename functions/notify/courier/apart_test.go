package courier

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/handsoff/handsoff/functions/notify/door"
	"github.com/handsoff/handsoff/functions/notify/door/doortest"
	"github.com/handsoff/handsoff/shared/job/jobtest"
)

// TestASlowDoorHoldsUpNobody: while a door that is shown apart does not answer, the job's other addresses are shown each of its
// changes, and so are other jobs; when it answers, it is shown the present state.
func TestASlowDoorHoldsUpNobody(t *testing.T) {
	t.Parallel()
	inYard(t, func(y *yard) {
		w := &wall{rdb: y.Redis, held: make(chan struct{}), deaf: true}
		c := started(y.Jobs, y.Redis, map[string]door.Door{"telnet": telnet(y.Redis), "wall": {Renderer: w, Apart: true}})
		id := y.Accept(doortest.WatchedBy("wall:x", ann))
		y.nudges(c)
		jobtest.Eventually(y, "the slow door to be tried", func() bool { return w.triedTimes() > 0 })
		for range 3 {
			y.Reads(ann)
			y.Says(id, "one")
			jobtest.Eventually(y, "the job's other address", func() bool {
				y.Clock.Add(50 * time.Millisecond)
				y.nudges(c)
				return len(y.Box(ann)) > 0
			})
		}
		for n := range atOnceApart + 4 { // more than there are slots
			y.Accept(doortest.WatchedBy(fmt.Sprintf("wall:%d", n)))
		}
		y.Accept(doortest.WatchedBy(bob))
		y.nudges(c)
		jobtest.Eventually(y, "another job", func() bool { return len(y.Box(bob)) == 1 })
		close(w.held)
		jobtest.Eventually(y, "the slow door", func() bool {
			y.Clock.Add(time.Second)
			y.nudges(c)
			return !y.Unshown()
		})
		if saw := w.saw(id, "wall:x"); !slices.Equal(saw, []string{"is queued", "one", "one", "one", "is waiting"}) {
			y.Errorf("it was shown as %q", saw)
		}
		if err := c.Stop(context.Background()); err != nil {
			y.Error(err)
		}
	})
}

// TestTheEndOfTheProcessSaysNothingOfADoor: what was being shown apart is shown by the next courier, at once.
func TestTheEndOfTheProcessSaysNothingOfADoor(t *testing.T) {
	t.Parallel()
	inYard(t, func(y *yard) {
		w := &wall{rdb: y.Redis, held: make(chan struct{})}
		doors := map[string]door.Door{"wall": {Renderer: w, Apart: true}}
		c := started(y.Jobs, y.Redis, doors)
		id := y.Accept(doortest.WatchedBy("wall:x"))
		y.nudges(c)
		jobtest.Eventually(y, "the door to be tried", func() bool { return w.triedTimes() > 0 })
		if err := c.Stop(context.Background()); err != nil {
			y.Fatal(err)
		}
		close(w.held)
		if y.Away("wall:x") {
			y.Error("it is thought to be away")
		}
		y.Clock.Add(2 * atOnceAgain)
		next := y.courier(y.Redis, doors)
		defer next.alarm.Stop()
		y.shows(next)
		if saw := w.saw(id, "wall:x"); !slices.Equal(saw, []string{"is queued"}) {
			y.Errorf("it was shown as %q", saw)
		}
	})
}

// TestATryThatFindsNoSlotIsNone: of an address that is away, the time for the next try is kept for a try that is made.
func TestATryThatFindsNoSlotIsNone(t *testing.T) {
	t.Parallel()
	inYard(t, func(y *yard) {
		w := &wall{rdb: y.Redis, shut: errShut}
		doors := map[string]door.Door{"wall": {Renderer: w, Apart: true}}
		c := y.courier(y.Redis, doors)
		defer c.alarm.Stop()
		y.Accept(doortest.WatchedBy("wall:x"))
		y.shows(c)
		y.Clock.Add(longestWait)
		w.set(nil)
		before := y.Redis.Get(context.Background(), awayKey("wall:x")).Val()
		full := y.courier(y.Redis, doors)
		defer full.alarm.Stop()
		for range atOnceApart {
			full.aside <- struct{}{}
		}
		y.shows(full)
		if after := y.Redis.Get(context.Background(), awayKey("wall:x")).Val(); before == "" || after != before {
			y.Errorf("away %q, before %q", after, before)
		}
		y.Passes(apartFull+time.Second, func() { y.shows(c) })
		if y.Away("wall:x") || y.Unshown() {
			y.Error("it was not tried when there were slots")
		}
	})
}

// TestWhoWaitsHoldsUpNobody: a change of a job that is put off because of one address is shown to the others soon.
func TestWhoWaitsHoldsUpNobody(t *testing.T) {
	t.Parallel()
	inYard(t, func(y *yard) {
		ctx := context.Background()
		id := y.Accept(doortest.WatchedBy(ann))
		take := func() {
			y.Helper()
			if ids, err := y.Jobs.ClaimViews(ctx, 10, hold); err != nil || len(ids) != 1 {
				y.Fatal(ids, err)
			}
		}
		release := func(version int64, again time.Duration) {
			if _, err := y.Jobs.ReleaseView(ctx, id, version, again); err != nil {
				y.Fatal(err)
			}
		}
		wants := func(what string, after time.Duration) {
			y.Helper()
			next, some, err := y.Jobs.NextView(ctx)
			if err != nil {
				y.Fatal(err)
			}
			if got := next.Sub(y.Clock.Now()); !some || got < after-2*time.Millisecond || got > after+2*time.Millisecond {
				y.Errorf("%s: shown in %s (%v), want %s", what, got, some, after)
			}
		}
		version := func() int64 {
			j, err := y.Jobs.Get(ctx, id)
			if err != nil {
				y.Fatal(err)
			}
			return j.Version
		}
		take()
		release(version(), 5*time.Minute)
		wants("an address waits", 5*time.Minute)
		y.Says(id, "two")
		wants("and the job changes", 300*time.Millisecond)
		y.Clock.Add(time.Second)
		take()
		release(version()-1, time.Hour)
		wants("the job changed while it was in hand", 300*time.Millisecond)
		release(version(), time.Hour)
		wants("somebody else wants it sooner", 300*time.Millisecond)
		y.Clock.Add(time.Second)
		take()
		release(version(), 0)
		if y.Unshown() {
			y.Error("something is still to be shown")
		}
	})
}
