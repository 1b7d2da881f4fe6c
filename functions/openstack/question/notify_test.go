package question

import (
	"context"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/functions/openstack/environment"
	"github.com/handsoff/handsoff/functions/openstack/environment/template"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/job/jobtest"
)

// reserve makes the record of an environment that eve owns.
func (b *bench) reserve(name string) {
	b.Helper()
	id := b.accept("telnet:ann", createWords, map[string]any{"name": name})
	made := false
	w := job.NewWorker(b.store, job.WorkerOptions{Function: "openstack", Name: "maker", Steps: map[string]job.Stepper{
		createWords: stepper(func(ctx context.Context, run *job.Run) (job.Outcome, error) {
			made = true
			record := &environment.Record{Name: name, Owner: "eve", By: "telnet:ann", Cloud: "lab", Plan: template.Plan{}}
			return job.Done(nil), b.envs.Reserve(ctx, environment.By(run), record, b.clock.Now().Add(time.Hour), "", environment.Ceiling{})
		}),
	}})
	if _, err := w.Run(context.Background(), id); err != nil || !made {
		b.Fatal(err, jobtest.Describe(b.job(id)))
	}
}

type stepper func(context.Context, *job.Run) (job.Outcome, error)

func (s stepper) Step(ctx context.Context, run *job.Run) (job.Outcome, error) { return s(ctx, run) }

// crowd are servers on a host, of an environment of eve's, and one of nobody's that anybody knows.
func (b *bench) crowd() (host string) {
	b.Helper()
	name := "env-" + strings.ToLower(strings.ReplaceAll(unlike("x"), "f-", ""))
	b.reserve(name)
	first := b.boots(unlike("web"), map[string]string{"handsoff:env": name, "handsoff:job": "k3f7", "handsoff:item": "web"})
	host = b.hostOf(first)
	for range 8 {
		if b.hostOf(b.boots(unlike("lone"), nil)) == host {
			return host
		}
	}
	b.Fatalf("nothing more comes to %s", host)
	return ""
}

func (b *bench) hostOf(id string) string {
	b.Helper()
	admin, _ := eye(b.lab())
	found, err := byIDs(context.Background(), admin, []string{id})
	if err != nil || len(found) != 1 {
		b.Fatal(err, found)
	}
	return found[0].Host
}

// notices are those that were made, by whom they are for.
func (b *bench) notices() map[string][]string {
	b.Helper()
	list, err := jobtest.List(context.Background(), b.store, job.Browse{Open: true, Notices: true})
	if err != nil {
		b.Fatal(err)
	}
	notices := map[string][]string{}
	for _, j := range list {
		shown, err := b.store.Watchers(context.Background(), j.ID)
		if err != nil {
			b.Fatal(err)
		}
		watchers := slices.Sorted(maps.Keys(shown))
		notices[strings.Join(watchers, " ")] = append(notices[strings.Join(watchers, " ")], j.Text)
	}
	return notices
}

func TestOwnersAreTold(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	host := b.crowd()
	args := func(more map[string]any) map[string]any {
		all := map[string]any{"host": host, "template": "work", "what": "a new fan {{ host }}", "description": "It takes an hour.", "when": "noon"}
		maps.Copy(all, more)
		return all
	}
	b.ends(b.finished(b.accept("telnet:otto", notifyWords, args(nil))), job.Failed, "needs the role admin")
	b.ends(b.finished(b.accept("telnet:ann", notifyWords, args(map[string]any{"template": "worj"}))), job.Failed, "There is no template worj. Did you mean work?")
	b.ends(b.finished(b.accept("telnet:ann", notifyWords, args(map[string]any{"test": true}))), job.Succeeded,
		"to eve (slack:U1, mail:eve@example.org, telnet:eve), about f-", "Work on "+host, "Dear eve, a new fan {{ host }} at noon: f-", "nobody knows how to tell demo", "This was a test: nobody was told.")
	b.ends(b.finished(b.accept("telnet:ann", notifyWords, args(map[string]any{"send": true}))), job.Failed, "Nobody agreed to it")
	if n := b.notices(); len(n) != 0 {
		t.Fatalf("somebody was told: %v", n)
	}
	asked := b.accept("telnet:ann", notifyWords, args(map[string]any{"mail": false}))
	b.step(asked)
	j := b.job(asked)
	at := &telling{}
	if err := decode(j.Checkpoint, at); err != nil || at.Child == "" || len(j.Offers) != 2 {
		t.Fatalf("%v %+v %s", err, at, b.story(asked))
	}
	b.step(at.Child)
	if child := b.job(at.Child); child.State != job.Confirming || len(b.notices()) != 0 {
		t.Fatalf("it did not wait for somebody's word: %s", jobtest.Describe(child))
	}
	if _, err := b.store.Approve(t.Context(), at.Child, "telnet:bob", false); err != nil {
		t.Fatal(err)
	}
	b.ends(b.finished(at.Child), job.Succeeded, "✓ 1 owner was told. Nobody knows how to tell demo")
	b.ends(b.finished(asked), job.Succeeded)
	notices := b.notices()
	told := notices["slack:U1 telnet:eve"]
	if len(notices) != 1 || len(told) != 1 || !strings.HasPrefix(told[0], "Work on "+host+"\n\nDear eve, a new fan") {
		t.Errorf("%v", notices)
	}
}

func TestNobodyAgrees(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	host := b.crowd()
	asked := b.accept("telnet:ann", notifyWords, map[string]any{"host": host, "template": "work"})
	b.step(asked)
	at := &telling{}
	if err := decode(b.job(asked).Checkpoint, at); err != nil {
		t.Fatal(err)
	}
	b.cancel(at.Child)
	b.ends(b.finished(asked), job.Failed, "Nobody was told: "+at.Child+" was not signed off.")
	if n := b.notices(); len(n) != 0 {
		t.Errorf("somebody was told: %v", n)
	}
}

// TestEachOwnerIsToldOnce: whatever dies at whatever point, each owner gets one notice.
func TestEachOwnerIsToldOnce(t *testing.T) {
	t.Parallel()
	for point := 1; ; point++ {
		for _, after := range []bool{false, true} {
			if tellAndDie(t, jobtest.Death{Point: point, After: after}) {
				continue
			}
			if point < 8 {
				t.Errorf("it passed %d points only", point-1)
			}
			return
		}
	}
}

// tellAndDie reports whether the process died: it sends what was shown of three owners by a process that dies at a point, and then by another.
func tellAndDie(t *testing.T, death jobtest.Death) (died bool) {
	t.Helper()
	server := jobtest.Redis(t)
	b := &bench{TB: t, clock: jobtest.NewClock()}
	b.redis = server.Client(t)
	b.store = jobtest.Open(t, b.redis, job.Options{Now: b.clock.Now})
	b.Questions = b.questions(b.store, b.redis)
	at := &telling{Cloud: "lab", Host: "h1"}
	for _, name := range []string{"ann", "bob", "eve"} {
		at.Owners = append(at.Owners, owner{Key: "person " + name, Name: name, Addresses: []string{"telnet:" + name}, Text: "Work"})
	}
	shown := stepper(func(ctx context.Context, run *job.Run) (job.Outcome, error) {
		return job.Wait(time.Hour), run.Save(ctx, job.Change{Checkpoint: at})
	})
	parent := b.accept("telnet:ann", notifyWords, map[string]any{"host": "h1", "template": "work"})
	immortal := jobtest.NewLife(jobtest.Death{})
	run := func(store *job.Store, id string, s job.Stepper, life *jobtest.Life) error {
		w := job.NewWorker(store, job.WorkerOptions{Function: "openstack", Name: "w", Steps: map[string]job.Stepper{notifyWords: s}, Lease: life.Hold(), Heartbeat: time.Hour})
		defer func() { _ = w.Stop(context.Background()) }()
		_, err := w.Run(context.Background(), id)
		return err
	}
	if err := run(b.store, parent, shown, immortal); err != nil {
		t.Fatal(err)
	}
	accepted, err := b.store.Accept(t.Context(), jobtest.Request(func(r *job.Request) {
		r.Function, r.Command, r.Args, r.Parent = "openstack", notifyWords, map[string]any{"send": true}, parent
		r.Signoff = &job.Signoff{Need: 1, Role: "approver"}
	}))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.store.Approve(t.Context(), accepted.ID, "telnet:bob", false); err != nil {
		t.Fatal(err)
	}
	life := jobtest.NewLife(death)
	mortal := redis.NewClient(&redis.Options{Addr: server.Address, MaxRetries: -1})
	defer func() { _ = mortal.Close() }()
	store := jobtest.Open(t, mortal, job.Options{Now: b.clock.Now})
	mortal.AddHook(life)
	q := b.questions(store, mortal)
	_ = run(store, accepted.ID, &notifier{q}, life)
	for range 20 {
		if b.job(accepted.ID).State.Final() {
			break
		}
		b.clock.Add(time.Second) // the lease of the dead one ends
		if err := run(b.store, accepted.ID, &notifier{b.Questions}, immortal); err != nil {
			t.Fatal(err)
		}
	}
	b.ends(b.job(accepted.ID), job.Succeeded)
	for _, name := range []string{"ann", "bob", "eve"} {
		if told := b.notices()["telnet:"+name]; len(told) != 1 {
			t.Errorf("death %+v: %s was told %d times", death, name, len(told))
		}
	}
	return life.Dead()
}
