package mrkdwn

import (
	"net/url"
	"strings"

	"github.com/handsoff/handsoff/shared/chat"
	"github.com/handsoff/handsoff/shared/slack"
)

// longestLink is how long an address may be as a link; a longer one is shown as text.
const longestLink = 1000

// linkTo is the address of a link as Slack takes it; false for anything but a web address of a bearable length. Nothing in
// it can end a link or begin another.
func linkTo(address string) (string, bool) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") || u.User != nil {
		return "", false
	}
	clean := strings.NewReplacer("|", "%7C", "<", "%3C", ">", "%3E", "`", "%60", "\"", "%22").Replace(u.String())
	clean = escapes.Replace(alarms.ReplaceAllString(clean, "%40$1"))
	if Length(clean) > longestLink || strings.ContainsFunc(clean, func(r rune) bool { return r <= ' ' || r == 0x7f }) {
		return "", false
	}
	return clean, true
}

// Link is a link with a title, "<https://…|build #12>"; without a title the address is shown. What is not a web address
// becomes plain text.
func Link(title, address string) string {
	title, address = chat.OneLine(title), chat.OneLine(address)
	target, ok := linkTo(address)
	switch {
	case !ok && title == "":
		return Escape(address)
	case !ok:
		return Escape(title + ": " + address)
	case title == "":
		return "<" + target + ">"
	}
	return "<" + target + "|" + Clip(Escape(strings.NewReplacer("`", "'", "|", "¦").Replace(title)), 200) + ">"
}

// Person mentions a person of Slack, "<@U123>" for the principal slack:U123, which notifies them; nothing else becomes a
// mention. Any other principal is shown as plain text.
func Person(principal string) string {
	if id, ok := strings.CutPrefix(principal, "slack:"); ok && slack.IsID(id, slack.Users) {
		return "<@" + id + ">"
	}
	return Escape(chat.OneLine(principal))
}
