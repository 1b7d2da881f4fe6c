package job_test

import (
	"errors"
	"testing"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/job/jobtest"
)

// A person has one word, at however many doors.
func TestOneWordAPerson(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		store := jobtest.Open(t, rdb, job.Options{})
		accept := func(s job.Signoff) string {
			a, err := store.Accept(t.Context(), jobtest.Request(func(r *job.Request) { r.Signoff = &s }))
			if err != nil || a.State != job.Confirming {
				t.Fatal(a, err)
			}
			return a.ID
		}
		approve := func(id string, want error, force bool, by string, also ...string) {
			t.Helper()
			if _, err := store.Approve(t.Context(), id, by, force, also...); !errors.Is(err, want) {
				t.Errorf("%s by %s, also %v: %v, want %v", id, by, also, err, want)
			}
		}
		two := accept(job.Signoff{Need: 2, Role: "approver"})
		approve(two, job.ErrOwnWord, false, "telnet:ann")
		approve(two, job.ErrOwnWord, false, "slack:U0ANN", "github:1", "telnet:ann")
		approve(two, nil, false, "telnet:carl", "slack:U0CARL")
		approve(two, job.ErrAlreadyApproved, false, "slack:U0CARL", "telnet:carl")
		approve(two, nil, false, "slack:U0CORA")
		approve(two, job.ErrNotConfirming, false, "slack:U0DAN")

		forced := accept(job.Signoff{Need: 2, Role: "approver"})
		approve(forced, nil, false, "telnet:carl", "slack:U0CARL")
		approve(forced, nil, true, "slack:U0CARL", "telnet:carl") // with one word given, force is another thing

		own := accept(job.Signoff{Need: 1, Role: job.SignoffRequester, Self: true})
		approve(own, job.ErrOnlyOwnWord, false, "telnet:root")
		approve(own, nil, false, "slack:U0ANN", "telnet:ann")
		pushed := accept(job.Signoff{Need: 1, Role: job.SignoffRequester, Self: true})
		approve(pushed, nil, true, "telnet:eve")
		if j, err := store.Get(t.Context(), pushed); err != nil || j.State != job.Queued || !j.Signoff.Approved[0].Forced {
			t.Error(j, err)
		}
	})
}

// What roles know somebody by besides their principal is kept with the job, and with a cancel.
func TestGroupsAreKept(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		store := jobtest.Open(t, rdb, job.Options{})
		for _, groups := range [][]string{nil, {"slack-group:S1", `slack-group:"S2"`}} {
			a, err := store.Accept(t.Context(), jobtest.Request(func(r *job.Request) { r.Groups = groups }))
			if err != nil {
				t.Fatal(err)
			}
			if _, err := store.Cancel(t.Context(), a.ID, "slack:U1", "", groups...); err != nil {
				t.Fatal(err)
			}
			j, err := store.Get(t.Context(), a.ID)
			if err != nil || len(j.Groups) != len(groups) || len(j.Cancel.Groups) != len(groups) {
				t.Fatalf("%+v %+v %v", j, j.Cancel, err)
			}
			for i, group := range groups {
				if j.Groups[i] != group || j.Cancel.Groups[i] != group {
					t.Errorf("%v %v", j.Groups, j.Cancel.Groups)
				}
			}
		}
	})
}
