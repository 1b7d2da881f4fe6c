package main

import (
	"testing"
	"time"

	"github.com/handsoff/handsoff/functions/jenkins/remote"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/job/jobtest"
)

// What was written down as having been at a time that lies ahead was before the clock was set back.

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
		{"set back", pipeline, remote.Stop, -time.Hour, remote.Term, "It did not stop within 10 s; asked Jenkins to end its steps (term)."},
		{"set back after term", pipeline, remote.Term, -time.Hour, remote.Kill, "It did not stop within another 20 s; asked Jenkins to kill it."},
		{"no Pipeline was just asked", &remote.Build{}, remote.Stop, time.Second, "", ""},
		{"set back, no Pipeline", &remote.Build{}, remote.Stop, -time.Hour, remote.Stop, ""},
	} {
		p := &pursuit{Stop: stopping{Force: test.force, At: now.Add(-test.ago), Again: now.Add(-test.ago)}}
		if got, say := c.nextForce(p, test.build, now); got != test.want || say != test.say {
			t.Errorf("%s: %q, %q", test.name, got, say)
		}
	}
}

func TestAClockThatIsSetBackHoldsUpNoBuild(t *testing.T) {
	t.Parallel()
	_, rdb := jobtest.New(t)
	clock := jobtest.NewClock()
	b := &builder{&capability{set: &settings{Settle: 4 * time.Second}, jobs: jobtest.Open(t, rdb, job.Options{Now: clock.Now})}}
	for ago, over := range map[time.Duration]bool{0: false, 3 * time.Second: false, 4 * time.Second: true, -time.Hour: true} {
		if err := b.settled(t.Context(), nil, &pursuit{Looked: clock.Now().Add(-ago)}); (err == nil) != over {
			t.Errorf("missed %s ago: %v", ago, err)
		}
	}
}
