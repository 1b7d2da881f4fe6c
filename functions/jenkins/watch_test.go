package main

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	sandbox "github.com/handsoff/handsoff/local-provider/sandbox/jenkins"
	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/job"
)

// elsewhere starts a build as somebody else would.
func (b *bench) elsewhere(name string) {
	b.Helper()
	b.post("/job/demo/job/" + name + "/buildWithParameters")
	b.pass(time.Second)
}

func watching(b *bench, args map[string]any) string {
	b.Helper()
	id := b.ask("jenkins watch", args)
	b.building(id)
	return id
}

func TestWatch(t *testing.T) {
	t.Parallel()
	b := newBench(t, nil)
	b.elsewhere("results")
	id := watching(b, map[string]any{"job": "demo/results", "build": "last"})
	b.says(b.story(id), "Watching demo/results #1 (Started by user "+account+"): "+b.web.URL)
	done := b.finished(id)
	b.ends(done, job.Succeeded)
	if result := string(b.job(id).Result); !strings.Contains(result, `"registry.example.org/results:1"`) {
		t.Errorf("result %s", result)
	}
	b.says(b.log(id), "Finished: SUCCESS")
	b.started("demo/results", 1)
}

func TestWatchProgressOfOlderBuild(t *testing.T) {
	t.Parallel()
	b := newBench(t, nil)
	b.ends(b.finished(b.build("demo/slow", "seconds=100")), job.Succeeded)
	b.post("/job/demo/job/slow/buildWithParameters?seconds=100")
	b.pass(50 * time.Second)
	j := b.step(b.ask("jenkins watch", map[string]any{"job": "demo/slow", "build": "2"}))
	if p := j.Progress; p.Percent < 48 || p.Percent > 52 || p.ETA.Sub(b.now()) > 52*time.Second {
		t.Errorf("%+v at %s", p, b.now())
	}
}

func TestWatchRefused(t *testing.T) {
	t.Parallel()
	b := newBench(t, nil)
	for _, test := range []struct{ job, build, reason string }{
		{"demo/slow", "last", "demo/slow has never been built"},
		{"demo/slow", "7", "demo/slow has no build #7; it may have been deleted"},
		{"demo/slow", "seven", `a build is a number or “last”, not “seven”`},
		{"demo/slo", "1", "perhaps you meant demo/slow"},
		{"demo", "last", "demo is a folder, not a job"},
	} {
		j := b.step(b.ask("jenkins watch", map[string]any{"job": test.job, "build": test.build}))
		b.ends(j, job.Failed, test.reason)
	}
}

func TestStopOfAWatch(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, by string
		only     bool
		limit    time.Duration
		goesOn   string
	}{
		{"an operator stops the build", "telnet:ann", false, 0, ""},
		{"only watched", "telnet:ann", true, 0, "it was only watched (only=true)"},
		{"a viewer ends the watch", "telnet:vic", false, 0, "telnet:vic lacks the role operator"},
		{"the time limit ends the watch", "", false, time.Minute, "only the watching has a time limit"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, nil)
			b.elsewhere("hang")
			id := b.ask("jenkins watch", map[string]any{"job": "demo/hang", "build": "1", "only": test.only},
				func(r *job.Request) { r.Limit = test.limit })
			b.building(id)
			if test.by != "" {
				b.cancel(id, test.by)
			}
			done := b.finished(id)
			if runs := b.jenkins.Builds("demo/hang")[0].Building; runs != (test.goesOn != "") {
				t.Errorf("building: %v", runs)
			}
			if test.goesOn == "" {
				b.ends(done, job.Cancelled, "demo/hang #1 is ABORTED")
				return
			}
			b.says(done.Receipt.Evidence+strings.Join(done.Receipt.Left, ""), "nobody follows demo/hang #1", "demo/hang #1 goes on: "+test.goesOn)
		})
	}
}

func TestConsoleAtOnce(t *testing.T) {
	t.Parallel()
	b := newBench(t, nil)
	b.elsewhere("fail")
	b.pass(time.Minute)
	answer, err := b.cap.console(t.Context(), command.Call{Args: map[string]any{"job": "demo/fail", "build": "last", "lines": 3, "follow": false}})
	if err != nil || answer.Problem != nil {
		t.Fatal(answer, err)
	}
	lines := strings.Split(answer.Text, "\n")
	if len(lines) != 4 || lines[0] != "demo/fail #1 (FAILURE), the last 3 console lines:" || lines[3] != "Finished: FAILURE" {
		t.Errorf("%q", lines)
	}
	answer, err = b.cap.console(t.Context(), command.Call{Args: map[string]any{"job": "demo/fail", "build": "9"}})
	if err != nil || answer.Problem == nil || answer.Text != "demo/fail has no build #9; it may have been deleted." {
		t.Errorf("%+v %v", answer, err)
	}
}

func TestConsoleFollows(t *testing.T) {
	t.Parallel()
	b := newBench(t, nil)
	b.elsewhere("fail")
	call := command.Call{
		ID: "message-1", Command: "jenkins console", Principal: "telnet:ann",
		Args: map[string]any{"job": "demo/fail", "build": "last", "lines": 20, "follow": true},
	}
	answer, err := b.cap.console(t.Context(), call)
	if err != nil || answer.Job == "" {
		t.Fatal(answer, err)
	}
	again, err := b.cap.console(t.Context(), call)
	if err != nil || again.Job != answer.Job {
		t.Errorf("the same call makes another job: %+v %v", again, err)
	}
	j := b.until(answer.Job, "a line", func(j *job.Job) bool { return strings.HasPrefix(j.Progress.Line, "cc -c") })
	done := b.finished(j.ID)
	b.ends(done, job.Succeeded) // reading a failure is no failure
	b.says(b.log(done.ID), "src/main.c:42:9", "Finished: FAILURE")
}

func TestStopElsewhere(t *testing.T) {
	t.Parallel()
	b := newBench(t, nil)
	b.elsewhere("stubborn")
	id := b.ask("jenkins stop", map[string]any{"job": "demo/stubborn", "build": "last"})
	done := b.finished(id)
	b.ends(done, job.Succeeded)
	b.says(string(done.Result), `"build":"demo/stubborn #1"`, `"result":"ABORTED"`, `"force":"term"`)
	b.says(b.story(id), "demo/stubborn #1 is ABORTED.")
	again := b.step(b.ask("jenkins stop", map[string]any{"job": "demo/stubborn", "build": "1"}))
	b.ends(again, job.Failed, "demo/stubborn #1 is not running: it ended in ABORTED")
	other := b.step(b.ask("jenkins stop", map[string]any{"job": "ops/x", "build": "1"}))
	b.ends(other, job.Failed, "no rule covers ops/x")
}

// Who does not wait for a stop to be seen is told that the build goes on, and may not for long.
func TestAStopThatIsCancelled(t *testing.T) {
	t.Parallel()
	b := newBench(t, nil)
	b.elsewhere("stubborn")
	id := b.ask("jenkins stop", map[string]any{"job": "demo/stubborn", "build": "last"})
	b.until(id, "asked", func(*job.Job) bool { return strings.Contains(b.story(id), "Asked Jenkins to stop") })
	b.cancel(id, "telnet:ann")
	done := b.finished(id)
	b.ends(done, job.Cancelled)
	if got := done.Receipt; got.Evidence != "demo/stubborn #1 is building" || !slices.Equal(got.Left, []string{"Jenkins was asked to stop it, and may do so yet"}) {
		t.Errorf("%+v", got)
	}
}

// Of a stop that Jenkins did not answer well nobody can tell whether it took it; the receipt says so.
func TestAStopThatIsCancelledBeforeItWasTaken(t *testing.T) {
	t.Parallel()
	b := newBench(t, nil)
	b.elsewhere("stubborn")
	b.jenkins.Break(sandbox.Fault{Kind: sandbox.FaultError, Method: http.MethodPost, Times: 1})
	id := b.ask("jenkins stop", map[string]any{"job": "demo/stubborn", "build": "last"})
	b.step(id)
	b.cancel(id, "telnet:ann")
	done := b.finished(id)
	b.ends(done, job.Cancelled)
	want := []string{"Jenkins may have been asked to stop it; that it took that was not seen"}
	if got := done.Receipt; got.Evidence != "demo/stubborn #1 is building" || !slices.Equal(got.Left, want) || !got.Signalled.IsZero() {
		t.Errorf("%+v", got)
	}
}

func TestStopTellsWhose(t *testing.T) {
	t.Parallel()
	b := newBench(t, nil)
	owner := b.build("demo/hang")
	b.building(owner)
	id := b.ask("jenkins stop", map[string]any{"job": "demo/hang", "build": "1"})
	b.ends(b.finished(id), job.Succeeded)
	b.says(b.story(id), "demo/hang #1 was started by the job "+owner+" here, which will end with it.")
	b.ends(b.finished(owner), job.Failed, "demo/hang #1 was stopped in Jenkins")
}

func TestRestart(t *testing.T) {
	t.Parallel()
	b := newBench(t, nil)
	b.elsewhere("slow")
	id := b.ask("jenkins restart", map[string]any{"safe": true})
	b.until(id, "quiet", func(j *job.Job) bool { return strings.Contains(j.Progress.Line, "waits for those that run") })
	done := b.finished(id)
	b.ends(done, job.Succeeded)
	b.says(b.story(id), "as soon as no build runs", "Jenkins 2.528.3 is back, ")
}

func TestRestartGivenUp(t *testing.T) {
	t.Parallel()
	b := newBench(t, nil)
	b.elsewhere("hang")
	id := b.ask("jenkins restart", map[string]any{"safe": true})
	b.until(id, "quiet", func(j *job.Job) bool { return strings.Contains(j.Progress.Line, "waits for those that run") })
	b.cancel(id, "telnet:root")
	b.ends(b.finished(id), job.Cancelled, "Jenkins is not quieting down and has not restarted")
	if !b.jenkins.Builds("demo/hang")[0].Building {
		t.Error("the build was lost")
	}
}

func TestRestartUnsafe(t *testing.T) {
	t.Parallel()
	b := newBench(t, nil)
	b.elsewhere("hang")
	id := b.ask("jenkins restart", map[string]any{"safe": false})
	b.ends(b.finished(id), job.Succeeded)
	if b.jenkins.Builds("demo/hang")[0].Building {
		t.Error("it survived")
	}
}
