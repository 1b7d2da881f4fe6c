package main

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/handsoff/handsoff/shared/chat/jobtext"
	"github.com/handsoff/handsoff/shared/job"
)

// A host fails; it alone is tried again, and what both starts came to is told.
func TestFailedHostsAreTriedAgain(t *testing.T) {
	t.Parallel()
	b := newBench(t, unrecorded)
	flag := filepath.Join(t.TempDir(), "flag")
	id := b.ask("fail", with("flag="+flag))
	done := b.run(id)
	b.ends(done, job.Succeeded)
	b.says(b.story(id), `1 host failed: b failed in "Check the disk": no room on b; trying 1 host again now (1 of 1).`,
		"1 of 1")
	res := b.result(done)
	if res.Starts != 2 || res.Hosts["a"].OK == 0 || res.Hosts["b"].Failed != 0 {
		t.Errorf("%+v", res)
	}
	if n := strings.Count(b.log(id), "PLAY [Fail somewhere]"); n != 2 {
		t.Errorf("%d starts in the log", n)
	}
	b.tidy()
}

func TestRunFails(t *testing.T) {
	t.Parallel()
	b := newBench(t, unrecorded, func(s *settings) { noRetry(s, "fail") })
	id := b.ask("fail", nil)
	done := b.run(id)
	b.ends(done, job.Failed, `1 host failed: b failed in "Check the disk": no room on b`)
	res := b.result(done)
	if !slices.Equal(res.Failed, []string{"b"}) || res.Exit != 2 || len(res.Failures) != 1 || res.Failures[0].Task != "Check the disk" {
		t.Errorf("%+v", res)
	}
	b.says(done.Progress.Line, "it failed · 1 host ok (1 changed), 1 failed")
	b.says(jobtext.End(done, time.Now()), "Only the host that failed: say `ansible retry "+id+"`")
	answer, err := b.cap.retry(t.Context(), callOf("ansible retry", map[string]any{"job": id}))
	if err != nil || answer.Text != "accepted" {
		t.Fatal(answer, err)
	}
	e := b.handed[0]
	if e.Command != "ansible run fail" || e.Args["limit"] != "b" || e.Principal != "telnet:ann" || e.ID != retryID(callOf("", nil)) {
		t.Errorf("%+v", e)
	}
	shown, err := b.cap.show(t.Context(), callOf("ansible show", map[string]any{"run": id}))
	if err != nil {
		t.Fatal(err)
	}
	b.says(shown.Text, id+" fail: failed", "b: 0 ok, 0 changed", `failed: b in "Check the disk": no room on b`)
}

func noRetry(s *settings, name string) {
	p := s.Playbooks[name]
	p.Retry = retryPolicy{}
	s.Playbooks[name] = p
}

func TestUnreachableHost(t *testing.T) {
	t.Parallel()
	b := newBench(t, unrecorded)
	done := b.run(b.ask("away", nil))
	b.ends(done, job.Failed, `1 host failed: c could not be reached in "`, "Make sure this host can be reached over ssh")
	res := b.result(done)
	if res.Hosts["c"].Unreachable != 1 || res.Exit != 4 || !slices.Equal(res.Failed, []string{"c"}) || res.Hosts["a"].OK != 2 {
		t.Errorf("%+v", res)
	}
	b.says(done.Progress.Line, "1 host ok (1 changed), 1 unreachable")
}

// A playbook that asks at a terminal is ended before it does anything: Ansible would go on with an empty password.
func TestPromptIsRefused(t *testing.T) {
	t.Parallel()
	b := newBench(t, unrecorded)
	id := b.ask("prompt", nil)
	done := b.run(id)
	b.ends(done, job.Failed, `the playbook asks for db_password at a terminal ("Password of the database?"), and there is none here: give it as db_password=…`)
	if strings.Contains(b.log(id), "changed: [a]") {
		t.Error("a task was done:", b.log(id))
	}
	b.tidy()
}

func TestBecomeWithoutPassword(t *testing.T) {
	t.Parallel()
	b := newBench(t, unrecorded)
	b.ends(b.run(b.ask("become", nil)), job.Failed, "sudo asks for a password there: put it into a secret, and name that as ansible_become_password")
}

// What a playbook leaves running is ended with it, and told.
func TestDaemonIsNotLeft(t *testing.T) {
	t.Parallel()
	b := newBench(t, unrecorded)
	id := b.ask("daemon", nil)
	done := b.run(id)
	b.ends(done, job.Succeeded)
	b.says(b.story(id), "It left running, and this was ended: ", "sleep 86399")
	if res := b.result(done); len(res.Left) != 1 {
		t.Errorf("%+v", res)
	}
}

func TestNotEvenBegun(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name   string
		args   map[string]any
		change func(*settings)
		reason string
	}{
		{"no such file", nil, func(s *settings) { edit(s, "ok", func(p *playbook) { p.Path = "/nonexistent/x.yml" }) }, "the playbook /nonexistent/x.yml is not there"},
		{"no such program", nil, func(s *settings) { s.Program = "ansible-nothing" }, "ansible-nothing cannot be started: "},
		{"a missing secret", nil, func(s *settings) { edit(s, "ok", func(p *playbook) { p.Vault = "nobody" }) }, "the secret nobody cannot be read here; an admin has to give it"},
		{"a repository that is not there", nil, func(s *settings) {
			edit(s, "ok", func(p *playbook) { p.Repo, p.Path = "file:///nonexistent/x.git", "x.yml" })
		}, "file:///nonexistent/x.git could not be fetched: "},
		{"a limit that meets nobody", map[string]any{"limit": "nobody"}, nil, "ansible-playbook could not run it: Specified inventory, host pattern and/or --limit leaves us with no hosts to target."},
		{"an option in a limit", map[string]any{"limit": "--list-hosts"}, nil, "ansible-playbook could not run it: Specified"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, unrecorded)
			if test.change != nil {
				test.change(&b.set)
			}
			id := b.ask("ok", test.args)
			b.ends(b.run(id), job.Failed, test.reason)
			b.tidy()
		})
	}
}

func edit(s *settings, name string, change func(*playbook)) {
	p := s.Playbooks[name]
	change(&p)
	s.Playbooks[name] = p
}

// A hundred megabytes stream by: the beginning and the end are kept, and what stood between is counted. Where the flood pauses, because the machine
// does, more of it is kept, and in the end its beginning makes room.
func TestFlood(t *testing.T) {
	t.Parallel()
	b := newBench(t, unrecorded)
	id := b.ask("flood", nil)
	b.begin(id)
	b.until(id, "its beginning", func(*job.Job) bool {
		log := b.log(id)
		return strings.Contains(log, "line 0000000 ") && strings.Contains(log, "line 0009999 ")
	})
	done := b.finished(id)
	b.ends(done, job.Succeeded)
	log := b.log(id)
	b.says(log, "line 0999999 ", "line 0995000 ", "lines are left out here: it printed faster than is kept", "PLAY RECAP")
	if n := strings.Count(log, "\n"); n > 50_500 || n < 20_000 {
		t.Errorf("%d lines", n)
	}
	if took := done.Finished.Sub(done.Started); took > time.Minute {
		t.Log("it took", took)
	}
}
