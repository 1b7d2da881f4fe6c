package calendar_test

import (
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/job/jobtest"
)

// shows asks for all that is known of the schedule nightly.
func (h *hall) shows(t *testing.T) string {
	t.Helper()
	answer, err := h.Show(t.Context(), call(map[string]any{"name": "nightly"}))
	if err != nil {
		t.Fatal(err)
	}
	return answer.Text
}

// endOne ends one job.
func (h *hall) endOne(t *testing.T, id string, how job.Outcome) {
	t.Helper()
	worker := h.jenkins(t, how)
	if _, err := worker.Run(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	if j, err := h.Jobs.Get(t.Context(), id); err != nil || !j.State.Final() {
		t.Fatalf("%+v %v", j, err)
	}
}

// What is done while the run before is unfinished, with jobs that a worker ends.
func TestOverlapOfRealJobs(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		for _, policy := range []struct {
			name         string
			open, during int // unfinished before and after the first one ended
			told         int
		}{
			{"refuse", 1, 0, 2},
			{"queue", 1, 1, 0},
			{"allow", 3, 2, 0},
		} {
			if err := rdb.FlushAll(t.Context()).Err(); err != nil {
				t.Fatal(err)
			}
			h := newHall(t, rdb, hourly+", overlap: "+policy.name+"}")
			h.pass(t, time.Hour)
			first := h.open(t)[0].ID
			h.pass(t, 2*time.Hour)
			if n := len(h.open(t)); n != policy.open || len(h.told) != policy.told {
				t.Errorf("%s: %d jobs, told %v", policy.name, n, h.told)
			}
			for _, j := range h.open(t) {
				if !strings.Contains(h.shows(t), j.ID+" queued, of ") {
					t.Errorf("%s: %s is not in\n%s", policy.name, j.ID, h.shows(t))
				}
			}
			h.endOne(t, first, job.Done(nil))
			h.pass(t, 2*time.Minute)
			if n := len(h.open(t)); n != policy.during {
				t.Errorf("%s: %d jobs when the first one has ended", policy.name, n)
			}
			if !strings.Contains(h.shows(t), first+" succeeded, of ") {
				t.Errorf("%s: the first one is not in\n%s", policy.name, h.shows(t))
			}
		}
	})
}

// A run out of turn beside one that is unfinished: the success of the older one counts, and the next time waits for both.
func TestARunOutOfTurnForgetsNoOther(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		h := newHall(t, rdb, hourly+", changed: tip}")
		remember(t, rdb, h.time.Now(), "ab", "Fix")
		h.pass(t, time.Hour)
		first := h.open(t)[0].ID
		answer, err := h.Run(t.Context(), call(map[string]any{"name": "nightly"}))
		if err != nil || !answer.Accepted || answer.Job == first {
			t.Fatal(answer, err)
		}
		h.endOne(t, answer.Job, job.Fail("no", nil))
		remember(t, rdb, h.time.Now(), "cd", "Fix more")
		h.pass(t, time.Hour)
		if len(h.open(t)) != 1 || len(h.told) != 1 {
			t.Errorf("it began beside %s: %d jobs, told %v", first, len(h.open(t)), h.told)
		}
		h.endOne(t, first, job.Done(nil))
		h.pass(t, time.Hour)
		if list := h.open(t); len(list) != 1 || list[0].Args["SHA"] != "cd" {
			t.Errorf("cd is not built: %+v", list)
		}
		if opening := h.asked[len(h.asked)-1].Opening; !strings.Contains(opening, "since the last success") || strings.Contains(opening, "review.example.org/ab") {
			t.Errorf("what is new since %s succeeded: %s", first, opening)
		}
	})
}

// repeat makes a job that repeats another one, as retry does.
func (h *hall) repeat(t *testing.T, id string) string {
	t.Helper()
	made, err := h.Jobs.Accept(t.Context(), job.Request{
		Function: "jenkins", Command: "jenkins build", Principal: "telnet:ann", RetryOf: id, Origin: job.Origin{Door: "telnet"},
	})
	if err != nil {
		t.Fatal(err)
	}
	return made.ID
}

// The success of a retry, and of a retry of that, is the schedule's: what was built is not built again. What is new is.
func TestARetrySucceeds(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		h := newHall(t, rdb, hourly+", changed: tip}")
		remember(t, rdb, h.time.Now(), "ab", "Fix")
		h.pass(t, time.Hour)
		first := h.open(t)[0].ID
		h.endOne(t, first, job.Fail("no", nil))
		second := h.repeat(t, first)
		h.endOne(t, second, job.Fail("no", nil))
		third := h.repeat(t, second)
		h.pass(t, time.Minute)
		if text := h.shows(t); !strings.Contains(text, third+" queued, of ") || !strings.Contains(text, "a retry of "+second) {
			t.Errorf("it shows\n%s", text)
		}
		h.endOne(t, third, job.Done(nil))
		h.pass(t, 3*time.Hour)
		if list := h.open(t); len(list) != 0 || len(h.asked) != 1 {
			t.Errorf("ab is built again: %+v", h.asked)
		}
		remember(t, rdb, h.time.Now(), "cd", "Fix more")
		h.pass(t, time.Hour)
		if list := h.open(t); len(list) != 1 || list[0].Args["SHA"] != "cd" {
			t.Errorf("what is new is not built: %+v", list)
		}
		if opening := h.asked[len(h.asked)-1].Opening; !strings.Contains(opening, "since the last success") || strings.Contains(opening, "review.example.org/ab") {
			t.Errorf("what is new: %s", opening)
		}
	})
}

// The clock sees at its first look what was repeated and succeeded while it was away, before it decides what to run.
func TestARetryWhileTheClockWasAway(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		h := newHall(t, rdb, hourly+", changed: tip}")
		remember(t, rdb, h.time.Now(), "ab", "Fix")
		h.pass(t, time.Hour)
		id := h.open(t)[0].ID
		for range 2 {
			h.endOne(t, id, job.Fail("no", nil))
			id = h.repeat(t, id)
		}
		h.endOne(t, id, job.Done(nil))
		h.time.Add(time.Hour)
		h.attend(t)
		if len(h.asked) != 1 {
			t.Errorf("ab is built again: %+v", h.asked[1:])
		}
	})
}
