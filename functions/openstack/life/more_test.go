package life

import (
	"context"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/ssh"

	"github.com/handsoff/handsoff/functions/openstack/environment"
	"github.com/handsoff/handsoff/functions/openstack/resource"
	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/job/jobtest"
)

// A cancel takes back what was made, and its receipt names what would not go. What stays is still the environment's, and goes
// with the next delete.
func TestACancelNamesWhatWouldNotGo(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	w := b.worker(b.life(b.store, b.rdb))
	defer b.end(w)
	b.world.luck = func(op, kind, _ string) luck {
		if op == "delete" && kind == "server" {
			return stuck
		}
		return well
	}
	id := b.accept("openstack env create demo")
	b.until(w, func() bool { env := b.env("demo"); return env != nil && len(items(env, environment.Made)) > 0 })
	if _, err := b.store.Cancel(t.Context(), id, "telnet:ann", "enough"); err != nil {
		t.Fatal(err)
	}
	b.until(w, func() bool { return b.job(id).State.Final() })
	j := b.job(id)
	if j.State != job.Cancelled || len(j.Receipt.Left) == 0 || !strings.Contains(strings.Join(j.Receipt.Left, "\n"), "server demo-web-1 (id-") ||
		!strings.Contains(j.Receipt.Evidence, "would not go") || j.Receipt.Signalled.IsZero() {
		t.Errorf("%s", jobtest.Describe(j))
	}
	env := b.env("demo")
	if env.State != environment.Left || len(items(env, environment.Stays)) != len(b.world.marked()) {
		t.Error(env.State, items(env, environment.Stays), b.world.marked())
	}
	b.world.luck = func(string, string, string) luck { return well }
	for _, thing := range b.world.things {
		thing.stuck = false
	}
	b.made("openstack env delete demo")
	b.bare("deleted at last")
}

// A delete that is stopped half way leaves what is left in the inventory.
func TestADeleteThatIsStopped(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.made("openstack env create demo")
	w := b.worker(b.life(b.store, b.rdb))
	defer b.end(w)
	id := b.accept("openstack env delete demo")
	b.until(w, func() bool { return len(items(b.env("demo"), environment.Leaving)) > 0 })
	if _, err := b.store.Cancel(t.Context(), id, "telnet:ann", ""); err != nil {
		t.Fatal(err)
	}
	b.until(w, func() bool { return b.job(id).State.Final() })
	if j := b.job(id); j.State != job.Cancelled || len(j.Receipt.Left) == 0 || b.env("demo").State != environment.Left {
		t.Error(jobtest.Describe(j))
	}
	b.made("openstack env delete demo")
	b.bare("deleted")
}

// A key pair that is made is handed over once, to its owner, where nobody else reads; Redis has it sealed.
func TestAPrivateKeyIsHandedOverOnce(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.made("openstack env create demo template=made")
	l := b.life(b.store, b.rdb)
	ask := func(who, door, address string, cause ...string) command.Answer {
		answer, err := l.handOver(t.Context(), command.Call{
			Principal: who, Args: map[string]any{"name": "demo"}, Origin: job.Origin{Door: door, Address: address}, Cause: cause,
		})
		if err != nil {
			t.Fatal(err)
		}
		return answer
	}
	sealed, err := b.rdb.Get(t.Context(), "handsoff:environment:demo:key").Result()
	if err != nil || strings.Contains(sealed, "PRIVATE") {
		t.Fatal(sealed, err)
	}
	for _, refused := range []command.Answer{
		ask("telnet:bob", "telnet", "telnet:bob"), ask("slack:U0ANN", "slack", "slack:C1"), ask("telnet:ann", "telnet", "telnet:ann", "job:k3f7"),
	} {
		if refused.Problem == nil || strings.Contains(refused.Text, "PRIVATE") {
			t.Error(refused.Text)
		}
	}
	answer := ask("telnet:ann", "telnet", "telnet:ann")
	_, pem, _ := strings.Cut(answer.Text, "\n")
	signer, err := ssh.ParsePrivateKey([]byte(pem))
	if err != nil {
		t.Fatal(answer.Text, err)
	}
	if public := strings.TrimSpace(string(ssh.MarshalAuthorizedKey(signer.PublicKey()))); !strings.Contains(string(b.env("demo").Plan.Item("key").Spec), public) {
		t.Error(public)
	}
	if again := ask("telnet:ann", "telnet", "telnet:ann"); again.Problem == nil {
		t.Error(again.Text)
	}
	b.made("openstack env rebuild demo")
	if anew := ask("telnet:ann", "telnet", "telnet:ann"); anew.Problem != nil || anew.Text == answer.Text {
		t.Error(anew.Text)
	}
}

// A template that takes a sign-off waits for it, and somebody else gives it.
func TestASignoffComesFirst(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	w := b.worker(b.life(b.store, b.rdb))
	defer b.end(w)
	id := b.accept("openstack env create demo template=guarded")
	b.round(w)
	b.round(w)
	children, err := b.store.Children(t.Context(), id)
	if err != nil || len(children) != 1 || b.job(children[0]).State != job.Confirming || len(b.world.calls) > 0 {
		t.Fatal(children, err, b.story(id))
	}
	if _, err := b.store.Approve(t.Context(), children[0], "telnet:ann", false); err == nil {
		t.Error("the requester's own word counts")
	}
	if _, err := b.store.Approve(t.Context(), children[0], "telnet:bob", false); err != nil {
		t.Fatal(err)
	}
	b.until(w, func() bool { return b.job(id).State.Final() })
	if j := b.job(id); j.State != job.Succeeded || b.env("demo").Maker != children[0] {
		t.Error(jobtest.Describe(j), jobtest.Describe(b.job(children[0])))
	}
	other := b.accept("openstack env create other template=guarded")
	b.round(w)
	b.round(w)
	if _, err := b.store.Cancel(t.Context(), other, "telnet:ann", ""); err != nil {
		t.Fatal(err)
	}
	b.until(w, func() bool { return b.job(other).State.Final() })
	if j := b.job(other); j.State != job.Cancelled || b.env("other") != nil {
		t.Error(jobtest.Describe(j))
	}
}

// A sign-off that is less than what the template takes is not instead of it.
func TestALesserSignoffIsNotEnough(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	w := b.worker(b.life(b.store, b.rdb))
	defer b.end(w)
	got, err := b.take(t.Context(), command.Envelope{
		ID: "lesser", Principal: "telnet:ann", Text: "openstack env create demo template=guarded", Parent: b.accept("openstack env create other"),
		Signoff: &command.SignoffSpec{Need: 1, Role: "viewer", Self: true},
	})
	if err != nil || got.State != job.Confirming {
		t.Fatal(got, err)
	}
	if _, err := b.store.Approve(t.Context(), got.Job, "telnet:ann", false); err != nil {
		t.Fatal(err)
	}
	b.until(w, func() bool { children, _ := b.store.Children(t.Context(), got.Job); return len(children) == 1 })
	children, err := b.store.Children(t.Context(), got.Job)
	if err != nil || b.job(children[0]).State != job.Confirming || b.env("demo") != nil {
		t.Error(children, err, b.story(got.Job))
	}
	if _, err := b.store.Approve(t.Context(), children[0], "telnet:ann", false); err == nil {
		t.Error("the requester's own word counts")
	}
}

// A sweep finds what bears our mark and is nobody's, and what is claimed and is no more; it cleans up once that is confirmed.
func TestASweep(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.made("openstack env create demo count=1")
	if j := b.run(b.accept("openstack sweep")); j.State != job.Succeeded {
		t.Error(jobtest.Describe(j))
	} else {
		b.has(j.ID, "✓ Nothing is astray")
	}
	b.world.add("server", resource.Wish{Name: "lost-web", Mark: resource.Mark{Env: "lost", Job: "k1", Item: "server.web.1"}}, nil, well)
	b.world.add("server", resource.Wish{Name: "demo-old", Mark: resource.Mark{Env: "demo", Job: "k1", Item: "server.old.1"}}, nil, well)
	if j := b.run(b.accept("openstack sweep")); !strings.Contains(strings.Join(b.story(j.ID), "\n"), "✓ Nothing is astray") {
		t.Error("what is young is astray:", b.story(j.ID))
	}
	for _, thing := range b.world.things {
		if thing.Mark.Item == "key" {
			thing.gone = b.clock.Now()
		}
	}
	b.clock.Add(10 * time.Minute)
	w := b.worker(b.life(b.store, b.rdb))
	defer b.end(w)
	id := b.accept("openstack sweep lab")
	b.round(w)
	b.round(w)
	b.has(id, "astray: server lost-web", "astray: server demo-old", "gone: key pair demo", "cleans this up, once you say: approve ")
	if j := b.job(id); len(j.Offers) != 2 || len(b.world.marked()) != 8 {
		t.Error(j.Offers, b.world.marked())
	}
	children, err := b.store.Children(t.Context(), id)
	if err != nil || len(children) != 1 {
		t.Fatal(children, err)
	}
	if _, err := b.store.Approve(t.Context(), children[0], "telnet:bob", false); err == nil {
		t.Error("another's word counts")
	}
	if _, err := b.store.Approve(t.Context(), children[0], "telnet:ann", false); err != nil {
		t.Fatal(err)
	}
	b.until(w, func() bool { return b.job(id).State.Final() })
	if j := b.job(id); j.State != job.Succeeded || len(b.world.marked()) != 6 || b.env("demo").Items["key"].State != environment.Gone {
		t.Error(jobtest.Describe(j), jobtest.Describe(b.job(children[0])), b.world.marked())
	}
	if j := b.run(b.accept("openstack sweep clean=true")); j.State != job.Failed || !strings.Contains(j.Error, "Nobody confirmed it") {
		t.Error(jobtest.Describe(j))
	}
}

// A lost function command holds a making up before anything is there, and makes one lease.
func TestALeaseIsHandedInOnce(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.away = true
	w := b.worker(b.life(b.store, b.rdb))
	defer b.end(w)
	id := b.accept("openstack env create demo count=1")
	for range 60 {
		b.round(w)
	}
	if j := b.job(id); j.State.Final() || b.env("demo").State != environment.Making || len(b.world.marked()) > 0 {
		t.Fatal(jobtest.Describe(j), b.world.marked())
	}
	b.mu.Lock()
	b.away = false
	b.mu.Unlock()
	b.until(w, func() bool { return b.job(id).State.Final() })
	open, err := jobtest.List(t.Context(), b.store, job.Browse{Open: true, Wants: func(j *job.Job) bool { return j.Command == leaseWords }})
	if err != nil || len(open) != 1 || b.job(id).State != job.Succeeded {
		t.Error(open, err, jobtest.Describe(b.job(id)))
	}
}

// A lease that is refused is said, once, and the environment is made all the same.
func TestARefusedLeaseIsSaidOnce(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	l := b.life(b.store, b.rdb)
	l.say = func(ctx context.Context, e command.Envelope) (command.Answer, error) {
		if e.Command == leaseWords {
			return command.Answer{Text: "You may not", Problem: &command.Problem{Code: command.CodeForbidden}}, nil
		}
		return b.say(ctx, e)
	}
	w := b.worker(l)
	defer b.end(w)
	id := b.accept("openstack env create demo count=1")
	b.until(w, func() bool { return b.job(id).State.Final() })
	story := strings.Join(b.story(id), "\n")
	if strings.Count(story, "! Nobody waits for the end of its time: You may not.") != 1 || b.job(id).State != job.Succeeded {
		t.Error(jobtest.Describe(b.job(id)), story)
	}
}

// The calls say what there is, to whoever may see it.
func TestCalls(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	l := b.life(b.store, b.rdb)
	call := func(who string, args map[string]any) command.Call { return command.Call{Principal: who, Args: args} }
	if answer, err := l.list(t.Context(), call("telnet:ann", nil)); err != nil || answer.Text != "There are no environments." {
		t.Error(answer, err)
	}
	b.made("openstack env create demo count=1")
	for _, test := range []struct {
		got   func() (command.Answer, error)
		wants []string
	}{
		{func() (command.Answer, error) { return l.list(t.Context(), call("telnet:eve", nil)) }, []string{"demo", "ready", "telnet:ann", "in "}},
		{func() (command.Answer, error) { return l.list(t.Context(), call("irc:x", nil)) }, []string{"There are no environments."}},
		{func() (command.Answer, error) {
			return l.list(t.Context(), call("telnet:bob", map[string]any{"owner": "me"}))
		}, []string{"There are no environments that you asked for."}},
		{func() (command.Answer, error) {
			return l.show(t.Context(), call("telnet:ann", map[string]any{"name": "demo"}))
		}, []string{"server", "demo-web", "ssh cirros@10.0.0.", "https://horizon.example.org/project/instances/id-", "size=m1.nano"}},
		{func() (command.Answer, error) {
			return l.show(t.Context(), call("irc:x", map[string]any{"name": "demo"}))
		}, []string{"needs the role viewer"}},
		{func() (command.Answer, error) {
			return l.show(t.Context(), call("telnet:ann", map[string]any{"name": "dem"}))
		}, []string{"Did you mean demo?"}},
		{func() (command.Answer, error) { return l.listTemplates(t.Context(), call("telnet:ann", nil)) }, []string{"small: two servers behind a router", "for 8h, at most 3d", "size=m1.nano|m1.small (m1.nano): the flavor", "takes a sign-off"}},
		{func() (command.Answer, error) {
			return l.plan(t.Context(), call("telnet:ann", map[string]any{"name": "next", "template": "small"}))
		}, []string{"next, from small at lab:", "server          next-web-1", "It would expire"}},
		{func() (command.Answer, error) {
			return l.plan(t.Context(), call("telnet:ann", map[string]any{"name": "demo", "template": "small"}))
		}, []string{"There is an environment demo already"}},
	} {
		answer, err := test.got()
		for _, want := range test.wants {
			if err != nil || !strings.Contains(answer.Text, want) {
				t.Errorf("it lacks %q: %v\n%s", want, err, answer.Text)
			}
		}
	}
}

// A cloud that is away while something is taken back is waited for, and what may be there is named in the end.
func TestACloudThatStaysAway(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.made("openstack env create demo count=1")
	b.world.luck = func(op, _, _ string) luck {
		if op == "find" || op == "look" {
			return busy
		}
		return well
	}
	j := b.run(b.accept("openstack env delete demo"))
	if j.State != job.Failed || !strings.HasPrefix(j.Error, "Not all of demo could be given back. Taken back but for this: ") ||
		!strings.Contains(j.Error, "server demo-web (id-") || b.env("demo").State != environment.Left {
		t.Error(jobtest.Describe(j))
	}
	b.world.luck = func(string, string, string) luck { return well }
	b.made("openstack env delete demo")
	b.bare("back again")
}

// The number of requests to a cloud: resources × 3, and one look a kind and pace.
func TestHowOftenTheCloudIsAsked(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	j := b.made("openstack env create demo count=20")
	polls := int(j.Finished.Sub(j.Started)/time.Second) + 1
	things := len(b.env("demo").Plan.Items)
	if got, most := len(b.world.calls), 3*things+polls; things < 25 || got > most {
		t.Errorf("%d requests for %d things in %d s", got, things, polls)
	}
	looks := 0
	for _, call := range b.world.calls {
		if strings.HasPrefix(call, "look at server") {
			looks++
		}
	}
	if looks > polls {
		t.Errorf("%d looks at servers in %d s", looks, polls)
	}
}
