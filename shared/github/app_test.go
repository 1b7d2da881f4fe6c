package github_test

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/handsoff/handsoff/shared/github"
)

// TestWhereTheAppIsInstalledItActs: its installation is found once for each place and its token made once; elsewhere the
// token acts, and where there is none the error says what is missing.
func TestWhereTheAppIsInstalledItActs(t *testing.T) {
	t.Parallel()
	h := newHub(t)
	for _, path := range []string{"/repos/acme/app", "/repos/acme/lib", "/repos/bob/tool", "/repos/eve/x"} {
		h.on("GET "+path, fine)
	}
	app := h.open(account{app: true, token: true})
	ctx := t.Context()
	for range 2 {
		for _, place := range [][2]string{{"acme", "app"}, {"bob", "tool"}, {"eve", "x"}} {
			if err := get(ctx, app, place[0], place[1], "repos/"+place[0]+"/"+place[1]); err != nil {
				t.Fatal(err)
			}
		}
	}
	want := []string{
		"GET /repos/acme/app/installation as app", "POST /app/installations/1/access_tokens as app", "GET /repos/acme/app as i1",
		"GET /repos/bob/tool/installation as app", "POST /app/installations/2/access_tokens as app", "GET /repos/bob/tool as i2",
		"GET /repos/eve/x/installation as app", "GET /repos/eve/x as token",
		"GET /repos/acme/app as i1", "GET /repos/bob/tool as i2", "GET /repos/eve/x as token",
	}
	if got := h.asked(); !slices.Equal(got, want) {
		t.Errorf("GitHub was asked\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if !app.Installed(ctx, "acme") || !app.Installed(ctx, "bob") || app.Installed(ctx, "eve") || app.Installed(ctx, "../x") {
		t.Error("who has the App installed is not known")
	}
	alone := h.open(account{app: true})
	err := get(ctx, alone, "eve", "x", "repos/eve/x")
	if github.KindOf(err) != github.Refused || !strings.Contains(err.Error(), "App is not installed there, and there is no secret github-token") {
		t.Error(err)
	}
	if installed, err := alone.InstalledFor(ctx, "eve", "x"); installed || err != nil {
		t.Error(installed, err)
	}
}

// TestATokenThatIsRefusedIsMadeAnew: a token may end before its time, and an App be uninstalled.
func TestATokenThatIsRefusedIsMadeAnew(t *testing.T) {
	t.Parallel()
	h := newHub(t)
	h.on("GET /repos/acme/app", fine)
	app := h.open(account{app: true, token: true})
	ctx := t.Context()
	read := func() error { return get(ctx, app, "acme", "app", "repos/acme/app") }
	if err := read(); err != nil {
		t.Fatal(err)
	}
	h.set(func() { clear(h.tokens) })
	if err := read(); github.KindOf(err) != github.Refused {
		t.Fatal(err)
	}
	if err := read(); err != nil {
		t.Fatal(err)
	}
	h.set(func() { clear(h.tokens); h.removed = true })
	_ = read() // the token
	if err := read(); err != nil {
		t.Fatal(err)
	}
	if calls := h.asked(); calls[len(calls)-1] != "GET /repos/acme/app as token" {
		t.Error(calls)
	}
}

// TestManyWaitForOneToken: whoever comes while the token is made waits for it, and a context that ends ends that wait.
func TestManyWaitForOneToken(t *testing.T) {
	t.Parallel()
	h := newHub(t)
	h.on("GET /repos/acme/app", fine)
	app := h.open(account{app: true})
	var group sync.WaitGroup
	for range 20 {
		group.Go(func() {
			if err := get(t.Context(), app, "acme", "app", "repos/acme/app"); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	if h.made != 1 {
		t.Errorf("%d tokens were made", h.made)
	}
}

// TestNoTokenLeavesForElsewhere: redirects to another host, and addresses given to the client, get no credential; those of
// the API itself are followed, but never with another method.
func TestNoTokenLeavesForElsewhere(t *testing.T) {
	t.Parallel()
	h := newHub(t)
	stranger := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		t.Errorf("a stranger was asked %s %s with %q", r.Method, r.URL, r.Header.Get("Authorization"))
	}))
	defer stranger.Close()
	h.on("GET /away", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, stranger.URL, http.StatusFound) })
	h.on("GET /moved", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "/api/v3/here", http.StatusMovedPermanently)
	})
	h.on("GET /here", fine)
	h.on("POST /moved", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "/api/v3/here", http.StatusMovedPermanently)
	})
	h.on("POST /kept", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "/api/v3/new", http.StatusTemporaryRedirect)
	})
	h.on("POST /new", fine)
	h.on("GET /round", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/api/v3/round", http.StatusFound) })
	app := h.open(account{app: true, token: true})
	for _, owner := range []string{"acme", "eve"} { // the App, and the token
		for call, want := range map[string]github.Kind{
			"GET away": github.Refused, "GET moved": github.OK, "POST moved": github.Refused, "POST kept": github.OK,
			"GET round": github.Refused, "GET " + stranger.URL + "/x": github.Down,
		} {
			method, path, _ := strings.Cut(call, " ")
			err := send(t.Context(), app, method, owner, "", path)
			if github.KindOf(err) != want {
				t.Errorf("%s for %s: %v", call, owner, err)
			}
			if err != nil && (strings.Contains(err.Error(), "ghp_") || strings.Contains(err.Error(), "ghs_")) {
				t.Errorf("%s shows a token: %v", call, err)
			}
		}
	}
	for _, call := range h.asked() {
		if strings.HasPrefix(call, "GET /here as ") && strings.HasSuffix(call, "nobody") {
			t.Error(call)
		}
	}
}

// endless answers with white space that never ends, over no network.
type endless struct{}

func (endless) RoundTrip(r *http.Request) (*http.Response, error) {
	return &http.Response{
		StatusCode: http.StatusOK, Header: http.Header{"Content-Type": {"application/json"}}, Body: io.NopCloser(endless{}), Request: r,
	}, nil
}

func (endless) Read(into []byte) (int, error) {
	for i := range into {
		into[i] = ' '
	}
	return len(into), nil
}

// TestAnswersAreBounded: one that is too large is an error and not read to its end.
func TestAnswersAreBounded(t *testing.T) {
	t.Parallel()
	app := newHub(t).open(account{token: true, transport: endless{}})
	client, err := app.Client(t.Context(), "acme")
	if err != nil {
		t.Fatal(err)
	}
	request, err := client.NewRequest(http.MethodGet, "large", nil)
	if err != nil {
		t.Fatal(err)
	}
	var answer any
	_, err = client.Do(t.Context(), request, &answer)
	if e, ok := errors.AsType[*github.Error](github.Classify("read", err)); !ok || e.Kind != github.Invalid || !strings.Contains(e.Error(), "larger than we read") {
		t.Error(err)
	}
}

func TestAccountsThatCannotBe(t *testing.T) {
	t.Parallel()
	section := &github.Section{API: "https://api.example.org", App: github.AppSection{ID: 3}}
	secrets := func(key, token string) func(string) ([]byte, error) {
		return func(name string) ([]byte, error) {
			text := token
			if name == github.KeySecret {
				text = key
			}
			if text == "" {
				return account{}.secret(name)
			}
			return []byte(text), nil
		}
	}
	for want, read := range map[string]func(string) ([]byte, error){
		"its key cannot be read":      secrets("", personToken),
		"is not a private key":        secrets("-----BEGIN secret-stuff", ""),
		"github-token is not a token": secrets(string(must(account{app: true}.secret(github.KeySecret))), "two words"),
	} {
		if _, err := github.New(section, read, github.Options{}); err == nil || !strings.Contains(err.Error(), want) ||
			strings.Contains(err.Error(), "secret-stuff") || strings.Contains(err.Error(), "two words") {
			t.Errorf("%v, want %q", err, want)
		}
	}
	if _, err := github.New(&github.Section{API: "https://api.example.org"}, account{}.secret, github.Options{}); !errors.Is(err, github.ErrNoAccount) {
		t.Error(err)
	}
	app, err := github.New(&github.Section{API: "https://api.example.org"}, account{token: true}.secret, github.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := app.AsApp(); err == nil || !strings.Contains(err.Error(), "github.app.id") {
		t.Error(err)
	}
}

func must(text []byte, err error) []byte {
	if err != nil {
		panic(err)
	}
	return text
}

// TestWhatWasKnownHoldsWhileGitHubIsDown: where the App is installed.
func TestWhatWasKnownHoldsWhileGitHubIsDown(t *testing.T) {
	t.Parallel()
	h := newHub(t)
	now := time.Now()
	app := h.open(account{app: true, now: func() time.Time { return now }})
	if !app.Installed(t.Context(), "acme") {
		t.Fatal("it is installed")
	}
	h.set(func() { h.down = true })
	now = now.Add(time.Hour)
	if !app.Installed(t.Context(), "acme") {
		t.Error("what was known is forgotten")
	}
	if _, err := app.InstalledFor(t.Context(), "bob", ""); github.KindOf(err) != github.Down {
		t.Error(err)
	}
}
