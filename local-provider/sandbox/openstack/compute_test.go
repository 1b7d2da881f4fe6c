package openstack_test

import (
	"fmt"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/handsoff/handsoff/local-provider/sandbox/openstack"
)

// people are admin and demo, logged in.
func (r *rig) people() *target {
	r.Helper()
	g := newTarget(r.T, r.url+"/identity/v3", "secret")
	for _, x := range []exchange{
		{as: "demo", ask: "GET image /v2/images?name=tiny", save: map[string]string{"image": "images[name=tiny].id"}},
		{as: "demo", ask: "GET compute /flavors", save: map[string]string{"flavor": "flavors[name=m1.nano].id"}},
		{as: "demo", ask: "GET network /v2.0/networks", save: map[string]string{"shared": "networks[name=shared].id"}},
	} {
		_, body := g.once(r.T, x)
		for name, path := range x.save {
			g.vars[name], _ = pick(body, path).(string)
		}
	}
	return g
}

// boot asks for a server of demo's, and returns its id.
func (g *target) boot(t *testing.T, name string, want int) string {
	t.Helper()
	got, body := g.once(t, exchange{as: "demo", at: latest, ask: "POST compute /servers", body: fmt.Sprintf(
		`{"server":{"name":%q,"imageRef":"{image}","flavorRef":"{flavor}","networks":[{"uuid":"{shared}"}],"tags":["handsoff"]}}`, name)})
	if got.Status != want {
		t.Fatalf("boot: %d %v", got.Status, body)
	}
	id, _ := pick(body, "server.id").(string)
	return id
}

func (g *target) server(t *testing.T, id string) any {
	t.Helper()
	_, body := g.once(t, exchange{as: "demo", at: latest, ask: "GET compute /servers/" + id})
	return body
}

func (g *target) count(t *testing.T, path, name string) int {
	t.Helper()
	_, body := g.once(t, exchange{as: "demo", at: latest, ask: "GET compute /" + path})
	list, _ := pick(body, name).([]any)
	return len(list)
}

func TestQuotaIsReal(t *testing.T) {
	t.Parallel()
	r := newRig(t, openstack.Options{Frozen: true, Boot: -1, Delete: -1})
	g := r.people()
	g.once(t, exchange{as: "admin", ask: "PUT compute /os-quota-sets/{demo_project}", body: `{"quota_set":{"instances":2,"cores":1}}`})
	first := g.boot(t, "a", http.StatusAccepted)
	got, body := g.once(t, exchange{as: "demo", ask: "POST compute /servers", body: `{"server":{"name":"b","imageRef":"{image}","flavorRef":"{flavor}","min_count":2}}`})
	want := "Quota exceeded for cores, instances: Requested 2, 2, but already used 1, 1 of 1, 2 cores, instances"
	if got.Status != http.StatusForbidden || pick(body, "forbidden.message") != want {
		t.Errorf("%d %v", got.Status, body)
	}
	_, body = g.once(t, exchange{as: "demo", ask: "GET compute /limits"})
	if pick(body, "limits.absolute.totalCoresUsed") != 1.0 || pick(body, "limits.absolute.maxTotalCores") != 1.0 {
		t.Errorf("limits: %v", body)
	}
	g.once(t, exchange{as: "demo", ask: "DELETE compute /servers/" + first})
	g.boot(t, "c", http.StatusAccepted) // there is room again
}

func TestHostsAreChosen(t *testing.T) {
	t.Parallel()
	r := newRig(t, openstack.Options{Frozen: true, Boot: -1})
	g := r.people()
	_, body := g.once(t, exchange{as: "demo", at: latest, ask: "POST compute /os-server-groups", body: `{"server_group":{"name":"g","policy":"anti-affinity"}}`})
	g.vars["group"], _ = pick(body, "server_group.id").(string)
	hosts := map[any]int{}
	for i := range 3 {
		_, body := g.once(t, exchange{as: "demo", at: latest, ask: "POST compute /servers", body: fmt.Sprintf(
			`{"server":{"name":"s%d","imageRef":"{image}","flavorRef":"{flavor}","networks":"none"},"os:scheduler_hints":{"group":"{group}"}}`, i)})
		id, _ := pick(body, "server.id").(string)
		_, body = g.once(t, exchange{as: "admin", at: latest, ask: "GET compute /servers/" + id})
		hosts[pick(body, "server.OS-EXT-SRV-ATTR:host")]++
	}
	if hosts["fake1"] != 1 || hosts["fake2"] != 1 || hosts[nil] != 1 {
		t.Errorf("hosts: %v", hosts)
	}
	g.once(t, exchange{as: "admin", ask: "PUT compute /os-services/disable", body: `{"host":"fake1","binary":"nova-compute"}`})
	r.cloud.SetHost("fake2", false)
	id := g.boot(t, "nowhere", http.StatusAccepted)
	if body := g.server(t, id); pick(body, "server.status") != "ERROR" {
		t.Errorf("it is %v", body)
	}
}

func TestPagesOfServers(t *testing.T) {
	t.Parallel()
	r := newRig(t, openstack.Options{Frozen: true, Boot: -1})
	g := r.people()
	for i := range 7 {
		g.boot(t, fmt.Sprintf("s%d", i), http.StatusAccepted)
	}
	var names []string
	for path := "/servers?limit=3"; path != ""; {
		_, body := g.once(t, exchange{as: "demo", ask: "GET compute " + path})
		list, _ := pick(body, "servers").([]any)
		for _, v := range list {
			names = append(names, fmt.Sprint(pick(v, "name")))
		}
		next, _ := pick(body, "servers_links[rel=next].href").(string)
		if path = ""; next != "" {
			u, err := url.Parse(next)
			if err != nil {
				t.Fatal(err)
			}
			path = "/servers?" + u.RawQuery
		}
	}
	if got := strings.Join(names, " "); got != "s6 s5 s4 s3 s2 s1 s0" {
		t.Errorf("pages: %s", got)
	}
}

func TestAnotherProjectSeesNothing(t *testing.T) {
	t.Parallel()
	r := newRig(t, openstack.Options{Frozen: true})
	g := r.people()
	_, body := g.once(t, exchange{as: "admin", ask: "POST compute /servers", body: `{"server":{"name":"x","imageRef":"{image}","flavorRef":"{flavor}"}}`})
	id, _ := pick(body, "server.id").(string)
	for _, ask := range []string{"GET compute /servers/" + id, "DELETE compute /servers/" + id, "GET compute /servers/" + id + "/metadata"} {
		if got, _ := g.once(t, exchange{as: "demo", ask: ask}); got.Status != http.StatusNotFound {
			t.Errorf("%s: %d", ask, got.Status)
		}
	}
	if n := g.count(t, "servers", "servers"); n != 0 {
		t.Errorf("demo sees %d servers", n)
	}
}

func TestStateOutlivesARestart(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "state.jsonl")
	before := newRig(t, openstack.Options{Frozen: true, State: file})
	g := before.people()
	id := g.boot(t, "web", http.StatusAccepted)
	before.cloud.Close()

	after := newRig(t, openstack.Options{State: file, Speed: 1000})
	g = after.people()
	deadline := time.Now().Add(patience)
	for pick(g.server(t, id), "server.status") != "ACTIVE" {
		if time.Now().After(deadline) {
			t.Fatalf("it is %v", g.server(t, id))
		}
	}
	_, body := g.once(t, exchange{as: "demo", ask: "GET compute /limits"})
	if pick(body, "limits.absolute.totalInstancesUsed") != 1.0 {
		t.Errorf("limits: %v", body)
	}
	if !strings.Contains(string(after.cloud.CloudsYAML(after.url)), "v3applicationcredential") {
		t.Error("there is no application credential")
	}
}

func TestTokensEnd(t *testing.T) {
	t.Parallel()
	r := newRig(t, openstack.Options{Frozen: true})
	g := r.people()
	r.cloud.Advance(59 * time.Minute)
	if got, _ := g.once(t, exchange{as: "demo", ask: "GET compute /flavors"}); got.Status != http.StatusOK {
		t.Errorf("after 59 minutes: %d", got.Status)
	}
	r.cloud.Advance(2 * time.Minute)
	if got, _ := g.once(t, exchange{as: "demo", ask: "GET compute /flavors"}); got.Status != http.StatusUnauthorized {
		t.Errorf("after 61 minutes: %d", got.Status)
	}
}
