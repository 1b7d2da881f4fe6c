package main

import (
	"net/http"
	"strings"
	"testing"
	"time"

	sandbox "github.com/handsoff/handsoff/local-provider/sandbox/jenkins"
	"github.com/handsoff/handsoff/shared/job"
)

// TestPassingFaults befalls each part of a build with each fault that passes: people are told, and the build goes on.
func TestPassingFaults(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name  string
		fault sandbox.Fault
		tells string
	}{
		{"down before it starts", sandbox.Fault{Kind: sandbox.FaultDown, Path: "/job/demo", Times: 1}, "Jenkins cannot be reached while reading demo/slow (connection reset); trying again in"},
		{"down when asked", sandbox.Fault{Kind: sandbox.FaultDown, Method: http.MethodPost, Times: 1}, "Jenkins cannot be reached while starting demo/slow"},
		{"answer lost when asked", sandbox.Fault{Kind: sandbox.FaultDrop, Method: http.MethodPost, Times: 1}, "Jenkins cannot be reached while starting demo/slow"},
		{"error when asked", sandbox.Fault{Kind: sandbox.FaultError, Method: http.MethodPost, Times: 1}, "Jenkins had an internal error (500) while starting demo/slow"},
		{"proxy error when asked", sandbox.Fault{Kind: sandbox.FaultGateway, Method: http.MethodPost, Times: 1}, "Jenkins had an internal error (502) while starting demo/slow"},
		{"a web page when asked", sandbox.Fault{Kind: sandbox.FaultHTML, Method: http.MethodPost, Times: 1}, "Jenkins gave an answer that is not from its API (200) while starting demo/slow"},
		{"a web page in the queue", sandbox.Fault{Kind: sandbox.FaultHTML, Path: "/queue/item", Times: 2}, "it sent a web page instead of data"},
		{"down while building", sandbox.Fault{Kind: sandbox.FaultDown, Path: "/slow/1/api", Times: 3}, "Jenkins cannot be reached while reading demo/slow #1"},
		{"gone for a moment", sandbox.Fault{Kind: sandbox.FaultGone, Path: "/slow/1/api", Times: 2}, ""},
		{"no console for a while", sandbox.Fault{Kind: sandbox.FaultError, Path: "/progressiveText", Times: 2}, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, nil)
			id := b.build("demo/slow", "seconds=20")
			b.jenkins.Break(test.fault)
			b.ends(b.finished(id), job.Succeeded)
			b.started("demo/slow", 1)
			b.says(b.story(id), test.tells)
			b.says(b.log(id), "Finished: SUCCESS")
		})
	}
}

func TestLostAnswerWithoutMark(t *testing.T) {
	t.Parallel()
	b := newBench(t, nil)
	id := b.build("demo/plain")
	b.jenkins.Break(sandbox.Fault{Kind: sandbox.FaultDrop, Method: http.MethodPost, Times: 1})
	b.ends(b.finished(id), job.Unknown, "demo/plain was asked for when a worker died or the answer was lost. #1 may be it; "+
		"the job declares no parameter HANDSOFF_JOB that would tell.")
	b.started("demo/plain", 1)
}

func TestLostRequestWithoutMark(t *testing.T) {
	t.Parallel()
	b := newBench(t, nil)
	id := b.build("demo/plain")
	b.jenkins.Break(sandbox.Fault{Kind: sandbox.FaultDown, Method: http.MethodPost, Times: 1})
	b.ends(b.finished(id), job.Succeeded)
	b.started("demo/plain", 1)
}

func TestLostAnswerAndRecord(t *testing.T) {
	t.Parallel()
	b := newBench(t, nil)
	id := b.build("demo/hang")
	b.jenkins.Break(sandbox.Fault{Kind: sandbox.FaultDrop, Method: http.MethodPost, Times: 1})
	b.step(id)
	b.pass(500 * time.Millisecond)
	if err := b.jenkins.Vanish("demo/hang", 1); err != nil {
		t.Fatal(err)
	}
	b.ends(b.finished(id), job.Unknown, "Some of the builds since then are no longer in Jenkins")
	b.started("demo/hang", 1)
}

func TestTriggerTokenCarriesMark(t *testing.T) {
	t.Parallel()
	b := newBench(t, nil)
	b.createJob("tokened", `<project><authToken>open-sesame</authToken><canRoam>true</canRoam><builders><hudson.tasks.Shell>`+
		`<command># sandbox: slow</command></hudson.tasks.Shell></builders></project>`)
	b.set.Allow[0].Token = "open-sesame" // the bench's secrets hold their own names
	id := b.build("demo/tokened")
	b.jenkins.Break(sandbox.Fault{Kind: sandbox.FaultDrop, Method: http.MethodPost, Times: 1})
	b.ends(b.finished(id), job.Succeeded)
	b.started("demo/tokened", 1)
	if cause := b.jenkins.Starts()[0].Cause; !strings.Contains(cause, "handsoff job "+id) {
		t.Error(cause)
	}
}

func TestTokenRevoked(t *testing.T) {
	t.Parallel()
	b := newBench(t, nil)
	early, late := b.build("demo/slow", "seconds=500"), b.build("demo/slow", "seconds=501")
	b.building(late)
	b.mu.Lock()
	b.token = "revoked"
	b.mu.Unlock()
	advice := "The API token of svc-handsoff is wrong or was revoked: put a new one into the secret jenkins-token, then retry."
	b.ends(b.finished(early), job.Failed, "Jenkins refused our account (401) while reading demo/slow", advice)
	b.ends(b.finished(late), job.Failed, advice, "demo/slow #1 goes on unwatched: "+b.web.URL)
	b.started("demo/slow", 1)
}

func TestTokenRevokedDuringCancel(t *testing.T) {
	t.Parallel()
	b := newBench(t, nil)
	id := b.build("demo/hang")
	b.building(id)
	b.mu.Lock()
	b.token = "revoked"
	b.mu.Unlock()
	b.cancel(id, "telnet:ann")
	b.ends(b.finished(id), job.Failed, "it could not be stopped: Jenkins refused our account (401)")
}

func TestJobDeleted(t *testing.T) {
	t.Parallel()
	b := newBench(t, nil)
	id := b.build("demo/hang")
	b.building(id)
	b.post("/job/demo/job/hang/doDelete")
	b.ends(b.finished(id), job.Unknown, "demo/hang #1 was running, and then the whole job demo/hang was gone from Jenkins")
}

func TestJenkinsRestartsUnderABuild(t *testing.T) {
	t.Parallel()
	b := newBench(t, nil)
	id := b.build("demo/input")
	b.building(id)
	b.post("/restart")
	b.until(id, "the outage", func(j *job.Job) bool {
		return strings.Contains(b.story(id), "Jenkins is starting, stopping or away (503)")
	})
	b.until(id, "its return", func(j *job.Job) bool { return strings.Contains(j.Progress.Line, "waits for input") })
	b.post("/job/demo/job/input/1/input/Deploy/proceedEmpty")
	b.ends(b.finished(id), job.Succeeded)
}

func TestSlowAnswer(t *testing.T) {
	t.Parallel()
	b := newBench(t, nil)
	_, err := b.cap.api.Job(b.Context(), "demo/slow")
	if err != nil {
		t.Fatal(err)
	}
	b.set.Timeout = 100 * time.Millisecond
	b.cap = b.capability(nil)
	b.jenkins.Break(sandbox.Fault{Kind: sandbox.FaultSlow, Delay: time.Minute, Times: 1})
	_, err = b.cap.api.Job(b.Context(), "demo/slow")
	if err == nil || err.Error() != "Jenkins did not answer in time while reading demo/slow" {
		t.Error(err)
	}
}
