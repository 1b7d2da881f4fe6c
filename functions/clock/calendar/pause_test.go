package calendar_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/functions/clock/calendar"
	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/job/jobtest"
)

// saysTo has a person pause or resume the schedule nightly.
func saysTo(t *testing.T, do func(context.Context, command.Call) (command.Answer, error)) string {
	t.Helper()
	answer, err := do(t.Context(), call(map[string]any{"name": "nightly"}))
	if err != nil {
		t.Fatal(err)
	}
	return answer.Text
}

// Whoever pauses a schedule is told what becomes of the run that has come due and could not be handed in: it is left out, and
// stays so when the schedule is resumed.
func TestPausedBeforeItCouldBeHandedIn(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		for _, rest := range []time.Duration{30 * time.Second, 10 * time.Minute} {
			if err := rdb.FlushAll(t.Context()).Err(); err != nil {
				t.Fatal(err)
			}
			h := newHall(t, rdb, hourly+"}")
			h.answer = func(command.Envelope) (command.Answer, error) { return command.Answer{}, errAway }
			for range 60 {
				h.time.Add(time.Minute)
				_ = h.Attend(t.Context())
			}
			if text := saysTo(t, h.Pause); !strings.Contains(text, "nightly is paused. Its run of Fri 2 Jan 04:00 UTC could not be handed in yet, and is left out.") {
				t.Errorf("it says %s", text)
			}
			h.answer = nil
			for range 10 {
				h.time.Add(rest / 10)
				h.attend(t)
			}
			if text := saysTo(t, h.Resume); !strings.Contains(text, "nightly is resumed. It comes due at Fri 2 Jan 05:00 UTC, in ") {
				t.Errorf("it says %s", text)
			}
			h.pass(t, 20*time.Minute)
			if list := h.open(t); len(list) != 0 || !strings.Contains(h.shows(t), "left out: it was paused before it could begin") {
				t.Errorf("%d jobs\n%s", len(list), h.shows(t))
			}
			h.pass(t, time.Hour)
			if list := h.open(t); len(list) != 1 {
				t.Errorf("after that there are %d jobs", len(list))
			}
		}
	})
}

// TestALostAnswerIsNobodyElse: who pauses a schedule while Redis is slow is not told that it is paused already.
func TestALostAnswerIsNobodyElse(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		h := newHall(t, rdb, hourly+"}")
		rdb.AddHook(jobtest.Repeat{})
		if text := saysTo(t, h.Pause); text != "nightly is paused." {
			t.Errorf("it says %s", text)
		}
		if text := saysTo(t, h.Resume); !strings.HasPrefix(text, "nightly is resumed. It comes due at ") {
			t.Errorf("it says %s", text)
		}
	})
}

// A run that was just being handed in when the schedule was paused is one of its runs all the same, whether the one who
// handed it in lives to tell or not.
func TestPausedWhileItIsHandedIn(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		for _, dies := range []bool{false, true} {
			if err := rdb.FlushAll(t.Context()).Err(); err != nil {
				t.Fatal(err)
			}
			h := newHall(t, rdb, hourly+"}")
			makes := h.say(h.Jobs)
			h.Say = func(ctx context.Context, e command.Envelope) (command.Answer, error) {
				text := saysTo(t, h.Pause)
				other := &calendar.Calendar{Set: h.Set, Jobs: h.Jobs, Redis: h.Redis, Say: h.Say, Tell: h.Tell, Log: h.Log}
				if err := other.Attend(ctx); err != nil { // before there is a job
					t.Error(err)
				}
				answer, err := makes(ctx, e)
				if !strings.Contains(text, "could not be handed in yet") {
					t.Errorf("it says %s", text)
				}
				if dies {
					return command.Answer{}, errAway
				}
				return answer, err
			}
			h.time.Add(time.Hour)
			_ = h.Attend(t.Context())
			h.pass(t, 2*time.Hour)
			list := h.open(t)
			if len(list) != 1 || !strings.Contains(h.shows(t), list[0].ID+" queued, of ") {
				t.Errorf("dies %v: %d jobs\n%s", dies, len(list), h.shows(t))
			}
		}
	})
}

// What a person is told who pauses a schedule that has something under way.
func TestPausedWhileItRuns(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		h := newHall(t, rdb, hourly+", overlap: queue}")
		h.pass(t, time.Hour)
		id := h.open(t)[0].ID
		h.pass(t, time.Hour)
		want := "nightly is paused. Its run of Fri 2 Jan 05:00 UTC, which waits for " + id + ", is left out. " +
			id + ", of Fri 2 Jan 04:00 UTC, is queued and goes on; cancel " + id + " stops it."
		if text := saysTo(t, h.Pause); text != want {
			t.Errorf("it says %s\nwant %s", text, want)
		}
		saysTo(t, h.Resume)
		h.time.Add(3 * time.Hour) // nobody is there when it comes due, and a person is the first to look
		if text := saysTo(t, h.Pause); !strings.Contains(text, "Its run of Fri 2 Jan 06:00 UTC had not begun, and is left out.") {
			t.Errorf("it says %s", text)
		}
	})
}
