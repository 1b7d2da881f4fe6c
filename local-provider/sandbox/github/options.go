package github

import "github.com/handsoff/handsoff/local-provider/sandbox/consent"

// What Options' zero values stand for, where that is not zero.
const (
	defaultAppID = 4711
	// contentPerMinute is how many requests that make content GitHub lets through a minute
	// (docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api#about-secondary-rate-limits).
	contentPerMinute = 80
	defaultKept      = 250
)

// Options configures a Server. The zero value is a GitHub that accepts no token and sends no webhooks.
type Options struct {
	// Token is the personal access token of the bot's ordinary account, [BotUser], and what logs a browser in. Without one
	// only the App, and who has a token from [Server.Token], gets in.
	Token string
	// AppKey is the App's key as PEM: the public half, or the private one from which it is taken. Without one there is no App.
	AppKey []byte
	// AppID is the App's id; 4711 when zero.
	AppID int64
	// WebhookSecret signs what is sent to the ready-made hooks; unsigned when empty.
	WebhookSecret string
	// EventsURL is where the ready-made hooks send to. Without one there are no such hooks.
	EventsURL string
	// Client is who may ask people to log in with their account here. Without one nobody may.
	Client consent.Client
	// URL is the root URL under which this GitHub is reached. When empty it is learned from the first request's Host header.
	URL string
	// Dir keeps the state over a restart. When empty, everything is in memory.
	Dir string
	// ContentPerMinute is how many requests that make content may come a minute before the secondary rate limit; 80 when
	// zero, no limit when negative.
	ContentPerMinute int
	// Unlimited switches all rate limits off.
	Unlimited bool
	// Kept is how many deliveries a hook keeps; 250 when zero.
	Kept int
	// Speed is how many seconds of the sandbox's clock pass in one real second; 1 when zero.
	Speed float64
	// Frozen makes the clock stand still: only Advance moves it.
	Frozen bool
	// Empty leaves out the ready-made organisation, people and hooks; only the bot's account and the App are there.
	Empty bool
}

func (o Options) withDefaults() Options {
	if o.AppID == 0 {
		o.AppID = defaultAppID
	}
	if o.ContentPerMinute == 0 {
		o.ContentPerMinute = contentPerMinute
	}
	if o.Kept <= 0 {
		o.Kept = defaultKept
	}
	if o.Speed <= 0 {
		o.Speed = 1
	}
	return o
}
