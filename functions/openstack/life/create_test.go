package life

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/handsoff/handsoff/functions/openstack/environment"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/job/jobtest"
)

// An environment is made in the order of what needs what, told of, and given back in the reverse order.
func TestMadeAndGivenBack(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	j := b.made("openstack env create demo size=m1.small")
	b.has(j.ID, "demo, from small at lab: 1 key pair, 1 network, 1 subnet, 1 router, 1 router port, 1 security group, 2 servers.",
		"A cancel takes all of it back", "✓ demo is there", "demo-web-1: 10.0.0.", "ssh cirros@10.0.0.")
	env := b.env("demo")
	if env.State != environment.Ready || len(items(env, environment.Whole)) != 8 || env.Lease == "" || env.Owner != "telnet:ann" {
		t.Errorf("%+v", env)
	}
	if len(j.Parts) != 8 || j.Parts[7].State != string(job.Succeeded) || len(j.Links) != 1 {
		t.Error(j.Parts, j.Links)
	}
	lease := b.job(env.Lease)
	if lease.Principal != "telnet:ann" || lease.State.Final() {
		t.Error(jobtest.Describe(lease))
	}
	d := b.made("openstack env delete demo")
	b.has(d.ID, "Taking back demo", "✓ demo is given back. Looked: of demo at lab, 8 things are gone, and nothing with its mark is left.")
	for _, part := range d.Parts {
		if part.State != string(job.Succeeded) || part.Note != "gone" {
			t.Error(part)
		}
	}
	b.bare("deleted")
	if at := slices.Index(b.world.order, "net.inside"); at < slices.Index(b.world.order, "server.web.2") || at < slices.Index(b.world.order, "net.inside.port1") {
		t.Error(b.world.order)
	}
	if lease := b.run(lease.ID); lease.State != job.Succeeded {
		t.Error(jobtest.Describe(lease))
	}
	j = b.run(b.accept("openstack env create demo"))
	if j.State != job.Succeeded || !strings.Contains(strings.Join(b.story(j.ID), "\n"), "The last time it took ") {
		t.Error(jobtest.Describe(j), b.story(j.ID))
	}
}

// What cannot be made is refused before anything is.
func TestRefusedBeforeAnythingIsMade(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.made("openstack env create demo")
	calls := len(b.world.calls)
	for line, want := range map[string]string{
		"openstack env create demo":                                   "There is an environment demo already (ready, made by ",
		"openstack env create 9":                                      `"9" cannot be the name of an environment`,
		"openstack env create x template=smal":                        `There is no template "smal". Did you mean small?`,
		"openstack env create x size=big count=99 colour=red":         `size is to be one of m1.nano, m1.small, not "big". count is to be from 1 to 20, not 99. The template small has no parameter colour`,
		"openstack env create x ttl=4d":                               "An environment of small may live for 3d; 4d is longer.",
		"openstack env create x owner=an":                             `"an" is nobody`,
		"openstack env create x cloud=lob":                            `There is no cloud “lob”. Did you mean lab?`,
		"openstack env delete Demo":                                   `There is no environment "Demo". Did you mean demo?`,
		"openstack env create X":                                      `"X" cannot be the name of an environment`,
		"openstack env delete nothing":                                `There is no environment "nothing"`,
		"openstack env extend demo by=9d":                             "demo may stay until ",
		"openstack env rebuild demo server=db":                        `demo has no server "db"; it has demo-web-1, demo-web-2.`,
		"openstack env create x owner=bob members=telnet:bob,nobody ": `"bob" is nobody`,
	} {
		j := b.run(b.accept(strings.TrimSpace(line)))
		if j.State != job.Failed || !strings.Contains(j.Error, want) || !strings.Contains(j.Error, "Nothing was ") {
			t.Errorf("%s: %s, want %s", line, jobtest.Describe(j), want)
		}
	}
	if j := b.run(b.acceptAs("telnet:eve", "openstack env create x")); !strings.Contains(j.Error, "An environment at lab needs the role operator; you have viewer.") {
		t.Error(j.Error)
	}
	if j := b.run(b.acceptAs("telnet:eve", "openstack env delete demo")); !strings.Contains(j.Error, "demo is telnet:ann's. openstack env delete needs the role operator") {
		t.Error(j.Error)
	}
	if len(b.world.calls) != calls {
		t.Error("the cloud was asked for something:", b.world.calls[calls:])
	}
}

// A failure takes back what was made; where the template says so, it is kept for inspection, and has a lease.
func TestAFailureTakesAllBackOrKeepsIt(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	for _, what := range []luck{refused, full, failing} {
		b.reset()
		b.world.luck = func(op, kind, item string) luck {
			if op == "make" && item == "server.web.2" {
				return what
			}
			return well
		}
		j := b.run(b.accept("openstack env create demo"))
		if j.State != job.Failed || !strings.Contains(j.Error, "server demo-web-2") || !strings.Contains(j.Error, "nothing with its mark is left") {
			t.Errorf("%s: %s", what, jobtest.Describe(j))
		}
		b.bare(string(what))
	}
	b.reset()
	b.world.luck = func(op, kind, item string) luck {
		if op == "make" && kind == "server" {
			return failing
		}
		return well
	}
	j := b.run(b.accept("openstack env create kept template=keeping"))
	env := b.env("kept")
	if j.State != job.Failed || !strings.Contains(j.Error, "What was made is kept for inspection until ") || env.State != environment.Kept || env.Lease == "" || len(b.world.marked()) != 3 {
		t.Error(jobtest.Describe(j), env, b.world.marked())
	}
	b.has(j.ID, "A failure keeps what was made by then, for inspection.")
	if last := j.Parts[len(j.Parts)-1]; last.State != string(job.Failed) || last.Note == "" {
		t.Error(j.Parts)
	}
	b.asks(showWords, map[string]any{"name": "kept"}, "  kept-web ", "  failed  ")
	b.made("openstack env delete kept")
	b.bare("kept and deleted")
}

// A cloud that asks to be left alone is waited for; one that is away for too long is not.
func TestABusyCloudIsWaitedFor(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	times := 3
	b.world.luck = func(op, kind, item string) luck {
		if op == "make" && kind == "network" && times > 0 {
			times--
			return busy
		}
		return well
	}
	b.made("openstack env create demo")
	b.reset()
	b.stride = 20 * time.Second
	b.world.luck = func(op, kind, item string) luck {
		if op == "make" && kind == "network" {
			return busy
		}
		return well
	}
	j := b.run(b.accept("openstack env create demo"))
	if j.State != job.Failed || !strings.Contains(j.Error, "network demo-inside was not made in 15m0s") {
		t.Error(jobtest.Describe(j))
	}
	b.bare("given up")
}

// What was asked for without an answer is looked for before it is asked for again. What came through twice is there once.
func TestALostAnswerIsNeverRepeatedBlindly(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	for what, most := range map[luck]int{lost: 1, never: 2, late: 1} {
		b.reset()
		first := true
		b.world.luck = func(op, kind, item string) luck {
			if op == "make" && item == "server.web.1" && first {
				first = false
				return what
			}
			return well
		}
		b.made("openstack env create demo")
		made := 0
		for _, call := range b.world.calls {
			if call == "make server.web.1" {
				made++
			}
		}
		if left := b.world.marked(); made != most || len(left) != 8 {
			t.Errorf("%s: asked for %d times, %s", what, made, left)
		}
		b.made("openstack env delete demo")
		b.bare(string(what))
	}
}

// What appears only after it was asked for again is taken back: the younger goes.
func TestWhatCameThroughTwiceIsThereOnce(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	first := true
	b.world.luck = func(op, kind, item string) luck {
		if op == "make" && item == "server.web.1" && first {
			first = false
			return late
		}
		return well
	}
	l := b.life(b.store, b.rdb)
	l.times.Settle = 3 * time.Second // shorter than it is late
	w := b.worker(l)
	defer b.end(w)
	id := b.accept("openstack env create demo")
	b.until(w, func() bool { return b.job(id).State.Final() })
	if left := b.world.marked(); b.job(id).State != job.Succeeded || len(left) > 9 {
		t.Fatal(jobtest.Describe(b.job(id)), left)
	}
	b.pass(time.Minute)
	b.made("openstack env delete demo")
	b.bare("made twice")
}

// A server that runs and does not answer is waited for as long as its template says.
func TestAServerThatDoesNotAnswer(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	deaf := 5
	b.answers = func(address string, port int) error {
		if port != 22 {
			t.Error(port)
		}
		if deaf--; deaf >= 0 {
			return context.DeadlineExceeded
		}
		return nil
	}
	b.made("openstack env create demo template=answering")
	b.made("openstack env delete demo")
	deaf = 1 << 30
	j := b.run(b.accept("openstack env create demo template=answering"))
	if j.State != job.Failed || !strings.Contains(j.Error, "it runs, and port 22 at 10.0.0.") || !strings.Contains(j.Error, "has not answered within 1m (") {
		t.Error(jobtest.Describe(j))
	}
	b.bare("deaf")
}

// What must answer before it is ready, and has no address yet, is not ready: it is waited for, as long as for an answer.
func TestAReadyServerWithoutAnAddress(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.world.bare = true
	w := b.worker(b.life(b.store, b.rdb))
	id := b.accept("openstack env create demo template=answering")
	b.until(w, func() bool {
		return b.job(id).State.Final() || b.env("demo") != nil && slices.ContainsFunc(b.env("demo").Inventory(), func(item *environment.Item) bool { return item.Why == waitsForAnswer })
	})
	b.world.bare = false
	b.until(w, func() bool { return b.job(id).State.Final() })
	b.end(w)
	if j := b.job(id); j.State != job.Succeeded {
		t.Error(jobtest.Describe(j))
	}
	b.made("openstack env delete demo")
	b.world.bare = true
	j := b.run(b.accept("openstack env create demo template=answering"))
	if j.State != job.Failed || !strings.Contains(j.Error, "has got no address within 1m at which port 22 could answer") {
		t.Error(jobtest.Describe(j))
	}
	b.bare("no address")
}
