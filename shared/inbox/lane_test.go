package inbox

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/shared/job/jobtest"
)

// soon is a failure that is tried again at once.
type soon struct{}

func (soon) Error() string             { return "no" }
func (soon) RetryAfter() time.Duration { return time.Millisecond }

// TestALaneIsInOrder: with several workers at it, handlers that fail, put off and take their time, and puts that are
// repeated, what is of one lane is done strictly one after the other.
func TestALaneIsInOrder(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		const lanes, each = 5, 40
		box := Open(rdb, "test", Options{})
		var mu sync.Mutex
		inHand, done := make(map[string]string), make(map[string][]string)
		handle := func(_ context.Context, c *Claim) error {
			mu.Lock()
			if other := inHand[c.Lane]; other != "" {
				t.Errorf("%s is taken up while %s is in hand", c.ID, other)
			}
			inHand[c.Lane] = c.ID
			mu.Unlock()
			time.Sleep(time.Duration(rand.IntN(300)) * time.Microsecond) // so that they would meet
			mu.Lock()
			defer mu.Unlock()
			inHand[c.Lane] = ""
			switch rand.IntN(10) {
			case 0:
				return soon{}
			case 1:
				return Later(time.Millisecond)
			}
			done[c.Lane] = append(done[c.Lane], c.ID)
			return nil
		}
		workers := make([]*Worker, 3)
		for i := range workers {
			workers[i] = NewWorker(box, handle, WorkerOptions{AtOnce: 4})
		}
		var want [lanes][]string
		for n := range each {
			list := make([]Delivery, 0, lanes+1)
			for lane := range lanes {
				id := fmt.Sprintf("%d.%d", lane, n)
				want[lane] = append(want[lane], id)
				list = append(list, Delivery{ID: id, Lane: fmt.Sprint("lane ", lane)})
			}
			list = append(list, list[rand.IntN(lanes)]) // told again
			if _, _, err := box.PutAll(t.Context(), list, nil); err != nil {
				t.Fatal(err)
			}
			workers[n%len(workers)].Kick()
		}
		jobtest.Eventually(t, "all of them", func() bool {
			mu.Lock()
			defer mu.Unlock()
			n := 0
			for _, list := range done {
				n += len(list)
			}
			return n == lanes*each
		})
		for _, w := range workers {
			if err := w.Stop(context.Background()); err != nil {
				t.Error(err)
			}
		}
		for lane := range lanes {
			if got := done[fmt.Sprint("lane ", lane)]; !slices.Equal(got, want[lane]) {
				t.Errorf("in the lane %d they were done as %q", lane, got)
			}
		}
	})
}

// TestNotYetIsNoFailure: it is neither counted nor given up, however often it is said.
func TestNotYetIsNoFailure(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		box, jobs, clock := deadly(t, rdb, 0)
		says := fmt.Errorf("wait: %w", Later(24*time.Hour))
		var attempts []int
		worker := idleWorker(box, func(_ context.Context, c *Claim) error { attempts = append(attempts, c.Attempts); return says }, WorkerOptions{Jobs: jobs})
		defer worker.alarm.Stop()
		look := func() {
			t.Helper()
			if err := worker.clear(t.Context()); err != nil {
				t.Fatal(err)
			}
			worker.tasks.Wait()
		}
		for range 3 {
			look()
			look() // it is not due
			clock.Add(24 * time.Hour)
		}
		says = errors.New("no")
		look()
		clock.Add(time.Hour)
		says = Later(24 * time.Hour)
		look()
		clock.Add(24 * time.Hour)
		says = errors.New("no")
		look()
		if !slices.Equal(attempts, []int{0, 0, 0, 0, 1, 1}) {
			t.Errorf("attempts before: %v", attempts)
		}
		if dead, err := Dead(t.Context(), rdb); err != nil || len(dead) != 0 {
			t.Errorf("given up after an hour of failures: %v %v", dead, err)
		}
		clock.Add(24 * time.Hour)
		look()
		if dead, err := Dead(t.Context(), rdb); err != nil || dead["test"] != 1 {
			t.Errorf("not given up after a day of failures: %v %v", dead, err)
		}
	})
}

// TestALaneHeldBackIsTriedADay: the delivery behind one that failed for a day has not failed yet.
func TestALaneHeldBackIsTriedADay(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		clock := jobtest.NewClock()
		box := Open(rdb, "test", Options{Now: clock.Now})
		if _, _, err := box.PutAll(t.Context(), []Delivery{{ID: "a", Lane: "l"}, {ID: "b", Lane: "l"}}, nil); err != nil {
			t.Fatal(err)
		}
		var tried []string
		worker := idleWorker(box, func(_ context.Context, c *Claim) error { tried = append(tried, c.ID); return errors.New("no") }, WorkerOptions{})
		defer worker.alarm.Stop()
		for _, wait := range []time.Duration{0, 25 * time.Hour} {
			clock.Add(wait)
			if err := worker.clear(t.Context()); err != nil {
				t.Fatal(err)
			}
			worker.tasks.Wait()
		}
		if err := worker.clear(t.Context()); err != nil { // takes up what its end made due
			t.Fatal(err)
		}
		worker.tasks.Wait()
		list, err := ListDead(t.Context(), rdb, "test", 10)
		if err != nil || len(list) != 1 || list[0].ID != "a" || list[0].Attempts != 2 || strings.Join(tried, "") != "aab" {
			t.Errorf("dead %+v (%v), tried %q", list, err, tried)
		}
	})
}
