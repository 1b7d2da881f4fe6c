package resource_test

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/handsoff/handsoff/functions/openstack/cloud"
	"github.com/handsoff/handsoff/functions/openstack/cloud/cloudtest"
	"github.com/handsoff/handsoff/functions/openstack/resource"
	sandbox "github.com/handsoff/handsoff/local-provider/sandbox/openstack"
)

// besides answers some paths by itself.
type besides func(r *http.Request) (body string, is bool)

// RoundTrip implements http.RoundTripper.
func (b besides) RoundTrip(r *http.Request) (*http.Response, error) {
	body, is := b(r)
	if !is {
		return http.DefaultTransport.RoundTrip(r)
	}
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body)), Request: r}, nil
}

// A list that has no end is not read for ever.
func TestAListThatComesRound(t *testing.T) {
	t.Parallel()
	server, url := cloudtest.Serve(t, sandbox.Options{})
	var pages atomic.Int32
	const most = 20
	groups := `{"server_groups": [` + strings.TrimSuffix(strings.Repeat(`{"id": "g", "name": "handsoff_demo_group.apart"},`, 500), ",") + `]}`
	clouds, err := cloud.New(cloudtest.Section(), func(string) ([]byte, error) { return server.CloudsYAML(url), nil }, cloud.Options{Transport: besides(func(r *http.Request) (string, bool) {
		switch {
		case !strings.HasSuffix(r.URL.Path, "/servers/detail") && !strings.HasSuffix(r.URL.Path, "/os-server-groups"):
			return "", false
		case pages.Add(1) > most:
			return `{"servers": [], "server_groups": []}`, true
		case strings.HasSuffix(r.URL.Path, "/os-server-groups"):
			return groups, true
		}
		next := map[string]string{"": "a", "a": "b", "b": "c", "c": "a"}[r.URL.Query().Get("marker")]
		return fmt.Sprintf(`{"servers": [{"id": %q}], "servers_links": [{"rel": "next", "href": "x"}]}`, next), true
	})})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(clouds.Close)
	lab := cloudtest.Lab(t, clouds)
	servers, _ := resource.Of(resource.KindServer)
	if found, err := servers.Find(t.Context(), lab, resource.Mark{Env: "demo"}); !cloud.Is(err, cloud.Odd) || pages.Load() != 4 {
		t.Errorf("%v %v after %d pages", found, err, pages.Load())
	}
	pages.Store(0)
	spreads, _ := resource.Of(resource.KindServerGroup)
	if found, err := spreads.Find(t.Context(), lab, resource.Mark{Env: "demo"}); err != nil || len(found) != 500 || pages.Load() != 2 {
		t.Errorf("%d groups, %v after %d pages", len(found), err, pages.Load())
	}
}
