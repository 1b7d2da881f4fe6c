package ara

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func serve(t *testing.T, handler http.HandlerFunc) *Client {
	t.Helper()
	return serveWithin(t, time.Minute, handler)
}

// serveWithin has a client that waits for so long.
func serveWithin(t *testing.T, timeout time.Duration, handler http.HandlerFunc) *Client {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	c, err := New(Options{
		URL: server.URL + "/", PublicURL: "https://ara.example.org/", User: "svc", Timeout: timeout,
		Password: func() ([]byte, error) { return []byte("opensesame"), nil },
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.HangUp)
	return c
}

func TestAddresses(t *testing.T) {
	t.Parallel()
	for _, address := range []string{"", "ara.example.org", "ftp://x", "http://", "http://a:b@c"} {
		if _, err := New(Options{URL: address}); err == nil {
			t.Error(address)
		}
	}
	if _, err := New(Options{URL: "http://a", PublicURL: "b"}); err == nil {
		t.Error("a public address that is none")
	}
	c := serve(t, func(http.ResponseWriter, *http.Request) {})
	if got := c.Link(7); got != "https://ara.example.org/playbooks/7.html" || c.Public() != "https://ara.example.org" || strings.HasSuffix(c.URL(), "/") {
		t.Error(got)
	}
}

// Whatever answers, the error says what it was, and never holds the password.
func TestFaults(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name   string
		answer http.HandlerFunc
		want   string
	}{
		{"refused", func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "no", http.StatusUnauthorized) }, "ARA answers 401 Unauthorized (read playbook 1)"},
		{"not JSON", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "<html>") }, "is no ARA API server"},
		{"slow", func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, "ARA does not answer (read playbook 1): it took too long"},
		{"broken off", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, "ARA does not answer (read playbook 1): "},
		{"sent elsewhere", func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "http://127.0.0.1:1/", http.StatusFound)
		}, "ARA answers 302 Found"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			timeout := time.Minute
			if test.name == "slow" {
				timeout = 100 * time.Millisecond
			}
			_, err := serveWithin(t, timeout, test.answer).Playbook(t.Context(), 1)
			if err == nil || !strings.Contains(err.Error(), test.want) || strings.Contains(err.Error(), "opensesame") {
				t.Errorf("%v, want %q", err, test.want)
			}
			if Missing(err) {
				t.Error("it is not missing")
			}
		})
	}
	_, err := serve(t, func(w http.ResponseWriter, r *http.Request) { http.NotFound(w, r) }).Playbook(t.Context(), 1)
	if !Missing(err) {
		t.Error(err)
	}
}

// A record is closed with its own labels and more, each once, and the value kept with it replaces an earlier one.
func TestCloseAndRecord(t *testing.T) {
	t.Parallel()
	var changes []string
	kept := `{"count":0,"results":[]}`
	c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if user, password, _ := r.BasicAuth(); user != "svc" || password != "opensesame" {
			t.Error(user, password)
		}
		if r.Method == http.MethodGet {
			_, _ = io.WriteString(w, kept)
			return
		}
		body, _ := io.ReadAll(r.Body)
		changes = append(changes, r.Method+" "+r.URL.Path+" "+string(body))
		_, _ = io.WriteString(w, "{}")
	})
	p := &Playbook{ID: 5, Labels: []Label{{"handsoff"}, {"cancelled"}}}
	ctx := context.Background()
	if err := c.End(ctx, p, Failed, time.Unix(0, 0), "cancelled"); err != nil {
		t.Fatal(err)
	}
	if err := c.Record(ctx, 5, "handsoff", map[string]string{"by": "ann"}); err != nil {
		t.Fatal(err)
	}
	kept = `{"count":1,"results":[{"id":8}]}`
	if err := c.Record(ctx, 5, "handsoff", "again"); err != nil {
		t.Fatal(err)
	}
	want := []string{
		`PATCH /api/v1/playbooks/5 {"ended":"1970-01-01T00:00:00Z","labels":["handsoff","cancelled"],"status":"failed"}`,
		`POST /api/v1/records {"key":"handsoff","playbook":5,"type":"json","value":{"by":"ann"}}`,
		`PATCH /api/v1/records/8 {"key":"handsoff","playbook":5,"type":"json","value":"again"}`,
	}
	if strings.Join(changes, "\n") != strings.Join(want, "\n") {
		t.Error(strings.Join(changes, "\n"))
	}
}

func TestFindNothing(t *testing.T) {
	t.Parallel()
	c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if q := r.URL.Query(); q.Get("path") != "/p/site.yml" || q.Get("started_after") == "" || q.Get("started_before") == "" || q.Get("order") != "-id" {
			t.Error(r.URL)
		}
		_ = json.NewEncoder(w).Encode(map[string]any{"count": 0, "results": []any{}})
	})
	if found, err := c.Find(t.Context(), "/p/site.yml", "job:k3f7", time.Now(), time.Now()); found != nil || err != nil {
		t.Error(found, err)
	}
}

// Somebody else's run of the same playbook is not taken for ours.
func TestFindOurOwn(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, records string
		want          int64
	}{
		{"ours behind another", `{"id":9,"labels":[{"name":"job:zzzz"}]},{"id":8,"labels":[{"name":"handsoff"},{"name":"job:k3f7"}]}`, 8},
		{"only another", `{"id":9,"labels":[{"name":"job:zzzz"}]}`, 0},
		{"two that have not begun", `{"id":9,"labels":[]},{"id":8,"labels":[]}`, 0},
		{"not begun", `{"id":9,"labels":[]},{"id":8,"labels":[{"name":"job:zzzz"}]}`, 9},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			c := serve(t, func(w http.ResponseWriter, _ *http.Request) {
				_, _ = io.WriteString(w, `{"results":[`+test.records+`]}`)
			})
			found, err := c.Find(t.Context(), "/p", "job:k3f7", time.Now(), time.Now())
			if err != nil || (found == nil) != (test.want == 0) || found != nil && found.ID != test.want {
				t.Errorf("%+v, %v", found, err)
			}
		})
	}
}
