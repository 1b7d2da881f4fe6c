package main

import (
	"strings"
	"testing"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/job/jobtest"
)

// TestNoticesDrownNoJobs: what the bot has to say is listed only when all is asked for.
func TestNoticesDrownNoJobs(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		s := newTalk(t, rdb)
		t.Cleanup(func() { _ = s.close() })
		id, err := s.accept("telnet:ann", "demo run", nil)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.desk.jobs.Accept(t.Context(), job.Request{
			Function: job.NoticeFunction, Command: job.NoticeCommand, Text: "I live!", Principal: "bot:clock",
		}); err != nil {
			t.Fatal(err)
		}
		for line, noticed := range map[string]bool{"jobs": false, "jobs all=true": true} {
			answer, err := s.say("telnet:ann", line)
			if err != nil || !strings.Contains(answer.Text, id) || strings.Contains(answer.Text, "I live!") != noticed {
				t.Errorf("%s: %s %v", line, answer, err)
			}
		}
	})
}

// TestAShortLookIsSaid: where not all jobs were looked through for those that are asked for, the list says how far back it goes.
func TestAShortLookIsSaid(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		s := newTalk(t, rdb)
		t.Cleanup(func() { _ = s.close() })
		for range 3 {
			if _, err := s.accept("telnet:ann", "demo run", nil); err != nil {
				t.Fatal(err)
			}
		}
		none := func(*job.Job) bool { return false }
		for look, said := range map[int]string{2: "2 jobs were looked through, back to ", 3: ""} {
			_, short, err := s.desk.find(t.Context(), job.Browse{Open: true, Wants: none, Limit: 5, Look: look}, false)
			if got := strings.Join(short, "\n"); err != nil || (got == "") != (said == "") || !strings.HasPrefix(got, said) {
				t.Errorf("%d: %q %v", look, got, err)
			}
		}
	})
}

// TestWhyNamesTheRule: the rule, the event, and the values that it went by, each with the command that tells more.
func TestWhyNamesTheRule(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		s := newTalk(t, rdb)
		t.Cleanup(func() { _ = s.close() })
		accepted, err := s.desk.jobs.Accept(t.Context(), jobtest.Request(func(r *job.Request) {
			r.Principal = "rule:verify"
			r.Why = job.Why{
				Cause: []string{"rule:verify", "event:d-1", "job:k3f7", "schedule:nightly", "whatever"},
				Notes: []string{"the rule verify heard github.pull_request.opened", "where.project: acme/* — saw acme/app: yes"},
			}
		}))
		if err != nil {
			t.Fatal(err)
		}
		answer, err := s.say("telnet:ann", "why "+accepted.ID)
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range []string{
			"It was accepted because rule:verify asked for it.",
			"It was caused by the rule verify (`rules show verify`), that by the event d-1 (`events show d-1`), that by the job k3f7 (`why k3f7`), " +
				"that by the schedule nightly (`schedules show nightly`), that by whatever.",
			"What it went by:\n  the rule verify heard github.pull_request.opened\n  where.project: acme/* — saw acme/app: yes\n",
		} {
			if !strings.Contains(answer.Text, want) {
				t.Errorf("lacks %q:\n%s", want, answer.Text)
			}
		}
	})
}
