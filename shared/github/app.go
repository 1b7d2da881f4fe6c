package github

import (
	"cmp"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/bradleyfalzon/ghinstallation/v2"
	"github.com/golang-jwt/jwt/v4"
	"github.com/google/go-github/v62/github"
	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/shared/function"
	"github.com/handsoff/handsoff/shared/health"
	"github.com/handsoff/handsoff/shared/webapi"
)

// The secrets of our account, files.
const (
	KeySecret   = "github-app-key" // the App's private key, PEM
	TokenSecret = "github-token"   // a token, for where no App is installed
)

// longestToken is more characters than GitHub's tokens have.
const longestToken = 1000

// ErrNoAccount says that the configuration has a section github, and no account goes with it.
var ErrNoAccount = errors.New("github: there is neither an App (app: {id: …} and the secret " + KeySecret +
	") nor a token (the secret " + TokenSecret + ")")

// Options of an App.
type Options struct {
	Redis     redis.UniversalClient // where writes are paced and Self is remembered; nil for reading only
	Timeout   time.Duration         // of one call, its answer included; 0 means 10 s
	Patience  time.Duration         // for how long a write waits for its turn; 0 for not at all
	Transport http.RoundTripper     // nil for one of its own
	Now       func() time.Time      // tests only; nil is the time itself, and for the pace Redis' own clock
}

// App is our account at GitHub. It is safe for concurrent use.
type App struct {
	section  *Section
	api      *url.URL
	key      *rsa.PrivateKey // nil without an App
	token    string          // empty for none
	redis    redis.UniversalClient
	patience time.Duration
	timeout  time.Duration
	wire     http.RoundTripper
	base     http.RoundTripper // the wire, limited and watched
	clock    func() time.Time  // as given
	now      func() time.Time

	asApp, asToken *account // nil for none

	self webapi.Self[Identity]

	mu       sync.Mutex
	accounts map[int64]*account // by installation
	seats    map[string]seat    // by owner, or owner/repo
}

// New makes one; it calls nobody. secrets reads a secret and gives function.ErrNoSecret when there is none. It gives
// ErrNoAccount when there is no account.
func New(s *Section, secrets func(name string) ([]byte, error), o Options) (*App, error) {
	a := &App{
		section: s, redis: o.Redis, patience: o.Patience, timeout: cmp.Or(o.Timeout, defaultTimeout), clock: o.Now, now: o.Now,
		wire: o.Transport, accounts: make(map[int64]*account), seats: make(map[string]seat),
	}
	if a.now == nil {
		a.now = time.Now
	}
	if a.wire == nil {
		a.wire = webapi.NewTransport()
	}
	a.base = watched{limited{a.wire}, &health.Caller{Redis: o.Redis, Door: Door}}
	var err error
	if a.api, err = url.Parse(s.API + "/"); err != nil {
		return nil, fmt.Errorf("github: the API's address: %w", err)
	}
	if err := a.readKey(secrets); err != nil {
		return nil, err
	}
	if err := a.readToken(secrets); err != nil {
		return nil, err
	}
	if a.key == nil && a.token == "" {
		return nil, ErrNoAccount
	}
	sum := sha256.Sum256(fmt.Appendf(nil, "%s %d %s", s.API, s.App.ID, a.token))
	a.self = webapi.Self[Identity]{Redis: o.Redis, Key: selfKey, Mark: hex.EncodeToString(sum[:8]), Passing: passing, Now: a.now}
	a.open()
	return a, nil
}

// open makes the clients that need no installation.
func (a *App) open() {
	if a.key != nil {
		transport := ghinstallation.NewAppsTransportFromPrivateKey(a.base, a.section.App.ID, a.key)
		a.asApp = a.newAccount("app", cloned{transport})
	}
	if a.token != "" {
		a.asToken = a.newAccount("token", withToken{a.token, a.base})
	}
}

func (a *App) readKey(secrets func(string) ([]byte, error)) error {
	if a.section.App.ID == 0 {
		return nil
	}
	text, err := secrets(KeySecret)
	if err != nil {
		return fmt.Errorf("github: the configuration names an App, and its key cannot be read: %w", err)
	}
	if a.key, err = jwt.ParseRSAPrivateKeyFromPEM(text); err != nil {
		return errors.New("github: the secret " + KeySecret + " is not a private key as GitHub gives it (PEM, RSA)")
	}
	return nil
}

func (a *App) readToken(secrets func(string) ([]byte, error)) error {
	text, err := secrets(TokenSecret)
	if errors.Is(err, function.ErrNoSecret) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("github: %w", err)
	}
	a.token = strings.TrimSpace(string(text))
	if len(a.token) > longestToken || strings.ContainsFunc(a.token, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return errors.New("github: the secret " + TokenSecret + " is not a token")
	}
	return nil
}

// Section is the configuration it was made of.
func (a *App) Section() *Section { return a.section }

// AsApp is a client for what only the App itself may call, /app/…; an error when there is no App.
func (a *App) AsApp() (*github.Client, error) {
	if a.asApp == nil {
		return nil, errors.New("github: there is no App; say which one with github.app.id, and give its key as the secret " + KeySecret)
	}
	return a.asApp.client, nil
}

// Close ends idle connections.
func (a *App) Close() { (&http.Client{Transport: a.wire}).CloseIdleConnections() }
