package life

import (
	"strings"
	"testing"
	"time"

	"github.com/handsoff/handsoff/functions/openstack/cloud"
	"github.com/handsoff/handsoff/functions/openstack/environment"
	"github.com/handsoff/handsoff/functions/openstack/environment/template"
	"github.com/handsoff/handsoff/functions/openstack/resource"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/job/jobtest"
)

// owned has a template whose environments have a project of their own.
const owned = configured + `
    owned:
      project: {quota: {servers: 3}}
      networks: {inside: {subnets: [{cidr: 10.7.0.0/24}]}}
      servers: {web: {flavor: m1.nano, image: tiny, networks: [inside]}}
`

// An environment that has a project of its own is its owner's and the administrators'; any other is the operators', too.
func TestWholeProjectsAreTheAdministrators(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.configure(owned)
	give := func(template string) {
		if j := b.run(b.acceptAs("telnet:root", "openstack env create demo owner=telnet:bob template="+template)); j.State != job.Succeeded {
			t.Fatal(jobtest.Describe(j), b.story(j.ID))
		}
	}
	give("owned")
	lines := []string{"openstack env extend demo by=1h", "openstack env stop demo", "openstack env rebuild demo", "openstack env delete demo"}
	for _, line := range lines {
		if j := b.run(b.accept(line)); j.State != job.Failed || !strings.Contains(j.Error, "demo is telnet:bob's. ") || !strings.Contains(j.Error, "needs the role admin") {
			t.Error(line, jobtest.Describe(j))
		}
	}
	if env := b.env("demo"); env.State != environment.Ready || len(b.world.order) > 0 {
		t.Fatal(env.State, b.world.order)
	}
	for who, line := range map[string]string{"telnet:bob": lines[0], "telnet:root": lines[1]} {
		if j := b.run(b.acceptAs(who, line)); j.State != job.Succeeded {
			t.Error(who, line, jobtest.Describe(j))
		}
	}
	if j := b.run(b.acceptAs("telnet:bob", lines[3])); j.State != job.Succeeded {
		t.Fatal(jobtest.Describe(j))
	}
	b.bare("its owner's")
	give("keeping")
	b.made(lines[3])
	b.bare("an operator's")
}

// What an environment holds counts, and not only what its plan says: a project that was made twice is a whole project.
func TestWhatIsHeldIsGraded(t *testing.T) {
	t.Parallel()
	env := &environment.Environment{Items: map[string]*environment.Item{"server.web.1": {Kind: resource.KindServer, State: environment.Whole}}}
	if got := gradeOf(env); got != cloud.Operator {
		t.Error(got)
	}
	env.Items["project~p1"] = &environment.Item{Kind: resource.KindProject, State: environment.Stays}
	if got := gradeOf(env); got != cloud.Admin {
		t.Error(got)
	}
	env.Items["project~p1"].State = environment.Gone
	if got := gradeOf(env); got != cloud.Operator {
		t.Error(got)
	}
	env.Plan.Items = []template.Item{{Key: projectKey, Kind: resource.KindProject}} // it may be asked for at any moment
	if got := gradeOf(env); got != cloud.Admin {
		t.Error(got)
	}
}

// swept lets a sweep go on until it asks, has it confirmed, and gives it and the job that cleaned up.
func (b *bench) swept(who, line string) (sweep, clean *job.Job) {
	b.Helper()
	w := b.worker(b.life(b.store, b.rdb))
	defer b.end(w)
	id := b.acceptAs(who, line)
	var children []string
	b.until(w, func() bool {
		children, _ = b.store.Children(b.Context(), id)
		return len(children) == 1 || b.job(id).State.Final()
	})
	if len(children) == 0 {
		return b.job(id), nil
	}
	if _, err := b.store.Approve(b.Context(), children[0], who, false); err != nil {
		b.Fatal(err)
	}
	b.until(w, func() bool { return b.job(id).State.Final() })
	return b.job(id), b.job(children[0])
}

// A sweep shows an operator projects that are astray, and takes them away for an administrator only.
func TestAstrayProjectsAreTheAdministrators(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	lost := func(kind, item string) {
		b.world.add(kind, resource.Wish{Name: "lost", Mark: resource.Mark{Env: "lost", Job: "k1", Item: item}}, nil, well)
	}
	lost(resource.KindProject, "project")
	b.clock.Add(10 * time.Minute)
	const why = "! Left alone: 1 thing, a project or in one. Taking away whole projects at lab needs the role admin"
	sweep, clean := b.swept("telnet:ann", "openstack sweep")
	b.has(sweep.ID, "astray: project lost (", why)
	if clean != nil || sweep.State != job.Succeeded {
		t.Error(jobtest.Describe(sweep), clean)
	}
	lost(resource.KindNetwork, "net")
	b.clock.Add(10 * time.Minute)
	sweep, clean = b.swept("telnet:ann", "openstack sweep")
	b.has(sweep.ID, "astray: project lost (", "astray: network lost (", why)
	if clean == nil || clean.State != job.Succeeded || len(b.world.order) != 1 || b.world.order[0] != "net" {
		t.Fatal(clean, b.world.order)
	}
	b.has(clean.ID, "✓ 1 thing astray was deleted.")
	if _, clean = b.swept("telnet:root", "openstack sweep"); clean == nil || clean.State != job.Succeeded {
		t.Fatal(clean)
	}
	b.bare("swept")
}

// Of several clouds those are swept that whoever asks may sweep, and the others are named; one that is named alone is refused.
func TestASweepOfTheCloudsThatOneMay(t *testing.T) {
	t.Parallel()
	section := &cloud.Section{Default: "lab", Clouds: map[string]*cloud.Entry{"lab": {}, "prod": {Entry: "lab", Roles: map[string]string{"operator": "prod-operator"}}}}
	clouds, err := cloud.New(section, func(string) ([]byte, error) { return []byte(labYAML), nil }, cloud.Options{})
	if err != nil {
		t.Fatal(err)
	}
	server := jobtest.Redis(t)
	b := benchOn(t, server.Client(t), server.Address, clouds)
	b.world.add(resource.KindNetwork, resource.Wish{Name: "lost", Mark: resource.Mark{Env: "lost", Job: "k1", Item: "net"}}, nil, well)
	b.clock.Add(10 * time.Minute)
	sweep, clean := b.swept("telnet:ann", "openstack sweep")
	b.has(sweep.ID, "! A sweep of prod needs the role prod-operator", "astray: network lost (")
	if clean == nil || clean.State != job.Succeeded {
		t.Fatal(jobtest.Describe(sweep), clean)
	}
	b.bare("swept")
	sweep, _ = b.swept("telnet:ann", "openstack sweep")
	b.has(sweep.ID, "! A sweep of prod needs", "Nothing is astray, and nothing is missing, as far as could be looked.")
	for who, line := range map[string]string{"telnet:ann": "openstack sweep prod", "telnet:eve": "openstack sweep"} {
		if sweep, _ := b.swept(who, line); sweep.State != job.Failed || !strings.Contains(sweep.Error, "A sweep of prod needs the role prod-operator") || !strings.HasSuffix(sweep.Error, "Nothing was changed.") {
			t.Error(who, jobtest.Describe(sweep))
		}
	}
}

// What is told to go more than once is one thing that was deleted.
func TestASweepCountsThings(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	for _, item := range []string{"net.a", "net.b"} {
		b.world.add(resource.KindNetwork, resource.Wish{Name: item, Mark: resource.Mark{Env: "lost", Job: "k1", Item: item}}, nil, well)
	}
	told := 0
	b.world.luck = func(op, kind, item string) luck {
		if op == "delete" && item == "net.b" {
			if told++; told < 4 {
				return lies // it is there still
			}
		}
		return well
	}
	b.clock.Add(10 * time.Minute)
	_, clean := b.swept("telnet:ann", "openstack sweep")
	b.has(clean.ID, "✓ 2 things astray were deleted.")
	if told != 4 || !strings.Contains(string(clean.Result), `"gone":2`) {
		t.Error(told, string(clean.Result))
	}
}
