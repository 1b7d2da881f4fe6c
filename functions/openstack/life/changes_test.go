package life

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/handsoff/handsoff/functions/openstack/environment"
	"github.com/handsoff/handsoff/functions/openstack/resource"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/job/jobtest"
)

// times counts what the cloud was asked for.
func (w *world) times(call string) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	n := 0
	for _, one := range w.calls {
		if one == call {
			n++
		}
	}
	return n
}

// server is an environment's only one.
func (b *bench) server() *body {
	b.Helper()
	item := b.env("demo").Items["server.web.1"]
	if item == nil || b.world.things[item.ID] == nil {
		b.Fatal("demo has no server")
	}
	return b.world.things[item.ID]
}

// TestADeathAnywhereWhileItIsChanged: what is done with an environment that is there is done once, whoever dies.
func TestADeathAnywhereWhileItIsChanged(t *testing.T) {
	t.Parallel()
	for line, test := range map[string]struct {
		before []string
		state  environment.State
		server resource.State
		once   string // what the cloud is asked for once; told to stop or to start it may be again
	}{
		"openstack env stop demo":               {nil, environment.Stopped, resource.Stopped, ""},
		"openstack env extend demo by=1h":       {[]string{"openstack env stop demo"}, environment.Ready, resource.Ready, ""},
		"openstack env rebuild demo server=web": {nil, environment.Ready, resource.Ready, "rebuild"},
	} {
		t.Run(line, func(t *testing.T) {
			t.Parallel()
			b := newBench(t)
			run := func(c trial) []string {
				b.reset()
				c.line = line
				b.made("openstack env create demo count=1")
				for _, before := range test.before {
					b.made(before)
				}
				expires := b.env("demo").Expires
				j, points := c.play(b, t)
				b.agree(t, c.String(), j)
				env, server := b.env("demo"), b.server()
				if strings.Contains(line, "extend") && j.State == job.Succeeded {
					expires = expires.Add(time.Hour)
				}
				switch {
				case j.State == job.Cancelled && c.cancelAt > 0 || j.State == job.Cancelled && c.late:
				case j.State != job.Succeeded || env.State != test.state || b.world.state(server) != test.server || !env.Expires.Equal(expires):
					t.Fatalf("%s: %s; %s, its server %s, until %s, not %s", c, jobtest.Describe(j), env.State, b.world.state(server), env.Expires, expires)
				case test.once != "" && b.world.times(test.once) != 1:
					t.Fatalf("%s: %s: %d times", c, test.once, b.world.times(test.once))
				}
				if len(b.world.marked()) != len(env.Plan.Items) {
					t.Fatalf("%s: %s", c, b.world.marked())
				}
				return points
			}
			points := run(trial{})
			for _, point := range every(t, points) {
				run(trial{cancelAt: point})
				run(trial{deaths: []jobtest.Death{{Point: point}}})
				run(trial{deaths: []jobtest.Death{{Point: point, After: true}}})
			}
		})
	}
}

// others lets every open job but one have a step, in a process that does not die.
func (b *bench) others(w *job.Worker) func(string) {
	return func(id string) {
		b.Helper()
		life := b.world.life
		b.world.life = nil
		defer func() { b.world.life = life }()
		open, err := jobtest.List(context.Background(), b.store, job.Browse{Open: true})
		if err != nil {
			b.Fatal(err)
		}
		for _, j := range open {
			switch {
			case j.ID == id:
			case j.State == job.Confirming:
				if _, err := b.store.Approve(context.Background(), j.ID, "telnet:ann", false); err != nil {
					b.Fatal(err)
				}
			default:
				if _, err := w.Run(context.Background(), j.ID); err != nil {
					b.Fatal(err)
				}
			}
		}
	}
}

// TestADeathAnywhereWhileItsEndIsWaitedFor: the owner is warned once, the servers are stopped once, and all is given back once.
func TestADeathAnywhereWhileItsEndIsWaitedFor(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.configure(strings.NewReplacer("warn: [2h, 30m]", "warn: [10m]", "stop_for: 4h", "stop_for: 30m", "ttl: 8h", "ttl: 30m").Replace(configured))
	b.stride = 30 * time.Second
	run := func(c trial) []string {
		b.reset()
		b.beside = nil
		b.made("openstack env create demo count=1")
		c.id, c.line = b.env("demo").Lease, leaseWords
		w := b.worker(b.life(b.store, b.rdb))
		defer b.end(w)
		b.beside = b.others(w)
		j, points := c.play(b, t)
		b.until(w, func() bool { // a job that it handed in may go on
			open, err := jobtest.List(t.Context(), b.store, job.Browse{Open: true})
			return err == nil && len(open) == 0
		})
		b.bare(c.String())
		asked := map[string]int{}
		for _, e := range b.distinct() {
			asked[e]++
		}
		warned := strings.Count(strings.Join(b.story(c.id), "\n"), "demo at lab expires in ")
		switch {
		case j.State == job.Cancelled && (c.cancelAt > 0 || c.late):
			if j.Receipt == nil || len(j.Receipt.Left) > 0 {
				t.Fatalf("%s: %s", c, jobtest.Describe(j))
			}
		case j.State != job.Succeeded || warned != 1 || asked[stopWords] != 1 || asked[deleteWords] != 1:
			t.Fatalf("%s: %s: warned %d times, %v", c, jobtest.Describe(j), warned, asked)
		}
		return points
	}
	points := run(trial{})
	for _, point := range every(t, points) {
		run(trial{cancelAt: point})
		run(trial{deaths: []jobtest.Death{{Point: point}}})
		run(trial{deaths: []jobtest.Death{{Point: point, After: true}}, late: point%3 == 0})
	}
}

// distinct are the words of the commands that were handed in, each envelope once however often it was sent.
func (b *bench) distinct() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	var words, seen []string
	for _, e := range b.envelopes {
		if !slices.Contains(seen, e.ID) {
			seen, words = append(seen, e.ID), append(words, e.Command)
		}
	}
	return words
}

// TestADeathAnywhereWhileItIsSwept: what is astray is asked about once and goes, what an environment has stays.
func TestADeathAnywhereWhileItIsSwept(t *testing.T) {
	t.Parallel()
	for _, cleaning := range []bool{false, true} {
		t.Run(map[bool]string{false: "finding", true: "cleaning"}[cleaning], func(t *testing.T) {
			t.Parallel()
			b := newBench(t)
			b.stride = 5 * time.Second
			run := func(c trial) []string {
				b.reset()
				b.beside = nil
				b.made("openstack env create demo count=1")
				b.world.add(resource.KindNetwork, resource.Wish{Name: "lost-net", Mark: resource.Mark{Env: "lost", Job: "k1", Item: "net"}}, nil, well)
				b.world.add(resource.KindServer, resource.Wish{Name: "lost-web", Mark: resource.Mark{Env: "lost", Job: "k1", Item: "server.web.1"}}, []string{"id-8"}, well)
				b.clock.Add(10 * time.Minute)
				w := b.worker(b.life(b.store, b.rdb))
				defer b.end(w)
				c.line = sweepWords
				parent := b.accept(c.line)
				c.id = parent
				if cleaning {
					b.until(w, func() bool { children, _ := b.store.Children(t.Context(), parent); return len(children) > 0 })
					children, _ := b.store.Children(t.Context(), parent)
					c.id = children[0]
					if _, err := b.store.Approve(t.Context(), c.id, "telnet:ann", false); err != nil {
						t.Fatal(err)
					}
				}
				b.beside = b.others(w)
				j, points := c.play(b, t)
				for range 5 {
					b.round(w)
				}
				children, err := b.store.Children(t.Context(), parent)
				if err != nil || len(children) != 1 || j.State != job.Succeeded || b.env("demo") == nil || len(b.world.marked()) != len(b.env("demo").Plan.Items) {
					t.Fatalf("%s: %s, %v, %s", c, jobtest.Describe(j), children, b.world.marked())
				}
				return points
			}
			points := run(trial{})
			for _, point := range every(t, points) {
				run(trial{deaths: []jobtest.Death{{Point: point}}})
				run(trial{deaths: []jobtest.Death{{Point: point, After: true}}})
			}
		})
	}
}
