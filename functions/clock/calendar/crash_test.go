package calendar_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/functions/clock/calendar"
	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/job/jobtest"
)

// mortal is the calendar of a process that dies.
func (h *hall) mortal(t *testing.T, rdb *redis.Client, life *jobtest.Life) *calendar.Calendar {
	t.Helper()
	jobs := jobtest.Open(t, rdb, job.Options{Now: h.time.Now})
	rdb.AddHook(life)
	return &calendar.Calendar{
		Set: h.Set, Jobs: jobs, Redis: rdb, Alerts: h.Alerts, Log: h.Log, Tell: h.tell,
		Say: func(ctx context.Context, e command.Envelope) (answer command.Answer, err error) {
			if fails := life.Call(ctx, "say", func() { answer, err = h.Say(ctx, e) }); fails != nil {
				return command.Answer{}, fails
			}
			return answer, err
		},
	}
}

// shortLease is the lease of a worker that is to die: after it, the dead one tries no more.
const shortLease = 50 * time.Millisecond

// everywhere lets a process die before and after each of its calls; scene plays one life, and says how many points it had.
func everywhere(t *testing.T, scene func(t *testing.T, h *hall, rdb *redis.Client, life *jobtest.Life)) {
	t.Helper()
	address := jobtest.Redis(t).Address
	play := func(death jobtest.Death) int {
		watcher := redis.NewClient(&redis.Options{Addr: address})
		defer func() { _ = watcher.Close() }()
		if err := watcher.FlushAll(t.Context()).Err(); err != nil {
			t.Fatal(err)
		}
		h := newHall(t, watcher, "  - {name: a, cron: '@daily', run: jenkins build, args: {SHA: '{{ remembered.tip.value }}'}, changed: tip}\n  - {name: b, cron: '@daily', line: ping}")
		if h.lease = time.Minute; death.Point > 0 {
			h.lease = shortLease
		}
		remember(t, watcher, h.time.Now(), "ab", "Fix")
		rdb := redis.NewClient(&redis.Options{Addr: address, MaxRetries: -1})
		defer func() { _ = rdb.Close() }()
		life := jobtest.NewLife(death)
		scene(t, h, rdb, life)
		if t.Failed() {
			t.Fatalf("dead at %+v", death)
		}
		return life.Points()
	}
	points := play(jobtest.Death{})
	if points < 3 {
		t.Fatalf("only %d points", points)
	}
	first, step := jobtest.Stride(t, 3)
	for point := first; point <= points; point += step {
		for _, after := range []bool{false, true} {
			play(jobtest.Death{Point: point, After: after})
		}
	}
}

// Whoever dies during a run out of turn: asked again in the same words, the person has one job, and it is the schedule's last.
func TestACrashOfARunOutOfTurn(t *testing.T) {
	t.Parallel()
	everywhere(t, func(t *testing.T, h *hall, rdb *redis.Client, life *jobtest.Life) {
		t.Helper()
		wish := call(map[string]any{"name": "a"})
		if _, err := h.mortal(t, rdb, life).Run(t.Context(), wish); err != nil && !life.Dead() {
			t.Error(err)
		}
		h.time.Add(time.Second)
		remember(t, watcherOf(h), h.time.Now(), "cd", "Fix more") // between the two tries
		answer, err := h.Run(t.Context(), wish)
		list := h.open(t)
		if err != nil || len(list) != 1 || answer.Job != list[0].ID {
			t.Errorf("%+v %v: %d jobs", answer, err, len(list))
			return
		}
		built := list[0].Args["SHA"]
		h.end(t, job.Done(nil))
		h.pass(t, 25*time.Hour)
		again := 0
		for _, j := range h.open(t) {
			if j.Args["SHA"] == "cd" {
				again++
			}
		}
		if built == "ab" && again != 1 || built == "cd" && again != 0 {
			t.Errorf("%s was built, and cd %d times after that", built, again)
		}
	})
}

// watcherOf is the connection of the one who lives on.
func watcherOf(h *hall) *redis.Client {
	rdb, _ := h.Redis.(*redis.Client)
	return rdb
}

// Whoever dies while "schedules run all" is under way: the next one goes on, each schedule has one job, and it is a run of
// its schedule. What is answered at once is asked for again only when it is not known whether it was.
func TestACrashOfARunOfAll(t *testing.T) {
	t.Parallel()
	everywhere(t, func(t *testing.T, h *hall, rdb *redis.Client, life *jobtest.Life) {
		t.Helper()
		makes := h.say(h.Jobs)
		h.Say = func(ctx context.Context, e command.Envelope) (command.Answer, error) {
			if e.Text != "ping" {
				return makes(ctx, e)
			}
			h.mu.Lock()
			defer h.mu.Unlock()
			h.asked = append(h.asked, e)
			return command.Answer{Text: "pong"}, nil
		}
		id := h.all(t)
		worker := workerOf(t, h.mortal(t, rdb, life), h.lease)
		_, _ = worker.Run(t.Context(), id)
		_ = worker.Stop(context.WithoutCancel(t.Context()))
		for range 3 {
			h.time.Add(10 * time.Minute)
			if _, err := h.worker(t).Run(t.Context(), id); err != nil {
				t.Fatal(err)
			}
		}
		j, err := h.Jobs.Get(t.Context(), id)
		built := h.built(t)
		if err != nil || j.State != job.Succeeded || len(built) != 1 {
			t.Errorf("%s %v: %d jobs", jobtest.Describe(j), err, len(built))
			return
		}
		pings := 0
		for _, e := range h.asked {
			if e.Text == "ping" {
				pings++
			}
		}
		if pings == 0 || pings > 2 || h.lease > shortLease && pings > 1 {
			t.Errorf("ping was asked for %d times", pings)
		}
		answer, err := h.Show(t.Context(), call(map[string]any{"name": "a"}))
		if err != nil || !strings.Contains(answer.Text, built[0].ID+" queued, of ") {
			t.Errorf("it shows %s %v", answer.Text, err)
		}
		h.end(t, job.Done(nil))
		h.pass(t, 2*time.Minute)
		h.time.Add(24 * time.Hour)
		h.pass(t, 2*time.Minute)
		if again := h.built(t); len(again) > 0 && h.lease > shortLease { // else it may not be known with what it ran
			t.Errorf("ab is built again: %s", jobtest.Describe(again[0]))
		}
	})
}

// Whoever dies while runs are due and a retry has succeeded meanwhile: each run is handed in once, and what the retry built
// is not built again.
func TestACrashOfATick(t *testing.T) {
	t.Parallel()
	everywhere(t, func(t *testing.T, h *hall, rdb *redis.Client, life *jobtest.Life) {
		t.Helper()
		h.time.Add(21 * time.Hour) // past midnight
		h.attend(t)
		for _, j := range h.built(t) {
			if j.Text == "jenkins build" {
				h.endOne(t, j.ID, job.Fail("no", nil))
				h.endOne(t, h.repeat(t, j.ID), job.Done(nil))
			}
		}
		h.end(t, job.Done(nil))
		h.time.Add(24 * time.Hour)
		if err := h.mortal(t, rdb, life).Attend(t.Context()); err != nil && !life.Dead() {
			t.Error(err)
		}
		h.pass(t, 2*time.Minute)
		var built []string
		for _, j := range h.built(t) {
			built = append(built, j.Text)
		}
		if len(built) != 1 || built[0] != "ping" {
			t.Errorf("made on the second day: %q", built)
		}
	})
}

// Whoever dies while a person pauses a schedule whose run is being handed in: asked again it rests, and nothing runs after that.
func TestACrashOfAPause(t *testing.T) {
	t.Parallel()
	everywhere(t, func(t *testing.T, h *hall, rdb *redis.Client, life *jobtest.Life) {
		t.Helper()
		h.answer = func(command.Envelope) (command.Answer, error) { return command.Answer{}, errAway }
		h.time.Add(21 * time.Hour)
		_ = h.Attend(t.Context())
		h.answer = nil
		wish := call(map[string]any{"name": "a"})
		if _, err := h.mortal(t, rdb, life).Pause(t.Context(), wish); err != nil && !life.Dead() {
			t.Error(err)
		}
		if _, err := h.Pause(t.Context(), wish); err != nil {
			t.Error(err)
		}
		h.pass(t, 5*time.Minute)
		if list := h.built(t); len(list) != 1 || list[0].Text != "ping" {
			t.Errorf("%d jobs", len(list))
		}
	})
}
