package slack

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
	goslack "github.com/slack-go/slack"

	"github.com/handsoff/handsoff/shared/health"
	"github.com/handsoff/handsoff/shared/webapi"
)

const (
	defaultTimeout = 10 * time.Second
	// maxAnswer is how many bytes of one answer, or of one file, are read.
	maxAnswer = 8 << 20
	// longestToken is more characters than Slack's tokens have.
	longestToken = 1000
)

// Options of an App. The zero value is valid: Self is then remembered in this process only.
type Options struct {
	Redis     redis.UniversalClient // where Self is remembered; nil for nowhere
	Timeout   time.Duration         // of one request, its answer included; 0 means 10 s
	Transport http.RoundTripper     // nil for one of its own
	Now       func() time.Time      // nil for time.Now
}

// App is our app in Slack: a client of the Web API for one bot token. It is safe for concurrent use.
type App struct {
	Client *goslack.Client // never retries by itself, never logs
	HTTP   *http.Client    // with the same limits, for addresses that Slack gave; it adds no token and follows no redirect

	section *Section
	wire    http.RoundTripper
	self    webapi.Self[Self]
}

// New makes a client; it sends nothing. A token that cannot be one is an error that does not show it.
func New(s *Section, token string, o Options) (*App, error) {
	token = strings.TrimSpace(token)
	if token == "" || len(token) > longestToken || strings.ContainsFunc(token, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return nil, errors.New("slack: the bot token is empty or not a token; the secret slack-token holds it, and it begins with xoxb-")
	}
	sum := sha256.Sum256([]byte(token))
	a := &App{
		section: s, wire: o.Transport,
		self: webapi.Self[Self]{Redis: o.Redis, Key: selfKey, Mark: hex.EncodeToString(sum[:8]), Passing: passing, Now: o.Now},
	}
	if a.wire == nil {
		a.wire = webapi.NewTransport()
	}
	if a.self.Now == nil {
		a.self.Now = time.Now
	}
	a.HTTP = &http.Client{
		Transport:     watched{limited{a.wire}, hostOf(s.URL), &health.Caller{Redis: o.Redis, Door: Door}},
		Timeout:       cmp.Or(o.Timeout, defaultTimeout),
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	a.Client = goslack.New(token, goslack.OptionAPIURL(s.URL), goslack.OptionHTTPClient(a.HTTP))
	return a, nil
}

// Close ends idle connections.
func (a *App) Close() { (&http.Client{Transport: a.wire}).CloseIdleConnections() }

// Home reports whether a team is one of ours: that of Self, or one that the configuration lists.
func (a *App) Home(self Self, team string) bool {
	return team != "" && (team == self.TeamID || slices.Contains(a.section.Teams, team))
}

// limited lets nobody read more of an answer than maxAnswer.
type limited struct{ next http.RoundTripper }

// RoundTrip sends a request.
func (l limited) RoundTrip(r *http.Request) (*http.Response, error) {
	answer, err := l.next.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	answer.Body = webapi.Limit(answer.Body, maxAnswer)
	return answer, nil
}
