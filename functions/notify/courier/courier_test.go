package courier

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/functions/notify/door"
	"github.com/handsoff/handsoff/functions/notify/door/doortest"
	"github.com/handsoff/handsoff/functions/notify/outbox"
	"github.com/handsoff/handsoff/shared/function"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/job/jobtest"
	"github.com/handsoff/handsoff/shared/sign"
	"github.com/handsoff/handsoff/shared/sign/signtest"
)

// TestPaceCoalescesAndTheTimerCatchesUp: an update within the pace waits, and comes without another nudge.
func TestPaceCoalescesAndTheTimerCatchesUp(t *testing.T) {
	t.Parallel()
	embedded := miniredis.RunT(t)
	embedded.ClockTTL(true) // its keys expire as time passes
	for name, address := range map[string]string{"redis-server": jobtest.Redis(t).Address, "embedded": embedded.Addr()} {
		rdb := redis.NewClient(&redis.Options{Addr: address})
		t.Cleanup(func() { _ = rdb.Close() })
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			paced(t, rdb)
		})
	}
}

func paced(t *testing.T, rdb *redis.Client) {
	t.Helper()
	y := newYard(t, rdb)
	defer y.Close()
	y.Jobs = jobtest.Open(t, rdb, job.Options{}) // the pace is kept by the server's own time
	worker := job.NewWorker(y.Jobs, job.WorkerOptions{Function: "test", Name: "w", Steps: map[string]job.Stepper{"test run": y}})
	defer func() {
		if err := worker.Stop(context.Background()); err != nil {
			t.Error(err)
		}
	}()
	c := started(y.Jobs, rdb, map[string]door.Door{"telnet": outbox.Telnet(rdb)})
	id := y.Accept(doortest.WatchedBy(ann))
	y.nudges(c)
	jobtest.Eventually(t, "the first word", func() bool { return len(y.Box(ann)) == 1 })
	y.Next = func(ctx context.Context, run *job.Run) (job.Outcome, error) {
		for percent := 1; percent <= 99; percent++ {
			if err := run.Save(ctx, job.Change{Progress: &job.Progress{Percent: percent, Line: "runs"}}); err != nil {
				return job.Outcome{}, err
			}
			y.nudges(c)
		}
		return job.Wait(doortest.Rest), nil
	}
	if took, err := worker.Run(t.Context(), id); !took || err != nil {
		t.Fatal(took, err)
	}
	jobtest.Eventually(t, "the latest state", func() bool {
		got := y.Box(ann)
		return len(got) == 1 && strings.Contains(got[0], "99 %")
	})
	if err := c.Stop(t.Context()); err != nil {
		t.Error(err)
	}
}

// TestCouriersTogetherTellOnce: several couriers on one Redis tell each line once, in order.
func TestCouriersTogetherTellOnce(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		y := newYard(t, rdb)
		defer y.Close()
		couriers := make([]*Courier, 3)
		for i := range couriers {
			couriers[i] = started(y.Jobs, rdb, map[string]door.Door{"telnet": telnet(rdb)})
		}
		nudge := func() {
			for _, c := range couriers {
				y.nudges(c)
			}
		}
		ids := make([]string, 6)
		for i := range ids {
			ids[i] = y.Accept(doortest.WatchedBy(ann, bob))
		}
		const rounds = 15
		for n := range rounds {
			for _, id := range ids {
				y.Says(id, fmt.Sprintf("%s says %d", id, n))
				nudge()
			}
		}
		for _, id := range ids {
			y.Ends(id, job.Done(nil))
			nudge()
		}
		ends := func(address string) int {
			return strings.Count(strings.Join(y.Box(address), "\n"), "end succeeded")
		}
		jobtest.Eventually(t, "all ends", func() bool {
			y.Clock.Add(hold)
			nudge()
			return ends(ann) == len(ids) && ends(bob) == len(ids)
		})
		var group sync.WaitGroup
		for _, c := range couriers {
			group.Go(func() {
				if err := c.Stop(context.Background()); err != nil {
					t.Error(err)
				}
			})
		}
		group.Wait()
		for _, address := range []string{ann, bob} {
			for _, id := range ids {
				var told []string
				for _, line := range y.Box(address) {
					if strings.HasPrefix(line, "say "+id) {
						told = append(told, line)
					}
				}
				if len(told) != rounds {
					t.Fatalf("%s was told %d lines of %s, not %d: %q", address, len(told), id, rounds, told)
				}
				for n, line := range told {
					if line != fmt.Sprintf("say %s says %d", id, n) {
						t.Fatalf("%s was told out of order: %q", address, told)
					}
				}
			}
		}
	})
}

// TestBrokenRecordHoldsUpNobody: a job that cannot be read stays to be shown, and others are shown.
func TestBrokenRecordHoldsUpNobody(t *testing.T) {
	t.Parallel()
	inYard(t, func(y *yard) {
		id := y.Accept(doortest.WatchedBy(ann))
		if err := y.Redis.HSet(context.Background(), job.Prefix+"job:"+id, "args", "{").Err(); err != nil {
			y.Fatal(err)
		}
		y.Accept(doortest.WatchedBy(bob))
		y.deliver()
		if got := y.Box(bob); len(got) != 1 {
			y.Errorf("bob has %q", got)
		}
		if !y.Unshown() {
			y.Error("it is not tried again")
		}
	})
}

// TestRetiredJobIsForgotten: a view of a job that is gone is dropped.
func TestRetiredJobIsForgotten(t *testing.T) {
	t.Parallel()
	inYard(t, func(y *yard) {
		id := y.Accept(doortest.WatchedBy(ann))
		if err := y.Redis.Del(context.Background(), job.Prefix+"job:"+id, job.Prefix+"job:"+id+":watchers").Err(); err != nil {
			y.Fatal(err)
		}
		y.deliver()
		if y.Unshown() {
			y.Error("something is still to be shown")
		}
	})
}

// TestNudgeOverHTTP: a signed nudge is answered at once and delivered; an unsigned one is not.
func TestNudgeOverHTTP(t *testing.T) {
	t.Parallel()
	inYard(t, func(y *yard) {
		c := started(y.Jobs, y.Redis, map[string]door.Door{"telnet": telnet(y.Redis)})
		keys := signtest.Keys("0123456789abcdef")
		p := &function.Platform{Name: "notify", Jobs: y.Jobs, Keys: keys, Log: idleLog()}
		handler := function.NewHandler(p, &function.Parts{Nudged: c.Nudged, Stop: c.Stop})
		id := y.Accept(doortest.WatchedBy(ann))
		body := `{"job":"` + id + `"}`
		for signature, status := range map[string]int{"": http.StatusUnauthorized, keys.Sign([]byte(body)): http.StatusAccepted} {
			req := httptest.NewRequestWithContext(context.Background(), http.MethodPost, "/", strings.NewReader(body))
			req.Header.Set(sign.Header, signature)
			res := httptest.NewRecorder()
			handler.ServeHTTP(res, req)
			if res.Code != status {
				y.Errorf("%q: %d %s", signature, res.Code, res.Body)
			}
		}
		jobtest.Eventually(y, "the outbox", func() bool { return len(y.Box(ann)) == 1 })
		if err := handler.Close(context.Background()); err != nil {
			y.Error(err)
		}
	})
}
