package openstack_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/handsoff/handsoff/local-provider/sandbox/openstack"
)

// asked answers one call without a web server.
func asked(tb testing.TB, cloud *openstack.Server, token, method, path, body string) *httptest.ResponseRecorder {
	tb.Helper()
	w := newAnswer()
	rq := httptest.NewRequestWithContext(tb.Context(), method, path, strings.NewReader(body))
	rq.Header.Set("X-Auth-Token", token)
	rq.Header.Set("Openstack-Api-Version", latest)
	cloud.ServeHTTP(w, rq)
	return w
}

// manyServers is a cloud with so many servers, and a token of demo's.
func manyServers(tb testing.TB, count int) (*openstack.Server, string) {
	tb.Helper()
	cloud := openstack.New(openstack.Options{Frozen: true, Boot: -1})
	tb.Cleanup(cloud.Close)
	if !cloud.Fill("demo", count) {
		tb.Fatal("there is no such project")
	}
	return cloud, tokenOf(tb, cloud)
}

// walk lists all servers in pages of a thousand, and counts them.
func walk(tb testing.TB, cloud *openstack.Server, token string) int {
	tb.Helper()
	count := 0
	for marker := ""; ; {
		w := asked(tb, cloud, token, http.MethodGet, "/compute/v2.1/servers/detail?limit=1000"+marker, "")
		var page struct {
			Servers []struct {
				ID string `json:"id"`
			} `json:"servers"`
			Links []struct {
				Rel string `json:"rel"`
			} `json:"servers_links"`
		}
		if err := json.Unmarshal(w.Body.Bytes(), &page); err != nil || w.Code != http.StatusOK {
			tb.Fatalf("%d %v", w.Code, err)
		}
		count += len(page.Servers)
		if len(page.Links) == 0 {
			return count
		}
		marker = "&marker=" + page.Servers[len(page.Servers)-1].ID
	}
}

func TestManyServers(t *testing.T) {
	t.Parallel()
	cloud, token := manyServers(t, 2500)
	if n := walk(t, cloud, token); n != 2500 {
		t.Errorf("%d servers in pages", n)
	}
}

func BenchmarkTenThousandServers(b *testing.B) {
	cloud, token := manyServers(b, 10000)
	for b.Loop() {
		if n := walk(b, cloud, token); n != 10000 {
			b.Fatal(n)
		}
	}
}

func BenchmarkTwentyClouds(b *testing.B) {
	var clouds [20]*openstack.Server
	var tokens [20]string
	for i := range clouds {
		clouds[i], tokens[i] = manyServers(b, 100)
	}
	for b.Loop() {
		for i, cloud := range clouds {
			if w := asked(b, cloud, tokens[i], http.MethodGet, fmt.Sprintf("/compute/v2.1/servers?name=s%d", i), ""); w.Code != http.StatusOK {
				b.Fatal(w.Code)
			}
		}
	}
}
