package calendar_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/functions/clock/calendar"
	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/job/jobtest"
	"github.com/handsoff/handsoff/shared/memory"
)

const hourly = "  - {name: nightly, cron: '0 * * * *', run: jenkins build, args: {job: nova, SHA: '{{ remembered.tip.value }}'}, announce: slack:C0CI"

func remember(t *testing.T, rdb *redis.Client, at time.Time, value, subject string) {
	t.Helper()
	if _, err := memory.Remember(t.Context(), rdb, "tip", memory.Change{
		Value: value, Subject: subject, URL: "https://review.example.org/" + value, At: at, Rule: "merged", Event: value,
	}); err != nil {
		t.Fatal(err)
	}
}

// A schedule comes due, runs with what is remembered, is followed where it is announced, and says what is new.
func TestADueScheduleRuns(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		h := newHall(t, rdb, hourly+", changed: tip}")
		h.pass(t, 2*time.Hour)
		if len(h.asked) != 0 {
			t.Fatalf("ran without a value: %+v", h.asked)
		}
		for i, subject := range []string{"Fix the cells", "Speed up the scheduler"} {
			remember(t, rdb, h.time.Now().Add(time.Duration(i)*time.Second), strings.Repeat("ab", i+1), subject)
		}
		h.pass(t, time.Hour)
		list := h.open(t)
		if len(list) != 1 || list[0].Principal != "schedule:nightly" || list[0].Args["SHA"] != "abab" || list[0].Args["job"] != "nova" {
			t.Fatalf("%+v", list)
		}
		watch, err := h.Jobs.Watchers(t.Context(), list[0].ID)
		if _, follows := watch["slack:C0CI"]; err != nil || !follows {
			t.Errorf("who follows it: %v %v", watch, err)
		}
		story, err := h.Jobs.Story(t.Context(), list[0].ID, "", 10)
		if err != nil || len(story) == 0 || !strings.Contains(story[0].Text, "Speed up the scheduler https://review.example.org/abab") {
			t.Errorf("what is new: %v %v", story, err)
		}
		if why := list[0].Why; !slices.Contains(why.Cause, "schedule:nightly") || !strings.Contains(strings.Join(why.Notes, "\n"), "remembered tip is abab") {
			t.Errorf("why: %+v", why)
		}
		h.end(t, job.Done(nil))
		h.pass(t, 3*time.Hour)
		if len(h.asked) != 1 {
			t.Errorf("ran %d times for one change", len(h.asked))
		}
		remember(t, rdb, h.time.Now(), "ababab", "Third")
		h.pass(t, time.Hour)
		if story, err = h.Jobs.Story(t.Context(), h.open(t)[0].ID, "", 10); err != nil || !strings.Contains(story[0].Text, "Third") || strings.Contains(story[0].Text, "Speed") {
			t.Errorf("what is new since: %v %v", story, err)
		}
	})
}

// While the function command is away nothing is lost, and when it is back the run is made once.
func TestCommandIsAway(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		h := newHall(t, rdb, hourly+"}")
		h.answer = func(command.Envelope) (command.Answer, error) { return command.Answer{}, errAway }
		for range 61 {
			h.time.Add(time.Minute)
			_ = h.Attend(t.Context())
		}
		h.answer = nil
		h.pass(t, 2*time.Minute)
		if list := h.open(t); len(list) != 1 {
			t.Errorf("%d jobs", len(list))
		}
	})
}

// A refusal is told where it is announced and to those who run the bot, and the next time comes all the same.
func TestARefusalIsTold(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		h := newHall(t, rdb, hourly+"}")
		h.answer = func(command.Envelope) (command.Answer, error) {
			return command.Answer{Text: "schedule:nightly lacks the role operator.", Problem: &command.Problem{Code: command.CodeForbidden}}, nil
		}
		h.pass(t, 2*time.Hour)
		if len(h.told) != 2 || len(h.asked) != 2 {
			t.Fatalf("told %v, asked %d", h.told, len(h.asked))
		}
		for _, n := range h.told {
			if !strings.Contains(n.Text, "lacks the role operator") || !slices.Equal(n.To, []string{"slack:C0CI", "slack:C0ADMIN"}) {
				t.Errorf("%+v", n)
			}
		}
		answer, err := h.List(t.Context(), call(nil))
		if err != nil || !strings.Contains(answer.Text, "lacks the role operator") {
			t.Error(answer.Text, err)
		}
	})
}

// A pause holds over restarts; resumed, it goes on with its next time.
func TestPauseAndResume(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		h := newHall(t, rdb, hourly+"}")
		ask := func(do func(context.Context, command.Call) (command.Answer, error), want string) {
			t.Helper()
			answer, err := do(t.Context(), call(map[string]any{"name": "nightly", "reason": "the cloud is moved"}))
			if err != nil || !strings.Contains(answer.Text, want) {
				t.Fatalf("%q, want %q: %v", answer.Text, want, err)
			}
		}
		ask(h.Pause, "nightly is paused.")
		ask(h.Pause, "already paused, by telnet:ann")
		again := &hall{Calendar: &calendar.Calendar{Set: h.Set, Jobs: h.Jobs, Redis: rdb, Log: h.Log}, time: h.time} // another process
		again.Say = again.say(h.Jobs)
		again.pass(t, 3*time.Hour)
		ask(h.Show, ": the cloud is moved")
		ask(h.List, "paused by telnet:ann")
		if len(again.asked) != 0 {
			t.Fatal("it ran while it was paused")
		}
		ask(h.Resume, "nightly is resumed.")
		ask(h.Resume, "nightly is not paused.")
		h.pass(t, time.Hour)
		if len(h.asked) != 1 {
			t.Errorf("ran %d times", len(h.asked))
		}
		trail, err := h.Jobs.AuditTail(t.Context(), 10)
		if err != nil || !slices.ContainsFunc(trail, func(e job.AuditEntry) bool { return e.Act == "paused" && e.Who == "telnet:ann" }) {
			t.Errorf("audit: %v %v", trail, err)
		}
	})
}

// Run now is the person's own wish, counts as the last run, and changes nothing of the next one.
func TestRunNow(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		h := newHall(t, rdb, hourly+", changed: tip}\n  - {name: other, cron: '@daily', line: ping}")
		remember(t, rdb, h.time.Now(), "ab", "Fix")
		for range 2 { // the same wish twice
			answer, err := h.Run(t.Context(), call(map[string]any{"name": "nightly"}))
			if err != nil || !answer.Accepted {
				t.Fatal(answer, err)
			}
		}
		list := h.open(t)
		if len(list) != 1 || list[0].Principal != "telnet:ann" || list[0].Args["SHA"] != "ab" || !slices.Contains(list[0].Why.Cause, "schedule:nightly") {
			t.Fatalf("%+v", list)
		}
		h.end(t, job.Done(nil))
		h.pass(t, 2*time.Hour)
		if len(h.open(t)) != 0 {
			t.Error("it ran again, though nothing has changed since the success of the run out of turn")
		}
		wish := call(map[string]any{"name": "nightly"})
		wish.ID = "another"
		answer, err := h.Run(t.Context(), wish)
		if err != nil || answer.Problem == nil || !strings.Contains(answer.Text, "nothing is new in tip since its last success, of ") ||
			!strings.Contains(answer.Text, "`schedules run nightly anyway=true`") || len(h.open(t)) != 0 {
			t.Error(answer, err)
		}
		wish.Args["anyway"] = true
		if answer, err := h.Run(t.Context(), wish); err != nil || !answer.Accepted || len(h.open(t)) != 1 {
			t.Error(answer, err)
		}
		if answer, err := h.Run(t.Context(), call(map[string]any{"name": "nightlly"})); err != nil || answer.Problem == nil || !slices.Contains(answer.Problem.Suggestions, "nightly") {
			t.Error(answer, err)
		}
	})
}

// Whatever dies at whatever call, a due run makes one job, and how the schedule stands says which.
func TestACrashRunsItOnce(t *testing.T) {
	t.Parallel()
	address := jobtest.Redis(t).Address
	points := crash(t, address, jobtest.Death{})
	if points < 4 {
		t.Fatalf("a due run has only %d points", points)
	}
	for point := 1; point <= points; point++ {
		for _, after := range []bool{false, true} {
			crash(t, address, jobtest.Death{Point: point, After: after})
		}
	}
}

func crash(t *testing.T, address string, death jobtest.Death) int {
	t.Helper()
	watcher := redis.NewClient(&redis.Options{Addr: address})
	defer func() { _ = watcher.Close() }()
	if err := watcher.FlushAll(t.Context()).Err(); err != nil {
		t.Fatal(err)
	}
	h := newHall(t, watcher, hourly+"}")
	h.time.Add(time.Hour)
	life := jobtest.NewLife(death)
	mortal := redis.NewClient(&redis.Options{Addr: address, MaxRetries: -1})
	defer func() { _ = mortal.Close() }()
	jobs := jobtest.Open(t, mortal, job.Options{Now: h.time.Now})
	mortal.AddHook(life)
	dies := &calendar.Calendar{
		Set: h.Set, Jobs: jobs, Redis: mortal, Alerts: h.Alerts, Log: h.Log, Tell: h.tell,
		Say: func(ctx context.Context, e command.Envelope) (answer command.Answer, err error) {
			if fails := life.Call(ctx, "say", func() { answer, err = h.say(h.Jobs)(ctx, e) }); fails != nil {
				return command.Answer{}, fails
			}
			return answer, err
		},
	}
	if err := dies.Attend(t.Context()); err != nil && !life.Dead() {
		t.Error(err)
	}
	for range 3 {
		h.time.Add(5 * time.Second)
		h.attend(t)
	}
	list := h.open(t)
	if len(list) != 1 {
		t.Errorf("dead at %+v: %d jobs", death, len(list))
		return life.Points()
	}
	answer, err := h.List(t.Context(), call(nil))
	if err != nil || !strings.Contains(answer.Text, list[0].ID) {
		t.Errorf("dead at %+v: %s %v", death, answer.Text, err)
	}
	return life.Points()
}
