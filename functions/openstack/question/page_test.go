package question

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync/atomic"
	"testing"

	"github.com/gophercloud/gophercloud/v2"

	"github.com/handsoff/handsoff/functions/openstack/cloud"
)

// A list that never comes to its end, since each page leads on to one that was there, is told from one that is long.
func TestAListThatComesRound(t *testing.T) {
	t.Parallel()
	for pages, odd := range map[int]bool{3: true, 0: false} { // of how many the list comes round; 0: it ends after ten
		var asked atomic.Int64
		nova := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			n := int(asked.Add(1))
			if n > 100 {
				http.Error(w, "enough", http.StatusTeapot)
				return
			}
			next, id := `[{"rel": "next", "href": "http://elsewhere.example.org"}]`, n
			switch {
			case odd:
				id = n % pages
			case n == 10:
				next = "[]"
			}
			w.Header().Set("Content-Type", "application/json")
			fmt.Fprintf(w, `{"servers": [{"id": "s-%d"}], "servers_links": %s}`, id, next)
		}))
		t.Cleanup(nova.Close)
		client := &gophercloud.ServiceClient{ProviderClient: &gophercloud.ProviderClient{}, Endpoint: nova.URL + "/"}
		seen := 0
		err := servers(t.Context(), client, url.Values{}, func(*server) bool { seen++; return true })
		if cloud.Is(err, cloud.Odd) != odd || !odd && (err != nil || seen != 10) || asked.Load() > 10 {
			t.Errorf("%d pages: %v after %d", pages, err, asked.Load())
		}
	}
}

// So is one of hypervisors.
func TestAListOfHostsThatComesRound(t *testing.T) {
	t.Parallel()
	l := &large{}
	b := l.bench(t, func(s *cloud.Section) { s.Clouds["lab"].Admin = "ops-demo" })
	b.answersTo("telnet:ann", hostsWords, nil, "the list comes round to where it was")
	if asked := l.pages.Load(); asked > 3 {
		t.Errorf("%d pages were asked for", asked)
	}
}
