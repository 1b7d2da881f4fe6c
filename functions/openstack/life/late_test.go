package life

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/handsoff/handsoff/functions/openstack/environment"
	"github.com/handsoff/handsoff/functions/openstack/resource"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/job/jobtest"
)

// What appears while the rest is taken back, after it was given up for never made, is found by the last look and goes, too.
func TestWhatAppearsLateIsTakenBack(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	refusals := 15
	b.world.luck = func(op, kind, item string) luck {
		switch {
		case op == "make" && item == "server.web.1":
			return late
		case op == "delete" && kind == "network" && refusals > 0:
			refusals--
			return taken
		}
		return well
	}
	l := b.life(b.store, b.rdb)
	l.times.Settle = 2 * time.Second // shorter than it is late
	w := b.worker(l)
	defer b.end(w)
	id := b.accept("openstack env create demo")
	b.until(w, func() bool { env := b.env("demo"); return env != nil && len(items(env, environment.Intended)) > 0 })
	if _, err := b.store.Cancel(t.Context(), id, "telnet:ann", ""); err != nil {
		t.Fatal(err)
	}
	b.until(w, func() bool { return b.job(id).State.Final() })
	if j := b.job(id); j.State != job.Cancelled || len(j.Receipt.Left) > 0 {
		t.Error(jobtest.Describe(j))
	}
	b.clock.Add(time.Minute)
	b.bare("late")
}

// What a slow cloud makes after it was given up for never made stands in its own way when it is asked for again: it is looked for then. Where it is not ours, that is said.
func TestAConflictWithItself(t *testing.T) {
	t.Parallel()
	for _, ours := range []bool{true, false} {
		b := newBench(t)
		b.world.single = true
		first := true
		b.world.luck = func(op, _, item string) luck {
			if op == "make" && item == "server.web.1" && first {
				first = false
				if !ours {
					return never
				}
				return late
			}
			return well
		}
		if !ours {
			b.world.add(resource.KindServer, resource.Wish{Name: "x", Mark: resource.Mark{Env: "other", Job: "k1", Item: "server.web.1"}}, nil, well)
		}
		l := b.life(b.store, b.rdb)
		l.times.Settle, l.times.Patient = 2*time.Second, time.Minute // sooner than it is there
		w := b.worker(l)
		id := b.accept("openstack env create demo count=1")
		b.until(w, func() bool { return b.job(id).State.Final() })
		b.end(w)
		j := b.job(id)
		if ours && (j.State != job.Succeeded || b.world.times("make server.web.1") < 2 || len(b.world.marked()) != len(b.env("demo").Plan.Items)) {
			t.Error(jobtest.Describe(j), b.world.marked())
		}
		if !ours && (j.State != job.Failed || !strings.Contains(j.Error, "server demo-web was not made: ") || len(b.world.marked()) != 1) {
			t.Error(jobtest.Describe(j), b.world.marked())
		}
	}
}

// What a job gave up on without ever knowing whether it is there is looked for by the next one, and does not stand in the way of giving back.
func TestWhatNobodyKnewIsLookedForAgain(t *testing.T) {
	t.Parallel()
	for _, what := range []luck{lost, never} {
		t.Run(string(what), func(t *testing.T) {
			t.Parallel()
			b := newBench(t)
			b.world.luck = func(op, _, item string) luck {
				if op == "make" && item == "server.web.1" {
					return what
				}
				return well
			}
			w := b.worker(b.life(b.store, b.rdb))
			defer b.end(w)
			id := b.accept("openstack env create demo")
			b.until(w, func() bool { env := b.env("demo"); return env != nil && env.Items["server.web.1"] != nil })
			b.world.luck = func(op, _, _ string) luck {
				if op == "find" || op == "look" {
					return busy
				}
				return well
			}
			if _, err := b.store.Cancel(t.Context(), id, "telnet:ann", ""); err != nil {
				t.Fatal(err)
			}
			b.until(w, func() bool { return b.job(id).State.Final() })
			if item := b.env("demo").Items["server.web.1"]; item.State != environment.Stays || item.ID != "" {
				t.Fatalf("%+v", item)
			}
			b.world.luck = func(string, string, string) luck { return well }
			b.made("openstack env delete demo")
			b.bare("given back")
		})
	}
}

// A thing of a kind that this version does not know was not seen to be gone.
func TestAnUnknownKindIsNotGone(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.made("openstack env create demo count=1")
	w := b.worker(without(b.life(b.store, b.rdb), resource.KindServer))
	id := b.accept("openstack env delete demo")
	b.until(w, func() bool { return b.job(id).State.Final() })
	b.end(w)
	if j := b.job(id); j.State != job.Failed || b.env("demo") == nil || !strings.Contains(j.Error, "nothing is known of server") {
		t.Error(jobtest.Describe(j))
	}
	b.made("openstack env delete demo")
	b.bare("known again")
}

// Whether a thing of such a kind is there, when its answer was lost, nobody can tell either.
func TestAnUnknownKindLeavesNoTrace(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.world.luck = func(op, _, item string) luck {
		if op == "make" && item == "server.web.1" {
			return lost
		}
		return well
	}
	w := b.worker(b.life(b.store, b.rdb))
	id := b.accept("openstack env create demo count=1")
	b.until(w, func() bool { return slices.Contains(b.world.calls, "make server.web.1") })
	b.end(w)
	if _, err := b.store.Cancel(t.Context(), id, "telnet:ann", ""); err != nil {
		t.Fatal(err)
	}
	w = b.worker(without(b.life(b.store, b.rdb), resource.KindServer))
	b.until(w, func() bool { return b.job(id).State.Final() })
	b.end(w)
	if j := b.job(id); len(j.Receipt.Left) == 0 || !strings.Contains(strings.Join(j.Receipt.Left, " "), "whether it is there could not be found out") {
		t.Error(jobtest.Describe(j), j.Receipt)
	}
	b.made("openstack env delete demo")
	b.bare("known again")
}

// without is a version that does not know a kind of thing.
func without(l *Life, kind string) *Life {
	known := l.kind
	l.kind = func(name string) (resource.Kind, bool) {
		if name == kind {
			return nil, false
		}
		return known(name)
	}
	return l
}

// An environment has a lease from the moment when its name is taken: also one whose maker ended in the middle is given back in time.
func TestAnAbandonedEnvironmentIsGivenBack(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	w := b.worker(b.life(b.store, b.rdb))
	defer b.end(w)
	id := b.accept("openstack env create demo")
	b.until(w, func() bool { return len(b.world.marked()) > 0 })
	if env := b.env("demo"); env.State != environment.Making || env.Lease == "" || b.job(env.Lease).State.Final() {
		t.Fatalf("%s, with the lease %q", env.State, env.Lease)
	}
	for _, err := range []error{ // as the engine leaves a job of which nobody can tell how it ended
		b.rdb.HSet(t.Context(), "handsoff:job:"+id, "state", string(job.Unknown)).Err(),
		b.rdb.ZRem(t.Context(), "handsoff:open", id).Err(), b.rdb.ZRem(t.Context(), "handsoff:due", id).Err(),
		b.rdb.ZRem(t.Context(), "handsoff:lock:environment/demo", id).Err(),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	b.clock.Add(14 * 24 * time.Hour)
	b.until(w, func() bool { return b.env("demo") == nil })
	b.bare("its time is over")
}
