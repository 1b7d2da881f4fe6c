package gerrit_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/handsoff/handsoff/shared/config"
	"github.com/handsoff/handsoff/shared/function"
	"github.com/handsoff/handsoff/shared/gerrit"
)

const password = "s3cr3t-p4ssw0rd"

// client speaks to a handler; with a password when there is one.
func client(t *testing.T, password string, handler http.HandlerFunc) *gerrit.Client {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	f, err := config.Parse([]byte("gerrit: {servers: [{name: review, url: \"" + server.URL + "/r/\", user: bot, timeout: 1m}]}"))
	if err != nil {
		t.Fatal(err)
	}
	section, err := gerrit.Read(f)
	if err != nil {
		t.Fatal(err)
	}
	secret := func(name string) ([]byte, error) {
		if password == "" {
			return nil, fmt.Errorf("%w: %s", function.ErrNoSecret, name)
		}
		return []byte(password + "\n"), nil
	}
	c := gerrit.New(section.Server(""), secret, gerrit.Options{})
	t.Cleanup(c.Close)
	return c
}

func say(text string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, text) }
}

func TestWhoIsAsked(t *testing.T) {
	t.Parallel()
	for _, secret := range []string{"", password} {
		c := client(t, secret, func(w http.ResponseWriter, r *http.Request) {
			name, given, _ := r.BasicAuth()
			want := "/r/changes/p%2Fq~4711"
			if secret != "" {
				want = "/r/a/changes/p%2Fq~4711"
			}
			if r.URL.EscapedPath() != want || given != secret || (secret != "") != (name == "bot") || !strings.Contains(r.URL.RawQuery, "o=CURRENT_REVISION") {
				t.Errorf("%s?%s as %q with %q", r.URL.EscapedPath(), r.URL.RawQuery, name, given)
			}
			_, _ = io.WriteString(w, ")]}'\n{\"_number\":4711}")
		})
		if change, err := c.Change(t.Context(), gerrit.ID("p/q", 4711)); err != nil || change.Number != 4711 {
			t.Errorf("%+v %v", change, err)
		}
	}
}

func TestFaults(t *testing.T) {
	t.Parallel()
	status := func(code int, text string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", "7")
			http.Error(w, text, code)
		}
	}
	for name, test := range map[string]struct {
		handler http.HandlerFunc
		kind    gerrit.Kind
		after   time.Duration
		said    string
	}{
		"gone":        {status(404, "Not found: 4711\n"), gerrit.Gone, 0, "404: Not found: 4711"},
		"unknown":     {status(401, "Unauthorized"), gerrit.Refused, 0, "401"},
		"forbidden":   {status(403, "voting not permitted"), gerrit.Refused, 0, "voting not permitted"},
		"conflict":    {status(409, "change is closed"), gerrit.Invalid, 0, "change is closed"},
		"too many":    {status(429, "slow"), gerrit.Down, 7 * time.Second, "wait 7 s"},
		"out of work": {status(503, "starting"), gerrit.Down, 7 * time.Second, "503"},
		"a web page":  {say("<html>log in</html>"), gerrit.Down, 0, "not from its API"},
		"garbled":     {say(")]}'\n{"), gerrit.Down, 0, "garbled"},
		"elsewhere": {func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "https://other.example.org/", http.StatusFound)
		}, gerrit.Down, 0, ""},
		"too large": {say(")]}'\n\"" + strings.Repeat("x", 11<<20) + `"`), gerrit.Invalid, 0, "larger than we read"},
		"cut": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "100")
			_, _ = io.WriteString(w, ")]}'")
		}, gerrit.Down, 0, ""},
	} {
		c := client(t, password, test.handler)
		_, err := c.Change(t.Context(), "4711")
		e, ok := errors.AsType[*gerrit.Error](err)
		if !ok || e.Kind != test.kind || e.RetryAfter() != test.after || !strings.Contains(err.Error(), test.said) || !strings.HasPrefix(err.Error(), "read change 4711: ") {
			t.Errorf("%s: %v", name, err)
		}
		if err != nil && (strings.Contains(err.Error(), password) || strings.Contains(err.Error(), "127.0.0.1")) {
			t.Errorf("%s: %v", name, err)
		}
		if gerrit.SurelyNot(err) != (test.kind != gerrit.Down) {
			t.Errorf("%s: it surely did nothing: %v", name, gerrit.SurelyNot(err))
		}
	}
}

func TestNobodyThere(t *testing.T) {
	t.Parallel()
	c := gerrit.Anonymous("http://127.0.0.1:1", time.Second, nil)
	_, err := c.Change(t.Context(), "1")
	if gerrit.KindOf(err) != gerrit.Down || !gerrit.SurelyNot(err) {
		t.Error(err)
	}
}

func TestAPasswordThatIsNamedIsNeeded(t *testing.T) {
	t.Parallel()
	f, err := config.Parse([]byte("gerrit: {servers: [{name: review, url: http://localhost:1, user: bot, password: mine}]}"))
	if err != nil {
		t.Fatal(err)
	}
	section, err := gerrit.Read(f)
	if err != nil {
		t.Fatal(err)
	}
	none := func(string) ([]byte, error) { return nil, function.ErrNoSecret }
	if _, err := gerrit.New(section.Server("review"), none, gerrit.Options{}).Change(t.Context(), "1"); gerrit.KindOf(err) != gerrit.Refused {
		t.Error(err)
	}
}

func TestFiles(t *testing.T) {
	t.Parallel()
	c := client(t, "", say(`)]}'
{"/COMMIT_MSG":{"status":"A"},"/MERGE_LIST":{},"b.go":{"old_path":"a.go","status":"R"},"c/d.go":{}}`))
	files, err := c.Files(t.Context(), "1", "current")
	if err != nil || !slices.Equal(files, []string{"a.go", "b.go", "c/d.go"}) {
		t.Errorf("%q %v", files, err)
	}
}

func TestQueryTurnsPages(t *testing.T) {
	t.Parallel()
	c := client(t, "", func(w http.ResponseWriter, r *http.Request) {
		var skip, n int
		_, _ = fmt.Sscan(r.FormValue("S"), &skip)
		_, _ = fmt.Sscan(r.FormValue("n"), &n)
		var page []map[string]any
		for i := skip; i < min(skip+min(n, 40), 130); i++ { // it gives fewer than asked for
			page = append(page, map[string]any{"_number": i + 1, "_more_changes": i == skip+min(n, 40)-1})
		}
		_, _ = io.WriteString(w, ")]}'\n")
		_ = json.NewEncoder(w).Encode(page)
	})
	for limit, more := range map[int]bool{30: true, 120: true, 500: false} {
		found, left, err := c.Query(t.Context(), `is:open "a b"`, limit)
		if err != nil || len(found) != min(limit, 130) || left != more || found[len(found)-1].Number != len(found) {
			t.Errorf("%d: %d, %v, %v", limit, len(found), left, err)
		}
	}
}

func TestReview(t *testing.T) {
	t.Parallel()
	c := client(t, password, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		if r.Method != http.MethodPost || r.URL.Path != "/r/a/changes/1/revisions/current/review" ||
			string(body) != `{"message":"hi","labels":{"Verified":-1},"tag":"autogenerated:handsoff"}` {
			t.Errorf("%s %s %s", r.Method, r.URL.Path, body)
		}
		_, _ = io.WriteString(w, ")]}'\n{\"labels\":{}}")
	})
	if err := c.Review(t.Context(), "1", "current", gerrit.Review{Message: "hi", Labels: map[string]int{"Verified": -1}}); err != nil {
		t.Error(err)
	}
}

func TestEventsLog(t *testing.T) {
	t.Parallel()
	text := "{\"type\":\"a\"}\n\n{\"type\":\"b\"}\n"
	c := client(t, password, func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.URL.Path == "/r/a/plugins/events-log/":
		case r.URL.RawQuery == "t1=2026-01-02+03%3A04%3A05;t2=2026-01-02+04%3A00%3A00":
			_, _ = io.WriteString(w, text)
		default:
			t.Errorf("%s?%s", r.URL.Path, r.URL.RawQuery)
		}
	})
	if there, err := c.HasEventsLog(t.Context()); !there || err != nil {
		t.Error(there, err)
	}
	ask := func() (lines []string, err error) {
		from := time.Date(2026, 1, 2, 3, 4, 5, 6, time.UTC)
		err = c.EventsLog(t.Context(), from, from.Truncate(time.Hour).Add(time.Hour), func(line []byte) error {
			lines = append(lines, string(line))
			return nil
		})
		return lines, err
	}
	if lines, err := ask(); err != nil || len(lines) != 2 {
		t.Error(lines, err)
	}
	for _, text = range []string{"<html>", "{\"type\":\"a\"}\n{\"type\":\"b\"", "{" + strings.Repeat("x", gerrit.MaxLine) + "}\n"} {
		if lines, err := ask(); err == nil || len(lines) > 1 {
			t.Error(len(lines), err)
		}
	}
}

func TestSections(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"{servers: [{name: review, url: \"https://review.example.org/r/\", user: bot, ssh: \"review.example.org:29418\"}]}":                          "",
		"{servers: [{name: a, url: \"http://127.0.0.1:1\"}, {name: b, url: \"https://b.example.org\", zone: Europe/Berlin, ignore: [ref-updated]}]}": "",
		"{servers: []}": "name at least one", "{servers: [null]}": "empty", "{}": "name at least one", "{other: 1}": "other",
		"{servers: [{name: A, url: \"https://x\"}]}":                                 "not a name",
		"{servers: [{name: a, url: \"http://review.example.org\"}]}":                 "must be https",
		"{servers: [{name: a, url: \"https://u:p@x\"}]}":                             "without a user",
		"{servers: [{name: a, url: \"https://x\"}, {name: a, url: \"https://y\"}]}":  "two are called a",
		"{servers: [{name: a, url: \"https://x\", ssh: \"x:1\"}]}":                   "user of a is needed",
		"{servers: [{name: a, url: \"https://x\", ssh: x, user: u}]}":                "not host:port",
		"{servers: [{name: a, url: \"https://x\", user: u, password: \"Geheim!\"}]}": "names of secrets",
		"{servers: [{name: a, url: \"https://x\", events_log: maybe}]}":              "none of auto, yes and no",
		"{servers: [{name: a, url: \"https://x\", overlap: 2h}]}":                    "not between a second and an hour",
		"{servers: [{name: a, url: \"https://x\", timeout: 1ms}]}":                   "not between a second and five minutes",
		"{servers: [{name: a, url: \"https://x\", zone: Mars}]}":                     "not a time zone",
		"{servers: [{name: a, url: \"https://x\", ignore: [\"a b\"]}]}":              "not a type",
		"{servers: [{name: a, url: \"https://x\", user: \"a b\"}]}":                  "not the name of an account",
	} {
		f, err := config.Parse([]byte("gerrit: " + text))
		if err != nil {
			t.Fatal(err)
		}
		_, err = gerrit.Read(f)
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "Geheim")) {
			t.Errorf("%s: %v", text, err)
		}
	}
	f, err := config.Parse(nil)
	if err != nil {
		t.Fatal(err)
	}
	if s, err := gerrit.Read(f); s != nil || err != nil {
		t.Error(s, err)
	}
}
