package main

import (
	"context"
	"net/url"
	"slices"
	"strings"

	goslack "github.com/slack-go/slack"

	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/inbox"
	"github.com/handsoff/handsoff/shared/slack"
	"github.com/handsoff/handsoff/shared/slack/card"
	"github.com/handsoff/handsoff/shared/slack/mrkdwn"
)

// reply says where an answer belongs.
type reply struct {
	hook     string      // the response_url of what the person did; empty for none
	place    slack.Place // where the person is
	user     string      // who they are
	quiet    bool        // only they are to see it
	problems bool        // only problems are worth telling: success is seen in the message that was clicked
}

// wants reports whether an answer is to be told. A job that was made shows itself; what was overheard and is no command is
// none of our business.
func (r reply) wants(a command.Answer) bool {
	switch {
	case a.Problem != nil:
		return a.Problem.Code != command.CodeOverheard
	case a.Accepted, r.problems:
		return false
	}
	return strings.TrimSpace(a.Text) != ""
}

// tell posts an answer, message by message; a retry goes on with the first that is not posted yet.
func (d *door) tell(ctx context.Context, c *inbox.Claim, p *progress, to reply) error {
	messages := card.Answer(*p.Answer)
	for p.Told < len(messages) {
		if err := d.say(ctx, messages[p.Told], to); err != nil {
			return err
		}
		p.Told++
		if p.Told < len(messages) {
			if err := c.Note(ctx, p); err != nil {
				return err
			}
		}
	}
	return nil
}

// whisper says a line to one person only.
func (d *door) whisper(ctx context.Context, text string, to reply) error {
	to.quiet = true
	return d.say(ctx, card.Message{Text: mrkdwn.Escape(text)}, to)
}

// way is one way to say something.
type way func(ctx context.Context, m card.Message) error

// say posts a message the best way that is open. An error is one that trying again may mend; what cannot be said to
// anybody, because no way leads there, is logged and over.
func (d *door) say(ctx context.Context, m card.Message, to reply) error {
	var err error
	for _, say := range d.ways(to) {
		err = say(ctx, m)
		if slack.KindOf(err) == slack.Invalid && len(m.Blocks) > 0 {
			d.Log.ErrorContext(ctx, "Slack refuses the form of a message; it is said as plain text", "error", err)
			err = say(ctx, card.Message{Text: m.Text})
		}
		if kind := slack.KindOf(err); kind != slack.Gone && kind != slack.Invalid {
			return err
		}
		d.Log.WarnContext(ctx, "a way to say something is closed", "user", to.user, "channel", to.place.Channel, "error", err)
	}
	if slack.KindOf(err) == slack.Gone {
		d.Log.ErrorContext(ctx, "an answer cannot be told to anybody", "user", to.user, "channel", to.place.Channel, "error", err)
		return nil
	}
	return err
}

// ways are the ways to say something, the best first: to one person by the address that Slack gave for that, else as an
// ephemeral message, else directly; to all who were there where they are.
func (d *door) ways(to reply) []way {
	var ways []way
	direct := to.place.Person() || strings.HasPrefix(to.place.Channel, "D")
	if to.quiet && d.trusted(to.hook) {
		ways = append(ways, d.byHook(to.hook, to.place.Thread))
	}
	if to.quiet && !direct {
		ways = append(ways, d.ephemeral(to.place, to.user))
	}
	if !to.quiet && !to.place.Person() {
		ways = append(ways, d.post(to.place))
	}
	return append(ways, d.directly(to.user))
}

// byHook posts to a response_url.
func (d *door) byHook(hook, thread string) way {
	return func(ctx context.Context, m card.Message) error {
		message := &goslack.WebhookMessage{
			Text: m.Text, ResponseType: goslack.ResponseTypeEphemeral, ThreadTimestamp: thread,
			UnfurlLinks: new(bool), UnfurlMedia: new(bool),
		}
		if len(m.Blocks) > 0 {
			message.Blocks = &goslack.Blocks{BlockSet: m.Blocks}
		}
		return d.app.Respond(ctx, hook, message)
	}
}

// ephemeral shows a message to one person in a channel.
func (d *door) ephemeral(place slack.Place, user string) way {
	return func(ctx context.Context, m card.Message) error {
		_, err := d.app.Client.PostEphemeralContext(ctx, place.Channel, user, options(m, place.Thread)...)
		return slack.Classify("tell "+user+" in "+place.Channel, err)
	}
}

// post shows a message to all.
func (d *door) post(place slack.Place) way {
	return func(ctx context.Context, m card.Message) error {
		_, _, err := d.app.Client.PostMessageContext(ctx, place.Channel, options(m, place.Thread)...)
		return slack.Classify("post to "+place.Channel, err)
	}
}

// directly sends a direct message.
func (d *door) directly(user string) way {
	return func(ctx context.Context, m card.Message) error {
		opened, _, _, err := d.app.Client.OpenConversationContext(ctx, &goslack.OpenConversationParameters{Users: []string{user}})
		if err != nil {
			return slack.Classify("open the direct messages of "+user, err)
		}
		return d.post(slack.Place{Channel: opened.ID})(ctx, m)
	}
}

// options are a message as slack-go wants it. Links in it are not unfolded.
func options(m card.Message, thread string) []goslack.MsgOption {
	list := []goslack.MsgOption{
		goslack.MsgOptionText(m.Text, false), goslack.MsgOptionDisableLinkUnfurl(), goslack.MsgOptionDisableMediaUnfurl(),
	}
	if len(m.Blocks) > 0 {
		list = append(list, goslack.MsgOptionBlocks(m.Blocks...))
	}
	if thread != "" {
		list = append(list, goslack.MsgOptionTS(thread))
	}
	return list
}

// hookHosts are where Slack's response_urls lead.
var hookHosts = []string{"hooks.slack.com", "hooks.slack-gov.com"}

// trusted reports whether an address is one of Slack's for answers. We post nowhere else, whatever a request says.
func (d *door) trusted(hook string) bool {
	to, err := url.Parse(hook)
	if err != nil || hook == "" || to.User != nil {
		return false
	}
	if to.Scheme == "https" && slices.Contains(hookHosts, to.Host) {
		return true
	}
	api, err := url.Parse(d.section.URL) // a sandbox, or a proxy
	return err == nil && api.Host != "" && api.Hostname() != "slack.com" && to.Scheme == api.Scheme && to.Host == api.Host
}
