package life

import (
	"strings"
	"testing"
	"time"

	"github.com/handsoff/handsoff/functions/openstack/environment"
	"github.com/handsoff/handsoff/functions/openstack/resource"
	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/job/jobtest"
)

// cancelled lets a job have steps until something holds, cancels it, and gives it once it has ended.
func (b *bench) cancelled(line string, holds func(id string) bool) *job.Job {
	b.Helper()
	w := b.worker(b.life(b.store, b.rdb))
	defer b.end(w)
	id := b.accept(line)
	b.until(w, func() bool { return holds(id) })
	if _, err := b.store.Cancel(b.Context(), id, "telnet:ann", ""); err != nil {
		b.Fatal(err)
	}
	b.until(w, func() bool { return b.job(id).State.Final() })
	return b.job(id)
}

// begun reports whether a job has written down what it does.
func (b *bench) begun(id string) bool { return len(b.job(id).Checkpoint) > 0 }

// Whoever stops a stop is told which servers are stopped, and what may stop yet.
func TestAStopThatIsStopped(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.made("openstack env create demo")
	b.world.luck = func(op, _, item string) luck {
		if op == "press" && item == "server.web.2" {
			return busy
		}
		return well
	}
	j := b.cancelled("openstack env stop demo", func(string) bool { return b.world.times("press stopped") > 6 })
	left := strings.Join(j.Receipt.Left, "\n")
	if j.State != job.Cancelled || j.Receipt.Evidence != "looked: of demo, 1 of 2 servers stopped, and nothing more is told to stop" || j.Receipt.Signalled.IsZero() ||
		!strings.Contains(left, "server demo-web-1 (id-") || !strings.Contains(left, ") is stopped") || !strings.Contains(left, "server demo-web-2 (id-") || !strings.Contains(left, ") may have been told to stop, and stop yet") {
		t.Error(jobtest.Describe(j), j.Receipt)
	}
	if env := b.env("demo"); env.State != environment.Ready { // so that both are stopped when its time is over
		t.Error(env.State)
	}
	b.world.luck = func(string, string, string) luck { return well }
	b.made("openstack env stop demo")
}

// A stop that had done all it was to do by then has succeeded.
func TestAStopThatIsStoppedTooLate(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.made("openstack env create demo")
	j := b.cancelled("openstack env stop demo", func(id string) bool {
		if !b.begun(id) {
			return false
		}
		b.clock.Add(time.Minute)
		return true
	})
	if j.State != job.Succeeded || b.env("demo").State != environment.Stopped {
		t.Error(jobtest.Describe(j), b.env("demo").State)
	}
}

// Whoever stops an extension is told that the end was moved, and how the servers are.
func TestAnExtensionThatIsStopped(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.made("openstack env create demo")
	b.made("openstack env stop demo")
	before := b.env("demo").Expires
	b.world.luck = func(op, _, item string) luck {
		if op == "press" && item == "server.web.2" {
			return busy
		}
		return well
	}
	j := b.cancelled("openstack env extend demo by=1h", func(string) bool { return b.world.times("press ready") > 6 })
	env, left := b.env("demo"), strings.Join(j.Receipt.Left, "\n")
	if j.State != job.Cancelled || !strings.HasSuffix(j.Receipt.Evidence, " now; 1 of 2 servers run, and nothing more is told to start") || !env.Expires.Equal(before.Add(time.Hour)) ||
		!strings.Contains(left, "demo was extended: it stays until "+clock(env.Expires)) || !strings.Contains(left, "server demo-web-1 (id-") || !strings.Contains(left, ") runs") ||
		!strings.Contains(left, "server demo-web-2 (id-") || !strings.Contains(left, ") is stopped, and may have been told to start") {
		t.Error(jobtest.Describe(j), j.Receipt)
	}
	if env.State != environment.Ready {
		t.Error(env.State)
	}
	w := b.worker(b.life(b.store, b.rdb))
	defer b.end(w)
	b.stride = time.Minute
	b.until(w, func() bool { return b.env("demo") == nil })
	b.bare("its time is over")
}

// What could not be made, and is kept to be looked at, is kept again once its servers run again: it is not ready by that.
func TestWhatIsKeptIsKeptAgain(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.world.luck = func(op, kind, _ string) luck {
		if op == "make" && kind == resource.KindServer {
			return failing
		}
		return well
	}
	if j := b.run(b.accept("openstack env create demo template=keeping")); j.State != job.Failed {
		t.Fatal(jobtest.Describe(j))
	}
	b.server().Why = "" // somebody has mended it
	b.made("openstack env stop demo")
	b.made("openstack env extend demo by=1h")
	if env := b.env("demo"); env.State != environment.Kept || !strings.Contains(env.Why, "No valid host was found") {
		t.Errorf("%s: %s", env.State, env.Why)
	}
}

// A lease of which nobody can tell how it ended is replaced by another once the clock has us look, once; an environment that has one is left alone.
func TestALeaseThatEndedUnknownIsReplaced(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.made("openstack env create demo count=1")
	b.made("openstack env create other count=1")
	first, other := b.env("demo").Lease, b.env("other").Lease
	b.unknown(first)
	l := b.life(b.store, b.rdb)
	w := b.worker(l)
	defer b.end(w)
	for range 3 {
		if err := l.tend(t.Context(), "any"); err != nil {
			t.Fatal(err)
		}
	}
	b.round(w)
	second := b.env("demo").Lease
	if second == first || b.job(second).State.Final() || b.job(second).Principal != "telnet:ann" || b.env("other").Lease != other {
		t.Fatal(second, first, b.env("other").Lease)
	}
	open, err := jobtest.List(t.Context(), b.store, job.Browse{Open: true, Wants: func(j *job.Job) bool { return j.Command == leaseWords }})
	if err != nil || len(open) != 2 {
		t.Error(open, err)
	}
	b.refuses = func(e command.Envelope) bool { return e.Principal == "telnet:ann" && e.Command == leaseWords } // their role was taken away
	b.unknown(second)
	if err := l.tend(t.Context(), "any"); err != nil {
		t.Error(err)
	}
	b.away = true
	b.clock.Add(time.Hour)
	if err := l.tend(t.Context(), "any"); err == nil {
		t.Error("nobody was reached, and that is well")
	}
}

// unknown leaves a job as the engine does one of which nobody can tell how it ended.
func (b *bench) unknown(id string) {
	b.Helper()
	for _, err := range []error{
		b.rdb.HSet(b.Context(), "handsoff:job:"+id, "state", string(job.Unknown)).Err(),
		b.rdb.ZRem(b.Context(), "handsoff:open", id).Err(), b.rdb.ZRem(b.Context(), "handsoff:due", id).Err(),
	} {
		if err != nil {
			b.Fatal(err)
		}
	}
}
