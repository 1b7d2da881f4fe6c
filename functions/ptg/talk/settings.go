package talk

import (
	"context"
	"slices"
	"strings"

	"github.com/handsoff/handsoff/functions/ptg/gathering"
	"github.com/handsoff/handsoff/shared/command"
)

// marks are those of which lines are ours.
const marks = command.PrefixMarks

// Settings say who may do what, and where.
type Settings struct {
	Channels   []string            // addresses in which lines are about the current gathering
	Events     map[string][]string // by a gathering's id: addresses in which lines are about that one
	IRCOps     bool                // whether an operator of a gathering's channel is an organiser
	Organisers string              // the role of those who may say the words of organisers
	Moderators string              // the role of those who may speak for any track; empty for none
	Status     string              // the role of those who may tell everybody something by #status
	Announce   []string            // further addresses that a #status reaches
	URL        string              // of the pages, without a slash at its end; empty where it is not known
	Docs       string              // where people find out what they can say
}

// World is what talk needs of the rest of handsoff.
type World interface {
	// Person names whoever is behind a principal at several doors by the configuration, "person:ann"; "" for nobody.
	Person(principal string) string
	// Paced takes down that a person changes something, and reports whether that is no more than may be in a minute. The same id
	// counts once.
	Paced(ctx context.Context, person, id string) (bool, error)
	// Tell has addresses be told something, once for a key.
	Tell(ctx context.Context, key, text, why string, to []string) error
	// Ask hands in a command for the one who said something. Those who follow its job are told the opening first.
	Ask(ctx context.Context, s Saying, words string, args map[string]any, opening string) (command.Answer, error)
	// Fetch gets a file from a host that is allowed. What the person can do something about is a [gathering.Refusal].
	Fetch(ctx context.Context, url string) ([]byte, error)
	// Keep keeps a file for an hour, under its digest.
	Keep(ctx context.Context, digest string, file []byte) error
	// Kept gives a file that was kept; nil when it is not any more.
	Kept(ctx context.Context, digest string) ([]byte, error)
	// Offer keeps a file for ten minutes for whoever has the token, at /export/<token> of the pages.
	Offer(ctx context.Context, name string, file []byte) (token string, err error)
	// Channels are the addresses of all channels of chats in which the bot is.
	Channels(ctx context.Context) ([]string, error)
	// Alert has the topics of all channels say something, or what they said before when the text is empty.
	Alert(ctx context.Context, text string) error
	// Record writes something into the audit trail.
	Record(ctx context.Context, who, act, detail string) error
	// Code makes a code that ties whoever says it within ten minutes to a person.
	Code(ctx context.Context, person string) (string, error)
	// Redeem gives the person of a code; "" when there is none.
	Redeem(ctx context.Context, code string) (person string, err error)
	// Spend makes a code worth nothing.
	Spend(ctx context.Context, code string) error
}

// Talk understands lines. Its methods may be called from many goroutines.
type Talk struct {
	store    *gathering.Store
	world    World
	settings Settings

	users   map[string]handler     // words for everybody
	admins  map[string]handler     // words of organisers, behind a ~
	verbs   map[string]verb        // what can be said of a track
	remarks map[string]handler     // words behind a # that are no tracks
	banners map[string]handler     // what can be said behind ~motd
	deeds   map[string]preparation // words of organisers that take much away
}

// New makes one.
func New(store *gathering.Store, world World, settings Settings) *Talk {
	t := &Talk{store: store, world: world, settings: settings}
	t.learn()
	return t
}

// channelsOf are the addresses in which lines are about a gathering.
func (t *Talk) channelsOf(id string) []string {
	return append(slices.Clone(t.settings.Channels), t.settings.Events[id]...)
}

// ours reports whether lines that are said at an address are about a gathering, and about which; an empty id is the current one.
func (t *Talk) ours(where string) (id string, ok bool) {
	for id, channels := range t.settings.Events {
		if slices.ContainsFunc(channels, func(c string) bool { return sameChannel(c, where) }) {
			return id, true
		}
	}
	return "", slices.ContainsFunc(t.settings.Channels, func(c string) bool { return sameChannel(c, where) })
}

// sameChannel reports whether an address is that of a channel, or of a thread in it. Names on IRC have no case.
func sameChannel(channel, where string) bool {
	if strings.HasPrefix(where, "slack:") {
		where, _, _ = strings.Cut(where, "/")
	}
	return strings.EqualFold(channel, where)
}
