package mrkdwn

import (
	"regexp"
	"strings"

	"github.com/handsoff/handsoff/shared/chat"
)

const (
	fence = "```"
	// joint keeps two characters apart that would mean something together, and cannot be seen.
	joint = "\u200b"
)

var (
	escapes = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")
	// alarms are the words that notify a whole channel where Slack looks for names in plain text: with parse=full, and
	// chat.update reads text as a client does unless told otherwise (https://docs.slack.dev/reference/methods/chat.update/).
	// What stands around them does not matter: it may be cut off later.
	alarms = regexp.MustCompile(`(?i)@(channel|here|everyone|group)`)
	// joined are the same, and code marks, as Escape writes them.
	joined = regexp.MustCompile("(?i)(@)" + joint + "(channel|here|everyone|group)|(`)" + joint)
	// addresses are web addresses in text; what ends a sentence behind one does not belong to it.
	addresses = regexp.MustCompile("https?://[^\\s<>\"`|\\\\^{}\u200b]*[^\\s<>\"`|\\\\^{}\u200b.,;:!?'()\\[\\]*_~]")
)

// Escape makes plain text fit for a mrkdwn text: it becomes no link, no mention and no code block, and notifies nobody.
// Code marks of a single backtick stay, because our own sentences show commands so; text that must be shown letter for
// letter belongs into Code or Inline. What is not UTF-8 becomes the replacement character.
//
// Source: https://docs.slack.dev/messaging/formatting-message-text/#escaping, which names the three characters, and that
// nothing else may be escaped.
func Escape(text string) string {
	text = escapes.Replace(strings.ToValidUTF8(text, "\ufffd"))
	text = apart(text)
	return alarms.ReplaceAllString(text, "@"+joint+"$1")
}

// Text is Escape, with the web addresses in it as links. It is for texts that Slack is told not to look for links in
// (verbatim), so that only these are some.
func Text(text string) string {
	var b strings.Builder
	for {
		found := addresses.FindStringIndex(text)
		if found == nil {
			return b.String() + Escape(text)
		}
		b.WriteString(Escape(text[:found[0]]))
		b.WriteString(Link("", text[found[0]:found[1]]))
		text = text[found[1]:]
	}
}

// apart puts a joint between backticks that follow each other, so that they are no code marks.
func apart(text string) string {
	for strings.Contains(text, "``") {
		text = strings.ReplaceAll(text, "``", "`"+joint+"`")
	}
	return text
}

// undoubled takes out what Escape put between characters.
func undoubled(text string) string {
	if !strings.Contains(text, joint) {
		return text
	}
	return joined.ReplaceAllString(text, "$1$2$3")
}

// Code is text as a code block, escaped, which nothing in it can end. It is empty for a text without a letter.
func Code(text string) string {
	if text = strings.Trim(text, "\n"); strings.TrimSpace(text) == "" {
		return ""
	}
	return fence + "\n" + Escape(text) + "\n" + fence
}

// Inline is text on one line as code, escaped. Slack has no way to show a backtick in such code: text with one stays plain.
func Inline(text string) string { return InlineWithin(text, unlimited) }

// unlimited is more than anything has.
const unlimited = 1 << 30

// InlineWithin is Inline of at most limit, cut where that is needed.
func InlineWithin(text string, limit int) string {
	text = chat.OneLine(text)
	if text == "" || strings.Contains(text, "`") {
		return Clip(Escape(text), limit)
	}
	return "`" + Clip(Escape(text), limit-2) + "`"
}
