package life

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gophercloud/gophercloud/v2"

	"github.com/handsoff/handsoff/functions/openstack/cloud"
	"github.com/handsoff/handsoff/functions/openstack/cloud/cloudtest"
	"github.com/handsoff/handsoff/functions/openstack/environment"
	"github.com/handsoff/handsoff/functions/openstack/resource"
	sandbox "github.com/handsoff/handsoff/local-provider/sandbox/openstack"
	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/job/jobtest"
)

// asks gives a command that answers at once, as ann, and checks what it says.
func (b *bench) asks(words string, args map[string]any, wants ...string) {
	b.Helper()
	answer, err := b.life(b.store, b.rdb).Parts().Calls[words](b.Context(), command.Call{Command: words, Args: args, Principal: "telnet:ann"})
	if err != nil {
		b.Fatal(err)
	}
	for _, want := range wants {
		if !strings.Contains(answer.Text, want) {
			b.Errorf("%s lacks %q:\n%s", words, want, answer.Text)
		}
	}
}

// overseen is a kind of things whose makings a test sees to.
type overseen struct {
	resource.Kind

	make func(context.Context, *cloud.Cloud, resource.Wish) (resource.Thing, error)
}

// Make implements resource.Kind.
func (o overseen) Make(ctx context.Context, c *cloud.Cloud, w resource.Wish) (resource.Thing, error) {
	return o.make(ctx, c, w)
}

// Finish implements resource.Finisher.
func (o overseen) Finish(ctx context.Context, c *cloud.Cloud, w resource.Wish, id string) (resource.Thing, error) {
	if f, can := o.Kind.(resource.Finisher); can {
		return f.Finish(ctx, c, w, id)
	}
	return resource.Thing{}, &cloud.Fault{Kind: cloud.Invalid, Message: "there is nothing to finish"}
}

// root is the compute service as the cloud's administrator.
func (b *bench) root() *gophercloud.ServiceClient {
	b.Helper()
	admin, err := cloudtest.Lab(b, b.clouds).Admin()
	if err != nil {
		b.Fatal(err)
	}
	client, err := admin.Client(b.Context(), cloud.Compute)
	if err != nil {
		b.Fatal(err)
	}
	return client
}

// vast makes a flavor that every quota allows and no computer has room for: quotas do not count disks.
func (b *bench) vast(name string) {
	b.Helper()
	root := b.root()
	wish := map[string]any{"flavor": map[string]any{"id": name, "name": name, "ram": 64, "vcpus": 1, "disk": 100_000_000}}
	if _, err := root.Post(b.Context(), root.ServiceURL("flavors"), wish, nil, &gophercloud.RequestOpts{OkCodes: []int{http.StatusOK}}); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		if _, err := root.Delete(context.Background(), root.ServiceURL("flavors", name), nil); err != nil {
			b.Error(err)
		}
	})
}

// A server that goes to ERROR ends the making: all is taken back, or kept to be looked at where the template says so.
func TestAServerFailsAtACloud(t *testing.T) {
	t.Parallel()
	b, _ := benchAtCloud(t)
	cloudtest.Whole(t, b.clouds)
	env := name()
	b.vast(env)
	j := b.run(b.accept("openstack env create " + env + " flavor=" + env))
	if left := b.left(env); j.State != job.Failed || !strings.Contains(j.Error, "No valid host was found") || len(left) > 0 || b.env(env) != nil {
		t.Error(jobtest.Describe(j), left)
	}
	j = b.run(b.accept("openstack env create " + env + " template=kept flavor=" + env))
	kept := b.env(env)
	if left := b.left(env); j.State != job.Failed || kept == nil || kept.State != environment.Kept || len(left) != len(kept.Plan.Items) {
		t.Error(jobtest.Describe(j), left)
	}
	b.made("openstack env delete " + env)
	if left := b.left(env); len(left) > 0 || b.env(env) != nil {
		t.Error(left)
	}
}

// A quota that does not allow it is seen before anything is made; one that ends half way takes back what was made.
func TestAQuotaEndsAtACloud(t *testing.T) {
	t.Parallel()
	b, _ := benchAtCloud(t)
	cloudtest.Whole(t, b.clouds)
	env := name()
	j := b.run(b.accept("openstack env create " + env + " count=20"))
	if left := b.left(env); j.State != job.Failed || !strings.Contains(j.Error, "The quota of lab does not allow it: it takes 20 servers, and ") || len(left) > 0 || b.env(env) != nil {
		t.Error(jobtest.Describe(j), left)
	}
	l := b.life(b.store, b.rdb)
	w := b.worker(l)
	defer b.end(w)
	id, root := b.acceptAs("telnet:root", "openstack env create "+env+" template=own"), b.root()
	l.kind = func(name string) (resource.Kind, bool) {
		k, ok := resource.Of(name)
		return overseen{k, func(ctx context.Context, c *cloud.Cloud, wish resource.Wish) (resource.Thing, error) {
			if name == resource.KindServer {
				none := map[string]any{"quota_set": map[string]any{"cores": 0}}
				if _, err := root.Put(ctx, root.ServiceURL("os-quota-sets", b.env(env).Items["project"].ID), none, nil, &gophercloud.RequestOpts{OkCodes: []int{http.StatusOK}}); err != nil {
					t.Error(err)
				}
			}
			return k.Make(ctx, c, wish)
		}}, ok
	}
	b.until(w, func() bool { return b.job(id).State.Final() })
	j = b.job(id)
	if left := b.left(env); j.State != job.Failed || !strings.Contains(j.Error, "quota") || len(left) > 0 || b.env(env) != nil {
		t.Error(jobtest.Describe(j), left, b.story(id))
	}
}

// What nobody extends is stopped when its time is over, and given back later.
func TestGivenBackAtACloud(t *testing.T) {
	t.Parallel()
	b, _ := benchAtCloud(t)
	cloudtest.Whole(t, b.clouds)
	env := name()
	b.made("openstack env create " + env + " ttl=2h")
	w := b.worker(b.life(b.store, b.rdb))
	defer b.end(w)
	lease, server := b.env(env).Lease, machines(b.env(env))[0].ID
	b.clock.Add(2*time.Hour + time.Minute)
	b.until(w, func() bool { return b.env(env).State == environment.Stopped })
	kind, _ := resource.Of(resource.KindServer)
	if seen, err := kind.Look(t.Context(), cloudtest.Lab(t, b.clouds), []string{server}); err != nil || seen[server].State != resource.Stopped {
		t.Error(seen, err)
	}
	b.clock.Add(time.Hour)
	b.until(w, func() bool { return b.job(lease).State.Final() })
	if left := b.left(env); b.job(lease).State != job.Succeeded || len(left) > 0 || b.env(env) != nil {
		t.Error(jobtest.Describe(b.job(lease)), left)
	}
}

// A stack is made, made anew, cancelled while it is made, taken back when it fails, and given back.
func TestAStack(t *testing.T) {
	t.Parallel()
	b, _ := benchAtCloud(t)
	cloudtest.Needs(t, b.clouds, cloud.Orchestration)
	env := name()
	b.asks(planWords, map[string]any{"name": env, "template": "heat"}, "1 stack", "stack  "+env)
	b.made("openstack env create " + env + " template=heat")
	b.asks(showWords, map[string]any{"name": env}, "stack", "ready")
	before := b.env(env).Items["stack"].ID
	b.made("openstack env rebuild " + env)
	if b.env(env).Items["stack"].ID == before {
		t.Error("the same stack")
	}
	b.made("openstack env delete " + env)
	b.lacks(env)
	j := b.run(b.accept("openstack env create " + env + " template=heat fail=true"))
	if j.State != job.Failed || !strings.Contains(j.Error, "stack "+env+" has failed: Resource CREATE failed") {
		t.Error(jobtest.Describe(j))
	}
	b.lacks(env)
	w := b.worker(b.life(b.store, b.rdb))
	defer b.end(w)
	id := b.accept("openstack env create " + env + " template=heat wait=600")
	b.until(w, func() bool {
		found := b.env(env)
		return found != nil && found.Items["stack"].State == environment.Made
	})
	if _, err := b.store.Cancel(t.Context(), id, "telnet:ann", ""); err != nil {
		t.Fatal(err)
	}
	b.until(w, func() bool { return b.job(id).State.Final() })
	if j := b.job(id); j.State != job.Cancelled || len(j.Receipt.Left) > 0 {
		t.Error(jobtest.Describe(j))
	}
	b.lacks(env)
}

// lacks makes sure that nothing of an environment is left.
func (b *bench) lacks(env string) {
	b.Helper()
	if left := b.left(env); len(left) > 0 || b.env(env) != nil {
		b.Errorf("left: %s", left)
	}
}

// A cloud that has Keystone and Heat only makes stacks, and says what it has not got before anything is made.
func TestAtACloudWithoutServers(t *testing.T) {
	t.Parallel()
	var b *bench
	if cloudtest.Real() {
		b, _ = benchAtCloud(t)
		if has, err := cloudtest.Lab(t, b.clouds).Has(t.Context(), cloud.Compute); err != nil || has {
			t.Skip("this cloud has servers", err)
		}
	} else {
		without := []string{"compute", "network", "image", "volumev3", "block-storage", "placement"}
		clouds, lab := cloudtest.Sandbox(t, sandbox.Options{Boot: time.Second, Delete: time.Second, Frozen: true, Without: without})
		server := jobtest.Redis(t)
		b = benchOn(t, server.Client(t), server.Address, clouds)
		b.configure(atCloud)
		b.world, b.lease, b.tick = nil, time.Hour, lab.Advance
	}
	env := name()
	j := b.run(b.accept("openstack env create " + env))
	for _, service := range []string{"network service, which a network", "compute service, which a server"} {
		if want := fmt.Sprintf("Lab has no %s of the template takes", service); j.State != job.Failed || !strings.Contains(j.Error, want) {
			t.Errorf("%q: %s", want, jobtest.Describe(j))
		}
	}
	b.made("openstack env create " + env + " template=heat")
	b.made("openstack env delete " + env)
	b.lacks(env)
}

// A sweep finds what bears our mark and is nobody's at a cloud, and takes away no more than that once it is confirmed. It runs alone:
// all that other tests make is nobody's here.
func TestASweepOfACloud(t *testing.T) {
	b, _ := benchAtCloud(t)
	cloudtest.Needs(t, b.clouds, cloud.Network)
	lab, env := cloudtest.Lab(t, b.clouds), name()
	network, _ := resource.Of(resource.KindNetwork)
	wish := resource.Wish{Kind: resource.KindNetwork, Item: "net", Name: env + "-net", Spec: []byte("{}"), Mark: resource.Mark{Env: env, Job: "k1", Item: "net"}}
	made, err := network.Make(t.Context(), lab, wish)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = network.Delete(context.Background(), lab, made) })
	b.clock.Add(time.Until(b.clock.Now()).Abs() + 2*young) // later than what the cloud's own clock says
	w := b.worker(b.life(b.store, b.rdb))
	defer b.end(w)
	id := b.accept("openstack sweep lab")
	b.until(w, func() bool { return len(b.story(id)) > 0 })
	story := b.story(id)
	b.has(id, "astray: network "+env+"-net")
	if slices.ContainsFunc(story, func(line string) bool { return strings.Contains(line, "astray: ") && !strings.Contains(line, env) }) {
		t.Skip("others' things are astray at this cloud; they are not ours to take away:", story)
	}
	children, err := b.store.Children(t.Context(), id)
	if err != nil || len(children) != 1 {
		t.Fatal(children, err, story)
	}
	if _, err := b.store.Approve(t.Context(), children[0], "telnet:ann", false); err != nil {
		t.Fatal(err)
	}
	b.until(w, func() bool { return b.job(id).State.Final() })
	if j := b.job(id); j.State != job.Succeeded {
		t.Error(jobtest.Describe(j), b.story(children[0]))
	}
	b.lacks(env)
}
