package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/functions/clock/calendar"
	"github.com/handsoff/handsoff/shared/chat/jobtext"
	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/inbox"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/job/jobtest"
	"github.com/handsoff/handsoff/shared/schedule"
)

func TestComingsToLife(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, time.January, 2, 3, 4, 5, 0, time.UTC)
	ago := func(d time.Duration, version string) memo { return memo{Ticked: now.Add(-d), Version: version} }
	for _, test := range []struct {
		memo    memo
		version string
		open    int64
		want    string
	}{
		{memo{}, "v1.2.0", 0, "Hello, I am padre, and I live! This is handsoff v1.2.0; say `help` and I tell what I can do."},
		{memo{}, "", 0, "Hello, I am padre, and I live! This is handsoff from source; say `help` and I tell what I can do."},
		{ago(5*time.Second, "v1.2.0"), "v1.2.0", 3, ""},
		{ago(absence, "v1.2.0"), "v1.2.0", 3, ""},
		{ago(5*time.Second, "v1.2.0"), "", 3, ""},
		{ago(5*time.Second, ""), "v1.2.0", 3, ""},
		{ago(absence+time.Second, "v1.2.0"), "v1.2.0", 3, "I am back after 2 m 1 s away; this is handsoff v1.2.0. 3 jobs were under way and go on."},
		{ago(200*time.Minute, "v1.1.0"), "v1.2.0", 1, "I am back after 3 h 20 m away; this is handsoff v1.2.0, before v1.1.0. One job was under way and goes on."},
		{ago(5*time.Second, "v1.1.0"), "v1.2.0", 0, "I am renewed: this is now handsoff v1.2.0, before v1.1.0. Nothing was under way."},
	} {
		got, found := "", birth(test.memo, now, test.version)
		if found.kind != alive {
			got = found.sentence("padre", test.version, test.memo.Version, test.open)
		}
		if got != test.want {
			t.Errorf("%+v with %q: %q, not %q", test.memo, test.version, got, test.want)
		}
	}
}

// told are the texts of all notices, the oldest first.
func (h *hall) told(t *testing.T) []string {
	t.Helper()
	var texts []string
	for _, open := range []bool{false, true} {
		list, err := jobtest.List(t.Context(), h.jobs, job.Browse{Open: open, Notices: true})
		if err != nil {
			t.Fatal(err)
		}
		slices.Reverse(list)
		for _, j := range list {
			texts = append(texts, j.Text)
		}
	}
	return texts
}

// again is another process of the clock in the same hall.
func (h *hall) again(rdb *redis.Client, jobs *job.Store, version string) *clock {
	return &clock{
		jobs: jobs, rdb: rdb, keep: job.Keep{For: time.Hour, AtMost: 1000, Logs: 1 << 30}, nudge: h.nudge, roll: h.roll,
		name: h.name, version: version, alerts: h.alerts, log: h.log,
		calendar: &calendar.Calendar{Set: &schedule.Set{}, Jobs: jobs, Redis: rdb},
	}
}

func TestTheFirstTickEverIsTold(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		h := newHall(t, rdb, "test")
		if err := rdb.Del(t.Context(), job.ClockKey).Err(); err != nil {
			t.Fatal(err)
		}
		for range 3 {
			h.ticks(t)
			h.time.Add(5 * time.Second)
		}
		told := h.told(t)
		if len(told) != 1 || !strings.HasPrefix(told[0], "Hello, I am padre") {
			t.Fatalf("told %q", told)
		}
		list, err := jobtest.List(t.Context(), h.jobs, job.Browse{Open: true, Notices: true})
		if err != nil || len(list) != 1 || list[0].Principal != "bot:clock" {
			t.Fatal(list, err)
		}
		watchers, err := h.jobs.Watchers(t.Context(), list[0].ID)
		if _, admin := watchers["slack:C0ADMIN"]; err != nil || len(watchers) != 2 || !admin {
			t.Errorf("%v, watched by %v", err, watchers)
		}
		if n := h.times(list[0].ID, "clock"); n == 0 {
			t.Error("nobody was nudged to say it")
		}
	})
}

func TestAbsenceAndVersionsAreToldOnce(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		h := newHall(t, rdb, "test")
		h.accept(t)
		h.ticks(t)
		h.time.Add(time.Hour)
		h.ticks(t)
		h.time.Add(5 * time.Second)
		h.ticks(t)
		newer := &hall{clock: h.again(rdb, h.jobs, "v1.3.0"), time: h.time}
		for range 3 { // the old process is on its way out
			newer.ticks(t)
			h.ticks(t)
			h.time.Add(5 * time.Second)
		}
		same := &hall{clock: h.again(rdb, h.jobs, "v1.3.0"), time: h.time}
		same.ticks(t)
		want := []string{
			"I am back after 1 h away; this is handsoff v1.2.0. One job was under way and goes on.",
			"I am renewed: this is now handsoff v1.3.0, before v1.2.0. 2 jobs were under way and go on.",
		}
		if told := h.told(t); !slices.Equal(told, want) {
			t.Errorf("told %q", told)
		}
	})
}

// TestANoticeIsItsLastWord: its job does nothing, and its end is the notice.
func TestANoticeIsItsLastWord(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		h := newHall(t, rdb)
		for range 2 { // once, though it is published again
			if err := h.publish(t.Context(), notice{key: "k", text: "I live!"}); err != nil {
				t.Fatal(err)
			}
		}
		list, err := jobtest.List(t.Context(), h.jobs, job.Browse{Open: true, Notices: true})
		if err != nil || len(list) != 1 || !list[0].IsNotice() {
			t.Fatal(list, err)
		}
		worker := job.NewWorker(h.jobs, job.WorkerOptions{
			Function: "clock", Name: "w", Steps: map[string]job.Stepper{job.NoticeCommand: crier{}},
		})
		if took, err := worker.Run(t.Context(), list[0].ID); !took || err != nil {
			t.Error(took, err)
		}
		if err := worker.Stop(context.Background()); err != nil {
			t.Error(err)
		}
		j, err := h.jobs.Get(t.Context(), list[0].ID)
		if err != nil || j.State != job.Succeeded || jobtext.End(j, h.time.Now()) != "I live!" {
			t.Errorf("%v, it is %s: %s", err, j.State, jobtext.End(j, h.time.Now()))
		}
	})
}

// mortal does something in a process that may die.
func (h *hall) mortal(t *testing.T, address string, life *jobtest.Life, do func(*redis.Client, *job.Store)) {
	t.Helper()
	rdb := redis.NewClient(&redis.Options{Addr: address, MaxRetries: -1})
	defer func() { _ = rdb.Close() }()
	jobs := jobtest.Open(t, rdb, job.Options{Now: h.time.Now})
	rdb.AddHook(life)
	do(rdb, jobs)
}

// TestACrashTellsNothingTwice dies before and after each call of a tick that tells of a birth and of dead deliveries.
func TestACrashTellsNothingTwice(t *testing.T) {
	t.Parallel()
	address := jobtest.Redis(t).Address
	points := tells(t, address, jobtest.Death{})
	if points < 10 {
		t.Fatalf("a tick has only %d points", points)
	}
	for point := 1; point <= points; point++ {
		for _, after := range []bool{false, true} {
			tells(t, address, jobtest.Death{Point: point, After: after})
		}
	}
}

func tells(t *testing.T, address string, death jobtest.Death) (points int) {
	t.Helper()
	watcher := redis.NewClient(&redis.Options{Addr: address})
	defer func() { _ = watcher.Close() }()
	if err := watcher.FlushDB(t.Context()).Err(); err != nil {
		t.Fatal(err)
	}
	h := newHall(t, watcher, "clock", "slack")
	h.lived(t, memo{Ticked: h.time.Now().Add(-time.Hour), Version: "v1.2.0"})
	// As if a delivery had been given up.
	if err := errors.Join(
		watcher.SAdd(t.Context(), "handsoff:inbox", "slack").Err(),
		watcher.ZAdd(t.Context(), "handsoff:inbox:slack:dead", redis.Z{Score: 1, Member: "1"}).Err(),
	); err != nil {
		t.Fatal(err)
	}
	for _, d := range []jobtest.Death{death, {}, {}} {
		life := jobtest.NewLife(d)
		if err := watcher.Del(t.Context(), tickKey).Err(); err != nil {
			t.Fatal(err)
		}
		h.mortal(t, address, life, func(rdb *redis.Client, jobs *job.Store) {
			if err := h.again(rdb, jobs, "v1.2.0").tick(t.Context()); err != nil && !life.Dead() {
				t.Error(err)
			}
		})
		h.time.Add(70 * time.Second)
		points = max(points, life.Points())
	}
	told := h.told(t)
	slices.Sort(told)
	if len(told) != 2 || !strings.HasPrefix(told[0], "A delivery to slack was given up") || !strings.HasPrefix(told[1], "I am back after 1 h") {
		t.Errorf("%+v: told %q", death, told)
	}
	return points
}

// TestWhoHasDeliveriesIsNudged: also when Redis is full, and being full is no absence.
func TestWhoHasDeliveriesIsNudged(t *testing.T) {
	t.Parallel()
	rdb := jobtest.Redis(t).Client(t)
	h := newHall(t, rdb, "slack")
	if _, err := inbox.Open(rdb, "slack", inbox.Options{}).Put(t.Context(), inbox.Delivery{ID: "Ev1"}, nil); err != nil {
		t.Fatal(err)
	}
	h.ticks(t)
	if n := h.times(command.AnyJob, "slack"); n != 1 {
		t.Errorf("nudged %d times", n)
	}
	if n := h.times(command.AnyJob, "notify"); n != 0 {
		t.Errorf("notify, which has nothing to show, was nudged %d times", n)
	}
	if err := rdb.Del(t.Context(), tickKey).Err(); err != nil {
		t.Fatal(err)
	}
	if err := rdb.ConfigSet(t.Context(), "maxmemory", "1").Err(); err != nil {
		t.Fatal(err)
	}
	for range 4 {
		h.time.Add(absence / 2)
		if err := h.tick(t.Context()); err == nil {
			t.Error("a full Redis is no error")
		}
	}
	if n := h.times(command.AnyJob, "slack"); n != 5 {
		t.Errorf("nudged %d times", n)
	}
	if err := rdb.ConfigSet(t.Context(), "maxmemory", "0").Err(); err != nil {
		t.Fatal(err)
	}
	h.ticks(t)
	if told := h.told(t); len(told) != 0 {
		t.Errorf("told %q", told)
	}
	if n := h.logs.count("a notice could not be told"); n == 0 {
		t.Error("the log does not say what could not be told")
	}
}

// TestWhatIsReadOfRedis: of a real one, everything; the embedded one does not say how it does.
func TestWhatIsReadOfRedis(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		h := newHall(t, rdb, "test")
		r := h.read(t.Context())
		if !r.jobs || r.dead == nil || len(r.failing) != 0 {
			t.Errorf("read %+v", r)
		}
		if !strings.Contains(t.Name(), "redis-server") {
			return
		}
		if r.used == 0 || r.most < r.used || !r.machine || !r.files {
			t.Errorf("read %+v", r)
		}
		if err := rdb.ConfigSet(t.Context(), "maxmemory", "1gb").Err(); err != nil {
			t.Fatal(err)
		}
		if r := h.read(t.Context()); r.most != gib || r.machine {
			t.Errorf("read %+v", r)
		}
	})
}

// TestJobsThatNobodyTakesAreTold goes the whole way, from due jobs to a notice.
func TestJobsThatNobodyTakesAreTold(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		h := newHall(t, rdb, "test")
		id := h.accept(t)
		for range 100 {
			h.ticks(t)
			h.time.Add(5 * time.Second)
		}
		want := fmt.Sprintf("A job of test has been due for more than two minutes, and nobody takes it (%s): is the function test deployed, and up?", id)
		if told := h.told(t); !slices.Equal(told, []string{want}) { // that nobody takes this notice either is none
			t.Errorf("told %q", told)
		}
	})
}

// TestABrokenMemoStopsNothing: the clock begins a new one.
func TestABrokenMemoStopsNothing(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		h := newHall(t, rdb, "test")
		if err := rdb.Set(t.Context(), job.ClockKey, "{", 0).Err(); err != nil {
			t.Fatal(err)
		}
		id := h.accept(t)
		h.ticks(t)
		if n := h.times(id, "test"); n != 1 {
			t.Errorf("nudged %d times", n)
		}
		if m, _, err := h.recall(t.Context()); err != nil || m.Ticked.IsZero() {
			t.Errorf("it remembers %+v, %v", m, err)
		}
	})
}

// TestWhatCouldNotBeToldIsToldLater: a fault leaves the memo as it was.
func TestWhatCouldNotBeToldIsToldLater(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		h := newHall(t, rdb, "test")
		h.lived(t, memo{Ticked: h.time.Now().Add(-time.Hour)})
		if err := rdb.Set(t.Context(), job.Prefix+"seq", "no number", 0).Err(); err != nil { // no job can be made
			t.Fatal(err)
		}
		if err := h.tick(t.Context()); err == nil {
			t.Error("it is no error")
		}
		if err := rdb.Del(t.Context(), job.Prefix+"seq").Err(); err != nil {
			t.Fatal(err)
		}
		h.time.Add(time.Minute)
		h.ticks(t)
		if told := h.told(t); len(told) != 1 || !strings.HasPrefix(told[0], "I am back after 1 h 1 m away") {
			t.Errorf("told %q", told)
		}
	})
}

// TestTheMemoOfAnotherIsKept: of two clocks that read the same memo, the first writes.
func TestTheMemoOfAnotherIsKept(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		h := newHall(t, rdb)
		_, text, err := h.recall(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, version := range []string{"v2", "v3"} {
			if written, err := h.remember(t.Context(), text, memo{Version: version}); err != nil || written != (version == "v2") {
				t.Error(version, written, err)
			}
		}
		if m, _, err := h.recall(t.Context()); err != nil || m.Version != "v2" {
			t.Errorf("it is %+v, %v", m, err)
		}
	})
}
