package main

import (
	"testing"
	"time"

	sandbox "github.com/handsoff/handsoff/local-provider/sandbox/jenkins"
	"github.com/handsoff/handsoff/shared/job"
)

func TestCancelBeforeAnything(t *testing.T) {
	t.Parallel()
	b := newBench(t, nil)
	id := b.build("demo/slow")
	b.cancel(id, "telnet:ann")
	j := b.job(id)
	if j.State != job.Cancelled {
		t.Error(j.State)
	}
	b.started("demo/slow", 0)
}

func TestCancelInQueue(t *testing.T) {
	t.Parallel()
	for _, old := range []bool{false, true} {
		b := newBench(t, func(_ *settings, o *sandbox.Options) { o.OldQueueCancel = old })
		b.jenkins.HoldQueue()
		id := b.build("demo/slow")
		b.step(id)
		b.cancel(id, "telnet:ann")
		done := b.finished(id)
		b.ends(done, job.Cancelled, "of demo/slow is cancelled; it never became a build")
		if done.Receipt.Signalled.IsZero() || done.Receipt.By != "telnet:ann" {
			t.Errorf("%+v", done.Receipt)
		}
		b.jenkins.ReleaseQueue()
		b.pass(time.Minute)
		b.started("demo/slow", 0)
	}
}

func TestCancelAsItLeavesTheQueue(t *testing.T) {
	t.Parallel()
	b := newBench(t, nil)
	b.jenkins.HoldQueue()
	id := b.build("demo/slow")
	b.step(id)
	b.jenkins.ReleaseQueue()
	b.cancel(id, "telnet:ann")
	b.ends(b.finished(id), job.Cancelled, "demo/slow #1 is ABORTED")
	b.says(b.story(id), "It has just left the queue and is now build #1")
}

func TestCancelBuilding(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name        string
		story, left []string
	}{
		{"demo/slow", []string{"Asked Jenkins to stop build #1."}, nil},
		{"demo/hang", nil, nil},
		{"demo/input", nil, nil},
		{"demo/stubborn", []string{"asked Jenkins to end its steps (term)"}, nil},
		{"demo/immortal", []string{"(term)", "asked Jenkins to kill it"}, []string{"it was killed, so its own clean-up did not run"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, nil)
			id := b.build(test.name)
			b.building(id)
			b.cancel(id, "telnet:ann")
			done := b.finished(id)
			b.ends(done, job.Cancelled, append([]string{test.name + " #1 is ABORTED"}, test.left...)...)
			b.says(b.story(id), test.story...)
			if r := done.Receipt; r.Signalled.IsZero() || r.Confirmed.Before(r.Signalled) || r.Reason != "enough" {
				t.Errorf("%+v", r)
			}
			b.started(test.name, 1)
		})
	}
}

func TestCancelTooLate(t *testing.T) {
	t.Parallel()
	b := newBench(t, nil)
	id := b.build("demo/results")
	b.building(id)
	b.pass(time.Minute)
	b.cancel(id, "telnet:ann")
	done := b.finished(id)
	b.ends(done, job.Succeeded)
	b.says(string(done.Result), "registry.example.org")
}

func TestStoppedInJenkins(t *testing.T) {
	t.Parallel()
	b := newBench(t, nil)
	id := b.build("demo/slow")
	b.building(id)
	b.post("/job/demo/job/slow/1/stop")
	b.ends(b.finished(id), job.Failed, "demo/slow #1 was stopped in Jenkins (Aborted by "+account+")")
}

func TestCancelledInJenkinsQueue(t *testing.T) {
	t.Parallel()
	b := newBench(t, nil)
	id := b.build("demo/queue")
	b.step(id)
	b.post("/queue/cancelItem?id=1")
	b.ends(b.finished(id), job.Failed, "somebody cancelled demo/queue in Jenkins' queue before it started")
}

func TestQueueItemForgotten(t *testing.T) {
	t.Parallel()
	b := newBench(t, nil)
	started := b.build("demo/slow", "seconds=900")
	b.jenkins.HoldQueue()
	b.step(started)
	dropped := b.build("demo/queue")
	b.step(dropped)
	b.post("/queue/cancelItem?id=2")
	b.jenkins.ReleaseQueue()
	b.pass(6 * time.Minute)
	b.until(started, "the build", func(j *job.Job) bool { return len(j.Links) > 0 })
	b.says(b.story(started), "Build #1 of demo/slow has started")
	b.ends(b.finished(dropped), job.Failed, "Jenkins has forgotten queue item 2 of demo/queue and no build came of it")
}

func TestCancelForgottenItem(t *testing.T) {
	t.Parallel()
	b := newBench(t, nil)
	id := b.build("demo/queue")
	b.step(id)
	b.post("/queue/cancelItem?id=1")
	b.pass(6 * time.Minute)
	b.cancel(id, "telnet:ann")
	b.ends(b.finished(id), job.Cancelled, "Jenkins has no queue item 1 of demo/queue any more, and no build came of it")
}

func TestMergedBuilds(t *testing.T) {
	t.Parallel()
	b := newBench(t, nil)
	b.jenkins.HoldQueue()
	first, second := b.build("demo/plain"), b.build("demo/plain")
	b.step(first)
	b.step(second)
	b.says(b.story(second), "The same build was already waiting there, and Jenkins makes one of the two")
	b.cancel(second, "telnet:ann")
	b.ends(b.finished(second), job.Cancelled, "is cancelled", "somebody else had asked for the same build before, and has lost it too")
	b.ends(b.finished(first), job.Failed, "somebody cancelled demo/plain in Jenkins' queue")
}

func TestTimeLimit(t *testing.T) {
	t.Parallel()
	b := newBench(t, nil)
	id := b.ask("jenkins build", map[string]any{"job": "demo/hang"}, func(r *job.Request) { r.Limit = time.Minute })
	b.building(id)
	b.ends(b.finished(id), job.Failed, "its time limit passed", "demo/hang #1 is ABORTED")
}
