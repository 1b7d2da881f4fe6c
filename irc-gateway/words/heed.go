package words

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/ergochat/irc-go/ircfmt"
)

// Plain is what somebody typed: without colours and other control characters, and with the replacement character for what
// is not UTF-8.
func Plain(text string) string {
	text = strings.ToValidUTF8(text, "\ufffd")
	text = ircfmt.Strip(text)
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return -1
		}
		return r
	}, text))
}

// Addressed is what was said to a nick, of a line said in a channel: "nick: jobs", "nick, jobs", "@nick jobs". same
// compares nicks as the server does.
func Addressed(line, nick string, same func(a, b string) bool) (said string, ok bool) {
	at, marked := strings.CutPrefix(line, "@")
	if marked {
		line = at
	}
	if len(line) < len(nick) || !same(line[:len(nick)], nick) {
		return "", false
	}
	rest := line[len(nick):]
	first, size := utf8.DecodeRuneInString(rest)
	switch {
	case rest == "":
		return "", marked
	case first == ':' || first == ',':
		return strings.TrimSpace(rest[size:]), true
	case marked && unicode.IsSpace(first):
		return strings.TrimSpace(rest), true
	}
	return "", false
}

// CTCP takes a CTCP message apart: its verb in capitals and what is behind it.
func CTCP(text string) (verb, rest string, ok bool) {
	inner, ok := strings.CutPrefix(text, "\x01")
	if !ok {
		return "", "", false
	}
	inner, _, _ = strings.Cut(inner, "\x01")
	verb, rest, _ = strings.Cut(inner, " ")
	return strings.ToUpper(verb), rest, true
}
