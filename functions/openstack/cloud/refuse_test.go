package cloud_test

import (
	"encoding/pem"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/handsoff/handsoff/functions/openstack/cloud"
	"github.com/handsoff/handsoff/functions/openstack/cloud/cloudtest"
	sandbox "github.com/handsoff/handsoff/local-provider/sandbox/openstack"
)

// TestConfiguration: what cannot work is refused with the key that is wrong, and without a secret.
func TestConfiguration(t *testing.T) {
	t.Parallel()
	const good = "username: u, password: hunter2, project_name: p"
	for name, test := range map[string]struct{ file, want string }{
		"profile":     {"profile: vexxhost, auth: {auth_url: 'http://x/v3', " + good + "}", "profiles of vendors are not read"},
		"cacert":      {"cacert: /etc/ssl/ca.pem, auth: {auth_url: 'http://x/v3', " + good + "}", "put the certificates into a secret"},
		"unverified":  {"verify: false, auth: {auth_url: 'https://x/v3', " + good + "}", "say insecure: true"},
		"no user":     {"auth: {auth_url: 'http://x/v3', password: hunter2, project_name: p}", "username and password"},
		"no project":  {"auth: {auth_url: 'http://x/v3', username: u, password: hunter2}", "project_name or project_id is needed"},
		"address":     {"auth: {auth_url: 'http://u:hunter2@x/v3', " + good + "}", "auth_url must look like"},
		"token":       {"auth_type: v3token, auth: {auth_url: 'http://x/v3', " + good + "}", "only password and v3applicationcredential"},
		"interface":   {"interface: hidden, auth: {auth_url: 'http://x/v3', " + good + "}", "none of public, internal and admin"},
		"regions":     {"regions: [a, b], auth: {auth_url: 'http://x/v3', " + good + "}", "region: one of a, b is needed"},
		"version":     {"identity_api_version: 2, auth: {auth_url: 'http://x/v3', " + good + "}", "only 3 is spoken"},
		"no YAML":     {"auth: {password: hunter2", "it is not YAML"},
		"certificate": {"cert: x.pem, auth: {auth_url: 'http://x/v3', " + good + "}", "client certificates are not used"},
	} {
		section := &cloud.Section{Clouds: map[string]*cloud.Entry{"lab": {Entry: "lab"}}}
		_, err := cloud.New(section, func(string) ([]byte, error) { return []byte("clouds: {lab: {" + test.file + "}}"), nil }, cloud.Options{})
		if err == nil || !strings.Contains(err.Error(), test.want) || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: %v, want %q", name, err, test.want)
		}
	}
	for want, section := range map[string]*cloud.Section{
		"openstack.default: there is no cloud x": {Default: "x", Clouds: map[string]*cloud.Entry{"lab": nil}},
		"openstack.patience: 1ns":                {Patience: 1},
		"openstack.pace.server: 1ns":             {Pace: map[string]time.Duration{"server": 1}},
		"openstack.clouds.lab: roles.boss":       {Clouds: map[string]*cloud.Entry{"lab": {Roles: map[string]string{"boss": "x"}}}},
		"openstack.clouds.lab: horizon":          {Clouds: map[string]*cloud.Entry{"lab": {Horizon: "javascript:alert(1)"}}},
		"openstack.clouds.a b: a name":           {Clouds: map[string]*cloud.Entry{"a b": {}}},
	} {
		if err := section.Check(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
}

// TestAllOfTheFile: without clouds in the configuration all of clouds.yaml are there, one for each region.
func TestAllOfTheFile(t *testing.T) {
	t.Parallel()
	const auth = "auth: {auth_url: 'http://x/v3', username: u, password: p, project_name: p}"
	file := "clouds: {one: {" + auth + "}, two: {regions: [a, {name: b}], " + auth + "}}"
	clouds, err := cloud.New(&cloud.Section{}, func(string) ([]byte, error) { return []byte(file), nil }, cloud.Options{})
	if err != nil || strings.Join(clouds.Names(), " ") != "one two-a two-b" || clouds.Default() != "" {
		t.Errorf("%v %v", clouds, err)
	}
	if b, err := clouds.Find("two-b"); err != nil || b.Region() != "b" {
		t.Errorf("%v %v", b, err)
	}
}

// TestCertificates: a cloud is trusted by the certificates of the configuration's secret, and by nothing less.
func TestCertificates(t *testing.T) {
	t.Parallel()
	server := sandbox.New(sandbox.Options{})
	web := httptest.NewTLSServer(server)
	t.Cleanup(func() { server.Close(); web.Close() })
	web.Config.ErrorLog = nil
	ca := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: web.Certificate().Raw})
	file := strings.ReplaceAll(string(server.CloudsYAML(web.URL)), "http://", "https://")
	try := func(change func(*cloud.Entry)) error {
		section := cloudtest.Section()
		change(section.Clouds[cloudtest.Name])
		clouds, err := cloud.New(section, func(name string) ([]byte, error) {
			if name == "lab-ca" {
				return ca, nil
			}
			return []byte(file), nil
		}, cloud.Options{})
		if err != nil {
			return err
		}
		defer clouds.Close()
		_, _, err = cloudtest.Lab(t, clouds).Project(t.Context())
		return err
	}
	if err := try(func(*cloud.Entry) {}); !cloud.Is(err, cloud.Away) || !strings.Contains(err.Error(), "its certificate is signed by nobody we trust") {
		t.Error(err)
	}
	if err := try(func(e *cloud.Entry) { e.CA = "lab-ca" }); err != nil {
		t.Error(err)
	}
	if err := try(func(e *cloud.Entry) { e.CA = "other" }); err == nil || !strings.Contains(err.Error(), "openstack.clouds.lab: ca: the secret holds no PEM certificates") {
		t.Error(err)
	}
}

// TestTokenStaysAtHome: neither a redirect nor a catalogue's neighbour gets a token.
func TestTokenStaysAtHome(t *testing.T) {
	t.Parallel()
	thief := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("a request came to somebody else") }))
	defer thief.Close()
	var web *httptest.Server
	web = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case strings.HasSuffix(r.URL.Path, "/auth/tokens"):
			w.Header().Set("X-Subject-Token", "t")
			w.WriteHeader(http.StatusCreated)
			fmt.Fprintf(w, `{"token":{"expires_at":"2099-01-01T00:00:00Z","catalog":[{"type":"network","endpoints":[{"interface":"public","url":%q}]}]}}`, web.URL)
		default:
			http.Redirect(w, r, thief.URL, http.StatusFound)
		}
	}))
	defer web.Close()
	file := fmt.Sprintf("clouds: {ops-demo: {auth: {auth_url: %q, username: demo, password: x, project_name: demo}}}", web.URL+"/v3")
	clouds := cloudtest.Open(t, []byte(file), func(s *cloud.Section) { s.Clouds[cloudtest.Name].Admin = "" })
	lab := cloudtest.Lab(t, clouds)
	if err := read(t.Context(), lab, cloud.Network, "networks"); !cloud.Is(err, cloud.Odd) {
		t.Error(err)
	}
	client, err := lab.Client(t.Context(), cloud.Network)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := client.Get(t.Context(), thief.URL+"/v2.0/networks?marker=x", nil, nil); !cloud.Is(err, cloud.Odd) || !strings.Contains(cloud.Judge(err).Sentence(), "it leads to another host than the catalogue names") {
		t.Error(err)
	}
}
