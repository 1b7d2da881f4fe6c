package life

import (
	"context"
	"fmt"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/handsoff/handsoff/functions/openstack/cloud"
	"github.com/handsoff/handsoff/functions/openstack/cloud/cloudtest"
	"github.com/handsoff/handsoff/functions/openstack/environment"
	"github.com/handsoff/handsoff/functions/openstack/resource"
	"github.com/handsoff/handsoff/local-provider/sandbox/fault"
	sandbox "github.com/handsoff/handsoff/local-provider/sandbox/openstack"
	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/job/jobtest"
)

// atCloud is the configuration for a cloud as the sandbox and the real one are seeded.
const atCloud = `
roles: {viewer: ["telnet:*"], operator: [telnet:ann, telnet:bob], admin: [telnet:root]}
openstack:
  templates:
    small:
      parameters: {count: {type: int, default: 1, min: 1, max: 20}, flavor: {default: m1.nano}, image: {default: tiny}}
      on_expiry: {stop: true, stop_for: 1h, delete: true}
      networks: {inside: {subnets: [{cidr: 10.77.0.0/24}], router: public}}
      security_groups: {ssh: {rules: [{port: 22}]}}
      keypair: make
      servers:
        web: {count: "{{ parameters.count }}", flavor: "{{ parameters.flavor }}", image: "{{ parameters.image }}", networks: [inside], security_groups: [ssh], floating_ip: public, tags: [demo]}
    own:
      project: {quota: {cores: 4}}
      networks: {inside: {subnets: [{cidr: 10.78.0.0/24}]}}
      servers: {web: {flavor: m1.nano, image: tiny, networks: [inside]}}
    kept:
      keep_on_failure: true
      parameters: {flavor: {default: m1.nano}}
      networks: {inside: {subnets: [{cidr: 10.79.0.0/24}]}}
      servers: {web: {flavor: "{{ parameters.flavor }}", image: tiny, networks: [inside]}}
    heat:
      parameters: {wait: {type: int, default: 0}, fail: {type: bool, default: false}}
      heat:
        template: |
          heat_template_version: 2018-08-31
          parameters: {wait: {type: number}, fail: {type: boolean}, word: {type: string}}
          resources:
            one:
              type: OS::Heat::TestResource
              properties: {value: {get_param: word}, fail: {get_param: fail}, wait_secs: 0, action_wait_secs: {create: {get_param: wait}}}
        parameters: {wait: "{{ parameters.wait }}", fail: "{{ parameters.fail }}", word: "{{ env.name }}"}
`

// benchAtCloud is a bench on the sandbox, or on the real cloud where HANDSOFF_OPENSTACK names one.
func benchAtCloud(t *testing.T) (*bench, *sandbox.Server) {
	t.Helper()
	var clouds *cloud.Clouds
	var lab *sandbox.Server
	if cloudtest.Real() {
		clouds, lab = cloudtest.Clouds(t)
	} else {
		clouds, lab = cloudtest.Sandbox(t, sandbox.Options{Boot: 2 * time.Second, Delete: time.Second, Frozen: true})
	}
	return benchWith(t, clouds, lab), lab
}

// benchWith is a bench on these clouds; lab is nil on a real one.
func benchWith(t *testing.T, clouds *cloud.Clouds, lab *sandbox.Server) *bench {
	t.Helper()
	server := jobtest.Redis(t)
	b := benchOn(t, server.Client(t), server.Address, clouds)
	b.configure(atCloud)
	b.world = nil
	b.lease = time.Hour // of real time: a step takes as long as the cloud does
	b.tick = time.Sleep // a real cloud takes real time for what it has been asked to do
	if lab != nil {
		b.tick = lab.Advance
	}
	return b
}

// left lists what bears the mark of an environment at the cloud.
func (b *bench) left(name string) []string {
	b.Helper()
	lab := cloudtest.Lab(b, b.clouds)
	var all []string
	for _, kind := range resource.Kinds() {
		k, _ := resource.Of(kind)
		at := lab
		if kind == resource.KindProject {
			at, _ = lab.Admin()
		}
		things, err := k.Find(context.Background(), at, resource.Mark{Env: name})
		if cloud.Is(err, cloud.Missing) {
			continue // not every cloud has every service
		}
		if err != nil {
			b.Fatal(kind, err)
		}
		for _, thing := range things {
			if thing.State != resource.Going {
				all = append(all, thing.Kind+" "+thing.Name)
			}
		}
	}
	return all
}

// name is an environment's name that only this test has.
func name() string {
	return fmt.Sprintf("g1-%d-%d", os.Getpid()%10000, named.Add(1))
}

// named counts the environments of this run: a cloud is shared with what runs beside it.
var named atomic.Int64

// An environment's life at a cloud: planned, made, a server made anew, stopped, extended, made anew and given back.
func TestAtACloud(t *testing.T) {
	t.Parallel()
	b, _ := benchAtCloud(t)
	cloudtest.Whole(t, b.clouds)
	env := name()
	b.asks(templatesWords, nil, "small: ", "count=int (1)", "heat: ", "wait=int (0)")
	b.asks(planWords, map[string]any{"name": env, command.ExtraArg: map[string]string{"count": "2"}}, env+", from small at lab: ", "2 servers", "It takes of the quota: 2 servers (", env+"-web-1", "It would expire ")
	j := b.made("openstack env create " + env)
	b.asks(listWords, nil, env, "ready", "small", "telnet:ann")
	b.asks(showWords, map[string]any{"name": env}, env+"-web", "10.77.0.", "https://horizon.example.org/", machines(b.env(env))[0].ID, "floating IP")
	b.asks(planWords, map[string]any{"name": env}, "There is an environment "+env+" already (ready, ")
	b.has(j.ID, "It takes of the quota: 1 server ", "✓ "+env+" is there: ", env+"-web: ")
	if had := b.left(env); len(had) != len(b.env(env).Plan.Items) {
		t.Error(had)
	}
	before := machines(b.env(env))[0]
	b.made("openstack env rebuild " + env + " server=web")
	if had := b.left(env); len(had) != len(b.env(env).Plan.Items) {
		t.Error("it lost a mark:", had)
	}
	b.made("openstack env stop " + env)
	if b.env(env).State != environment.Stopped {
		t.Error(b.env(env).State)
	}
	b.made("openstack env extend " + env + " by=1h")
	if after := machines(b.env(env))[0]; b.env(env).State != environment.Ready || after.ID != before.ID {
		t.Error(b.env(env).State, after, before)
	}
	b.made("openstack env rebuild " + env)
	if after := machines(b.env(env))[0]; after.ID == before.ID {
		t.Error("the same server")
	}
	b.made("openstack env delete " + env)
	if left := b.left(env); len(left) > 0 || b.env(env) != nil {
		t.Error(left, b.env(env))
	}
	refused := b.run(b.accept("openstack env create " + env + " image=tinny flavor=m1.nono"))
	if refused.State != job.Failed || !strings.Contains(refused.Error, "tinny") || !strings.Contains(refused.Error, "m1.nono") {
		t.Error(jobtest.Describe(refused))
	}
}

// A cancel at every stage of a making takes all back: before each request that makes something and right after it, and while what
// was made is waited for. A real cloud, which takes its time, is cancelled before one request and after the next.
func TestCancelledAtACloud(t *testing.T) {
	t.Parallel()
	b, _ := benchAtCloud(t)
	cloudtest.Whole(t, b.clouds)
	before, made := 0, 0
	for n, more := 1, true; more; n++ {
		stage := 2*n + n%2
		for _, at := range []int{2 * n, 2*n + 1} {
			if !cloudtest.Real() || at == stage {
				made, more = b.cancelledAt(fmt.Sprintf("%s-%d", name(), at), at/2, at%2 == 1)
			}
		}
		if n > 30 {
			t.Fatal("there is no end to its requests")
		}
		before = max(before, made)
	}
	if before < 8 {
		t.Errorf("it was cancelled at %d of its requests only", before)
	}
}

// cancelledAt makes an environment and cancels it before the n-th request that makes something, or right after it. It gives how many
// such requests were made, and whether there was an n-th one.
func (b *bench) cancelledAt(env string, n int, after bool) (made int, was bool) {
	b.Helper()
	l := b.life(b.store, b.rdb)
	w := b.worker(l)
	defer b.end(w)
	id := b.accept("openstack env create " + env)
	var mu sync.Mutex
	cancel := func() {
		if _, err := b.store.Cancel(b.Context(), id, "telnet:ann", ""); err != nil {
			b.Error(err)
		}
	}
	l.kind = func(name string) (resource.Kind, bool) {
		k, ok := resource.Of(name)
		return overseen{k, func(ctx context.Context, c *cloud.Cloud, wish resource.Wish) (resource.Thing, error) {
			mu.Lock()
			made++
			ours := made == n
			was = was || ours
			mu.Unlock()
			if ours && !after {
				cancel()
			}
			thing, err := k.Make(ctx, c, wish)
			if ours && after {
				cancel()
			}
			return thing, err
		}}, ok
	}
	b.until(w, func() bool { return b.job(id).State.Final() })
	j := b.job(id)
	switch {
	case j.State == job.Succeeded:
		b.made("openstack env delete " + env)
	case j.State != job.Cancelled || len(j.Receipt.Left) > 0:
		b.Error(n, after, jobtest.Describe(j), b.story(id))
	}
	b.lacks(env)
	return made, was
}

// Faults of a cloud: a server that fails, a quota that ends half way, a lost answer, a token that ends, a delete that hangs.
func TestFaultsOfACloud(t *testing.T) {
	t.Parallel()
	if cloudtest.Real() {
		t.Skip("a real cloud does not fail to order")
	}
	b, lab := benchAtCloud(t)
	for i, test := range []struct {
		fault sandbox.Fault
		state job.State
		told  string
	}{
		{sandbox.Fault{Kind: sandbox.FaultServerError, Message: "No valid host was found."}, job.Failed, "No valid host was found"},
		{sandbox.Fault{Kind: sandbox.FaultQuota, Path: "/servers"}, job.Failed, "quota"},
		{sandbox.Fault{Kind: sandbox.FaultLost, Method: "POST", Path: "/servers", Span: fault.Span{Times: 1}}, job.Succeeded, ""},
		{sandbox.Fault{Kind: sandbox.FaultLost, Method: "POST", Path: "/networks", Span: fault.Span{Times: 1}}, job.Succeeded, ""},
		{sandbox.Fault{Kind: sandbox.FaultToken, Service: "network", Span: fault.Span{Skip: 4, Times: 1}}, job.Succeeded, ""},
		{sandbox.Fault{Kind: sandbox.FaultStatus, Method: "POST", Status: 429, After: 2 * time.Second, Path: "/servers", Span: fault.Span{Times: 2}}, job.Succeeded, ""},
		{sandbox.Fault{Kind: sandbox.FaultStatus, Method: "POST", Status: 403, Path: "/floatingips"}, job.Failed, "floating IP"},
	} {
		env := fmt.Sprintf("%s-%d", name(), i)
		lab.Break(test.fault)
		befallen := lab.Befallen()
		j := b.run(b.accept("openstack env create " + env))
		if j.State != test.state || !strings.Contains(j.Error, test.told) || lab.Befallen() == befallen {
			t.Errorf("%+v: %s, befallen %d\n%s", test.fault, jobtest.Describe(j), lab.Befallen()-befallen, strings.Join(b.story(j.ID), "\n"))
		}
		lab.Mend()
		if j.State == job.Succeeded {
			b.made("openstack env delete " + env)
		}
		if left := b.left(env); len(left) > 0 || b.env(env) != nil {
			t.Errorf("%+v: left: %s", test.fault, left)
		}
	}
	env := name()
	b.made("openstack env create " + env)
	lab.Break(sandbox.Fault{Kind: sandbox.FaultStuck})
	j := b.run(b.accept("openstack env delete " + env))
	if j.State != job.Failed || !strings.Contains(j.Error, "server "+env+"-web (") || b.env(env).State != environment.Left {
		t.Error(jobtest.Describe(j))
	}
}

// A project of its own holds all that is in it, and goes last.
func TestAProjectOfItsOwn(t *testing.T) {
	t.Parallel()
	b, _ := benchAtCloud(t)
	cloudtest.Whole(t, b.clouds)
	env := name()
	if j := b.run(b.accept("openstack env create " + env + " template=own")); !strings.Contains(j.Error, "needs the role admin") {
		t.Error(jobtest.Describe(j))
	}
	j := b.run(b.acceptAs("telnet:root", "openstack env create "+env+" template=own"))
	if j.State != job.Succeeded {
		t.Fatal(jobtest.Describe(j), b.story(j.ID))
	}
	d := b.run(b.acceptAs("telnet:root", "openstack env delete "+env))
	if left := b.left(env); d.State != job.Succeeded || len(left) > 0 {
		t.Error(jobtest.Describe(d), left)
	}
}

// Twenty servers cost no more requests than three for each thing and one look a kind and pace.
func TestTwentyServersAreCheap(t *testing.T) {
	t.Parallel()
	if cloudtest.Real() {
		t.Skip("what is counted is the sandbox's")
	}
	b, lab := benchAtCloud(t)
	b.configure(strings.Replace(atCloud, ", floating_ip: public", "", 1))
	before := lab.Count()
	j := b.run(b.accept("openstack env create many count=10"))
	if j.State != job.Succeeded {
		t.Fatal(jobtest.Describe(j))
	}
	things, seconds := len(b.env("many").Plan.Items), int(j.Finished.Sub(j.Started)/time.Second)+1
	const pollsASecond = 3 // of two or three kinds that are waited for at the same time
	if asked := lab.Count() - before; asked > 3*things+pollsASecond*seconds {
		t.Errorf("%d requests for %d things in %d s:\n%s", asked, things, seconds, strings.Join(lab.Asked(), "\n"))
	}
}
