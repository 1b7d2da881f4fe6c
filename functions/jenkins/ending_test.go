package main

import (
	"strings"
	"testing"
	"time"

	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/job/jobtest"
)

func TestBuildEndings(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name   string
		state  job.State
		reason string
		story  []string
	}{
		{"demo/fail", job.Failed, "demo/fail #1 ended in FAILURE", []string{
			"The last 20 console lines:", "error: 'teapot' undeclared", "    Finished: FAILURE",
		}},
		{"demo/unstable", job.Failed, "demo/unstable #1 is UNSTABLE", []string{"Ran 42 tests, 41 passed, 1 failed."}},
		{"demo/results", job.Succeeded, "", nil},
		{"demo/vanish", job.Unknown, "demo/vanish #1 was running, and then Jenkins had no record of it any more", nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, nil)
			id := b.build(test.name)
			done := b.finished(id)
			b.ends(done, test.state, test.reason)
			b.says(b.story(id), test.story...)
			b.started(test.name, 1)
			if test.name == "demo/results" && !strings.Contains(string(done.Result), `"passed":41`) {
				t.Errorf("result %s", done.Result)
			}
		})
	}
}

func TestBuildRefused(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, job string
		pairs     []string
		reason    string
	}{
		{"no glob", "ops/secret", nil, "no rule covers ops/secret: jenkins.allow has demo/*. Ask an admin to add it"},
		{"no such job", "demo/slwo", nil, "Jenkins has no job demo/slwo, or does not show it to svc-handsoff; perhaps you meant demo/slow"},
		{"the beginning of a job", "demo/st", nil, "perhaps you meant demo/stubborn"},
		{"a parameter rule", "demo/slow", []string{"seconds=99999"}, `jenkins.allow demo/* wants seconds to match [0-9]{1,4}, not “99999”`},
		{"an unknown parameter", "demo/slow", []string{"second=9"}, "demo/slow has no parameter second; perhaps you meant seconds"},
		{"no parameters", "demo/plain", []string{"a=b"}, "demo/plain takes no parameters"},
		{"disabled", "demo/disabled", nil, "demo/disabled is disabled in Jenkins"},
		{"a climb", "demo/../ops", nil, "a job's name looks like folder/name"},
		{"our own mark", "demo/slow", []string{"HANDSOFF_JOB=x"}, "HANDSOFF_JOB is filled in by handsoff"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, nil)
			b.ends(b.step(b.build(test.job, test.pairs...)), job.Failed, test.reason)
			if starts := b.jenkins.Starts(); len(starts) != 0 || b.jenkins.QueueLength() != 0 {
				t.Error(starts)
			}
		})
	}
}

func TestRuleForRole(t *testing.T) {
	t.Parallel()
	b := newBench(t, nil)
	b.set.Allow[0].Roles = []string{"admin"}
	b.ends(b.step(b.build("demo/slow")), job.Failed, "jenkins.allow demo/* is for the role admin")
	id := b.ask("jenkins build", map[string]any{"job": "demo/slow"}, func(r *job.Request) { r.Principal = "telnet:root" })
	b.building(id)
}

func TestEveryParameterType(t *testing.T) {
	t.Parallel()
	b := newBench(t, nil)
	id := b.build("demo/typed", "STRING=a=b", "BOOLEAN=no", "CHOICE=large", "PASSWORD=hunter22", "EXTENDED=red", "CREDENTIALS=other")
	b.ends(b.finished(id), job.Succeeded)
	got := b.jenkins.Starts()[0].Parameters
	for name, want := range map[string]string{
		"STRING": "a=b", "BOOLEAN": "false", "CHOICE": "large", "EXTENDED": "red",
		"CREDENTIALS": "other", "TEXT": "first\nsecond",
	} {
		if got[name] != want {
			t.Errorf("%s is %q, not %q", name, got[name], want)
		}
	}
	b.says(b.story(id), "EXTENDED is ExtendedChoiceParameter, which is not known here; it is sent as text.", "The build gets no file FILE")
	for _, request := range b.jenkins.Requests() {
		if strings.Contains(request.Query+request.Path, "hunter22") {
			t.Errorf("the password is in an address: %+v", request)
		}
	}
	if text := b.story(id) + b.log(id); strings.Contains(text, "hunter22") {
		t.Error("the password is in the story or the log:", text)
	}
}

func TestPasswordIsMasked(t *testing.T) {
	t.Parallel()
	j := &job.Job{Args: map[string]any{"extra": map[string]any{"PASSWORD": "hunter22", "SHORT": "abc"}, "OTHER": "opensesame"}}
	hide := hider(j, []string{"PASSWORD", "SHORT", "OTHER"})
	if got := hide("login -p hunter22 abc opensesame"); got != "login -p ******** abc ********" {
		t.Error(got)
	}
}

func TestInput(t *testing.T) {
	t.Parallel()
	b := newBench(t, nil)
	id := b.build("demo/input")
	waiting := b.until(id, "the question", func(j *job.Job) bool { return strings.Contains(j.Progress.Line, "waits for input") })
	b.says(b.story(id), "Build #1 waits for input: Deploy to production? Answer at "+b.web.URL+"/job/demo/job/input/1/input/")
	if n := strings.Count(b.story(waiting.ID), "waits for input"); n != 1 {
		t.Errorf("said %d times", n)
	}
}

func TestBigConsoleIsBounded(t *testing.T) {
	t.Parallel()
	b := newBench(t, nil)
	id := b.build("demo/big", "megabytes=40")
	b.ends(b.finished(id), job.Succeeded)
	log := b.log(id)
	if len(log) > maxLogged+1024 {
		t.Errorf("the log has %d bytes", len(log))
	}
	b.says(log, "bytes of the console are left out here", "Finished: SUCCESS")
}

func TestQueuePosition(t *testing.T) {
	t.Parallel()
	b := newBench(t, nil)
	id := b.build("demo/queue")
	j := b.until(id, "the queue", func(j *job.Job) bool { return strings.Contains(j.Progress.Line, "queue") })
	b.says(j.Progress.Line, "in Jenkins' queue, 1 of 1: ", "unobtainium")
	b.pass(time.Hour)
	j = b.step(id)
	if j.State != job.Waiting {
		t.Error(jobtest.Describe(j))
	}
}
