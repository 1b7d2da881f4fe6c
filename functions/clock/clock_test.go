package main

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/config"
	"github.com/handsoff/handsoff/shared/function"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/job/jobtest"
	"github.com/handsoff/handsoff/shared/schedule"
)

func TestTickNudgesWhatIsDue(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		h := newHall(t, rdb, "test")
		var ids []string
		for range batch + 50 {
			ids = append(ids, h.accept(t))
		}
		watched := h.accept(t, func(r *job.Request) { r.Watch = []string{"telnet:ann"} })
		h.ticks(t)
		for _, id := range append(ids, watched) {
			if n := h.times(id, "test"); n != 1 {
				t.Fatalf("%s was nudged %d times", id, n)
			}
		}
		if n := h.times(command.AnyJob, "notify"); n != 1 {
			t.Errorf("notify was nudged %d times", n)
		}
		h.ticks(t)
		if n := h.times(ids[0], "test"); n != 1 {
			t.Errorf("nudged again at once: %d times", n)
		}
		h.time.Add(11 * time.Second)
		h.ticks(t)
		if n := h.times(ids[0], "test"); n != 2 {
			t.Errorf("a lost nudge was not repeated: %d times", n)
		}
	})
}

// TestStrangersCannotHurry: of many ticks at once, one works; and one who hangs up stops nothing.
func TestStrangersCannotHurry(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		h := newHall(t, rdb, "test")
		other := newHall(t, rdb, "test")
		id := h.accept(t)
		gone, hangUp := context.WithCancel(t.Context())
		hangUp()
		var group sync.WaitGroup
		for i := range 200 {
			group.Go(func() {
				c := h
				if i%2 == 0 {
					c = other
				}
				if err := c.tick(gone); err != nil {
					t.Error(err)
				}
			})
		}
		group.Wait()
		if n := h.times(id, "test") + other.times(id, "test"); n != 1 {
			t.Errorf("nudged %d times", n)
		}
	})
}

func TestFailedNudgesAreLoggedOnceAndCounted(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		h := newHall(t, rdb, "test")
		h.fails = errors.New("gateway is down")
		for range 30 {
			h.accept(t)
		}
		h.ticks(t)
		if n := h.logs.count("gateway is down"); n != 1 {
			t.Errorf("logged %d times", n)
		}
		counts, err := h.jobs.Counts(t.Context())
		if err != nil || counts["nudges_failed"] != 30 {
			t.Errorf("%v, counted %v", err, counts)
		}
	})
}

func TestPeopleLearnOfAnAbsentFunctionOnce(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		h := newHall(t, rdb, "jobs", "clock")
		id := h.accept(t, func(r *job.Request) { r.Watch = []string{"telnet:ann"} })
		for range 3 {
			h.ticks(t)
			h.time.Add(11 * time.Second)
		}
		story, err := h.jobs.Story(t.Context(), id, "", 10)
		if err != nil || len(story) != 1 || !strings.HasPrefix(story[0].Text, "the function test that works on this job is not deployed") {
			t.Errorf("%v, story %v", err, story)
		}
		if n := h.times(id, "test"); n != 3 {
			t.Errorf("the job was nudged %d times; it must not be given up", n)
		}
	})
}

func TestNobodyIsToldWhenTheListCannotBeHad(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		h := newHall(t, rdb)
		id := h.accept(t)
		for range 3 {
			h.ticks(t)
			h.time.Add(11 * time.Second)
		}
		if story, err := h.jobs.Story(t.Context(), id, "", 10); err != nil || len(story) != 0 {
			t.Errorf("%v, story %v", err, story)
		}
		if n := h.logs.count("no Prometheus"); n != 1 {
			t.Errorf("logged %d times", n)
		}
	})
}

func TestOldJobsAreRetiredOnceAMinute(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		h := newHall(t, rdb, "test")
		end := func() string {
			id := h.accept(t)
			if _, err := h.jobs.Cancel(t.Context(), id, "telnet:ann", ""); err != nil {
				t.Fatal(err)
			}
			h.time.Add(2 * time.Hour)
			return id
		}
		first := end()
		h.ticks(t)
		if _, err := h.jobs.Get(t.Context(), first); !errors.Is(err, job.ErrNotFound) {
			t.Errorf("the old job is still there: %v", err)
		}
		second := end()
		h.ticks(t)
		if _, err := h.jobs.Get(t.Context(), second); err != nil {
			t.Errorf("swept twice within a minute: %v", err)
		}
	})
}

// TestTickOverHTTP: an empty body from anybody ticks; anything else must be signed.
func TestTickOverHTTP(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		h := newHall(t, rdb, "test")
		id := h.accept(t)
		p := &function.Platform{Name: "clock", Jobs: h.jobs, Log: h.log}
		handler := function.NewHandler(p, &function.Parts{Tick: h.tick})
		for _, test := range []struct {
			body   string
			status int
		}{{"", http.StatusAccepted}, {`{"job":"x"}`, http.StatusUnauthorized}} {
			req := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/", strings.NewReader(test.body))
			res := httptest.NewRecorder()
			handler.ServeHTTP(res, req)
			if res.Code != test.status {
				t.Errorf("%q: %d %s", test.body, res.Code, res.Body)
			}
		}
		if n := h.times(id, "test"); n != 1 {
			t.Errorf("nudged %d times", n)
		}
		if err := handler.Close(t.Context()); err != nil {
			t.Error(err)
		}
	})
}

// A function that hangs costs nobody else their turn: what is scheduled runs, and that the clock ticks is written down.
func TestANudgeThatHangsHoldsNothingUp(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		h := newHall(t, rdb, "test")
		f, err := config.Parse([]byte("schedules: [{name: nightly, cron: '0 * * * *', line: ping}]"))
		if err != nil {
			t.Fatal(err)
		}
		ran := make(chan struct{})
		h.calendar.Set = schedule.Read(f)
		h.calendar.Say = func(context.Context, command.Envelope) (command.Answer, error) {
			close(ran)
			return command.Answer{Text: "pong"}, nil
		}
		h.ticks(t)
		h.accept(t)
		h.clock.nudge = func(context.Context, job.Pointer) error { // however long one may take, which may be shorter than the machine stands still
			select {
			case <-ran:
			case <-time.After(2 * time.Minute):
				t.Error("the schedule waited for a nudge that hangs")
			}
			return nil
		}
		h.time.Add(time.Hour)
		h.ticks(t)
	})
}

// TestStrangersAreCountedWhenTheirHourIsOver, also when nobody comes any more.
func TestStrangersAreCountedWhenTheirHourIsOver(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		h := newHall(t, rdb, "test")
		for range 3 {
			if err := h.jobs.AuditStranger(t.Context(), job.AuditEntry{Who: "irc-nick:net/m", Act: "refused", Detail: "no"}); err != nil {
				t.Fatal(err)
			}
		}
		h.time.Add(time.Hour)
		h.ticks(t)
		list, err := h.jobs.AuditTail(t.Context(), 1000)
		list = slices.DeleteFunc(list, func(e job.AuditEntry) bool { return e.Who != "irc-nick:net/m" })
		if err != nil || len(list) != 2 || list[0].Detail != "2 more within the hour after the one before" {
			t.Errorf("%+v %v", list, err)
		}
	})
}
