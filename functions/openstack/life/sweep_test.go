package life

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/functions/openstack/cloud"
	"github.com/handsoff/handsoff/functions/openstack/cloud/cloudtest"
	"github.com/handsoff/handsoff/functions/openstack/environment"
	"github.com/handsoff/handsoff/functions/openstack/resource"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/job/jobtest"
)

// However many environments there are, the things of none of them are astray.
func TestASweepOfManyEnvironments(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.made("openstack env create demo count=1")
	crowd := make([]redis.Z, 1000) // all of them expire before it
	for i := range crowd {
		crowd[i] = redis.Z{Score: float64(i), Member: fmt.Sprintf("e%d", i)}
	}
	if err := b.rdb.ZAdd(t.Context(), "handsoff:environments", crowd...).Err(); err != nil {
		t.Fatal(err)
	}
	b.clock.Add(10 * time.Minute)
	b.has(b.made("openstack sweep").ID, "✓ Nothing is astray")
}

// A sweep that could not look everywhere does not say that all is well.
func TestASweepOfACloudThatIsAway(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.world.luck = func(op, kind, _ string) luck {
		if op == "find" && kind == resource.KindNetwork {
			return busy
		}
		return well
	}
	j := b.made("openstack sweep")
	b.has(j.ID, "! ", "Nothing is astray, and nothing is missing, as far as could be looked.")
	if story := strings.Join(b.story(j.ID), "\n"); strings.Contains(story, "✓") {
		t.Error(story)
	}
}

// However many environments there are, what each of them claims is looked at.
func TestASweepOfAllClaims(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.made("openstack env create demo count=1")
	record, err := b.rdb.HGet(t.Context(), "handsoff:environment:demo", "record").Result()
	if err != nil {
		t.Fatal(err)
	}
	pipe := b.rdb.Pipeline()
	for i := range 1000 { // all of them expire before it, and have nothing
		name := fmt.Sprintf("e%d", i)
		pipe.ZAdd(t.Context(), "handsoff:environments", redis.Z{Score: float64(i), Member: name})
		pipe.HSet(t.Context(), "handsoff:environment:"+name, "state", "ready", "record", strings.ReplaceAll(record, `"name":"demo"`, `"name":"`+name+`"`))
	}
	if _, err := pipe.Exec(t.Context()); err != nil {
		t.Fatal(err)
	}
	b.server().gone = b.clock.Now()
	b.clock.Add(10 * time.Minute)
	w := b.worker(b.life(b.store, b.rdb))
	defer b.end(w)
	id := b.accept("openstack sweep lab")
	b.until(w, func() bool { children, _ := b.store.Children(t.Context(), id); return len(children) == 1 })
	b.has(id, "gone: server demo-web (")
	children, _ := b.store.Children(t.Context(), id)
	if _, err := b.store.Approve(t.Context(), children[0], "telnet:ann", false); err != nil {
		t.Fatal(err)
	}
	b.until(w, func() bool { return b.job(id).State.Final() })
	if offers := b.job(id).Offers; len(offers) > 0 {
		t.Error(offers)
	}
	if item := b.env("demo").Items["server.web.1"]; item.State != environment.Gone {
		t.Errorf("%+v", item)
	}
}

// What is no more is noted neither while a job has the environment in hand, nor where the thing was made anew meanwhile.
func TestASweepLeavesToAJobWhatItHasInHand(t *testing.T) {
	t.Parallel()
	for _, what := range []string{"in hand", "made anew", ""} {
		b := newBench(t)
		b.made("openstack env create demo count=1")
		b.server().gone = b.clock.Now()
		b.clock.Add(10 * time.Minute)
		l := b.life(b.store, b.rdb)
		l.kind = func(name string) (resource.Kind, bool) {
			k, ok := b.world.kindOf(name)
			return looking{k, func() {
				switch {
				case name != resource.KindServer || what == "":
				case what == "in hand":
					b.accept("openstack env stop demo")
				default:
					item := *b.env("demo").Items["server.web.1"]
					item.ID = "id-99"
					text, _ := json.Marshal(item)
					b.rdb.HSet(context.Background(), "handsoff:environment:demo", "item:server.web.1", text)
				}
			}}, ok
		}
		s := &sweeper{l}
		var err error
		env := b.env("demo")
		told := []string{missing(env, env.Items["server.web.1"])}
		b.during(l, func(ctx context.Context, run *job.Run) { _, err = s.forget(ctx, run, b.clouds.All(), told) })
		if item := b.env("demo").Items["server.web.1"]; err != nil || (item.State == environment.Gone) != (what == "") {
			t.Errorf("%s: %v %+v", what, err, item)
		}
	}
}

// looking is a kind of things while which is looked at something happens.
type looking struct {
	resource.Kind

	meanwhile func()
}

// Look implements resource.Kind.
func (l looking) Look(ctx context.Context, c *cloud.Cloud, ids []string) (map[string]resource.Thing, error) {
	defer l.meanwhile()
	return l.Kind.Look(ctx, c, ids)
}

// during does something as a sweep that holds its lease.
func (b *bench) during(l *Life, do func(context.Context, *job.Run)) {
	b.Helper()
	id := b.accept("openstack sweep")
	w := job.NewWorker(l.jobs, job.WorkerOptions{Function: "openstack", Name: "h", Heartbeat: time.Hour, Steps: map[string]job.Stepper{
		sweepWords: stepFunc(func(ctx context.Context, run *job.Run) (job.Outcome, error) {
			do(ctx, run)
			return job.Done(nil), nil
		}),
	}})
	defer b.end(w)
	if _, err := w.Run(b.Context(), id); err != nil {
		b.Fatal(err)
	}
}

// Another bot's things in the same project are left alone, also those of an environment of the same name, and are not called astray.
func TestAnothersThingsAreLeftAlone(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.bot = "ops"
	b.made("openstack env create demo count=1")
	for _, env := range []string{"demo", "other"} {
		for _, bot := range []string{"dev", ""} {
			b.world.add(resource.KindServer, resource.Wish{Name: env, Mark: resource.Mark{Bot: bot, Env: env, Job: "k1", Item: "server.old.1"}}, nil, well)
		}
	}
	b.clock.Add(10 * time.Minute)
	b.has(b.made("openstack sweep").ID, "✓ Nothing is astray")
	b.made("openstack env rebuild demo")
	b.made("openstack env delete demo")
	if left := b.world.marked(); len(left) != 4 || b.env("demo") != nil {
		t.Error(left)
	}
}

// A bot that gets another name still knows what it has made.
func TestABotOfAnotherName(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.bot = "ops"
	first := true
	b.world.luck = func(op, _, item string) luck {
		if op == "make" && item == "server.web.1" && first {
			first = false
			return lost
		}
		return well
	}
	w := b.worker(b.life(b.store, b.rdb))
	id := b.accept("openstack env create demo count=1")
	b.until(w, func() bool { return !first })
	b.end(w)
	b.bot = "other"
	if j := b.run(id); j.State != job.Succeeded || b.world.times("make server.web.1") != 1 {
		t.Error(jobtest.Describe(j), b.world.marked())
	}
	b.made("openstack env delete demo")
	b.bare("by another name")
}

// What is in a project of its own that no environment has goes with it.
func TestAProjectThatIsAstray(t *testing.T) {
	t.Parallel()
	b, _ := benchAtCloud(t)
	cloudtest.Whole(t, b.clouds)
	env := name()
	b.bot = env[:min(len(env), 24)] // at a real cloud others sweep, too
	if j := b.run(b.acceptAs("telnet:root", "openstack env create "+env+" template=own")); j.State != job.Succeeded {
		t.Fatal(jobtest.Describe(j), b.story(j.ID))
	}
	lab := cloudtest.Lab(t, b.clouds)
	admin, err := lab.Admin()
	if err != nil {
		t.Fatal(err)
	}
	projects := func() []resource.Thing {
		kind, _ := resource.Of(resource.KindProject)
		found, err := kind.Find(t.Context(), admin, resource.Mark{Bot: b.bot})
		if err != nil {
			t.Fatal(err)
		}
		return found
	}
	if len(projects()) != 1 {
		t.Fatal(projects())
	}
	items := len(b.env(env).Plan.Items)
	if err := b.rdb.Del(t.Context(), "handsoff:environment:"+env).Err(); err != nil { // as when Redis is lost
		t.Fatal(err)
	}
	if err := b.rdb.ZRem(t.Context(), "handsoff:environments", env).Err(); err != nil {
		t.Fatal(err)
	}
	b.clock.Add(time.Now().Add(24 * time.Hour).Sub(b.clock.Now())) // the cloud's own clock is the real one
	w := b.worker(b.life(b.store, b.rdb))
	defer b.end(w)
	id := b.acceptAs("telnet:root", "openstack sweep lab")
	b.until(w, func() bool {
		children, err := b.store.Children(t.Context(), id)
		return err == nil && len(children) == 1
	})
	children, _ := b.store.Children(t.Context(), id)
	if story := strings.Join(b.story(id), "\n"); strings.Count(story, "astray: ") != items {
		t.Errorf("not %d things:\n%s", items, story)
	}
	if _, err := b.store.Approve(t.Context(), children[0], "telnet:root", false); err != nil {
		t.Fatal(err)
	}
	b.until(w, func() bool { return b.job(id).State.Final() })
	if j := b.job(children[0]); j.State != job.Succeeded || len(projects()) > 0 {
		t.Error(jobtest.Describe(j), projects())
	}
	if _, err := environment.NewStore(b.rdb).Get(t.Context(), env); err == nil {
		t.Error("it is there again")
	}
}

// Two of our clouds may be one: regions share their projects, one account its key pairs, and two entries may be for the same project. What is an environment's at the one
// is not astray at the other.
func TestTwoCloudsThatAreOne(t *testing.T) {
	t.Parallel()
	section := &cloud.Section{Default: "lab", Clouds: map[string]*cloud.Entry{"lab": {Admin: "root"}, "again": {Entry: "lab", Admin: "root"}}}
	clouds, err := cloud.New(section, func(string) ([]byte, error) { return []byte(labYAML), nil }, cloud.Options{})
	if err != nil {
		t.Fatal(err)
	}
	server := jobtest.Redis(t)
	b := benchOn(t, server.Client(t), server.Address, clouds)
	b.made("openstack env create demo count=1")
	b.clock.Add(10 * time.Minute)
	b.has(b.made("openstack sweep").ID, "✓ Nothing is astray")
}

// What came to be astray after somebody was told what is, has been confirmed by nobody.
func TestAConfirmationIsForWhatWasTold(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	add := func(name string) {
		b.world.add(resource.KindNetwork, resource.Wish{Name: name, Mark: resource.Mark{Env: name, Job: "k1", Item: "net.inside"}}, nil, well)
	}
	add("old")
	b.made("openstack env create demo count=1")
	b.clock.Add(10 * time.Minute)
	w := b.worker(b.life(b.store, b.rdb))
	defer b.end(w)
	id := b.accept("openstack sweep")
	b.until(w, func() bool { children, _ := b.store.Children(t.Context(), id); return len(children) == 1 })
	add("new")
	for _, err := range []error{ // as when Redis is set back to what it was before
		b.rdb.Del(t.Context(), "handsoff:environment:demo").Err(), b.rdb.ZRem(t.Context(), "handsoff:environments", "demo").Err(),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	b.clock.Add(10 * time.Minute)
	children, _ := b.store.Children(t.Context(), id)
	if _, err := b.store.Approve(t.Context(), children[0], "telnet:ann", false); err != nil {
		t.Fatal(err)
	}
	b.until(w, func() bool { return b.job(id).State.Final() })
	if len(b.world.order) != 1 || len(b.world.marked()) != 8 || b.job(children[0]).State != job.Succeeded {
		t.Error(b.world.order, b.world.marked(), jobtest.Describe(b.job(children[0])))
	}
}

// What an environment claimed when the sweep began may have been made anew when the sweep comes to it: that is not forgotten.
func TestWhatWasMadeAnewMeanwhileIsNotForgotten(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.made("openstack env create demo count=1")
	delete(b.world.things, b.env("demo").Items["server.web.1"].ID) // somebody deleted it
	w := b.worker(b.life(b.store, b.rdb))
	defer b.end(w)
	id := b.accept("openstack sweep")
	b.until(w, func() bool { children, _ := b.store.Children(t.Context(), id); return len(children) == 1 })
	anew := func() error {
		return b.rdb.HSet(t.Context(), "handsoff:environment:demo", "item:server.web.1", `{"key":"server.web.1","kind":"server","name":"demo-web","id":"id-77","state":"ready"}`).Err()
	}
	b.world.luck = func(op, kind, _ string) luck {
		if op == "look" && kind == resource.KindServer {
			if err := anew(); err != nil {
				t.Error(err)
			}
		}
		return well
	}
	children, _ := b.store.Children(t.Context(), id)
	if _, err := b.store.Approve(t.Context(), children[0], "telnet:ann", false); err != nil {
		t.Fatal(err)
	}
	b.until(w, func() bool { return b.job(id).State.Final() })
	if item := b.env("demo").Items["server.web.1"]; item.ID != "id-77" || item.State != environment.Whole {
		t.Errorf("%+v", item)
	}
}
