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

// stuckStrays are strays of which the server will not go.
func (b *bench) stuckStrays() {
	b.Helper()
	b.strays()
	b.world.luck = func(op, kind, _ string) luck {
		if op == "delete" && kind == resource.KindServer {
			return stuck
		}
		return well
	}
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
		for _, part := range []string{"connection refused", "These were not seen to be gone: ", "server id-", "network id-"} {
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
	b.stuckStrays()
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
	} else {
		b.has(clean, "✓ Forgotten: 1 thing that environments claimed: server demo-web ("+item.ID+") of demo.")
	}
}

// Who stops a cleaning is told what of it is gone and what is still there.
func TestACleaningThatIsCancelled(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.stuckStrays()
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

// What of a cleaning can no longer be looked at, because whoever asked lost the role, is neither gone nor left alone: it is named, whether somebody
// stops the cleaning or not.
func TestACleaningThatMayNoLongerLook(t *testing.T) {
	t.Parallel()
	for _, stopped := range []bool{false, true} {
		b := newBench(t)
		b.stuckStrays()
		w := b.worker(b.life(b.store, b.rdb))
		_, clean := b.found(w)
		b.approve(clean)
		b.until(w, func() bool { return strings.Contains(string(b.job(clean).Checkpoint), `"away"`) })
		b.end(w)
		b.configure(strings.Replace(configured, "operator: [telnet:ann, ", "operator: [", 1))
		if stopped {
			if _, err := b.store.Cancel(t.Context(), clean, "telnet:ann", ""); err != nil {
				t.Fatal(err)
			}
		}
		j := b.run(clean)
		_, id, _ := strings.Cut(b.world.marked()[0], " ")
		server := "server " + id + " at lab"
		switch {
		case !stopped:
			want := "Whether these have gone cannot be seen any more: " + server + "."
			if j.State != job.Failed || !strings.HasPrefix(j.Error, "A sweep of lab needs the role operator") || !strings.HasSuffix(j.Error, want) {
				t.Error(jobtest.Describe(j))
			}
		case j.State != job.Cancelled || j.Receipt.Evidence != "gone: 1 of 2 things that were told to go" ||
			!slices.Equal(j.Receipt.Left, []string{server + ", which was told to go; whether it has gone cannot be seen any more"}):
			t.Error(jobtest.Describe(j), j.Receipt)
		}
	}
}

// What an environment claims at a cloud that may no longer be looked through is not forgotten, and is named.
func TestForgettingWhereNobodyMayLookAnyMore(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.made("openstack env create demo count=1")
	b.clock.Add(10 * time.Minute)
	b.server().gone = b.clock.Now()
	w := b.worker(b.life(b.store, b.rdb))
	_, clean := b.found(w)
	b.world.luck = func(op, kind, _ string) luck {
		if op == "look" && kind == resource.KindServer {
			return busy
		}
		return well
	}
	b.approve(clean)
	b.until(w, func() bool { return len(b.job(clean).Checkpoint) > 0 })
	b.end(w)
	b.configure(strings.Replace(configured, "operator: [telnet:ann, ", "operator: [", 1))
	b.world.luck = func(string, string, string) luck { return well }
	j := b.run(clean)
	item := b.env("demo").Items["server.web.1"]
	want := "These stay claimed, as they cannot be looked for any more: server demo-web (" + item.ID + ") of demo."
	if j.State != job.Failed || item.State == environment.Gone || !strings.HasPrefix(j.Error, "A sweep of lab needs the role operator") || !strings.HasSuffix(j.Error, want) {
		t.Error(item.State, jobtest.Describe(j), b.story(clean))
	}
}

// A project that whoever asked may no longer take away is not gone for that.
func TestACleaningThatMayNoLongerTakeAway(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.world.add(resource.KindProject, resource.Wish{Name: "lost", Mark: resource.Mark{Env: "lost", Job: "k1", Item: "project"}}, nil, well)
	b.clock.Add(10 * time.Minute)
	w := b.worker(b.life(b.store, b.rdb))
	id := b.acceptAs("telnet:root", "openstack sweep")
	var children []string
	b.until(w, func() bool { children, _ = b.store.Children(t.Context(), id); return len(children) == 1 })
	b.end(w)
	b.configure(strings.NewReplacer("[telnet:ann, ", "[telnet:root, ", "[telnet:root]", "[]").Replace(configured))
	if _, err := b.store.Approve(t.Context(), children[0], "telnet:root", false); err != nil {
		t.Fatal(err)
	}
	j := b.run(children[0])
	if j.State != job.Failed || len(b.world.marked()) != 1 || !strings.HasPrefix(j.Error, "These would not go: project lost (") ||
		!strings.Contains(j.Error, ". Left alone: 1 thing, a project or in one. Taking away whole projects at lab needs the role admin") {
		t.Error(jobtest.Describe(j), b.world.marked())
	}
}

// Who stops a cleaning is told what it has forgotten, and as much of a long list as one reads.
func TestACancelledCleaningTellsWhatItForgot(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.made("openstack env create demo count=6")
	for _, one := range b.world.things {
		if one.Kind == resource.KindServer {
			one.gone = b.clock.Now()
		}
	}
	b.stuckStrays()
	w := b.worker(b.life(b.store, b.rdb))
	_, clean := b.found(w)
	b.approve(clean)
	b.until(w, func() bool { return len(b.job(clean).Checkpoint) > 0 })
	if _, err := b.store.Cancel(t.Context(), clean, "telnet:ann", ""); err != nil {
		t.Fatal(err)
	}
	b.until(w, func() bool { return b.job(clean).State.Final() })
	b.end(w)
	first := b.env("demo").Items["server.web.1"]
	j := b.job(clean)
	_, forgot, _ := strings.Cut(j.Receipt.Evidence, " that were told to go. ")
	if begin := "Forgotten: 6 things that environments claimed: server demo-web-1 (" + first.ID + ") of demo; server "; !strings.HasPrefix(forgot, begin) ||
		strings.Count(forgot, "server demo-web-") != 5 || !strings.HasSuffix(forgot, " of demo; and 1 more") {
		t.Error(jobtest.Describe(j), j.Receipt)
	}
}
