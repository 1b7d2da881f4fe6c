package life

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/handsoff/handsoff/functions/openstack/environment"
	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/job/jobtest"
)

// leaseOf lets an environment's lease have a step now, and gives it.
func (b *bench) leaseOf(w *job.Worker, name string) *job.Job {
	b.Helper()
	id := b.env(name).Lease
	b.clock.Add(time.Second)
	if _, err := w.Run(context.Background(), id); err != nil {
		b.Fatal(err)
	}
	return b.job(id)
}

// The owner is warned ahead, with what can be done about it; what was extended is warned of anew; in the end all is given back.
func TestALeaseWarnsAndGivesBack(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	w := b.worker(b.life(b.store, b.rdb))
	defer b.end(w)
	b.made("openstack env create demo template=keeping ttl=8h owner=ann")
	expires := b.env("demo").Expires
	lease := b.leaseOf(w, "demo")
	if lease.Principal != "telnet:ann" || len(lease.Offers) != 2 || len(b.story(lease.ID)) != 0 {
		t.Error(jobtest.Describe(lease), lease.Offers, b.story(lease.ID))
	}
	b.clock.Add(expires.Add(-time.Hour).Sub(b.clock.Now())) // the usual policy warns an hour ahead
	lease = b.leaseOf(w, "demo")
	b.has(lease.ID, "demo at lab expires in ", "Its servers are stopped then, and all of it is deleted ")
	if watchers, err := b.store.Watchers(t.Context(), lease.ID); err != nil || len(watchers) != 2 {
		t.Error(watchers, err)
	}
	if lease.Offers[0].Text != "openstack env extend demo" || lease.Offers[1].Text != "openstack env delete demo" || !lease.Offers[1].Danger {
		t.Error(lease.Offers)
	}
	x := b.run(b.acceptAs("slack:U0ANN", "openstack env extend demo by=4h"))
	if got := b.env("demo").Expires; x.State != job.Succeeded || got.Sub(expires) != 4*time.Hour || !strings.Contains(string(x.Result), `"said":"demo stays until `) {
		t.Error(jobtest.Describe(x), got)
	}
	b.clock.Add(4*time.Hour + time.Minute)
	said := len(b.story(lease.ID))
	b.leaseOf(w, "demo")
	if len(b.story(lease.ID)) == said {
		t.Error("it was not warned anew")
	}
	stopAll(b)
	b.clock.Add(48 * time.Hour)
	b.until(w, func() bool { return b.job(lease.ID).State.Final() })
	if j := b.job(lease.ID); j.State != job.Succeeded || len(j.Offers) > 0 {
		t.Error(jobtest.Describe(j), j.Offers)
	}
	b.bare("given back")
}

// stopAll marks the environment as stopped, as its own job would: the world has no switch.
func stopAll(b *bench) {
	b.Helper()
	id := b.accept("openstack sweep")
	w := job.NewWorker(b.store, job.WorkerOptions{Function: "openstack", Name: "h", Heartbeat: time.Hour, Steps: map[string]job.Stepper{
		sweepWords: stepFunc(func(ctx context.Context, run *job.Run) (job.Outcome, error) {
			return job.Done(nil), environment.NewStore(b.rdb).Write(ctx, environment.By(run), "demo", environment.Change{State: environment.Stopped})
		}),
	}})
	defer b.end(w)
	if _, err := w.Run(b.Context(), id); err != nil {
		b.Fatal(err)
	}
}

// stepFunc is a step that a test gives.
type stepFunc func(context.Context, *job.Run) (job.Outcome, error)

func (f stepFunc) Step(ctx context.Context, run *job.Run) (job.Outcome, error) { return f(ctx, run) }

// Whoever cancels a lease gives the environment back now; what would not go is in the receipt.
func TestACancelledLeaseGivesBackNow(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	for _, stays := range []bool{false, true} {
		b.reset()
		b.made("openstack env create demo count=1")
		if stays {
			b.world.luck = func(op, kind, _ string) luck {
				if op == "delete" && kind == "server" {
					return stuck
				}
				return well
			}
		}
		lease := b.env("demo").Lease
		w := b.worker(b.life(b.store, b.rdb))
		b.round(w)
		if _, err := b.store.Cancel(t.Context(), lease, "telnet:ann", "done with it"); err != nil {
			t.Fatal(err)
		}
		b.until(w, func() bool { return b.job(lease).State.Final() })
		b.end(w)
		j := b.job(lease)
		if j.State != job.Cancelled || j.Receipt == nil || stays != (len(j.Receipt.Left) > 0) {
			t.Error(jobtest.Describe(j))
		}
		if stays {
			if left := j.Receipt.Left[0]; !strings.Contains(left, "server demo-web (") || b.env("demo").State != environment.Left {
				t.Error(left, b.env("demo").State)
			}
			continue
		}
		b.bare("given back now")
	}
}

// A lease is one job after the other where an environment lives longer than a job may take.
func TestALeaseIsPassedOn(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.configure(strings.Replace(configured, "max_ttl: 3d", "max_ttl: 100d", 1))
	b.made("openstack env create demo count=1 ttl=90d")
	first := b.env("demo").Lease
	w := b.worker(b.life(b.store, b.rdb))
	defer b.end(w)
	b.round(w)
	b.clock.Add(21 * 24 * time.Hour)
	b.until(w, func() bool { return b.job(first).State.Final() && b.env("demo").Lease != first })
	b.round(w)
	second := b.job(b.env("demo").Lease)
	if b.job(first).State != job.Succeeded || second.State.Final() || second.Command != leaseWords {
		t.Error(jobtest.Describe(b.job(first)), jobtest.Describe(second))
	}
	b.clock.Add(31 * 24 * time.Hour) // nobody stepped it before its time limit
	b.until(w, func() bool { return b.job(second.ID).State.Final() })
	b.round(w)
	if env := b.env("demo"); env == nil || env.Lease == second.ID || b.job(env.Lease).State.Final() {
		t.Error(env)
	}
}

// What an environment is extended to is bounded by its template.
func TestExtended(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 1, 2, 12, 0, 0, 0, time.UTC)
	env := &environment.Environment{State: environment.Ready, Expires: now.Add(time.Hour)}
	env.Name, env.Created, env.TTL, env.MaxTTL, env.Template = "demo", now.Add(-time.Hour), 8*time.Hour, 24*time.Hour, "small"
	for _, test := range []struct {
		args  map[string]any
		hours float64 // from now
		wrong string
	}{
		{nil, 9, ""},
		{map[string]any{"by": "2h"}, 3, ""},
		{map[string]any{"until": "2026-01-02T20:00"}, 8, ""},
		{map[string]any{"until": "2026-01-03"}, 12, ""},
		{map[string]any{"by": "23h"}, 0, "demo may stay until 2026-01-03 11:00 UTC at the latest: its template small says max_ttl 1d."},
		{map[string]any{"until": "2026-01-02T11:00"}, 0, "2026-01-02 11:00 UTC is over already."},
		{map[string]any{"until": "tomorrow"}, 0, `"tomorrow" is no moment`},
		{map[string]any{"until": "2026-01-02T20:00", "by": "1h"}, 8, ""},
	} {
		until, wrong := extended(env, command.Values(test.args), now)
		if test.wrong != "" {
			if !strings.Contains(wrong, test.wrong) {
				t.Errorf("%v: %q, want %q", test.args, wrong, test.wrong)
			}
			continue
		}
		if wrong != "" || until.Sub(now).Hours() != test.hours {
			t.Errorf("%v: %s %s", test.args, until.Sub(now), wrong)
		}
	}
	env.Expires = now.Add(20 * time.Hour)
	if until, wrong := extended(env, nil, now); wrong != "" || !until.Equal(env.Created.Add(env.MaxTTL)) {
		t.Error(until, wrong)
	}
	env.State = environment.Going
	if _, wrong := extended(env, nil, now); !strings.Contains(wrong, "demo is going") {
		t.Error(wrong)
	}
}
