package life

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"pgregory.net/rapid"

	"github.com/handsoff/handsoff/functions/openstack/environment"
	"github.com/handsoff/handsoff/functions/openstack/resource"
	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/job/jobtest"
)

// trial is one job about an environment, in processes of which the first ones may die.
type trial struct {
	line     string
	id       string // the job, where it is there already
	deaths   []jobtest.Death
	cancelAt int  // the point of the first life before which somebody cancels; 0 for never
	late     bool // somebody cancels after the first death
}

func (c trial) String() string {
	return fmt.Sprintf("%s, %+v, cancel at %d, late %v", c.line, c.deaths, c.cancelAt, c.late)
}

// play runs it to its end; it gives the job and the points that the first life passed.
func (c trial) play(b *bench, rt judge) (*job.Job, []string) {
	id := c.id
	if id == "" {
		id = b.accept(c.line)
	}
	cancel := func() {
		if _, err := b.store.Cancel(context.Background(), id, "telnet:bob", "enough"); err != nil && !errors.Is(err, job.ErrFinished) {
			rt.Fatalf("%s: %v", c, err)
		}
	}
	var points []string
	for number, death := range append(slices.Clone(c.deaths), jobtest.Death{}) {
		life := jobtest.NewLife(death)
		life.At = func(point int) {
			if number == 0 && point == c.cancelAt {
				cancel()
			}
		}
		b.mortal(rt, id, life)
		if number == 0 {
			points = life.Passed()
			if c.late {
				cancel()
			}
		}
		if j := b.job(id); j.State.Final() {
			return j, points
		}
		b.clock.Add(15 * time.Second) // the dead worker's lease lapses
	}
	rt.Fatalf("%s: not finished: %s\n%s", c, jobtest.Describe(b.job(id)), strings.Join(b.story(id), "\n"))
	return nil, nil
}

// judge is who says that something is wrong: a test, or one draw of it.
type judge interface {
	Fatalf(format string, args ...any)
}

// mortal steps a job in a process that may die, until it has or the job is finished.
func (b *bench) mortal(rt judge, id string, life *jobtest.Life) {
	rdb := redis.NewClient(&redis.Options{Addr: b.address, MaxRetries: -1})
	defer func() { _ = rdb.Close() }()
	store := jobtest.Open(b, rdb, job.Options{Now: b.clock.Now})
	rdb.AddHook(life)
	l := b.life(store, rdb)
	b.world.life = life
	defer func() { b.world.life = nil }()
	say := l.say
	l.say = func(ctx context.Context, e command.Envelope) (answer command.Answer, err error) {
		if dead := life.Call(ctx, "say "+e.Command, func() { answer, err = say(ctx, e) }); dead != nil {
			return command.Answer{}, dead
		}
		return answer, err
	}
	b.lease = life.Hold() // for so long a dead worker goes on trying to write, in real time
	defer func() { b.lease = 0 }()
	w := b.worker(l)
	defer func() { _ = w.Stop(context.Background()) }()
	for range 1500 {
		if _, err := w.Run(context.Background(), id); err != nil && !errors.Is(err, jobtest.ErrDead) {
			rt.Fatalf("%v", err)
		}
		if life.Dead() || b.job(id).State.Final() {
			return
		}
		if b.beside != nil {
			b.beside(id)
		}
		b.clock.Add(max(time.Second, b.stride))
	}
}

// agree makes sure that the inventory and the cloud agree once a job about an environment has ended, and that nothing is left
// that its receipt, or its reason, does not name.
func (b *bench) agree(rt judge, where string, j *job.Job) {
	b.clock.Add(time.Minute) // what is late is there by now
	env := b.env("demo")
	left := b.world.marked()
	listed := map[string]bool{}
	if env != nil {
		for key, item := range env.Items {
			if item.ID != "" && item.State != environment.Gone {
				listed[original(key)+" "+item.ID] = true
			}
		}
	}
	for _, thing := range left {
		if !listed[thing] {
			rt.Fatalf("%s: %s\n%s is at the cloud and in no inventory: %v", where, jobtest.Describe(j), thing, listed)
		}
	}
	for thing := range listed {
		if !slices.Contains(left, thing) && j.State == job.Succeeded {
			rt.Fatalf("%s: %s\n%s is in the inventory and not at the cloud", where, jobtest.Describe(j), thing)
		}
	}
	switch j.State {
	case job.Cancelled, job.Failed:
		told := j.Error
		if j.Receipt != nil {
			told += strings.Join(j.Receipt.Left, "; ")
		}
		for _, thing := range left {
			_, id, _ := strings.Cut(thing, " ")
			if !strings.Contains(told, id) && (env == nil || !slices.Contains([]environment.State{environment.Kept, environment.Ready, environment.Stopped}, env.State)) {
				rt.Fatalf("%s: %s\n%s is left and not named", where, jobtest.Describe(j), thing)
			}
		}
		if j.State == job.Cancelled && j.Receipt == nil {
			rt.Fatalf("%s: no receipt", where)
		}
	case job.Succeeded:
	default:
		rt.Fatalf("%s: %s: it ended otherwise\n%s", where, jobtest.Describe(j), strings.Join(b.story(j.ID), "\n"))
	}
	twice := map[string]string{}
	for _, thing := range left {
		key, id, _ := strings.Cut(thing, " ")
		if other, is := twice[key]; is {
			rt.Fatalf("%s: %s: %s is there twice: %s %s", where, jobtest.Describe(j), key, other, id)
		}
		twice[key] = id
	}
}

// whole makes sure that an environment is there with all its things.
func (b *bench) whole(rt judge, where string) {
	env := b.env("demo")
	if env == nil || env.State != environment.Ready || len(items(env, environment.Whole)) != len(env.Plan.Items) || len(b.world.marked()) != len(env.Plan.Items) {
		rt.Fatalf("%s: it is not whole: %+v %s", where, env, b.world.marked())
	}
	if _, err := b.store.Get(context.Background(), env.Lease); err != nil {
		rt.Fatalf("%s: it has no lease: %v", where, err)
	}
}

// soak reports whether all there is may be tried.
func soak() bool { return os.Getenv("HANDSOFF_SOAK") != "" }

// TestMain lets rapid try less: a draw here is a whole life. Flags of the command line still win.
func TestMain(m *testing.M) {
	if !soak() {
		if err := flag.Set("rapid.checks", "30"); err != nil {
			panic(err)
		}
	}
	os.Exit(m.Run())
}

// every is which points of a life are tried: each at which a command is handed in, and a few spread over all, others each time, which the test's log says; all of
// them with HANDSOFF_SOAK.
func every(tb testing.TB, points []string) []int {
	tb.Helper()
	const few = 4
	return some(tb, points, few)
}

// some is every with another number of them.
func some(tb testing.TB, points []string, few int) []int {
	tb.Helper()
	first, step := 0, 1
	if !soak() {
		step = max(1, len(points)/few)
		first = rand.IntN(step)
	}
	var list []int
	for i, name := range points {
		if i%step == first || strings.HasPrefix(name, "say ") {
			list = append(list, i+1)
		}
	}
	tb.Logf("%d points, of which %v", len(points), list)
	return list
}

// rich is the usual configuration with an environment of every kind of thing, for which ann needs to be an administrator.
var rich = strings.Replace(configured, "admin: [telnet:root]", "admin: [telnet:ann]", 1) + `
    rich:
      project: {quota: {servers: 3}}
      keypair: make
      networks: {inside: {subnets: [{cidr: 10.7.0.0/24}], router: public}}
      security_groups: {a: [{port: 22}]}
      server_groups: {g: anti-affinity}
      volumes: {disk: {size: 1}, spare: {size: 2}}
      servers: {web: {flavor: m1.nano, image: tiny, networks: [inside], security_groups: [a], group: g, volumes: [disk], boot_volume: 5, floating_ip: public, ready: {port: 443, within: 1m}}}
      heat: {template: "heat_template_version: 2018-08-31"}
`

// makings are the environments whose lives are tried: at how many points each, in the short form.
var makings = map[string]int{"count=1": 4, "template=rich": 2}

// TestRichHasEverything: there is no kind of thing of which the crashes are not tried.
func TestRichHasEverything(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.configure(rich)
	b.made("openstack env create demo template=rich")
	kinds := b.env("demo").Plan.Kinds()
	for _, kind := range resource.Kinds() {
		if !slices.Contains(kinds, kind) {
			t.Error("it has no", kind)
		}
	}
}

// TestADeathAnywhereWhileItIsMade kills the process before and after what is asked of Redis, the cloud and the function command,
// with a cancel and without; and cancels at each point.
func TestADeathAnywhereWhileItIsMade(t *testing.T) {
	t.Parallel()
	for making, few := range makings {
		t.Run(making, func(t *testing.T) {
			t.Parallel()
			b := newBench(t)
			b.configure(rich)
			run := func(c trial) []string {
				b.reset()
				c.line = "openstack env create demo " + making
				j, points := c.play(b, t)
				b.agree(t, c.String(), j)
				if j.State == job.Succeeded {
					b.whole(t, c.String())
				} else if b.env("demo") != nil || len(b.world.marked()) > 0 {
					t.Fatalf("%s: %s: something is left: %s", c, jobtest.Describe(j), b.world.marked())
				}
				if c.cancelAt == 0 && !c.late && j.State != job.Succeeded {
					t.Fatalf("%s: %s", c, jobtest.Describe(j))
				}
				return points
			}
			points := run(trial{})
			if len(points) < 40 {
				t.Fatalf("only %d points: %v", len(points), points)
			}
			for _, point := range some(t, points, few) {
				run(trial{cancelAt: point})
				for _, after := range []bool{false, true} {
					deaths := []jobtest.Death{{Point: point, After: after}}
					run(trial{deaths: deaths})
					run(trial{deaths: deaths, late: true})
					run(trial{deaths: append(deaths, jobtest.Death{Point: 5 + point%17, After: after}), cancelAt: max(1, point-2)})
				}
			}
		})
	}
}

// TestADeathAnywhereWhileItIsTakenBack does the same for a delete, for a cancel of what was just made, and for making anew.
func TestADeathAnywhereWhileItIsTakenBack(t *testing.T) {
	t.Parallel()
	for _, line := range []string{"openstack env delete demo", "openstack env rebuild demo"} {
		for making, few := range makings {
			t.Run(line+" "+making, func(t *testing.T) {
				t.Parallel()
				b := newBench(t)
				b.configure(rich)
				run := func(c trial) []string {
					b.reset()
					c.line = line
					b.made("openstack env create demo " + making)
					j, points := c.play(b, t)
					b.agree(t, c.String(), j)
					if c.cancelAt == 0 && !c.late && j.State != job.Succeeded {
						t.Fatalf("%s: %s", c, jobtest.Describe(j))
					}
					switch {
					case j.State == job.Succeeded && strings.Contains(line, "rebuild"):
						b.whole(t, c.String())
					case j.State == job.Succeeded:
						b.bare(c.String())
					}
					return points
				}
				points := run(trial{})
				for _, point := range some(t, points, few) {
					run(trial{cancelAt: point})
					for _, after := range []bool{false, true} {
						deaths := []jobtest.Death{{Point: point, After: after}}
						run(trial{deaths: deaths})
						run(trial{deaths: deaths, late: true})
					}
				}
			})
		}
	}
}

// TestACancelAsItBegins: an environment whose taking back was stopped before anything was told to go is as it was.
func TestACancelAsItBegins(t *testing.T) {
	t.Parallel()
	for _, line := range []string{"openstack env delete demo", "openstack env rebuild demo"} {
		b := newBench(t)
		for point := 1; point <= 5; point++ {
			c := trial{line: line, cancelAt: point}
			b.reset()
			b.made("openstack env create demo count=1")
			j, _ := c.play(b, t)
			b.agree(t, c.String(), j)
			if strings.HasPrefix(j.Receipt.Evidence, "nothing had been ") {
				b.whole(t, c.String())
			}
		}
	}
}

// TestAnyTemplateAnyFault: whatever the template, whatever fails, whoever cancels or dies: in the end nothing is at the cloud that
// the inventory does not have, nothing is there twice, and what is left is named.
func TestAnyTemplateAnyFault(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	rapid.Check(t, func(rt *rapid.T) {
		b.configure(drawn(rt))
		b.reset()
		deaf := rapid.SampledFrom([]int{0, 0, 2, 1 << 20}).Draw(rt, "knocks that nothing answers")
		b.answers = func(string, int) error {
			if deaf--; deaf >= 0 {
				return errors.New("nothing answers")
			}
			return nil
		}
		type order struct {
			op, kind string
			what     luck
			times    int
		}
		var orders []*order
		for range rapid.IntRange(0, 4).Draw(rt, "faults") {
			o := &order{kind: rapid.SampledFrom(resource.Kinds()).Draw(rt, "kind"), times: rapid.IntRange(1, 3).Draw(rt, "times")}
			o.op = rapid.SampledFrom([]string{"make", "make", "delete", "look", "find"}).Draw(rt, "op")
			o.what = rapid.SampledFrom(map[string][]luck{
				"make": {refused, full, busy, lost, late, never, half, failing}, "delete": {refused, busy, lost, stuck, taken}, "look": {busy}, "find": {busy},
			}[o.op]).Draw(rt, "what")
			if o.op == "delete" && rapid.Bool().Draw(rt, "for ever") {
				o.times = 1 << 20
			}
			orders = append(orders, o)
		}
		b.world.luck = func(op, kind, item string) luck {
			for _, o := range orders {
				if o.op == op && o.kind == kind && o.times > 0 {
					o.times--
					return o.what
				}
			}
			return well
		}
		c := trial{line: "openstack env create demo", cancelAt: rapid.SampledFrom([]int{0, 0, 5, 12, 30, 60}).Draw(rt, "cancel"), late: rapid.IntRange(0, 3).Draw(rt, "late") == 3}
		for range rapid.IntRange(0, 2).Draw(rt, "deaths") {
			c.deaths = append(c.deaths, jobtest.Death{Point: rapid.IntRange(1, 60).Draw(rt, "point"), After: rapid.Bool().Draw(rt, "after")})
		}
		j, _ := c.play(b, rt)
		b.agree(rt, c.String(), j)
		if b.env("demo") == nil {
			return
		}
		orders = nil // all is mended: it can be given back
		d, _ := trial{line: "openstack env delete demo"}.play(b, rt)
		for _, thing := range b.world.things {
			if thing.stuck {
				return
			}
		}
		if left := b.world.marked(); d.State != job.Succeeded || len(left) > 0 {
			rt.Fatalf("%s: %s\nleft: %s", c, jobtest.Describe(d), left)
		}
	})
}

// drawn is a random configuration with a template of any of the things there are.
func drawn(rt *rapid.T) string {
	var y strings.Builder
	perhaps := func(what, text string, args ...any) bool {
		is := rapid.Bool().Draw(rt, what)
		if is {
			fmt.Fprintf(&y, text, args...)
		}
		return is
	}
	y.WriteString("roles: {operator: [telnet:ann], admin: [telnet:ann]}\nopenstack:\n  keys: {\"telnet:ann\": ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA}\n  templates:\n    small:\n")
	fmt.Fprintf(&y, "      keep_on_failure: %v\n", rapid.IntRange(0, 4).Draw(rt, "keep") == 4)
	perhaps("a project of its own", "      project: {quota: {servers: 9}}\n")
	perhaps("a stack", "      heat: {template: \"heat_template_version: 2018-08-31\"}\n")
	y.WriteString("      networks:\n")
	routed := rapid.Bool().Draw(rt, "routed")
	for i := range rapid.IntRange(1, 2).Draw(rt, "networks") {
		fmt.Fprintf(&y, "        n%d: {subnets: [{cidr: 10.%d.0.0/24}]", i, i)
		if routed {
			y.WriteString(", router: public")
		}
		y.WriteString("}\n")
	}
	perhaps("key", "      keypair: %s\n", rapid.SampledFrom([]string{"requester", "make"}).Draw(rt, "whose key"))
	grouped := perhaps("groups", "      security_groups: {a: [{port: 22}], b: [{group: a}]}\n      server_groups: {g: affinity}\n")
	volumes := perhaps("volumes", "      volumes: {disk: {size: 1}, spare: {size: 2}}\n")
	fmt.Fprintf(&y, "      servers:\n        web: {count: %d, flavor: f, image: i, networks: [n0]", rapid.IntRange(0, 3).Draw(rt, "servers"))
	if grouped {
		y.WriteString(", group: g, security_groups: [a, b]")
	}
	if volumes {
		y.WriteString(", volumes: [disk]")
	}
	if routed {
		y.WriteString(", floating_ip: public")
	}
	perhaps("it boots from a volume", ", boot_volume: 5")
	perhaps("something must answer", ", ready: {ssh: true, within: 20s}")
	y.WriteString("}\n")
	return y.String()
}
