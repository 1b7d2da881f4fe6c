package main

import (
	"strings"
	"testing"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/job/jobtest"
)

func TestJobID(t *testing.T) {
	t.Parallel()
	for typed, want := range map[string]string{
		"k3f7": "k3f7", "@K3F7": "k3f7", "`k3f7`.": "k3f7", "#k3f7": "k3f7", "kOf7": "k0f7", "kil7": "k117", "": "",
	} {
		if got := jobID(typed); got != want {
			t.Errorf("%q is %q, want %q", typed, got, want)
		}
	}
}

func TestNearest(t *testing.T) {
	t.Parallel()
	ids := []string{"k3f7", "a1b2", "zzzz"}
	for typed, want := range map[string]string{
		"k3f8": "k3f7", "k37f": "k3f7", "k3f": "k3f7", "a1c2": "a1b2", "q9w8": "", "": "", "k3f77777777": "",
	} {
		if got := nearest(typed, ids); got != want {
			t.Errorf("nearest to %q is %q, want %q", typed, got, want)
		}
	}
}

// FuzzID: whatever is typed, the answer is a sentence, and the store is asked only for what can be an id.
func FuzzID(f *testing.F) {
	for _, seed := range []string{"k3f7", "@K3F7", "k3f7:story", "../due", "\x1b[2J", strings.Repeat("k", 300), "\xff"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, typed string) {
		id := jobID(typed)
		if command.IsJobID(id) && strings.ContainsAny(id, ":*\x00 ") {
			t.Errorf("%q becomes the id %q", typed, id)
		}
		if near := nearest(id, []string{"k3f7", "a1b2"}); near != "" && near != "k3f7" && near != "a1b2" {
			t.Errorf("nearest to %q is %q", typed, near)
		}
	})
}

// FuzzMeminfo: what the kernel says is read, or taken as nothing.
func FuzzMeminfo(f *testing.F) {
	f.Add("MemTotal:  100 kB\nMemAvailable:  7 kB\n")
	f.Add("MemTotal:\nMemAvailable: x kB")
	f.Fuzz(func(_ *testing.T, text string) { meminfo(text) })
}

func TestMeminfo(t *testing.T) {
	t.Parallel()
	left, total := meminfo("MemTotal:       2048 kB\nMemFree: 1 kB\nMemAvailable:   1024 kB\n")
	if left != 1<<20 || total != 2<<20 {
		t.Errorf("%d of %d", left, total)
	}
}

// TestEveryCommandIsDeclared: stack.yml and the function know the same commands.
func TestEveryCommandIsDeclared(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		s := newTalk(t, rdb)
		defer func() {
			if err := s.close(); err != nil {
				t.Error(err)
			}
		}()
		calls := s.desk.calls()
		for _, d := range s.catalogue.Commands() {
			if d.Function != "jobs" {
				continue
			}
			if calls[d.Words] == nil || !d.Now {
				t.Errorf("%s is declared and not there, or not at once", d.Words)
			}
			delete(calls, d.Words)
		}
		for words := range calls {
			t.Errorf("%s is not declared", words)
		}
		// Each answers on this Redis, with and without a job.
		id, err := s.accept("telnet:ann", "demo run", nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, line := range []string{
			"jobs", "job " + id, "log " + id, "status", "watch " + id, "unwatch " + id, "why", "why " + id, "approve " + id,
			"reject " + id, "retry " + id, "cancel " + id, "retry " + id, "job zzzz",
		} {
			if answer, err := s.say("telnet:ann", line); err != nil || answer.Text == "" || strings.Contains(answer.Text, "\x1b") {
				t.Errorf("%s: %v, %q", line, err, answer.Text)
			}
		}
	})
}

// TestNudgesArePassedOn: what a cancel or a retry sets in motion is nudged.
func TestNudgesArePassedOn(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		s := newTalk(t, rdb)
		id, err := s.accept("telnet:ann", "demo run", nil)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.step(id, []string{"progress", "1", "x"}); err != nil {
			t.Fatal(err)
		}
		if _, err := s.say("telnet:ann", "cancel "+id); err != nil {
			t.Fatal(err)
		}
		if err := s.close(); err != nil {
			t.Fatal(err)
		}
		close(s.nudged)
		functions := make(map[string]bool)
		for p := range s.nudged {
			functions[p.Function] = functions[p.Function] || p.ID == id
		}
		if !functions["demo"] {
			t.Errorf("nudged were %v", functions)
		}
	})
}
