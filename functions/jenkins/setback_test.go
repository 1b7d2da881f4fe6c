package main

import (
	"net/http"
	"testing"
	"time"

	"github.com/handsoff/handsoff/functions/jenkins/remote"
	sandbox "github.com/handsoff/handsoff/local-provider/sandbox/jenkins"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/job/jobtest"
)

// What was written down as having been at a time that lies ahead was before the clock was set back. Nobody can tell how long before: it counts
// from when that is seen.

// setBack sets the clock back, but not Jenkins', and has what waits look again, as the function clock does.
func (b *bench) setBack(by time.Duration) {
	b.Helper()
	b.mu.Lock()
	b.clock = b.clock.Add(-by)
	b.mu.Unlock()
	if err := b.store.SetBack(b.Context()); err != nil {
		b.Fatal(err)
	}
}

func TestAClockThatIsSetBackKeepsNoBuildAlive(t *testing.T) {
	t.Parallel()
	now := time.Now()
	c := &capability{set: &settings{Stop: stopWaits{Term: 10 * time.Second, Kill: 20 * time.Second}}}
	pipeline := &remote.Build{Class: "org.jenkinsci.plugins.workflow.job.WorkflowRun"}
	for _, test := range []struct {
		name  string
		build *remote.Build
		force remote.Force
		ago   time.Duration
		want  remote.Force
		say   string
	}{
		{"it was just asked", pipeline, remote.Stop, time.Second, "", ""},
		{"it did not stop", pipeline, remote.Stop, 10 * time.Second, remote.Term, "It did not stop within 10 s; asked Jenkins to end its steps (term)."},
		{"set back", pipeline, remote.Stop, -time.Hour, "", ""},
		{"set back after term", pipeline, remote.Term, -time.Hour, "", ""},
		{"no Pipeline was just asked", &remote.Build{}, remote.Stop, time.Second, "", ""},
		{"set back, no Pipeline", &remote.Build{}, remote.Stop, -time.Hour, "", ""},
	} {
		p := &pursuit{Stop: stopping{Force: test.force, At: now.Add(-test.ago), Again: now.Add(-test.ago)}}
		if got, say := c.nextForce(p, test.build, now); got != test.want || say != test.say {
			t.Errorf("%s: %q, %q", test.name, got, say)
		}
		if later, _ := c.nextForce(p, test.build, now.Add(30*time.Second)); later == "" {
			t.Errorf("%s: it is asked no more", test.name)
		}
	}
}

func TestAClockThatIsSetBackHoldsUpNoBuild(t *testing.T) {
	t.Parallel()
	_, rdb := jobtest.New(t)
	clock := jobtest.NewClock()
	b := &builder{&capability{set: &settings{Settle: 4 * time.Second}, jobs: jobtest.Open(t, rdb, job.Options{Now: clock.Now})}}
	for ago, over := range map[time.Duration]bool{0: false, 3 * time.Second: false, 4 * time.Second: true} {
		if err := b.settled(t.Context(), nil, &pursuit{Looked: clock.Now().Add(-ago)}); (err == nil) != over {
			t.Errorf("missed %s ago: %v", ago, err)
		}
	}
}

// A request may still be on its way into Jenkins when the clock is set back: the build is not asked for again before that is over, and then it is.
func TestAClockThatIsSetBackAsksForNoBuildTwice(t *testing.T) {
	t.Parallel()
	b := newBench(t, nil)
	id := b.build("demo/plain")
	b.jenkins.Break(sandbox.Fault{Kind: sandbox.FaultDown, Method: http.MethodPost, Times: 1})
	b.until(id, "the look for it", func(j *job.Job) bool { return j.Progress.Line == "looking whether Jenkins has already started it" })
	b.setBack(time.Hour)
	for range 3 {
		b.step(id)
		b.started("demo/plain", 0)
		b.pass(time.Second)
	}
	b.ends(b.finished(id), job.Succeeded)
	b.started("demo/plain", 1)
}

// A restart that never comes is given up as soon as ever when the clock was set back.
func TestAClockThatIsSetBackProlongsNoRestart(t *testing.T) {
	t.Parallel()
	b := newBench(t, nil)
	b.elsewhere("hang")
	id := b.ask("jenkins restart", map[string]any{"safe": true})
	b.step(id)
	b.post("/cancelQuietDown")
	b.setBack(time.Hour)
	b.ends(b.finished(id), job.Failed, "Jenkins did not restart: it builds as before")
}
