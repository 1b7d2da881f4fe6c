package mrkdwn

import (
	"strings"

	"github.com/handsoff/handsoff/shared/slack"
)

// entities are the only ones that Slack writes.
var entities = strings.NewReplacer("&amp;", "&", "&lt;", "<", "&gt;", ">")

// Undo turns text as Slack sends it (an event's text, a slash command's) into what the person typed: entities become
// characters, links what they were typed as, people "slack:U123", user groups "slack-group:S123", channels "#name". Code
// marks around the whole text go. Anything that is not Slack's markup stays as it is.
func Undo(text string) string {
	var b strings.Builder
	b.Grow(len(text))
	for {
		plain, content, rest, found := token(text)
		b.WriteString(entities.Replace(plain))
		if !found {
			return undoubled(bare(b.String()))
		}
		b.WriteString(undoToken(content))
		text = rest
	}
}

// token finds the first <…> in text: what stands before it, what is in it and what follows.
func token(text string) (before, content, rest string, found bool) {
	from := 0
	for {
		open := strings.IndexByte(text[from:], '<')
		if open < 0 {
			return text, "", "", false
		}
		open += from
		end := strings.IndexAny(text[open+1:], "<>\n")
		if end > 0 && text[open+1+end] == '>' {
			return text[:open], text[open+1 : open+1+end], text[open+end+2:], true
		}
		from = open + 1
	}
}

// undoToken is what a person typed for <content>.
func undoToken(content string) string {
	target, label, labelled := strings.Cut(content, "|")
	target, label = entities.Replace(target), entities.Replace(label)
	switch target[:min(1, len(target))] {
	case "@":
		if id := target[1:]; slack.IsID(id, slack.Users) {
			return "slack:" + id
		}
	case "#":
		if id := target[1:]; slack.IsID(id, slack.Channels) {
			if label == "" {
				return "#" + id
			}
			return "#" + label
		}
	case "!":
		if target != "!" {
			return undoSpecial(target[1:], label)
		}
	default:
		if typed, ok := undoLink(target, label, labelled); ok {
			return typed
		}
	}
	return "<" + entities.Replace(content) + ">"
}

// undoSpecial is what a person typed for <!word>: a user group, a date, or one of @here, @channel and @everyone.
func undoSpecial(word, label string) string {
	name, argument, _ := strings.Cut(word, "^")
	switch {
	case name == "subteam" && slack.IsID(argument, slack.Groups):
		return "slack-group:" + argument
	case name == "date" && label == "":
		moment, _, _ := strings.Cut(argument, "^")
		return moment
	case label != "" && name != "here" && name != "channel" && name != "everyone":
		return label
	}
	return "@" + name
}

// undoLink is what a person typed for a link. Slack adds a scheme to what looks like an address; a label that a person
// chose says less than the address.
func undoLink(url, label string, labelled bool) (string, bool) {
	scheme, rest, ok := strings.Cut(url, ":")
	if !ok || !isScheme(scheme) {
		return "", false
	}
	switch {
	case scheme == "mailto":
		return rest, true
	case scheme == "tel":
		if labelled && digits(label) == digits(rest) {
			return label, true
		}
		return rest, true
	case labelled && label != "" && strings.TrimSuffix(strings.TrimPrefix(rest, "//"), "/") == strings.TrimSuffix(label, "/"):
		return label, true
	}
	return url, true
}

// isScheme reports whether text can stand before the colon of an address (RFC 3986).
func isScheme(text string) bool {
	for i, r := range text {
		letter := r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
		if !letter && (i == 0 || !strings.ContainsRune("0123456789+-.", r)) {
			return false
		}
	}
	return text != ""
}

func digits(text string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, text)
}

// bare is text without the code marks that stand around all of it.
func bare(text string) string {
	trimmed := strings.TrimSpace(text)
	if inner, ok := between(trimmed, fence); ok && !strings.Contains(inner, fence) && strings.TrimSpace(inner) != "" {
		return strings.TrimSuffix(strings.TrimPrefix(inner, "\n"), "\n")
	}
	if inner, ok := between(trimmed, "`"); ok && !strings.ContainsAny(inner, "`\n") && inner != "" {
		return inner
	}
	return text
}

func between(text, mark string) (string, bool) {
	if len(text) < 2*len(mark) || !strings.HasPrefix(text, mark) || !strings.HasSuffix(text, mark) {
		return "", false
	}
	return text[len(mark) : len(text)-len(mark)], true
}
