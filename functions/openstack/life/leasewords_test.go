package life

import (
	"strings"
	"testing"
	"time"

	"github.com/handsoff/handsoff/functions/openstack/environment"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/job/jobtest"
)

// A stop that could not be done does not put off the delete that is due after it, and does not hide that this fails, too.
func TestAStopThatFailedDoesNotDelayTheDelete(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.made("openstack env create demo count=1")
	env := b.env("demo")
	b.world.luck = func(op, _, _ string) luck {
		if op == "press" || op == "delete" {
			return refused
		}
		return well
	}
	w := b.worker(b.life(b.store, b.rdb))
	defer b.end(w)
	b.clock.Add(8 * time.Hour)
	b.stride = 10 * time.Second
	due := deleteAt(env)
	deletes := func() (list []*job.Job) {
		for _, j := range b.tries(env.Lease) {
			if j.Command == deleteWords {
				list = append(list, j)
			}
		}
		return list
	}
	b.until(w, func() bool { return len(deletes()) == 2 })
	if late := deletes()[0].Created.Sub(due); late < 0 || late > time.Minute {
		t.Errorf("the delete came %s late", late)
	}
	b.has(env.Lease, "openstack env stop did not end well: ", "openstack env delete did not end well: ", "Its servers are stopped: ", "All of it is deleted: ")
}

// Whoever stops what is due at an environment's end wants it later: it comes again after the longest pause, and that is no failure. Who it was is said once.
func TestWhatIsDueAndWasStopped(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.made("openstack env create demo count=1")
	lease := b.env("demo").Lease
	b.clock.Add(8 * time.Hour)
	b.stride = 10 * time.Second
	w := b.worker(b.life(b.store, b.rdb))
	defer b.end(w)
	for n := 1; n <= 2; n++ {
		b.until(w, func() bool { return len(b.tries(lease)) == n })
		last := b.tries(lease)[n-1]
		if _, err := b.store.Cancel(t.Context(), last.ID, "telnet:bob", ""); err != nil {
			t.Fatal(err)
		}
		b.until(w, func() bool { return b.job(last.ID).State.Final() })
		if j := b.job(last.ID); j.State != job.Cancelled {
			t.Fatal(jobtest.Describe(j))
		}
	}
	b.until(w, func() bool { return b.env("demo").State == environment.Stopped })
	all := b.tries(lease)
	for i := range all[1:] {
		if pause := all[i+1].Created.Sub(b.job(all[i].ID).Finished); pause < mostAgain || pause > mostAgain+time.Minute {
			t.Error(pause)
		}
	}
	story := strings.Join(b.story(lease), "\n")
	if strings.Count(story, "was stopped by telnet:bob. It is tried again ") != 1 || strings.Contains(story, "did not end well") || strings.Count(story, "Its servers are stopped: ") != 1 {
		t.Error(story)
	}
}

// A lease counts to what comes next: to its end, and from then on to the deletion.
func TestALeaseCountsToWhatComesNext(t *testing.T) {
	t.Parallel()
	made := time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC)
	env := &environment.Environment{Expires: made.Add(8 * time.Hour)}
	env.Name, env.Created = "demo", made
	env.Policy.Stop, env.Policy.StopFor, env.Policy.Delete = true, 24*time.Hour, true
	for _, one := range []struct {
		after   time.Duration
		percent int
		eta     time.Time
	}{{2 * time.Hour, 25, env.Expires}, {8 * time.Hour, 100, env.Expires.Add(24 * time.Hour)}, {20 * time.Hour, 100, env.Expires.Add(24 * time.Hour)}} {
		if p := standing(env, made.Add(one.after)); p.Percent != one.percent || !p.ETA.Equal(one.eta) {
			t.Errorf("after %s: %+v", one.after, p)
		}
	}
}
