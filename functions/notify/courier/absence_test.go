package courier

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/functions/notify/door"
	"github.com/handsoff/handsoff/functions/notify/door/doortest"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/job/jobtest"
)

var errShut = errors.New("door is shut")

// TestADoorThatIsDownHoldsUpNobody: its addresses wait with back-off, one probe at a time, and catch up at the end.
func TestADoorThatIsDownHoldsUpNobody(t *testing.T) {
	t.Parallel()
	inYard(t, func(y *yard) {
		w := &wall{rdb: y.Redis, shut: errShut}
		c := y.courier(y.Redis, map[string]door.Door{"telnet": telnet(y.Redis), "wall": {Renderer: w}})
		defer c.alarm.Stop()
		deliver := func() { y.shows(c) }
		ids := []string{y.Accept(doortest.WatchedBy(ann, "wall:x")), y.Accept(doortest.WatchedBy("wall:x")), y.Accept(doortest.WatchedBy("wall:x"))}
		deliver()
		if got := y.Reads(ann); len(got) != 1 {
			y.Fatalf("ann has %q", got)
		}
		if !y.Away("wall:x") {
			y.Error("it is not known to be away")
		}
		tries := w.triedTimes()
		y.Says(ids[0], "one")
		for _, id := range ids[1:] {
			y.Says(id, "one")
		}
		deliver()
		if got := y.Reads(ann); len(got) == 0 || got[0] != "say one" {
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
		w.set(nil)
		y.Clock.Add(longestWait)
		deliver()
		y.Clock.Add(longestWait)
		deliver()
		for _, id := range ids {
			if saw := w.saw(id, "wall:x"); !slices.Equal(saw, []string{"one", "is waiting"}) {
				y.Errorf("%s was shown as %q", id, saw)
			}
		}
		if y.Away("wall:x") {
			y.Error("it is still thought to be away")
		}
	})
}

// TestADoorThatHangsHoldsUpNobody: while one address hangs, others are delivered.
func TestADoorThatHangsHoldsUpNobody(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		y := newYard(t, rdb)
		defer y.Close()
		w := &wall{rdb: y.Redis, held: make(chan struct{})}
		c := started(y.Jobs, rdb, map[string]door.Door{"telnet": telnet(rdb), "wall": {Renderer: w}})
		y.Accept(doortest.WatchedBy("wall:x"))
		y.nudges(c)
		jobtest.Eventually(t, "the hanging door to be tried", func() bool { return w.triedTimes() > 0 })
		y.Accept(doortest.WatchedBy(ann))
		y.nudges(c)
		jobtest.Eventually(t, "the other one", func() bool { return len(y.Box(ann)) == 1 })
		if n := w.triedTimes(); n != 1 {
			t.Errorf("the hanging door was tried %d times meanwhile", n)
		}
		if err := c.Stop(t.Context()); err != nil {
			t.Error(err)
		}
	})
}

// TestARefusedAccountIsTriedSlowly, whether it was refused at once or while the address was away, and as soon as any other fault
// no more than that.
func TestARefusedAccountIsTriedSlowly(t *testing.T) {
	t.Parallel()
	inYard(t, func(y *yard) {
		w := &wall{rdb: y.Redis, shut: door.RefusedError{Err: errShut}}
		c := y.courier(y.Redis, map[string]door.Door{"wall": {Renderer: w}})
		defer c.alarm.Stop()
		id := y.Accept(doortest.WatchedBy("wall:x"))
		after := func(wait time.Duration, tries int) {
			t.Helper()
			before := w.triedTimes()
			for end := y.Clock.Now().Add(wait); y.Clock.Now().Before(end); y.Clock.Add(time.Second) {
				y.shows(c)
			}
			if n := w.triedTimes() - before; n != tries {
				y.Errorf("%d tries in %s, want %d", n, wait, tries)
			}
		}
		after(door.RefusedWait-time.Minute, 1)
		after(2*time.Minute, 1)
		after(door.RefusedWait, 1)
		w.set(errShut)
		after(2*longestWait+10*time.Minute, 5)
		w.set(door.RefusedError{Err: errShut})
		after(3*longestWait, 1)
		w.set(nil)
		after(door.RefusedWait, 1)
		if saw := w.saw(id, "wall:x"); len(saw) != 1 {
			y.Errorf("shown as %q", saw)
		}
	})
}

// TestBackAtOnce: once a probe has reached an address, nothing that waits for it waits for the next probe.
func TestBackAtOnce(t *testing.T) {
	t.Parallel()
	inYard(t, func(y *yard) {
		w := &wall{rdb: y.Redis}
		c := y.courier(y.Redis, map[string]door.Door{"wall": {Renderer: w, Apart: true}})
		defer c.alarm.Stop()
		passes := func(while time.Duration) { y.Passes(while, func() { y.shows(c) }) }
		var ids []string
		for range 10 {
			ids = append(ids, y.Accept(doortest.WatchedBy("wall:x")))
		}
		passes(time.Minute)
		w.set(errShut)
		for _, id := range ids {
			y.Ends(id, job.Done(nil))
		}
		passes(40 * time.Minute)
		w.set(nil)
		late := func() []string {
			return slices.DeleteFunc(slices.Clone(ids), func(id string) bool {
				return slices.Contains(w.saw(id, "wall:x"), "is succeeded")
			})
		}
		for range longestWait / time.Second {
			if passes(time.Second); len(late()) < len(ids) {
				break
			}
		}
		passes(outcomeKnown + 10*time.Second)
		if ids := late(); len(ids) > 0 {
			y.Errorf("%d jobs still wait", len(ids))
		}
	})
}

func TestAnUnknownDoorIsDroppedAfterADay(t *testing.T) {
	t.Parallel()
	inYard(t, func(y *yard) {
		id := y.Accept(doortest.WatchedBy(ann, "pigeon:coop"))
		y.deliver()
		if got := y.Reads(ann); len(got) != 1 {
			y.Fatalf("ann has %q", got)
		}
		follows := func() bool { return y.Follows(id, "pigeon:coop") }
		for range 23 {
			y.Clock.Add(time.Hour)
			y.deliver()
		}
		if !follows() {
			y.Error("dropped too early")
		}
		y.Clock.Add(2 * time.Hour)
		y.deliver()
		if follows() {
			y.Error("kept for more than a day")
		}
		if y.Unshown() {
			y.Error("something is still to be shown")
		}
	})
}

// TestAPanicOfADoorIsItsOwn: it ends neither the process nor anybody else's view.
func TestAPanicOfADoorIsItsOwn(t *testing.T) {
	t.Parallel()
	inYard(t, func(y *yard) {
		c := y.courier(y.Redis, map[string]door.Door{"telnet": telnet(y.Redis), "mine": {Renderer: mine{}}})
		defer c.alarm.Stop()
		y.Accept(doortest.WatchedBy(ann, "mine:x"))
		y.shows(c)
		if got := y.Box(ann); len(got) != 1 {
			y.Errorf("ann has %q", got)
		}
		if !y.Unshown() {
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
		c := y.courier(y.Redis, map[string]door.Door{"telnet": telnet(y.Redis)})
		defer c.alarm.Stop()
		if _, err := c.keepAway(context.Background(), ann, &a, ""); err != nil {
			y.Fatal(err)
		}
		y.Accept(doortest.WatchedBy(ann))
		y.shows(c)
		if got := y.Box(ann); len(got) != 1 {
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
