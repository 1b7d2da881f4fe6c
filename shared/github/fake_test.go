package github_test

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v4"
	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/shared/function"
	"github.com/handsoff/handsoff/shared/github"
)

// appKey is the App's key of these tests.
var appKey = sync.OnceValue(func() *rsa.PrivateKey {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return key
})

const (
	appID       = 7
	personToken = "ghp_person0123456789abcdefghijklmnop"
)

// hub is a GitHub with an App that is installed at acme, and at one repository of bob's.
type hub struct {
	testing.TB
	*httptest.Server

	mu      sync.Mutex
	tokens  map[string]int64 // token → installation
	made    int              // how many tokens were made
	calls   []string         // "GET /repos/… as i1"
	answers map[string]http.HandlerFunc
	down    bool
	removed bool // the App was uninstalled
}

func newHub(tb testing.TB) *hub {
	tb.Helper()
	h := &hub{TB: tb, tokens: map[string]int64{}, answers: map[string]http.HandlerFunc{}}
	h.Server = httptest.NewServer(h)
	tb.Cleanup(h.Server.Close)
	return h
}

// on has a call answered: "GET /repos/acme/app".
func (h *hub) on(call string, answer http.HandlerFunc) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.answers[call] = answer
}

func (h *hub) asked() []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	calls := h.calls
	h.calls = nil
	return calls
}

func (h *hub) set(change func()) {
	h.mu.Lock()
	defer h.mu.Unlock()
	change()
}

// who is whose credential a request has: "app", "i1", "token", "nobody".
func (h *hub) who(r *http.Request) string {
	kind, secret, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if secret == personToken {
		return "token"
	}
	if id, ok := h.tokens[secret]; ok {
		return fmt.Sprintf("i%d", id)
	}
	claims := jwt.RegisteredClaims{}
	_, err := jwt.ParseWithClaims(secret, &claims, func(*jwt.Token) (any, error) { return &appKey().PublicKey, nil })
	if kind == "Bearer" && err == nil && claims.Issuer == fmt.Sprint(appID) {
		return "app"
	}
	return "nobody"
}

func (h *hub) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h.mu.Lock()
	who := h.who(r)
	call := r.Method + " " + strings.TrimPrefix(r.URL.EscapedPath(), "/api/v3")
	h.calls = append(h.calls, call+" as "+who)
	answer, known := h.answers[call]
	down := h.down
	h.mu.Unlock()
	switch {
	case down:
		w.WriteHeader(http.StatusBadGateway)
	case who == "nobody":
		say(w, http.StatusUnauthorized, map[string]any{"message": "Bad credentials"})
	case known:
		answer(w, r)
	case who == "app":
		h.asApp(w, call)
	default:
		notFound(w)
	}
}

func (h *hub) asApp(w http.ResponseWriter, call string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	id := int64(0)
	switch call {
	case "GET /orgs/acme/installation", "GET /repos/acme/app/installation", "GET /repos/acme/lib/installation":
		id = 1
	case "GET /users/bob/installation", "GET /repos/bob/tool/installation":
		id = 2
	case "GET /app":
		say(w, http.StatusOK, map[string]any{"id": appID, "slug": "hands"})
		return
	case "GET /app/installations":
		say(w, http.StatusOK, []any{map[string]any{"id": 1}})
		return
	case "POST /app/installations/1/access_tokens", "POST /app/installations/2/access_tokens":
		if h.removed {
			notFound(w)
			return
		}
		h.made++
		token := fmt.Sprintf("ghs_installation%026d", h.made)
		h.tokens[token] = int64(call[len("POST /app/installations/")] - '0')
		say(w, http.StatusCreated, map[string]any{"token": token, "expires_at": time.Now().Add(time.Hour).Format(time.RFC3339)})
		return
	}
	if id == 0 || h.removed {
		notFound(w)
		return
	}
	say(w, http.StatusOK, map[string]any{"id": id})
}

func say(w http.ResponseWriter, status int, answer any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(answer)
}

func notFound(w http.ResponseWriter) {
	say(w, http.StatusNotFound, map[string]any{"message": "Not Found"})
}

// fine answers with something empty.
func fine(w http.ResponseWriter, _ *http.Request) { say(w, http.StatusOK, map[string]any{"id": 1}) }

// account is what a test's App is set up with.
type account struct {
	app, token bool
	redis      redis.UniversalClient
	now        func() time.Time
	patience   time.Duration
	transport  http.RoundTripper
}

func (a account) secret(name string) ([]byte, error) {
	switch {
	case name == github.KeySecret && a.app:
		return pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(appKey())}), nil
	case name == github.TokenSecret && a.token:
		return []byte(personToken + "\n"), nil
	}
	return nil, fmt.Errorf("%w: %s", function.ErrNoSecret, name)
}

func (h *hub) open(a account) *github.App {
	h.Helper()
	s := &github.Section{URL: h.URL, API: h.URL + "/api/v3"}
	if a.app {
		s.App.ID = appID
	}
	app, err := github.New(s, a.secret, github.Options{
		Redis: a.redis, Now: a.now, Patience: a.patience, Timeout: time.Minute, Transport: a.transport,
	})
	if err != nil {
		h.Fatal(err)
	}
	h.Cleanup(app.Close)
	return app
}

// get reads a path for a repository.
func get(ctx context.Context, app *github.App, owner, repo, path string) error {
	return send(ctx, app, http.MethodGet, owner, repo, path)
}

func send(ctx context.Context, app *github.App, method, owner, repo, path string) error {
	client, err := app.ClientFor(ctx, owner, repo)
	if err != nil {
		return err
	}
	request, err := client.NewRequest(method, path, nil)
	if err != nil {
		return err
	}
	_, err = client.Do(ctx, request, nil)
	return github.Classify(method+" "+path, err)
}
