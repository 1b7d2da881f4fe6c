package life

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/handsoff/handsoff/functions/openstack/environment"
	"github.com/handsoff/handsoff/functions/openstack/resource"
	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/job"
)

// tries are the jobs that a lease handed in.
func (b *bench) tries(lease string) []*job.Job {
	b.Helper()
	children, err := b.store.Children(b.Context(), lease)
	if err != nil {
		b.Fatal(err)
	}
	all := make([]*job.Job, len(children))
	for i, id := range children {
		all[i] = b.job(id)
	}
	slices.SortFunc(all, func(a, b *job.Job) int { return a.Created.Compare(b.Created) })
	return all
}

// However far and whenever the clock is set back, what is due is not put off for longer than the longest pause.
func TestAClockThatIsSetBackLengthensNoPause(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	at := &term{Doing: stopWords}
	for range 20 {
		at.failed(now, "it did not end well", "")
		if left, pause := at.pause(now), at.Again.Sub(now); left != pause || left <= 0 {
			t.Fatalf("after %d failures %s are left of %s", at.Failed, left, pause)
		}
		for back := range 180 {
			if left := at.pause(now.Add(-time.Duration(back) * time.Minute)); left < 0 || left > mostAgain {
				t.Fatalf("after %d failures, %d minutes back: %s are left", at.Failed, back, left)
			}
		}
	}
	at.stopped(now, &job.Job{Cancel: &job.CancelRequest{By: "telnet:ann"}})
	if left := at.pause(now); left != mostAgain {
		t.Errorf("%s are left of %s", left, mostAgain)
	}
	if left := at.pause(now.Add(-time.Hour)); left != 0 {
		t.Errorf("an hour back %s are left", left)
	}
}

// Whenever in an environment's making or taking back the clock is set back by an hour, what is under way is done as soon as it would be. The cloud's own clock
// goes on, and what waits is woken, as the function clock does.
func TestAClockThatIsSetBackHoldsUpNoEnvironment(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	const enough = 60 // rounds, of a second each
	for at, made := 0, false; !made; at++ {
		b.reset()
		back := time.Duration(0)
		b.world = newWorld(func() time.Time { return b.clock.Now().Add(back) })
		w := b.worker(b.life(b.store, b.rdb))
		ends := func(id string, after int) (early bool) {
			t.Helper()
			for n := 0; !b.job(id).State.Final(); n++ {
				if n == after {
					b.clock.Add(-time.Hour)
					back += time.Hour
					if _, err := b.store.Wake(t.Context(), id); err != nil {
						t.Fatal(err)
					}
				}
				if n > after+enough {
					t.Fatalf("%s is not done %d s after the clock was set back in round %d: %s", b.job(id).Text, enough, after, b.story(id))
				}
				b.round(w)
				early = n < after
			}
			if j := b.job(id); j.State != job.Succeeded {
				t.Fatal(b.story(id))
			}
			return early
		}
		made = ends(b.accept("openstack env create demo count=1"), at)
		made = ends(b.accept("openstack env delete demo"), at) && made
		b.end(w)
		b.bare("at the end")
	}
}

// What could not be done at the end of an environment's time is tried again soon, with growing pauses; its owner is told that once. Once it works, what comes next is
// not late for that.
func TestWhatTheLeaseCouldNotDoIsTriedAgain(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.made("openstack env create demo count=1")
	lease := b.env("demo").Lease
	b.world.luck = func(op, _, _ string) luck {
		if op == "press" {
			return refused
		}
		return well
	}
	w := b.worker(b.life(b.store, b.rdb))
	defer b.end(w)
	b.clock.Add(8 * time.Hour)
	b.stride = 10 * time.Second
	b.until(w, func() bool { return len(b.tries(lease)) == 5 })
	var pauses []time.Duration
	all := b.tries(lease)
	for i := range all[1:] {
		pauses = append(pauses, all[i+1].Created.Sub(all[i].Finished))
		if all[i].Command != stopWords || all[i].State != job.Failed {
			t.Error(all[i].Command, all[i].State)
		}
	}
	for i, pause := range pauses {
		if least := time.Minute << i; pause < least || pause > least+time.Minute {
			t.Error("pauses:", pauses)
		}
	}
	story := strings.Join(b.story(lease), "\n")
	if strings.Count(story, "openstack env stop did not end well: ") != 1 || strings.Count(story, "Its servers are stopped: ") != 1 ||
		!strings.Contains(story, "It is tried again until it is done, after 1m first, then with growing pauses up to 1h.") || !strings.Contains(b.job(lease).Progress.Line, " times by now; tried again ") {
		t.Error(story, b.job(lease).Progress.Line)
	}
	b.world.luck = func(string, string, string) luck { return well }
	b.until(w, func() bool { return b.env("demo").State == environment.Stopped })
	b.world.luck = func(op, kind, _ string) luck {
		if op == "delete" && kind == resource.KindServer {
			return refused
		}
		return well
	}
	b.clock.Add(4 * time.Hour)
	deletes := func() (list []*job.Job) {
		for _, j := range b.tries(lease) {
			if j.Command == deleteWords {
				list = append(list, j)
			}
		}
		return list
	}
	b.until(w, func() bool { return len(deletes()) == 2 })
	if pause := deletes()[1].Created.Sub(deletes()[0].Finished); pause > 2*time.Minute {
		t.Error(pause)
	}
	b.world.luck = func(string, string, string) luck { return well }
	b.until(w, func() bool { return b.job(lease).State.Final() })
	if story := strings.Join(b.story(lease), "\n"); strings.Count(story, "openstack env delete did not end well: ") != 1 {
		t.Error(story)
	}
	b.bare("its time is over")
}

// However often the function command refuses what is due, its owner is told once.
func TestWhatIsNotTakenIsTriedAgain(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.made("openstack env create demo count=1")
	lease := b.env("demo").Lease
	var asked []time.Time
	b.refuses = func(e command.Envelope) bool {
		if e.Command == stopWords {
			asked = append(asked, b.clock.Now())
		}
		return e.Command == stopWords && len(asked) < 4
	}
	w := b.worker(b.life(b.store, b.rdb))
	defer b.end(w)
	b.clock.Add(8 * time.Hour)
	b.stride = 10 * time.Second
	b.until(w, func() bool { return b.env("demo").State == environment.Stopped })
	if took := asked[3].Sub(asked[0]); len(asked) != 4 || took < 7*time.Minute || took > 10*time.Minute {
		t.Error(asked)
	}
	if story := strings.Join(b.story(lease), "\n"); strings.Count(story, "openstack env stop was not taken: ") != 1 {
		t.Error(story)
	}
}

// An environment that was made anew after its servers had been stopped, its time still being over, has them stopped once more.
func TestServersThatRunAgainAreStoppedAgain(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.made("openstack env create demo count=1")
	w := b.worker(b.life(b.store, b.rdb))
	defer b.end(w)
	b.clock.Add(8 * time.Hour)
	b.until(w, func() bool { return b.env("demo").State == environment.Stopped })
	b.made("openstack env rebuild demo")
	if b.env("demo").State != environment.Ready {
		t.Fatal(b.env("demo").State)
	}
	b.stride = 10 * time.Second
	b.until(w, func() bool { return b.env("demo").State == environment.Stopped })
}

// An owner who is a mail address is warned there; what the lease does is done in the name of whoever asked for the environment.
func TestAnOwnerByMail(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.refuses = func(e command.Envelope) bool { return strings.HasPrefix(e.Principal, "mail:") }
	b.made("openstack env create demo template=keeping ttl=8h owner=mail:ann@example.org")
	env := b.env("demo")
	if env.Owner != "mail:ann@example.org" || env.Lease == "" {
		t.Fatal(env.Owner, env.Lease)
	}
	w := b.worker(b.life(b.store, b.rdb))
	defer b.end(w)
	b.leaseOf(w, "demo")
	b.clock.Add(env.Expires.Add(-time.Hour).Sub(b.clock.Now()))
	lease := b.leaseOf(w, "demo")
	b.has(lease.ID, "demo at lab expires in ")
	watchers, err := b.store.Watchers(t.Context(), lease.ID)
	if _, is := watchers["mail:ann@example.org"]; err != nil || !is || len(lease.Offers) != 2 {
		t.Error(watchers, err, lease.Offers)
	}
	b.stride = time.Minute
	b.until(w, func() bool { return b.env("demo") == nil })
	b.bare("its time is over")
}

// What was told to go before the clock was set back, and is still there, is told again: nobody waits until the time comes once more at which it was.
func TestAClockThatIsSetBackForgetsNoThing(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	back := time.Duration(0)
	b.world = newWorld(func() time.Time { return b.clock.Now().Add(back) }) // the cloud's own clock goes on
	b.made("openstack env create demo count=1")
	told := 0
	b.world.luck = func(op, kind, _ string) luck {
		if op != "delete" || kind != resource.KindServer {
			return well
		}
		if told++; told == 1 {
			return lies
		}
		return well
	}
	w := b.worker(b.life(b.store, b.rdb))
	defer b.end(w)
	id := b.accept("openstack env delete demo")
	b.until(w, func() bool { return told == 1 })
	b.clock.Add(-time.Hour)
	back = time.Hour
	if _, err := b.store.Wake(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	for range 30 { // rounds, of a second each: less than it takes to be told again by itself
		b.round(w)
	}
	if told != 2 {
		t.Errorf("it was told to go %d times", told)
	}
}
