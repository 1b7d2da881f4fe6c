package chat

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// tab is what a tab becomes: where a tab stop is depends on the reader's screen.
const tab = "    "

// Clean makes text harmless and plain: terminal sequences vanish as a whole, every line end becomes \n, tabs become
// spaces, other control characters and those that turn the direction of text around are dropped, and what is not UTF-8
// becomes the replacement character.
func Clean(text string) string {
	if plain(text) {
		return text
	}
	var b strings.Builder
	b.Grow(len(text))
	for text != "" {
		r, size := utf8.DecodeRuneInString(text)
		rest := text[size:]
		switch {
		case r == '\x1b' || r == '\u009b' || r == '\u009d':
			rest = afterSequence(text)
		case r == '\r':
			rest = strings.TrimPrefix(rest, "\n")
			b.WriteByte('\n')
		case r == '\n' || r == '\u2028' || r == '\u2029':
			b.WriteByte('\n')
		case r == '\t':
			b.WriteString(tab)
		case unicode.IsControl(r) || turns(r):
		default:
			b.WriteRune(r) // an invalid byte was decoded as the replacement character
		}
		text = rest
	}
	return b.String()
}

// OneLine is Clean on a single line: every run of white space becomes one space.
func OneLine(text string) string { return strings.Join(strings.Fields(Clean(text)), " ") }

// plain reports whether Clean would change nothing, for the usual case of ASCII text.
func plain(text string) bool {
	for i := range len(text) {
		if c := text[i]; (c < ' ' && c != '\n') || c >= 0x7f {
			return false
		}
	}
	return true
}

// turns knows the characters that reorder text on the screen, so that it reads other than it is.
func turns(r rune) bool {
	return r >= '\u202a' && r <= '\u202e' || r >= '\u2066' && r <= '\u2069' || r == '\u200e' || r == '\u200f'
}

// afterSequence is what follows the terminal sequence (ECMA-48) at the beginning of text. One that never ends is only its
// introducer: the text behind it is kept.
func afterSequence(text string) string {
	r, size := utf8.DecodeRuneInString(text)
	body := text[size:]
	if r == '\x1b' {
		if body == "" {
			return ""
		}
		kind := body[0]
		switch {
		case kind == '[':
			r, body = '\u009b', body[1:]
		case strings.IndexByte("]PX^_", kind) >= 0:
			r, body = '\u009d', body[1:]
		case kind >= ' ' && kind <= '/' && len(body) > 1 && body[1] >= '0' && body[1] <= '~': // a character set
			return body[2:]
		case kind >= '0' && kind <= '~':
			return body[1:]
		default:
			return body
		}
	}
	if r == '\u009b' {
		return afterControl(body)
	}
	return afterString(body)
}

// afterControl skips parameters, intermediates and the final letter of a control sequence.
func afterControl(body string) string {
	for i := range len(body) {
		switch c := body[i]; {
		case c >= '@' && c <= '~':
			return body[i+1:]
		case c < ' ' || c > '?':
			return body[i:]
		}
	}
	return ""
}

// afterString skips an operating system command or the like up to its terminator, on the same line.
func afterString(body string) string {
	for i, r := range body {
		switch r {
		case '\a', '\u009c':
			return body[i+utf8.RuneLen(r):]
		case '\x1b':
			if strings.HasPrefix(body[i:], "\x1b\\") {
				return body[i+2:]
			}
			return body[i:]
		case '\n', '\r':
			return body
		}
	}
	return body
}
