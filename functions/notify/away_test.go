package main

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/functions/notify/door"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/job/jobtest"
)

var errShut = errors.New("door is shut")

// TestADoorThatIsDownHoldsUpNobody: its addresses wait with back-off, one probe at a time, and catch up at the end.
func TestADoorThatIsDownHoldsUpNobody(t *testing.T) {
	t.Parallel()
	inYard(t, func(y *yard) {
		w := &wall{rdb: y.rdb, shut: errShut}
		c := y.courier(y.rdb, map[string]door.Door{"telnet": {Renderer: &appender{rdb: y.rdb}}, "wall": {Renderer: w}})
		defer c.alarm.Stop()
		deliver := func() {
			if err := c.delivers(context.Background()); err != nil {
				y.Fatal(err)
			}
		}
		ids := []string{y.accept(watchedBy(ann, "wall:x")), y.accept(watchedBy("wall:x")), y.accept(watchedBy("wall:x"))}
		deliver()
		if got := y.reads(ann); len(got) != 1 {
			y.Fatalf("ann has %q", got)
		}
		tries := w.triedTimes()
		y.says(ids[0], "one")
		for _, id := range ids[1:] {
			y.says(id, "one")
		}
		deliver()
		if got := y.reads(ann); len(got) == 0 || got[0] != "say one" {
			y.Fatalf("ann has %q", got)
		}
		if n := w.triedTimes() - tries; n != 1 {
			y.Errorf("%d probes for one address", n)
		}
		tries = w.triedTimes()
		deliver()
		if n := w.triedTimes() - tries; n != 0 {
			y.Errorf("tried %d times before its time", n)
		}
		w.set(nil, false)
		y.clock.Add(longestWait)
		deliver()
		y.clock.Add(longestWait)
		deliver()
		for _, id := range ids {
			if saw := w.saw(id, "wall:x"); !slices.Equal(saw, []string{"one", "is waiting"}) {
				y.Errorf("%s was shown as %q", id, saw)
			}
		}
		if n := y.rdb.Exists(context.Background(), awayKey("wall:x")).Val(); n != 0 {
			y.Error("it is still thought to be away")
		}
	})
}

// TestADoorThatHangsHoldsUpNobody: while one address hangs, others are delivered.
func TestADoorThatHangsHoldsUpNobody(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		y := newYard(t, rdb)
		defer y.close()
		w := &wall{rdb: y.rdb, hangs: true}
		c := newCourier(y.jobs, rdb, map[string]door.Door{"telnet": {Renderer: &appender{rdb: rdb}}, "wall": {Renderer: w}}, idleLog())
		y.accept(watchedBy("wall:x"))
		if err := c.nudged(t.Context(), anyJob); err != nil {
			t.Fatal(err)
		}
		jobtest.Eventually(t, "the hanging door to be tried", func() bool { return w.triedTimes() > 0 })
		y.accept(watchedBy(ann))
		if err := c.nudged(t.Context(), anyJob); err != nil {
			t.Fatal(err)
		}
		jobtest.Eventually(t, "the other one", func() bool { return len(y.box(ann)) == 1 })
		if n := w.triedTimes(); n != 1 {
			t.Errorf("the hanging door was tried %d times meanwhile", n)
		}
		if err := c.stop(t.Context()); err != nil {
			t.Error(err)
		}
	})
}

// TestARefusedAccountIsTriedSlowly, whether it was refused at once or while the address was away, and as soon as any other fault
// no more than that.
func TestARefusedAccountIsTriedSlowly(t *testing.T) {
	t.Parallel()
	inYard(t, func(y *yard) {
		w := &wall{rdb: y.rdb, shut: door.RefusedError{Err: errShut}}
		c := y.courier(y.rdb, map[string]door.Door{"wall": {Renderer: w}})
		defer c.alarm.Stop()
		id := y.accept(watchedBy("wall:x"))
		after := func(wait time.Duration, tries int) {
			t.Helper()
			before := w.triedTimes()
			for end := y.clock.Now().Add(wait); y.clock.Now().Before(end); y.clock.Add(time.Second) {
				if err := c.delivers(context.Background()); err != nil {
					y.Fatal(err)
				}
			}
			if n := w.triedTimes() - before; n != tries {
				y.Errorf("%d tries in %s, want %d", n, wait, tries)
			}
		}
		after(door.RefusedWait-time.Minute, 1)
		after(2*time.Minute, 1)
		after(door.RefusedWait, 1)
		w.set(errShut, false)
		after(2*longestWait+10*time.Minute, 5)
		w.set(door.RefusedError{Err: errShut}, false)
		after(3*longestWait, 1)
		w.set(nil, false)
		after(door.RefusedWait, 1)
		if saw := w.saw(id, "wall:x"); len(saw) != 1 {
			y.Errorf("shown as %q", saw)
		}
	})
}

func TestAnUnknownDoorIsDroppedAfterADay(t *testing.T) {
	t.Parallel()
	inYard(t, func(y *yard) {
		id := y.accept(watchedBy(ann, "pigeon:coop"))
		y.deliver()
		if got := y.reads(ann); len(got) != 1 {
			y.Fatalf("ann has %q", got)
		}
		follows := func() bool {
			watchers, err := y.jobs.Watchers(context.Background(), id)
			if err != nil {
				y.Fatal(err)
			}
			_, ok := watchers["pigeon:coop"]
			return ok
		}
		for range 23 {
			y.clock.Add(time.Hour)
			y.deliver()
		}
		if !follows() {
			y.Error("dropped too early")
		}
		y.clock.Add(2 * time.Hour)
		y.deliver()
		if follows() {
			y.Error("kept for more than a day")
		}
		if y.unshown() {
			y.Error("something is still to be shown")
		}
	})
}

// TestAPanicOfADoorIsItsOwn: it ends neither the process nor anybody else's view.
func TestAPanicOfADoorIsItsOwn(t *testing.T) {
	t.Parallel()
	inYard(t, func(y *yard) {
		c := y.courier(y.rdb, map[string]door.Door{"telnet": {Renderer: &appender{rdb: y.rdb}}, "mine": {Renderer: mine{}}})
		defer c.alarm.Stop()
		y.accept(watchedBy(ann, "mine:x"))
		if err := c.delivers(context.Background()); err != nil {
			y.Fatal(err)
		}
		if got := y.box(ann); len(got) != 1 {
			y.Errorf("ann has %q", got)
		}
		if !y.unshown() {
			y.Error("it is not tried again")
		}
	})
}

type mine struct{}

func (mine) Show(context.Context, string, door.View, job.Shown) (job.Shown, error) { panic("boom") }

func TestBackOffGrowsAndIsBounded(t *testing.T) {
	t.Parallel()
	now := jobtest.NewClock().Now()
	var a absence
	last := time.Duration(0)
	for range 100 {
		a.next(now)
		wait := a.Until.Sub(now)
		if wait < last || wait < firstWait || wait > longestWait {
			t.Fatalf("after %d times: %s", a.Times, wait)
		}
		last = wait
	}
	if last != longestWait {
		t.Errorf("it ends at %s", last)
	}
}

// TestAClockThatIsSetBackLengthensNoWait: whenever it is set back, and by however much, an address is tried within the longest wait.
func TestAClockThatIsSetBackLengthensNoWait(t *testing.T) {
	t.Parallel()
	now := jobtest.NewClock().Now()
	for _, slow := range []bool{false, true} {
		longest := longestWait
		if slow {
			longest = door.RefusedWait
		}
		a := absence{Slow: slow}
		for range 20 {
			a.next(now)
			for back := range 90 {
				if left := a.left(now.Add(-time.Duration(back) * time.Minute)); left < 0 || left > longest {
					t.Fatalf("try %d, %d minutes back: %s are left", a.Times, back, left)
				}
			}
			if left, wait := a.left(now), a.Until.Sub(now); left != wait {
				t.Fatalf("try %d: %s are left of %s", a.Times, left, wait)
			}
			if left := a.left(now.Add(-5 * time.Millisecond)); left < a.Until.Sub(now) {
				t.Fatalf("try %d: a job that came by a moment before does not wait, %s are left", a.Times, left)
			}
		}
	}
}

// TestAnAddressIsTriedAfterTheClockWasSetBack by an hour, and is told what it missed.
func TestAnAddressIsTriedAfterTheClockWasSetBack(t *testing.T) {
	t.Parallel()
	inYard(t, func(y *yard) {
		a := absence{Since: time.Now(), Until: time.Now().Add(time.Hour + longestWait), Times: 10}
		c := y.courier(y.rdb, map[string]door.Door{"telnet": {Renderer: &appender{rdb: y.rdb}}})
		defer c.alarm.Stop()
		if _, err := c.keepAway(context.Background(), ann, &a, ""); err != nil {
			y.Fatal(err)
		}
		y.accept(watchedBy(ann))
		if err := c.delivers(context.Background()); err != nil {
			y.Fatal(err)
		}
		if got := y.box(ann); len(got) != 1 {
			y.Errorf("ann has %q", got)
		}
	})
}

// FuzzKind: any address has a kind, and none of them is taken for a telnet user's that is not one.
func FuzzKind(f *testing.F) {
	f.Add("telnet:ann")
	f.Add("telnet")
	f.Add(":")
	f.Fuzz(func(t *testing.T, address string) {
		if k := kind(address); len(k) > len(address) || (k == "telnet" && address[:6] != "telnet") {
			t.Errorf("%q is of the kind %q", address, k)
		}
	})
}
