package jenkins_test

import (
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
	deadline := time.Now().Add(20 * time.Second)
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
