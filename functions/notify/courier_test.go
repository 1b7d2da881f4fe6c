package main

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/functions/notify/door"
	"github.com/handsoff/handsoff/shared/function"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/job/jobtest"
	"github.com/handsoff/handsoff/shared/sign"
	"github.com/handsoff/handsoff/shared/sign/signtest"
)

// anyJob is what a nudge names: notify shows whatever is due.
const anyJob = "any"

func idleLog() *slog.Logger { return slog.New(slog.DiscardHandler) }

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
	defer y.close()
	y.jobs = jobtest.Open(t, rdb, job.Options{}) // the pace is kept by the server's own time
	worker := job.NewWorker(y.jobs, job.WorkerOptions{Function: "test", Name: "w", Steps: map[string]job.Stepper{"test run": y}})
	defer func() {
		if err := worker.Stop(context.Background()); err != nil {
			t.Error(err)
		}
	}()
	c := newCourier(y.jobs, rdb, map[string]door.Door{"telnet": {Renderer: &appender{rdb: rdb}, Pace: outboxPace}}, idleLog())
	id := y.accept(watchedBy(ann))
	nudge := func() {
		if err := c.nudged(t.Context(), anyJob); err != nil {
			t.Error(err)
		}
	}
	nudge()
	jobtest.Eventually(t, "the first word", func() bool { return len(y.box(ann)) == 1 })
	y.next = func(ctx context.Context, run *job.Run) (job.Outcome, error) {
		for percent := 1; percent <= 99; percent++ {
			if err := run.Save(ctx, job.Change{Progress: &job.Progress{Percent: percent, Line: "runs"}}); err != nil {
				return job.Outcome{}, err
			}
			nudge()
		}
		return job.Wait(rest), nil
	}
	if took, err := worker.Run(t.Context(), id); !took || err != nil {
		t.Fatal(took, err)
	}
	jobtest.Eventually(t, "the latest state", func() bool {
		got := y.box(ann)
		return len(got) == 1 && strings.Contains(got[0], "99 %")
	})
	if err := c.stop(t.Context()); err != nil {
		t.Error(err)
	}
}

// TestCouriersTogetherTellOnce: several couriers on one Redis tell each line once, in order.
func TestCouriersTogetherTellOnce(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		y := newYard(t, rdb)
		defer y.close()
		couriers := make([]*courier, 3)
		for i := range couriers {
			couriers[i] = newCourier(y.jobs, rdb, map[string]door.Door{"telnet": {Renderer: &appender{rdb: rdb}}}, idleLog())
		}
		nudge := func() {
			for _, c := range couriers {
				if err := c.nudged(t.Context(), anyJob); err != nil {
					t.Error(err)
				}
			}
		}
		ids := make([]string, 6)
		for i := range ids {
			ids[i] = y.accept(watchedBy(ann, "telnet:bob"))
		}
		const rounds = 15
		for n := range rounds {
			for _, id := range ids {
				y.says(id, fmt.Sprintf("%s says %d", id, n))
				nudge()
			}
		}
		for _, id := range ids {
			y.ends(id, job.Done(nil))
			nudge()
		}
		ends := func(address string) int {
			return strings.Count(strings.Join(y.box(address), "\n"), "end succeeded")
		}
		jobtest.Eventually(t, "all ends", func() bool {
			y.clock.Add(hold)
			nudge()
			return ends(ann) == len(ids) && ends("telnet:bob") == len(ids)
		})
		var group sync.WaitGroup
		for _, c := range couriers {
			group.Go(func() {
				if err := c.stop(context.Background()); err != nil {
					t.Error(err)
				}
			})
		}
		group.Wait()
		for _, address := range []string{ann, "telnet:bob"} {
			for _, id := range ids {
				var told []string
				for _, line := range y.box(address) {
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
		id := y.accept(watchedBy(ann))
		if err := y.rdb.HSet(context.Background(), job.Prefix+"job:"+id, "args", "{").Err(); err != nil {
			y.Fatal(err)
		}
		y.accept(watchedBy("telnet:bob"))
		y.deliver()
		if got := y.box("telnet:bob"); len(got) != 1 {
			y.Errorf("bob has %q", got)
		}
		if !y.unshown() {
			y.Error("it is not tried again")
		}
	})
}

// TestRetiredJobIsForgotten: a view of a job that is gone is dropped.
func TestRetiredJobIsForgotten(t *testing.T) {
	t.Parallel()
	inYard(t, func(y *yard) {
		id := y.accept(watchedBy(ann))
		if err := y.rdb.Del(context.Background(), job.Prefix+"job:"+id, job.Prefix+"job:"+id+":watchers").Err(); err != nil {
			y.Fatal(err)
		}
		y.deliver()
		if y.unshown() {
			y.Error("something is still to be shown")
		}
	})
}

// TestNudgeOverHTTP: a signed nudge is answered at once and delivered; an unsigned one is not.
func TestNudgeOverHTTP(t *testing.T) {
	t.Parallel()
	inYard(t, func(y *yard) {
		c := newCourier(y.jobs, y.rdb, map[string]door.Door{"telnet": {Renderer: &appender{rdb: y.rdb}}}, idleLog())
		keys := signtest.Keys("0123456789abcdef")
		p := &function.Platform{Name: "notify", Jobs: y.jobs, Keys: keys, Log: idleLog()}
		handler := function.NewHandler(p, &function.Parts{Nudged: c.nudged, Stop: c.stop})
		id := y.accept(watchedBy(ann))
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
		jobtest.Eventually(y, "the outbox", func() bool { return len(y.box(ann)) == 1 })
		if err := handler.Close(context.Background()); err != nil {
			y.Error(err)
		}
	})
}
