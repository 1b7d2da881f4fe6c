package jenkins_test

import (
	"fmt"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/handsoff/handsoff/local-provider/sandbox/jenkins"
)

func TestHeldBuildsCanBeStopped(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.start("slow", "seconds", "10")
	r.jenkins.Advance(5 * time.Second)
	if err := r.jenkins.Hold("demo/slow"); err != nil {
		t.Fatal(err)
	}
	before := r.get(demo + "slow/1/consoleText").text
	r.jenkins.Advance(time.Hour)
	if after := r.get(demo + "slow/1/consoleText").text; after != before {
		t.Errorf("a held build prints:\n%s", after)
	}
	r.start("slow", "seconds", "11") // one that starts while its job is held
	r.want(302, r.post(demo+"slow/1/stop"))
	r.jenkins.Advance(2 * time.Second)
	r.check(r.json(demo+"slow/1/api/json"), map[string]any{"result": "ABORTED"})
	if err := r.jenkins.Release("demo/slow"); err != nil {
		t.Fatal(err)
	}
	r.jenkins.Advance(10 * time.Second)
	r.check(r.json(demo+"slow/2/api/json"), map[string]any{"building": true})
	r.jenkins.Advance(2 * time.Second)
	r.check(r.json(demo+"slow/2/api/json"), map[string]any{"result": "SUCCESS"})
	if err := r.jenkins.Hold("demo/none"); err == nil {
		t.Error("a job that is not there can be held")
	}
}

func TestHeldQueue(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.jenkins.HoldQueue()
	item := r.start("slow")
	r.check(r.json(item+"api/json"), map[string]any{"buildable": true, "why": "Waiting for next available executor"})
	r.jenkins.ReleaseQueue()
	r.check(r.json(item+"api/json"), map[string]any{"executable.number": 1.0})
}

// TestEventsAreInOrder moves the clock over much at once, and finds what waiting would have brought about.
func TestEventsAreInOrder(t *testing.T) {
	t.Parallel()
	r := newRig(t, func(o *jenkins.Options) { o.Executors = 1 })
	for _, seconds := range []string{"10", "20", "30"} {
		r.build("slow", "seconds", seconds)
	}
	start := r.jenkins.Now()
	r.jenkins.Advance(time.Hour)
	builds := r.jenkins.Builds("demo/slow")
	for i, want := range []struct{ started, ended float64 }{{5, 15.03}, {15.03, 35.06}, {35.06, 65.09}} {
		b := builds[i]
		if b.Started.Sub(start).Seconds() != want.started || b.Ended.Sub(start).Seconds() != want.ended {
			t.Errorf("build %d ran from %v to %v", b.Number, b.Started.Sub(start), b.Ended.Sub(start))
		}
	}
}

// TestClockRunsByItself lets a fast clock play events although nobody asks.
func TestClockRunsByItself(t *testing.T) {
	t.Parallel()
	r := newRig(t, func(o *jenkins.Options) {
		o.Frozen, o.Speed, o.Dir = false, 1000, t.TempDir()
	})
	item := r.build("slow", "seconds", "60")
	deadline := time.Now().Add(2 * time.Minute)
	for r.json(item+"api/json").at("executable") == nil || r.json(demo+"slow/1/api/json").at("result") != "SUCCESS" {
		if time.Now().After(deadline) {
			t.Fatalf("the build has not ended: %+v", r.jenkins.Builds("demo/slow"))
		}
		time.Sleep(5 * time.Millisecond)
	}
	r.jenkins.SetSpeed(0)
	now := r.jenkins.Now()
	r.start("hang")
	if moved := r.jenkins.Now().Sub(now); moved != 5*time.Second {
		t.Errorf("a clock that stands still moved by %v", moved)
	}
	r.jenkins.SetSpeed(1)
}

// TestDateIsTheSandboxes lets a client tell how long a build has run by the server's own clock.
func TestDateIsTheSandboxes(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.start("slow", "seconds", "7200")
	r.jenkins.Advance(time.Hour)
	got := r.get(demo + "slow/1/api/json")
	date, err := http.ParseTime(got.Header.Get("Date"))
	started, _ := r.json(demo + "slow/1/api/json")["timestamp"].(float64)
	if elapsed := date.Sub(time.UnixMilli(int64(started))).Round(time.Second); err != nil || elapsed < time.Hour-time.Second || elapsed > time.Hour {
		t.Errorf("Date is %s, %v after the start of the build", got.Header.Get("Date"), elapsed)
	}
}

// TestManyAtOnce lets many clients ask for builds of their own, the same one twice.
func TestManyAtOnce(t *testing.T) {
	t.Parallel()
	const clients = 40
	r := newRig(t, func(o *jenkins.Options) { o.Frozen, o.Speed, o.Executors, o.QuietPeriod = false, 1000, 10, time.Hour })
	var all sync.WaitGroup
	for i := range clients {
		for range 2 {
			all.Go(func() {
				path := fmt.Sprintf("%sslow/buildWithParameters?seconds=20&HANDSOFF_JOB=%d", demo, i)
				if got, err := r.try(t.Context(), http.MethodPost, path, ""); err != nil || got.StatusCode/100 > 3 {
					t.Errorf("%s: %v, %v", path, got.Response, err)
				}
				if _, err := r.try(t.Context(), http.MethodGet, demo+"slow/api/json?depth=2", ""); err != nil {
					t.Error(err)
				}
			})
		}
	}
	all.Wait()
	r.jenkins.Advance(24 * time.Hour)
	marks := map[string]int{}
	for _, start := range r.jenkins.Starts() {
		marks[start.Parameters["HANDSOFF_JOB"]]++
	}
	for mark, n := range marks {
		if n != 1 {
			t.Errorf("%s was started %d times", mark, n)
		}
	}
	if len(marks) != clients {
		t.Errorf("%d builds were started, want %d", len(marks), clients)
	}
}
