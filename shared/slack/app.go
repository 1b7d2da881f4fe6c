package slack

import (
	"context"
	"net/http"
	"time"

	"github.com/redis/go-redis/v9"
	goslack "github.com/slack-go/slack"
)

// Options of an App. The zero value is valid: nothing is remembered.
type Options struct {
	Redis     redis.UniversalClient // where Self is remembered; nil for nowhere
	Timeout   time.Duration         // of one request, its answer included; 0 means 10 s
	Transport http.RoundTripper     // nil for one of its own
	Now       func() time.Time      // nil for time.Now
}

// App is our app in Slack: a client of the Web API for one bot token. It is safe for concurrent use.
type App struct {
	Client *goslack.Client // never retries by itself, never logs
	HTTP   *http.Client    // with the same limits, for addresses that Slack gave (files, response_url); it adds no token

	section *Section
	options Options
}

// New makes a client; it sends nothing. A token that cannot be one is an error that does not show it.
func New(s *Section, token string, o Options) (*App, error) {
	a := &App{section: s, options: o, HTTP: &http.Client{}}
	a.Client = goslack.New(token, goslack.OptionAPIURL(s.URL), goslack.OptionHTTPClient(a.HTTP))
	return a, nil
}

// Close ends idle connections.
func (a *App) Close() { a.HTTP.CloseIdleConnections() }

// Self is who we are in Slack.
type Self struct {
	UserID string    `json:"user_id"` // of the bot's user, "U0BOT": what people mention
	BotID  string    `json:"bot_id"`  // "B0BOT": the author of our messages
	TeamID string    `json:"team_id"` // the home team, "T0HOME"
	URL    string    `json:"url"`     // of the workspace, "https://example.slack.com/"
	At     time.Time `json:"at"`      // when Slack said so
}

// Self asks Slack who we are (auth.test), once a day: in between, and while Slack is down, the remembered answer holds.
func (a *App) Self(ctx context.Context) (Self, error) { return Self{}, nil }

// Respond posts to a response_url. Slack accepts five posts within 30 minutes of what the person did. Errors are
// classified and do not show the address.
func (a *App) Respond(ctx context.Context, responseURL string, message *goslack.WebhookMessage) error {
	return nil
}

// Home reports whether a team is one of ours: that of Self, or one that the configuration lists.
func (a *App) Home(self Self, team string) bool { return false }
