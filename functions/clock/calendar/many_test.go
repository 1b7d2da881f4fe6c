package calendar_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/functions/clock/calendar"
	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/job/jobtest"
)

// many is a thousand schedules that come due at the same moment.
func many() string {
	var text strings.Builder
	for i := range 1000 {
		fmt.Fprintf(&text, "  - {name: s%d, cron: '0 * * * *', line: ping}\n", i)
	}
	return text.String()
}

// askedFor counts how often each due run was handed in.
func (h *hall) askedFor() map[string]int {
	h.mu.Lock()
	defer h.mu.Unlock()
	times := make(map[string]int)
	for _, e := range h.asked {
		times[e.ID]++
	}
	return times
}

// A thousand schedules that come due at once: a tick does as many as it has time for, and says how many have to wait; the
// next ones do the others. Each runs once.
func TestAThousandAtOnce(t *testing.T) {
	t.Parallel()
	h := newHall(t, jobtest.Redis(t).Client(t), many())
	h.time.Add(time.Hour)
	makes := h.Say
	for most := 300; len(h.askedFor()) < 1000; {
		ctx, over := context.WithCancel(t.Context())
		var mu sync.Mutex
		done := 0
		h.Say = func(ctx context.Context, e command.Envelope) (command.Answer, error) {
			answer, err := makes(context.WithoutCancel(ctx), e)
			mu.Lock()
			defer mu.Unlock()
			if done++; done == most {
				over() // the tick's time
			}
			return answer, err
		}
		before := len(h.askedFor())
		err := h.Attend(ctx)
		over()
		did := len(h.askedFor()) - before
		if did == 0 || did > most+16 {
			t.Fatalf("a tick did %d", did)
		}
		if left := len(h.askedFor()) < 1000; left && (err == nil || !strings.Contains(err.Error(), "schedules have to wait for the next tick") || len(err.Error()) > 3000) {
			t.Fatalf("it says %v", err)
		}
		h.time.Add(15 * time.Second)
	}
	h.Say = makes
	h.pass(t, time.Minute)
	list := make(map[string]int)
	for i := range 1000 {
		list[fmt.Sprint("schedule:s", i)] = 0
	}
	jobs, err := h.Jobs.Standing(t.Context())
	if err != nil || jobs.Open != 1000 {
		t.Fatalf("%+v jobs: %v", jobs, err)
	}
	if n := len(h.askedFor()); n != len(list) {
		t.Errorf("%d runs", n)
	}
}

// Two clocks that tick at the same moment hand each due run in once between them, also what answers at once and makes no job
// by which a second time would be known.
func TestTwoClocks(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		h := newHall(t, rdb, strings.Join(strings.SplitAfter(many(), "\n")[:60], ""))
		h.answer = func(command.Envelope) (command.Answer, error) { return command.Answer{Text: "pong"}, nil }
		for range 5 {
			h.time.Add(time.Hour)
			var group sync.WaitGroup
			for range 3 {
				other := &calendar.Calendar{Set: h.Set, Jobs: h.Jobs, Redis: h.Redis, Say: h.Say, Tell: h.Tell, Alerts: h.Alerts, Log: h.Log}
				group.Go(func() {
					if err := other.Attend(t.Context()); err != nil {
						t.Error(err)
					}
				})
			}
			group.Wait()
		}
		times := h.askedFor()
		for id, n := range times {
			if n != 1 {
				t.Errorf("%s was handed in %d times", id, n)
			}
		}
		if len(times) != 300 {
			t.Errorf("%d runs were handed in", len(times))
		}
	})
}
