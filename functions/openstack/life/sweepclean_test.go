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

// strays puts a network and a server into the world that belong to no environment.
func (b *bench) strays() {
	b.Helper()
	for kind, item := range map[string]string{resource.KindNetwork: "net.inside", resource.KindServer: "server.web.1"} {
		b.world.add(kind, resource.Wish{Name: "old", Mark: resource.Mark{Env: "old", Job: "k1", Item: item}}, nil, well)
	}
	b.clock.Add(10 * time.Minute)
}

// found begins a sweep, and gives it with the job that would clean up.
func (b *bench) found(w *job.Worker) (sweep, clean string) {
	b.Helper()
	sweep = b.accept("openstack sweep")
	var children []string
	b.until(w, func() bool { children, _ = b.store.Children(b.Context(), sweep); return len(children) == 1 })
	return sweep, children[0]
}

func (b *bench) approve(id string) {
	b.Helper()
	if _, err := b.store.Approve(b.Context(), id, "telnet:ann", false); err != nil {
		b.Fatal(err)
	}
}

// What could not be looked at was not deleted: a cloud that is away is waited for, and in the end it is named, with what may be there.
func TestACleaningOfACloudThatIsAway(t *testing.T) {
	t.Parallel()
	for _, forever := range []bool{false, true} {
		b := newBench(t)
		b.strays()
		w := b.worker(b.life(b.store, b.rdb))
		sweep, clean := b.found(w)
		away := 20
		b.world.luck = func(op, kind, _ string) luck {
			if op != "find" || kind != resource.KindNetwork || !forever && away == 0 {
				return well
			}
			away--
			return busy
		}
		b.approve(clean)
		b.until(w, func() bool { return b.job(sweep).State.Final() })
		b.end(w)
		j := b.job(clean)
		if !forever {
			if j.State != job.Succeeded || len(b.world.marked()) > 0 {
				t.Error(jobtest.Describe(j), b.world.marked())
			}
			b.has(clean, "✓ 2 things astray were deleted.")
			continue
		}
		if j.State != job.Failed || len(b.world.marked()) != 2 {
			t.Error(jobtest.Describe(j), b.world.marked())
		}
		for _, part := range []string{"connection refused", "What was to go at lab was not seen to be gone: ", "server id-", "network id-"} {
			if !strings.Contains(j.Error, part) || !strings.Contains(b.job(sweep).Error, part) {
				t.Errorf("%q is not said: %s", part, j.Error)
			}
		}
		if story := strings.Join(b.story(clean), "\n"); strings.Contains(story, "✓") {
			t.Error(story)
		}
	}
}

// What was told to go, and hangs, is not deleted: the end names it, and so does the next sweep.
func TestACleaningThatHangs(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.strays()
	b.world.luck = func(op, kind, _ string) luck {
		if op == "delete" && kind == resource.KindServer {
			return stuck
		}
		return well
	}
	w := b.worker(b.life(b.store, b.rdb))
	sweep, clean := b.found(w)
	b.approve(clean)
	b.until(w, func() bool { return b.job(sweep).State.Final() })
	b.end(w)
	j := b.job(clean)
	if j.State != job.Failed || !strings.Contains(j.Error, "These would not go: server old (id-") || strings.Contains(j.Error, "network") || len(b.world.marked()) != 1 {
		t.Error(jobtest.Describe(j), b.world.marked())
	}
	if !strings.Contains(string(j.Result), "server old (id-") {
		t.Error(string(j.Result))
	}
	next := b.made("openstack sweep")
	b.has(next.ID, "going: server old (id-", "Nothing else is astray")
}

// What came to be missing after somebody was told what is, has been confirmed by nobody: the environment goes on claiming it. So it does where a cleaning was not asked for by a sweep.
func TestOnlyWhatWasToldIsForgotten(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.made("openstack env create demo")
	b.clock.Add(10 * time.Minute)
	env := b.env("demo")
	told, later := env.Items["server.web.1"], env.Items["server.web.2"]
	b.world.things[told.ID].gone = b.clock.Now()
	w := b.worker(b.life(b.store, b.rdb))
	defer b.end(w)
	sweep, clean := b.found(w)
	b.world.things[later.ID].gone = b.clock.Now()
	b.approve(clean)
	b.until(w, func() bool { return b.job(sweep).State.Final() })
	if gone := items(b.env("demo"), environment.Gone); !slices.Equal(gone, []string{told.Key}) {
		t.Error(gone)
	}
}

// A cleaning waits for an environment's cloud before it says that what the environment claims is forgotten.
func TestForgettingAtACloudThatIsAway(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.made("openstack env create demo count=1")
	b.clock.Add(10 * time.Minute)
	b.server().gone = b.clock.Now()
	w := b.worker(b.life(b.store, b.rdb))
	defer b.end(w)
	sweep, clean := b.found(w)
	away := 5
	b.world.luck = func(op, kind, _ string) luck {
		if op != "look" || kind != resource.KindServer || away == 0 {
			return well
		}
		away--
		return busy
	}
	b.approve(clean)
	b.until(w, func() bool { return b.job(sweep).State.Final() })
	if item := b.env("demo").Items["server.web.1"]; item.State != environment.Gone || b.job(clean).State != job.Succeeded {
		t.Errorf("%+v %s", item, jobtest.Describe(b.job(clean)))
	}
}

// Who stops a cleaning is told what of it is gone and what is still there.
func TestACleaningThatIsCancelled(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.strays()
	b.world.luck = func(op, kind, _ string) luck {
		if op == "delete" && kind == resource.KindServer {
			return stuck
		}
		return well
	}
	w := b.worker(b.life(b.store, b.rdb))
	_, clean := b.found(w)
	b.approve(clean)
	b.until(w, func() bool { return len(b.world.marked()) == 1 })
	if _, err := b.store.Cancel(t.Context(), clean, "telnet:ann", ""); err != nil {
		t.Fatal(err)
	}
	b.until(w, func() bool { return b.job(clean).State.Final() })
	b.end(w)
	j := b.job(clean)
	if j.State != job.Cancelled || j.Receipt.Evidence != "gone: 1 of 2 things that were told to go" || len(j.Receipt.Left) != 1 ||
		!strings.HasPrefix(j.Receipt.Left[0], "server old (id-") || !strings.HasSuffix(j.Receipt.Left[0], ", which was told to go") {
		t.Error(jobtest.Describe(j), j.Receipt)
	}
}
