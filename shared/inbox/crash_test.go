package inbox

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/job/jobtest"
)

// effects is what the handler did in the world outside, by name, with the lives in which it did.
type effects map[string][]int

var deeds = []string{"ask", "answer"}

// handler does one deed after the other and notes each.
func (e effects) handler(life *jobtest.Life, number int) Handler {
	return func(ctx context.Context, c *Claim) error {
		var noted int
		if _, err := c.Noted(&noted); err != nil {
			return err
		}
		for i := noted; i < len(deeds); i++ {
			err := life.Call(ctx, deeds[i], func() { e[c.ID+" "+deeds[i]] = append(e[c.ID+" "+deeds[i]], number) })
			if err != nil {
				return err
			}
			if err := c.Note(ctx, i+1); err != nil {
				return err
			}
		}
		return nil
	}
}

// story takes one delivery in, twice, and works it off, through as many lives of the process as it takes: the first one
// dies where death says. It returns how many points the first life passed.
func story(t *testing.T, address string, death jobtest.Death) int {
	t.Helper()
	ctx := t.Context()
	watcher := redis.NewClient(&redis.Options{Addr: address})
	defer func() { _ = watcher.Close() }()
	if err := watcher.FlushDB(ctx).Err(); err != nil {
		t.Fatal(err)
	}
	clock, did := jobtest.NewClock(), make(effects)
	points, sent := 0, map[string]bool{}
	for number := range 4 {
		life := jobtest.NewLife(death)
		if number > 0 {
			life = jobtest.NewLife(jobtest.Death{})
		}
		oneLife(ctx, address, life, clock, sent, did.handler(life, number))
		if number == 0 {
			points = life.Points()
		}
	}
	where := fmt.Sprintf("death at %+v", death)
	box := Open(watcher, "test", Options{Now: clock.Now})
	id := "Ev1"
	if len(did["Ev1 ask"]) == 0 {
		id = "Ev2"
	}
	repeated := 0
	for _, deed := range deeds {
		lives := did[id+" "+deed]
		if len(lives) == 0 {
			t.Errorf("%s: %s was never done", where, deed)
		}
		repeated += len(lives) - 1
	}
	if repeated > 1 || len(did) != len(deeds) {
		t.Errorf("%s: done %v", where, did)
	}
	for _, name := range []string{"Ev1", "Ev2", "message"} {
		if verdict, err := box.Put(ctx, Delivery{ID: name}, nil); err != nil || verdict != Done {
			t.Errorf("%s: %s is %s (%v) in the end", where, name, verdict, err)
		}
	}
	return points
}

// oneLife takes in what was not yet taken in, the same thing under two ids, and works it off until the process dies.
func oneLife(ctx context.Context, address string, life *jobtest.Life, clock *jobtest.Clock, sent map[string]bool, handle Handler) {
	rdb := redis.NewClient(&redis.Options{Addr: address, MaxRetries: -1})
	defer func() { _ = rdb.Close() }()
	rdb.AddHook(life)
	box := Open(rdb, "test", Options{Now: clock.Now})
	for _, id := range []string{"Ev1", "Ev2"} {
		if sent[id] {
			continue // the sender tries until it is told that it was taken
		}
		_, err := box.Put(ctx, Delivery{ID: id, Body: []byte("x")}, []string{"message"})
		sent[id] = err == nil
	}
	worker := idleWorker(box, handle, WorkerOptions{Hold: life.Hold()})
	defer worker.alarm.Stop()
	for range 3 {
		_ = worker.clear(ctx) // it may have died
		worker.tasks.Wait()
		clock.Add(2 * time.Second)
	}
}

// TestCrashAnywhere runs a story once to count its calls, then again with a death before and after each: nothing is lost,
// and nothing is done twice but the one deed that was done and not noted.
func TestCrashAnywhere(t *testing.T) {
	t.Parallel()
	address := jobtest.Redis(t).Address
	points := story(t, address, jobtest.Death{})
	if points < 8 {
		t.Fatalf("the story has only %d points", points)
	}
	for point := 1; point <= points; point++ {
		for _, after := range []bool{false, true} {
			story(t, address, jobtest.Death{Point: point, After: after})
		}
	}
	t.Logf("%d points", points)
}

// deadly is a box whose only delivery was taken up by so many workers that died, on a clock that stands still.
func deadly(t *testing.T, rdb *redis.Client, workers int) (*Inbox, *job.Store, *jobtest.Clock) {
	t.Helper()
	clock := jobtest.NewClock()
	box := Open(rdb, "test", Options{Now: clock.Now})
	if _, err := box.Put(t.Context(), Delivery{ID: "Ev1", Kind: "event"}, []string{"message"}); err != nil {
		t.Fatal(err)
	}
	for died := range workers {
		if claims, _, err := box.claim(t.Context(), 1, claimBytes, time.Second); err != nil || len(claims) != 1 {
			t.Fatal(claims, err)
		}
		clock.Add(time.Second << died)
	}
	return box, jobtest.Open(t, rdb, job.Options{Now: clock.Now}), clock
}

// TestWhatKillsItsWorkersIsGivenUp: and its sender may bring it back.
func TestWhatKillsItsWorkersIsGivenUp(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		box, jobs, _ := deadly(t, rdb, deaths)
		handled := 0
		worker := idleWorker(box, func(context.Context, *Claim) error { handled++; return nil }, WorkerOptions{Jobs: jobs})
		work := func() {
			if err := worker.clear(t.Context()); err != nil {
				t.Fatal(err)
			}
			worker.tasks.Wait()
		}
		work()
		dead, err := Dead(t.Context(), rdb)
		if err != nil || dead["test"] != 1 || handled != 0 {
			t.Errorf("%v dead (%v), handled %d times", dead, err, handled)
		}
		tail, err := jobs.AuditTail(t.Context(), 10)
		const want = "test event Ev1: given up after 6 attempts in 31s: its worker died 5 times in a row"
		if err != nil || len(tail) != 1 || tail[0].Detail != want {
			t.Errorf("%v, audited %+v", err, tail)
		}
		counts, err := jobs.Counts(t.Context())
		if err != nil || counts["deliveries_given_up"] != 1 {
			t.Error(counts, err)
		}
		if verdict, err := box.Put(t.Context(), Delivery{ID: "Ev2"}, []string{"message"}); err != nil || verdict != Pending {
			t.Error(verdict, err)
		}
		work()
		if handled != 1 {
			t.Errorf("handled %d times", handled)
		}
		if dead, err := Dead(t.Context(), rdb); err != nil || len(dead) != 0 {
			t.Error(dead, err)
		}
	})
}

// TestASlowRedisLosesNothing: for a minute it does what it is asked and nobody hears of it, so that claims lapse which no
// worker ever had.
func TestASlowRedisLosesNothing(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		box, _, clock := deadly(t, rdb, 0)
		const hold = 10 * time.Second
		for range 60 {
			if _, _, err := box.claim(t.Context(), 1, claimBytes, hold); err != nil {
				t.Fatal(err)
			}
			clock.Add(time.Second)
		}
		clock.Add(time.Minute)
		handled := 0
		worker := idleWorker(box, func(context.Context, *Claim) error { handled++; return nil }, WorkerOptions{})
		if err := worker.clear(t.Context()); err != nil {
			t.Fatal(err)
		}
		worker.tasks.Wait()
		if dead, err := Dead(t.Context(), rdb); err != nil || len(dead) != 0 || handled != 1 {
			t.Error(dead, err, handled)
		}
	})
}

// TestOneDeathLessIsTriedAgain makes sure that the other test could fail.
func TestOneDeathLessIsTriedAgain(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		box, _, _ := deadly(t, rdb, deaths-1)
		handled := 0
		worker := idleWorker(box, func(context.Context, *Claim) error { handled++; return nil }, WorkerOptions{})
		if err := worker.clear(t.Context()); err != nil {
			t.Fatal(err)
		}
		worker.tasks.Wait()
		if dead, err := Dead(t.Context(), rdb); err != nil || len(dead) != 0 || handled != 1 {
			t.Error(dead, err, handled)
		}
	})
}

// TestWhatFailsForADayIsGivenUp: and not before it was tried at that time.
func TestWhatFailsForADayIsGivenUp(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		box, jobs, clock := deadly(t, rdb, 0)
		handled := 0
		worker := idleWorker(box, func(context.Context, *Claim) error { handled++; return errors.New("no") }, WorkerOptions{Jobs: jobs})
		defer worker.alarm.Stop()
		for _, step := range []struct {
			wait time.Duration
			dead int64
		}{{0, 0}, {24*time.Hour - time.Second, 0}, {slowest, 1}} {
			clock.Add(step.wait)
			before := handled
			if err := worker.clear(t.Context()); err != nil {
				t.Fatal(err)
			}
			worker.tasks.Wait()
			dead, err := Dead(t.Context(), rdb)
			if err != nil || dead["test"] != step.dead || handled != before+1 {
				t.Errorf("after %s: %v dead (%v), handled %d times", step.wait, dead, err, handled-before)
			}
		}
	})
}
