package event_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/event"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/job/jobtest"
)

var noon = time.Date(2026, time.March, 4, 12, 0, 0, 0, time.UTC)

// TestJobsOfASubject: they come back whole, the newest first, and only a hundred are known.
func TestJobsOfASubject(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		const subject = "github:acme/app#12"
		keep := func(n int) event.SubjectJob {
			s := event.SubjectJob{Job: fmt.Sprintf("j%03d", n), Rule: "verify", Event: "e", Revision: "1a2b", At: noon.Add(time.Duration(n) * time.Second)}
			if err := event.KeepJob(t.Context(), rdb, subject, s); err != nil {
				t.Fatal(err)
			}
			return s
		}
		asked := event.SubjectJob{
			Job: "k3f7", Rule: "build", Event: "d-1", Outlives: true, Answer: "github:acme/app#12~7", At: noon.Add(-time.Hour),
			Asked: &event.Asked{Line: `build "a b"`, Word: "build", Args: []string{"a b"}, Text: `"a b"`},
		}
		if err := event.KeepJob(t.Context(), rdb, subject, asked); err != nil {
			t.Fatal(err)
		}
		for n := range 99 {
			keep(n)
		}
		list, err := event.JobsOf(t.Context(), rdb, subject)
		if err != nil || len(list) != 100 || list[0].Job != "j098" {
			t.Fatal(len(list), err)
		}
		if got := list[99]; got.Job != "k3f7" || !got.Outlives || got.Answer != asked.Answer || got.Asked == nil || !slices.Equal(got.Asked.Args, asked.Asked.Args) {
			t.Errorf("%+v", got)
		}
		keep(100)
		keep(100) // twice is once
		list, err = event.JobsOf(t.Context(), rdb, subject)
		if err != nil || len(list) != 100 || list[0].Job != "j100" || list[99].Job != "j000" {
			t.Error(len(list), list[0], list[99], err)
		}
		if left := rdb.PTTL(t.Context(), "handsoff:subject:"+subject).Val(); left < 29*24*time.Hour || left > 30*24*time.Hour {
			t.Error(left)
		}
	})
}

// TestOurOwnEventsHaveCauses: what our own account made happen is put down to the job that acted there last.
func TestOurOwnEventsHaveCauses(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		jobs := jobtest.Open(t, rdb, job.Options{})
		var long []string
		for i := range command.MaxCauses {
			long = append(long, fmt.Sprint("rule:r", i))
		}
		accepted, err := jobs.Accept(t.Context(), jobtest.Request(func(r *job.Request) { r.Why.Cause = long }))
		if err != nil {
			t.Fatal(err)
		}
		for subject, id := range map[string]string{"github:acme/app#1": accepted.ID, "github:acme/app#2": "gone"} {
			if err := event.Acted(t.Context(), rdb, subject, id); err != nil {
				t.Fatal(err)
			}
		}
		for _, test := range []struct {
			subject string
			self    bool
			want    []string
		}{
			{"github:acme/app#1", true, append([]string{"job:" + accepted.ID}, long[:command.MaxCauses-1]...)},
			{"github:acme/app#1", false, nil},
			{"github:acme/app#2", true, []string{"job:gone"}},
			{"github:acme/app#3", true, nil},
			{"", true, nil},
		} {
			e := &event.Event{Subject: test.subject, Author: event.Author{Self: test.self}}
			if got, err := event.CausedBy(t.Context(), rdb, jobs, e); err != nil || !slices.Equal(got, test.want) {
				t.Errorf("%s %v: %v %v, not %v", test.subject, test.self, got, err, test.want)
			}
		}
		if left := rdb.PTTL(t.Context(), "handsoff:acted:github:acme/app#1").Val(); left < 9*time.Minute || left > 10*time.Minute {
			t.Error(left)
		}
	})
}
