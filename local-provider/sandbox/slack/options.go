package slack

import (
	"time"

	"github.com/handsoff/handsoff/local-provider/sandbox/consent"
)

// What Options' zero values stand for.
const (
	defaultKept  = 1000    // messages a channel
	defaultBytes = 4 << 20 // bytes of messages over all channels
)

// Options configures a Server. The zero value is a Slack that accepts no token.
type Options struct {
	// Token is the app's bot token. Without one every call is refused with invalid_auth.
	Token string
	// SigningSecrets sign what is sent to the app; the first one is used.
	SigningSecrets []string
	// Client is who may ask people to log in with their account here. Without one nobody may.
	Client consent.Client
	// EventsURL is where events, slash commands and interactions are sent; nowhere when empty.
	EventsURL string
	// RetryScale multiplies the waits before an event is sent again (at once, 1 min, 5 min); 1 when zero.
	RetryScale float64
	// Patience is how long the app may take to answer, and to use a trigger id; three seconds when zero.
	Patience time.Duration
	// URL is the root URL under which this Slack is reached, used for files and response URLs. When empty it is learned
	// from the first request's Host header.
	URL string
	// Dir keeps the state over a restart. When empty, everything is in memory.
	Dir string
	// Manifest is the app's: its scopes, events and commands. When nil the app may do everything.
	Manifest *Manifest
	// Unlimited switches rate limits off, for throughput runs.
	Unlimited bool
	// Kept is how many messages a channel keeps; 1000 when zero.
	Kept int
	// Bytes is how many bytes all messages together may take; 4 MB when zero.
	Bytes int
	// Speed is how many seconds of the sandbox's clock pass in one real second; 1 when zero.
	Speed float64
	// Frozen makes the clock stand still: only Advance moves it.
	Frozen bool
	// Empty leaves out the ready-made people and channels; only the team and the app's bot are there.
	Empty bool
}

func (o Options) withDefaults() Options {
	if o.Kept <= 0 {
		o.Kept = defaultKept
	}
	if o.Bytes <= 0 {
		o.Bytes = defaultBytes
	}
	if o.Speed <= 0 {
		o.Speed = 1
	}
	if o.RetryScale <= 0 {
		o.RetryScale = 1
	}
	return o
}
