package openstack_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/handsoff/handsoff/local-provider/sandbox/fault"
	"github.com/handsoff/handsoff/local-provider/sandbox/openstack"
)

func TestFaultsOfCalls(t *testing.T) {
	t.Parallel()
	r := newRig(t, openstack.Options{Frozen: true})
	g := r.people()
	flavors := exchange{as: "demo", ask: "GET compute /flavors"}

	r.cloud.Break(openstack.Fault{
		Kind: openstack.FaultStatus, Service: "compute", Path: "/flavors*", Status: http.StatusServiceUnavailable, After: 1500 * time.Millisecond,
		Span: fault.Span{Times: 1, Skip: 1},
	})
	for i, want := range []int{200, 503, 200} {
		if got, body := g.once(t, flavors); got.Status != want || want == 503 && (got.Header["Retry-After"] != "2" ||
			pick(body, "serviceUnavailable.code") != 503.0) {
			t.Errorf("look %d: %v %v", i, got, body)
		}
	}
	r.cloud.Break(openstack.Fault{Kind: openstack.FaultToken})
	if got, _ := g.once(t, flavors); got.Status != http.StatusUnauthorized {
		t.Errorf("with an ended token: %d", got.Status)
	}
	g = r.people()
	if got, _ := g.once(t, flavors); got.Status != http.StatusOK {
		t.Errorf("with a new token: %d", got.Status)
	}
	if n := r.cloud.Befallen(); n != 2 {
		t.Errorf("%d calls were befallen", n)
	}
}

func TestFaultsOfConnections(t *testing.T) {
	t.Parallel()
	r := newRig(t, openstack.Options{Frozen: true})
	g := r.people()
	ask := func(method, path, body string) error {
		rq, err := http.NewRequestWithContext(t.Context(), method, r.url+path, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		rq.Header.Set("X-Auth-Token", g.tokens["demo"])
		rsp, err := http.DefaultClient.Do(rq)
		if err == nil {
			err = rsp.Body.Close()
		}
		return err
	}
	r.cloud.Break(openstack.Fault{Kind: openstack.FaultDown, Method: http.MethodPost, Path: "/os-server-groups"})
	group := `{"server_group":{"name":"g","policies":["affinity"]}}`
	if ask(http.MethodPost, "/compute/v2.1/os-server-groups", group) == nil {
		t.Error("a cloud that is down answers")
	}
	if n := g.count(t, "os-server-groups", "server_groups"); n != 0 {
		t.Errorf("a cloud that is down made %d groups", n)
	}
	r.cloud.Mend()
	r.cloud.Break(openstack.Fault{Kind: openstack.FaultLost, Method: http.MethodPost})
	if ask(http.MethodPost, "/compute/v2.1/os-server-groups", group) == nil {
		t.Error("a lost answer came")
	}
	r.cloud.Mend()
	if n := g.count(t, "os-server-groups", "server_groups"); n != 1 {
		t.Errorf("a call whose answer was lost made %d groups", n)
	}
	r.cloud.Break(openstack.Fault{Kind: openstack.FaultHang, Path: "/compute/v2.1/limits"})
	ended := make(chan error, 1)
	go func() { ended <- ask(http.MethodGet, "/compute/v2.1/limits", "") }()
	for r.cloud.Befallen() < 3 {
		time.Sleep(time.Millisecond)
	}
	r.cloud.Mend()
	if <-ended == nil {
		t.Error("a call that hung was answered")
	}
}

func TestFaultsOfServers(t *testing.T) {
	t.Parallel()
	r := newRig(t, openstack.Options{Frozen: true})
	g := r.people()
	r.cloud.Break(openstack.Fault{Kind: openstack.FaultServerError, Message: "the disk is on fire", Span: fault.Span{Times: 1}})
	id := g.boot(t, "web", http.StatusAccepted)
	if body := g.server(t, id); pick(body, "server.status") != "BUILD" {
		t.Errorf("it is %v", body)
	}
	r.cloud.Advance(time.Minute)
	if body := g.server(t, id); pick(body, "server.status") != "ERROR" || pick(body, "server.fault.message") != "the disk is on fire" {
		t.Errorf("it is %v", body)
	}
	r.cloud.Break(openstack.Fault{Kind: openstack.FaultStuck, Span: fault.Span{Times: 1}})
	g.once(t, exchange{as: "demo", ask: "DELETE compute /servers/" + id})
	r.cloud.Advance(10 * time.Minute)
	if body := g.server(t, id); pick(body, "server.OS-EXT-STS:task_state") != "deleting" {
		t.Errorf("it is %v", body)
	}
	g.once(t, exchange{as: "demo", ask: "DELETE compute /servers/" + id})
	r.cloud.Advance(10 * time.Minute)
	if got, _ := g.once(t, exchange{as: "demo", ask: "GET compute /servers/" + id}); got.Status != http.StatusNotFound {
		t.Errorf("after a second delete: %d", got.Status)
	}
	r.cloud.Break(openstack.Fault{Kind: openstack.FaultQuota, Span: fault.Span{Skip: 1}})
	g.boot(t, "one", http.StatusAccepted)
	g.boot(t, "two", http.StatusForbidden)
}
