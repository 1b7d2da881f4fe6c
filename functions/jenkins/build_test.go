package main

import (
	"testing"
	"time"

	"github.com/handsoff/handsoff/shared/job"
)

func TestBuildSucceeds(t *testing.T) {
	t.Parallel()
	b := newBench(t, nil)
	id := b.build("demo/slow", "seconds=20")
	b.building(id)
	done := b.finished(id)
	b.ends(done, job.Succeeded)
	b.started("demo/slow", 1)
	b.says(b.story(id), "Jenkins has put demo/slow into its queue, as item ", "Build #1 of demo/slow has started: "+b.web.URL+"/job/demo/job/slow/1/")
	b.says(b.log(id), "+ working for 20 seconds", "100% done", "Finished: SUCCESS")
	if done.Links[0].URL != b.web.URL+"/job/demo/job/slow/1/" || done.Links[0].Title != "demo/slow #1" {
		t.Error(done.Links)
	}
	if start := b.jenkins.Starts()[0]; start.Parameters[markParameter] != id || start.Parameters["seconds"] != "20" {
		t.Error(start)
	}
}

func TestBuildProgress(t *testing.T) {
	t.Parallel()
	b := newBench(t, nil)
	first := b.finished(b.build("demo/slow", "seconds=100"))
	b.ends(first, job.Succeeded)
	id := b.build("demo/slow", "seconds=300")
	b.building(id)
	began := b.now()
	running := b.until(id, "half of it", func(j *job.Job) bool { return j.Progress.Percent >= 50 })
	if p := running.Progress; p.Percent > 60 || p.ETA.Sub(began.Add(100*time.Second)).Abs() > 5*time.Second {
		t.Errorf("%+v after %s", p, b.now().Sub(began))
	}
	over := b.until(id, "overdue", func(j *job.Job) bool { return b.now().Sub(began) > 170*time.Second })
	if over.Progress.Percent != almost {
		t.Errorf("%+v", over.Progress)
	}
	b.says(over.Progress.Line, "building #2; it has taken 1m0s longer than expected")
	b.ends(b.finished(id), job.Succeeded)
}
