package cloudtest

import (
	"bytes"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/handsoff/handsoff/functions/openstack/cloud"
	sandbox "github.com/handsoff/handsoff/local-provider/sandbox/openstack"
)

// Regions are one cloud of two regions: one Keystone, the north's, and one of each other service in each region.
type Regions struct {
	North, South *sandbox.Server
	File         []byte // its clouds.yaml: the entries ops-demo and ops-admin have both regions

	south  string // the root of the southern services
	mu     sync.Mutex
	tokens map[string]string // Keystone's → that by which the southern services know the same account
	ids    map[string]string // a project's → its id there
}

// InRegions starts them, each a sandbox with these options.
func InRegions(tb testing.TB, o sandbox.Options) *Regions {
	tb.Helper()
	r := &Regions{tokens: map[string]string{}, ids: map[string]string{}}
	o.Region = "south"
	r.South = sandbox.New(o)
	o.Region = "north"
	r.North = sandbox.New(o)
	south := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, rq *http.Request) {
		if home := rq.Header.Get("X-Auth-Token"); home != "" {
			r.crosses(rq, home)
		}
		r.South.ServeHTTP(w, rq)
	}))
	north := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, rq *http.Request) {
		if rq.Method == http.MethodPost && strings.HasSuffix(rq.URL.Path, "/auth/tokens") {
			r.logIn(tb, w, rq)
			return
		}
		r.North.ServeHTTP(w, rq)
	}))
	tb.Cleanup(func() {
		r.North.Close()
		r.South.Close()
		north.Close()
		south.Close()
	})
	r.south = south.URL
	r.File = bytes.ReplaceAll(r.North.CloudsYAML(north.URL), []byte(`region_name: "north"`), []byte(`regions: [north, south]`))
	return r
}

// Open gives the clouds north and south.
func (r *Regions) Open(tb testing.TB) *cloud.Clouds {
	tb.Helper()
	return Open(tb, r.File, func(s *cloud.Section) {
		s.Default, s.Clouds = "north", map[string]*cloud.Entry{
			"north": {Entry: "ops-demo", Admin: "ops-admin", Region: "north"}, "south": {Entry: "ops-demo", Admin: "ops-admin", Region: "south"},
		}
	})
}

// crosses makes a request with a token of Keystone's one that the southern services know.
func (r *Regions) crosses(rq *http.Request, home string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	rq.Header.Set("X-Auth-Token", r.tokens[home])
	for here, there := range r.ids {
		rq.URL.Path, rq.URL.RawQuery = strings.ReplaceAll(rq.URL.Path, here, there), strings.ReplaceAll(rq.URL.RawQuery, here, there)
	}
}

// token is an answer to a log-in.
type token struct {
	Token map[string]any `json:"token"`
}

// logIn answers as the north's Keystone does, with the services of both regions in the catalogue.
func (r *Regions) logIn(tb testing.TB, w http.ResponseWriter, rq *http.Request) {
	tb.Helper()
	body, err := io.ReadAll(rq.Body)
	if err != nil {
		tb.Error(err)
	}
	ask := func(server *sandbox.Server, host string) (*httptest.ResponseRecorder, token) {
		in := rq.Clone(rq.Context())
		in.Host, in.Body = host, io.NopCloser(bytes.NewReader(body))
		out := httptest.NewRecorder()
		server.ServeHTTP(out, in)
		var got token
		if out.Code == http.StatusCreated {
			if err := json.Unmarshal(out.Body.Bytes(), &got); err != nil {
				tb.Error(err)
			}
		}
		return out, got
	}
	home, ours := ask(r.North, rq.Host)
	there, theirs := ask(r.South, strings.TrimPrefix(r.south, "http://"))
	if home.Code == http.StatusCreated && there.Code == http.StatusCreated {
		r.mu.Lock()
		r.tokens[home.Header().Get("X-Subject-Token")] = there.Header().Get("X-Subject-Token")
		r.ids[project(ours)] = project(theirs)
		r.mu.Unlock()
		ours.Token["catalog"] = together(ours.Token["catalog"].([]any), theirs.Token["catalog"].([]any)) //nolint:forcetypeassert // as Keystone's is
	}
	text, err := json.Marshal(ours)
	if home.Code != http.StatusCreated || err != nil {
		text = home.Body.Bytes()
	}
	maps.Copy(w.Header(), home.Header())
	w.Header().Del("Content-Length")
	w.WriteHeader(home.Code)
	_, _ = w.Write(text)
}

func project(t token) string {
	of, _ := t.Token["project"].(map[string]any)
	id, _ := of["id"].(string)
	return id
}

// together is a catalogue of both regions, of which the southern Keystone is the northern one.
func together(north, south []any) []any {
	entry := func(of any) (kind string, service map[string]any) {
		service, _ = of.(map[string]any)
		kind, _ = service["type"].(string)
		return kind, service
	}
	for _, n := range north {
		kind, service := entry(n)
		endpoints, _ := service["endpoints"].([]any)
		for _, s := range south {
			if other, there := entry(s); other == kind {
				more, _ := there["endpoints"].([]any)
				if kind == "identity" {
					more = nil
					for _, e := range endpoints {
						same, _ := e.(map[string]any)
						same = maps.Clone(same)
						same["region"], same["region_id"] = "south", "south"
						more = append(more, same)
					}
				}
				endpoints = append(endpoints, more...)
			}
		}
		service["endpoints"] = endpoints
	}
	return north
}
