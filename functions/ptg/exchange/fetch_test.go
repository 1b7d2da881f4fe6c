package exchange_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/handsoff/handsoff/functions/ptg/exchange"
	"github.com/handsoff/handsoff/functions/ptg/gathering"
)

// refused checks that an error is a refusal with these words.
func refused(t testing.TB, err error, words string) {
	t.Helper()
	refusal, ok := errors.AsType[*gathering.Refusal](err)
	if !ok || refusal.Text != words {
		t.Errorf("%v, want a refusal: %s", err, words)
	}
}

// TestFetch from a server that does what servers do.
func TestFetch(t *testing.T) {
	t.Parallel()
	mux := http.NewServeMux()
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	other := httptest.NewServer(http.RedirectHandler(server.URL+"/base.json", http.StatusFound))
	t.Cleanup(other.Close)
	host, away := strings.TrimPrefix(server.URL, "http://"), strings.TrimPrefix(other.URL, "http://")
	serve := func(path string, handle http.HandlerFunc) { mux.HandleFunc(path, handle) }
	serve("/base.json", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, base) })
	serve("/large", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(make([]byte, exchange.MaxBytes+1)) })
	serve("/cut", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "100")
		_, _ = io.WriteString(w, "{")
	})
	serve("/loop", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/loop", http.StatusFound) })
	serve("/once", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/base.json", http.StatusFound) })
	serve("/away", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, other.URL+"/base.json", http.StatusFound)
	})
	serve("/user", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "http://u:p@"+host+"/base.json", http.StatusFound)
	})
	serve("/file", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "file:///etc/passwd", http.StatusFound)
	})
	fetcher := exchange.Fetcher{Hosts: []string{strings.ToUpper(host)}, Private: true}
	for _, path := range []string{"/base.json", "/once"} {
		if data, err := fetcher.Fetch(t.Context(), server.URL+path); err != nil || string(data) != base {
			t.Errorf("%s: %q %v", path, data, err)
		}
	}
	no := func(host string) string {
		return "'" + host + "' is no host to fetch from; those are: " + strings.ToUpper(strings.TrimPrefix(server.URL, "http://"))
	}
	for address, words := range map[string]string{
		server.URL + "/nosuch":     host + " answered 404 Not Found",
		server.URL + "/large":      "The file is larger than 2097152 bytes, which is the most",
		server.URL + "/cut":        host + " could not be reached: unexpected EOF",
		server.URL + "/loop":       host + " sends on more than 3 times",
		server.URL + "/away":       no(away),
		server.URL + "/user":       host + " sends on to an address with a user in it",
		server.URL + "/file":       "'file:///etc/passwd' is not fetched: only https:// and http:// are",
		other.URL:                  no(away),
		"http://127.0.0.1/":        no("127.0.0.1"),
		"https://" + host:          "", // below
		"http://u:p@" + host + "/": "An address with a user or password in it is not fetched",
		"ftp://" + host:            "'ftp://" + host + "' is not fetched: only https:// and http:// are",
		"file:///etc/passwd":       "'file:///etc/passwd' is not fetched: only https:// and http:// are",
		"http:///x":                no(""),
		"%":                        "'%' is not an address of a file: it looks like https://host/path",
		"base.json":                "'base.json' is not fetched: only https:// and http:// are",
	} {
		data, err := fetcher.Fetch(t.Context(), address)
		if words == "" {
			words = host + " could not be reached: http: server gave HTTP response to HTTPS client"
		}
		if refused(t, err, words); data != nil {
			t.Errorf("%s: %q", address, data)
		}
	}
	_, err := (&exchange.Fetcher{}).Fetch(t.Context(), server.URL)
	refused(t, err, "No host is allowed to fetch from; ptg.fetch of the configuration names those that are")
}

// TestFetchStaysOutside: a host that is allowed, but leads to an address of this machine.
func TestFetchStaysOutside(t *testing.T) {
	t.Parallel()
	asked := false
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked = true }))
	t.Cleanup(server.Close)
	_, port, _ := strings.Cut(strings.TrimPrefix(server.URL, "http://"), ":")
	fetcher := exchange.Fetcher{Hosts: []string{"127.0.0.1:" + port, "localhost:" + port}}
	_, err := fetcher.Fetch(t.Context(), server.URL)
	refused(t, err, "127.0.0.1 is an address within this network, which files are not fetched from")
	if _, err = fetcher.Fetch(t.Context(), "http://localhost:"+port); err == nil || !strings.Contains(err.Error(), "is an address within this network") || asked {
		t.Errorf("asked: %v, %v", asked, err)
	}
}

// slow is a way to a server that never answers.
type slow struct{}

func (slow) RoundTrip(r *http.Request) (*http.Response, error) {
	if _, limited := r.Context().Deadline(); !limited {
		return nil, errors.New("it would be waited for without an end")
	}
	return nil, context.DeadlineExceeded
}

// plain is one that answers with where it was asked.
type plain struct{}

func (plain) RoundTrip(r *http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: http.StatusOK, Body: io.NopCloser(strings.NewReader(r.URL.Host)), Request: r}, nil
}

// TestWhichHosts are allowed.
func TestWhichHosts(t *testing.T) {
	t.Parallel()
	hosts := []string{"Pad.example", "files.example:8443", "*.wild.example"}
	_, err := (&exchange.Fetcher{Hosts: hosts, Transport: slow{}}).Fetch(t.Context(), "https://pad.example/")
	refused(t, err, "pad.example did not answer in 10s")
	fetcher := exchange.Fetcher{Hosts: hosts, Transport: plain{}}
	for address, fine := range map[string]bool{
		"https://pad.example/x": true, "http://PAD.example:80/": true, "https://pad.example:443": true, "https://pad.example./": true,
		"https://pad.example:80/": false, "https://pad.example:8443/": false, "https://xpad.example/": false, "https://pad.example.evil.example/": false,
		"https://files.example:8443/": true, "https://files.example/": false, "https://a.wild.example/": true, "https://a.b.wild.example/": true,
		"https://wild.example/": false, "https://.wild.example/": false, "https://evilwild.example/": false, "https://pad.example@evil.example/": false,
	} {
		if _, err := fetcher.Fetch(t.Context(), address); (err == nil) != fine {
			t.Errorf("%s: %v", address, err)
		}
	}
}
