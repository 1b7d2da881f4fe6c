package life

import (
	"strings"
	"testing"
	"time"

	"github.com/handsoff/handsoff/functions/openstack/environment"
	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/job/jobtest"
)

// Whoever may look may cancel a lease, and does not give back by that what is another's.
func TestAStrangersCancelGivesNothingBack(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.made("openstack env create demo count=1")
	lease := b.env("demo").Lease
	w := b.worker(b.life(b.store, b.rdb))
	defer b.end(w)
	b.round(w)
	if _, err := b.store.Cancel(t.Context(), lease, "telnet:eve", "for fun"); err != nil {
		t.Fatal(err)
	}
	b.until(w, func() bool { return b.job(lease).State.Final() })
	b.round(w)
	env := b.env("demo")
	if env == nil || env.State != environment.Ready || len(b.world.order) > 0 || env.Lease == lease || b.job(env.Lease).State.Final() {
		t.Fatalf("%+v, %s", env, b.world.order)
	}
	if r := b.job(lease).Receipt; len(r.Left) != 1 || !strings.Contains(r.Left[0], "demo is still there: demo is telnet:ann's. ") {
		t.Errorf("%+v", r)
	}
}

// Where a lease is cancelled, and then the job that gives back, the environment still has an end.
func TestALeaseThatIsCancelledTwiceOver(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.made("openstack env create demo count=1")
	lease := b.env("demo").Lease
	w := b.worker(b.life(b.store, b.rdb))
	defer b.end(w)
	b.round(w)
	if _, err := b.store.Cancel(t.Context(), lease, "telnet:ann", ""); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Run(t.Context(), lease); err != nil {
		t.Fatal(err)
	}
	children, err := b.store.Children(t.Context(), lease)
	if err != nil || len(children) != 1 {
		t.Fatal(children, err)
	}
	if _, err := b.store.Cancel(t.Context(), children[0], "telnet:ann", ""); err != nil {
		t.Fatal(err)
	}
	b.until(w, func() bool { return b.job(lease).State.Final() })
	b.round(w)
	if env := b.env("demo"); env == nil || env.Lease == lease || b.job(env.Lease).State.Final() {
		t.Fatalf("%+v", env)
	}
	b.stride = time.Minute
	b.until(w, func() bool { return b.env("demo") == nil })
	b.bare("its time is over")
}

// An owner who has no role, or is nobody, makes no environment without an end.
func TestAnOwnerWhoIsNobody(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.refuses = func(e command.Envelope) bool { return e.Principal == "slack:UNOBODY" }
	b.made("openstack env create demo template=keeping owner=slack:UNOBODY")
	if env := b.env("demo"); env.Owner != "slack:UNOBODY" || env.Lease == "" || b.job(env.Lease).Principal != "telnet:ann" {
		t.Fatalf("%s's, with the lease %q", env.Owner, env.Lease)
	}
	w := b.worker(b.life(b.store, b.rdb))
	defer b.end(w)
	b.stride = time.Minute
	b.until(w, func() bool { return b.env("demo") == nil })
	b.bare("its time is over")
}

// An owner whose role was taken away meanwhile keeps nothing by that.
func TestAnOwnerWhoLosesTheirRole(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.made("openstack env create demo template=keeping owner=telnet:bob")
	lease := b.env("demo").Lease
	if b.job(lease).Principal != "telnet:bob" {
		t.Fatal(jobtest.Describe(b.job(lease)))
	}
	b.refuses = func(e command.Envelope) bool { return e.Principal == "telnet:bob" }
	w := b.worker(b.life(b.store, b.rdb))
	defer b.end(w)
	b.stride = time.Minute
	b.until(w, func() bool { return b.env("demo") == nil })
	b.bare("its time is over")
}

// Where the bot was down for days, nothing is deleted before its owner was warned once and had the time to do something about it.
func TestWhoeverCouldNotBeWarnedIsWarnedFirst(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.made("openstack env create demo count=1")
	w := b.worker(b.life(b.store, b.rdb))
	defer b.end(w)
	lease := b.leaseOf(w, "demo")
	b.clock.Add(3 * 24 * time.Hour)
	b.leaseOf(w, "demo")
	b.has(lease.ID, "and nobody was warned of that. Nothing is done before ", "Then all of it is deleted.")
	b.clock.Add(29 * time.Minute)
	b.leaseOf(w, "demo")
	if children, _ := b.store.Children(t.Context(), lease.ID); len(children) > 0 || len(b.job(lease.ID).Offers) != 2 {
		t.Fatal(b.story(lease.ID))
	}
	b.clock.Add(2 * time.Minute)
	b.until(w, func() bool { return b.job(lease.ID).State.Final() })
	if b.job(lease.ID).State != job.Succeeded {
		t.Error(b.story(lease.ID))
	}
	b.bare("its time is over")
}

// Who was warned in time has had it.
func TestWhoeverWasWarnedWasWarned(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.made("openstack env create demo count=1")
	w := b.worker(b.life(b.store, b.rdb))
	defer b.end(w)
	lease := b.leaseOf(w, "demo")
	b.clock.Add(7*time.Hour + 45*time.Minute)
	b.leaseOf(w, "demo")
	b.clock.Add(3 * 24 * time.Hour)
	b.leaseOf(w, "demo")
	if children, _ := b.store.Children(t.Context(), lease.ID); len(children) != 1 {
		t.Fatal(b.story(lease.ID))
	}
}
