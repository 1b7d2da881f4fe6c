package main

import (
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/shared/job/jobtest"
)

// TestWhoseTimeLimitPassed is said of a job that was stopped since that of the job which led to it passed.
func TestWhoseTimeLimitPassed(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		s := newTalk(t, rdb)
		t.Cleanup(func() { _ = s.close() })
		accept := func(options map[string]string) string {
			id, err := s.accept("telnet:ann", "demo run", options)
			if err != nil {
				t.Fatal(err)
			}
			return id
		}
		step := func(id string, words ...string) {
			if err := s.step(id, words); err != nil {
				t.Fatal(err)
			}
		}
		parent := accept(nil)
		step(parent, "story", "it began")
		s.clock.Add(58 * time.Minute)
		child := accept(map[string]string{"parent": parent})
		step(child, "story", "it began")
		s.clock.Add(3 * time.Minute)
		step(parent, "signal")
		says := func(line, want string) {
			t.Helper()
			answer, err := s.say("telnet:ann", line)
			if err != nil || !strings.Contains(answer.Text, want) {
				t.Errorf("%s lacks %q: %s %v", line, want, answer.Text, err)
			}
		}
		says("job "+child, "asked by the time limit of "+parent+" at ")
		says("cancel "+child, "is being cancelled already, as the time limit of "+parent+" asked")
		step(child, "stopped", "it hangs no more")
		says("job "+child, "by the time limit of "+parent+"\n")
		says("why "+child, "by the time limit of "+parent+"\n")
		step(parent, "stopped", "it has stopped")
		says("why "+parent, "because: its time limit passed; it was stopped")
	})
}

// TestASignoffThatComesToNothing: what would wait for ever once it has its sign-off fails, and whoever gave it is told.
func TestASignoffThatComesToNothing(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		s := newTalk(t, rdb)
		t.Cleanup(func() { _ = s.close() })
		accept := func(options map[string]string) string {
			id, err := s.accept("telnet:ann", "demo run", options)
			if err != nil {
				t.Fatal(err)
			}
			return id
		}
		one, two := accept(map[string]string{"lock": "a"}), accept(map[string]string{"lock": "b"})
		for _, id := range []string{one, two} {
			if err := s.step(id, []string{"story", "it began"}); err != nil {
				t.Fatal(err)
			}
		}
		guarded := accept(map[string]string{"lock": "b", "parent": one, "signoff": "1"})
		accept(map[string]string{"lock": "a", "parent": two})
		answer, err := s.say("telnet:carl", "approve "+guarded)
		want := "Your word counts, but " + guarded + " could never begin: `why " + guarded + "` says what it would have waited for."
		if err != nil || answer.Text != want {
			t.Error(answer.Text, err)
		}
		if answer, err = s.say("telnet:ann", "why "+guarded); err != nil || !strings.Contains(answer.Text, "it needs b, which "+two+" holds") {
			t.Error(answer.Text, err)
		}
	})
}
