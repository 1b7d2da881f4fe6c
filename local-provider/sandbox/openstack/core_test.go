package openstack_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/gophercloud/gophercloud/v2"
	gostack "github.com/gophercloud/gophercloud/v2/openstack"

	"github.com/handsoff/handsoff/local-provider/sandbox/openstack"
)

// A rig is a cloud behind a web server.
type rig struct {
	*testing.T
	cloud *openstack.Server
	url   string
}

func newRig(t *testing.T, o openstack.Options) *rig {
	t.Helper()
	cloud := openstack.New(o)
	web := httptest.NewServer(cloud)
	t.Cleanup(func() { cloud.Close(); web.Close() })
	if err := cloud.Err(); err != nil {
		t.Fatal(err)
	}
	return &rig{T: t, cloud: cloud, url: web.URL}
}

// login is a gophercloud client of a user in the project of the same name.
func (r *rig) login(name string) *gophercloud.ProviderClient {
	r.Helper()
	client, err := gostack.AuthenticatedClient(r.Context(), gophercloud.AuthOptions{
		IdentityEndpoint: r.url + "/identity/v3", Username: name, Password: "secret", TenantName: name, DomainID: "default",
	})
	if err != nil {
		r.Fatal(err)
	}
	return client
}

func TestLogin(t *testing.T) {
	t.Parallel()
	r := newRig(t, openstack.Options{})
	client := r.login("demo")
	if _, err := gostack.NewComputeV2(client, gophercloud.EndpointOpts{}); err != nil {
		t.Error(err)
	}
	if _, err := gostack.NewBlockStorageV3(client, gophercloud.EndpointOpts{}); err != nil {
		t.Error(err)
	}
}

// newAnswer takes what a cloud answers without a web server.
func newAnswer() *httptest.ResponseRecorder { return httptest.NewRecorder() }

// tokenOf is a token of the user demo.
func tokenOf(tb testing.TB, cloud *openstack.Server) string {
	tb.Helper()
	w := newAnswer()
	cloud.ServeHTTP(w, httptest.NewRequestWithContext(tb.Context(), http.MethodPost, "/identity/v3/auth/tokens?nocatalog",
		strings.NewReader(loginAs("demo", "secret", demoScope))))
	if w.Code != http.StatusCreated {
		tb.Fatalf("login: %d %s", w.Code, w.Body)
	}
	return w.Header().Get("X-Subject-Token")
}
