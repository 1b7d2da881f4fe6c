package life

import (
	"strings"
	"testing"
	"time"

	"github.com/handsoff/handsoff/functions/openstack/cloud"
	"github.com/handsoff/handsoff/functions/openstack/cloud/cloudtest"
	"github.com/handsoff/handsoff/functions/openstack/environment"
	"github.com/handsoff/handsoff/functions/openstack/resource"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/job/jobtest"
)

// stacked is a template that is a stack.
const stacked = configured + `
    stacked:
      ttl: 2h
      heat: {template: "heat_template_version: 2018-08-31"}
`

// benchOfAStack has a stack called demo with two servers in it.
func benchOfAStack(t *testing.T) *bench {
	t.Helper()
	b := newBench(t)
	b.configure(stacked)
	for range 2 {
		thing := b.world.add(resource.KindServer, resource.Wish{Name: "inner"}, nil, well)
		b.world.inner = append(b.world.inner, thing.ID)
	}
	b.world.told = map[string]string{"url": "https://10.0.0.9/", "admin_password": "hunter2", "many": strings.Repeat("x", 5000), "lines": "a\nb"}
	return b
}

// Whoever has a stack made is told what is in it: its outputs, and its servers with their addresses. What is called like a secret is not shown.
func TestTheEndOfAStack(t *testing.T) {
	t.Parallel()
	b := benchOfAStack(t)
	away := 3
	b.world.luck = func(op, _, _ string) luck {
		if op == "outputs" && away > 0 {
			away--
			return busy
		}
		return well
	}
	j := b.made("openstack env create demo template=stacked")
	b.has(j.ID, "✓ demo is there: 1 stack.", "in-id-1: 10.0.0.2; log in with: ssh 10.0.0.2", "in-id-2: 10.0.0.3", "url = https://10.0.0.9/", "lines = a b", "admin_password = (not shown")
	if story := strings.Join(b.story(j.ID), "\n"); strings.Contains(story, "hunter2") || strings.Contains(string(j.Result), "hunter2") || len(story) > 3000 || !strings.Contains(string(j.Result), `"url":"https://10.0.0.9/"`) {
		t.Error(story, string(j.Result))
	}
	b.asks(showWords, map[string]any{"name": "demo"}, "url", "https://10.0.0.9/", "in-id-2", "10.0.0.3")
	if j := b.run(b.accept("openstack env rebuild demo server=in-id-1")); !strings.Contains(j.Error, `demo has no server "in-id-1", and none that could be made anew by itself.`) {
		t.Error(jobtest.Describe(j))
	}
}

// The servers of a stack are stopped when its time is over, and run again once it was extended.
func TestTheServersOfAStackAreStopped(t *testing.T) {
	t.Parallel()
	b := benchOfAStack(t)
	b.made("openstack env create demo template=stacked")
	w := b.worker(b.life(b.store, b.rdb))
	defer b.end(w)
	b.stride = time.Minute
	b.until(w, func() bool { return b.env("demo").State == environment.Stopped })
	b.stride = 0
	for _, id := range b.world.inner {
		if state := b.world.state(b.world.things[id]); state != resource.Stopped {
			t.Error(id, state)
		}
	}
	b.made("openstack env extend demo by=1h")
	for _, id := range b.world.inner {
		if state := b.world.state(b.world.things[id]); state != resource.Ready {
			t.Error(id, state)
		}
	}
}

// The same at a cloud that makes servers: those of a stack are seen, stopped and started.
func TestServersOfAStackAtACloud(t *testing.T) {
	t.Parallel()
	b, _ := benchAtCloud(t)
	cloudtest.Whole(t, b.clouds)
	cloudtest.Needs(t, b.clouds, cloud.Orchestration)
	b.configure(atCloud + `
    served:
      heat:
        template: |
          heat_template_version: 2018-08-31
          resources:
            net: {type: OS::Neutron::Net}
            subnet: {type: OS::Neutron::Subnet, properties: {network: {get_resource: net}, cidr: 10.80.0.0/24}}
            box:
              type: OS::Nova::Server
              depends_on: subnet
              properties: {flavor: m1.nano, image: tiny, networks: [{network: {get_resource: net}}]}
          outputs:
            inside: {value: {get_attr: [box, first_address]}}
`)
	env := name()
	j := b.made("openstack env create " + env + " template=served")
	b.has(j.ID, "box: 10.80.0.", "inside = 10.80.0.")
	item := b.env(env).Items["stack"]
	if len(item.Within) != 1 || len(item.Within[0].Addresses) == 0 {
		t.Fatalf("%+v", item)
	}
	server := func() resource.State {
		kind, _ := resource.Of(resource.KindServer)
		seen, err := kind.Look(t.Context(), cloudtest.Lab(t, b.clouds), []string{item.Within[0].ID})
		if err != nil {
			t.Fatal(err)
		}
		return seen[item.Within[0].ID].State
	}
	b.made("openstack env stop " + env)
	if server() != resource.Stopped || b.env(env).State != environment.Stopped {
		t.Error(server(), b.env(env).State)
	}
	b.made("openstack env extend " + env + " by=1h")
	if server() != resource.Ready {
		t.Error(server())
	}
	if d := b.made("openstack env delete " + env); d.State != job.Succeeded {
		t.Error(jobtest.Describe(d))
	}
	b.lacks(env)
}

// A stack's name that is another's is refused before anything is made; one's own is no hindrance to being made anew.
func TestAStacksNameThatIsTaken(t *testing.T) {
	t.Parallel()
	b, _ := benchAtCloud(t)
	cloudtest.Needs(t, b.clouds, cloud.Orchestration)
	env := name()
	lab := cloudtest.Lab(t, b.clouds)
	kind, _ := resource.Of(resource.KindStack)
	wish := resource.Wish{
		Kind: resource.KindStack, Item: "stack", Name: env, Spec: []byte(`{"template":"heat_template_version: 2018-08-31"}`), Mark: resource.Mark{Env: env, Job: "k1", Item: "stack"},
	}
	made, err := kind.Make(t.Context(), lab, wish)
	if err != nil {
		t.Fatal(err)
	}
	b.tick(time.Second)
	j := b.run(b.accept("openstack env create " + env + " template=heat"))
	if j.State != job.Failed || !strings.Contains(j.Error, "Lab has a stack called "+env+" already ("+made.ID+")") || !strings.HasSuffix(j.Error, "Nothing was made.") || b.env(env) != nil {
		t.Error(jobtest.Describe(j))
	}
	for gone := false; !gone; b.tick(time.Second) {
		if err := kind.Delete(t.Context(), lab, made); err != nil {
			t.Fatal(err)
		}
		seen, err := kind.Look(t.Context(), lab, []string{made.ID})
		if err != nil {
			t.Fatal(err)
		}
		gone = seen[made.ID].State == resource.Absent
	}
	b.made("openstack env create " + env + " template=heat")
	b.made("openstack env rebuild " + env)
	b.made("openstack env delete " + env)
	b.lacks(env)
}
