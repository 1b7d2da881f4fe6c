package lineedit

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// tabStop is how far apart the stops are to which Clean expands a tab.
const tabStop = 8

// commands reports whether a rune would command the terminal instead of being shown: the C0 and C1 controls, the line and
// paragraph separators, and the marks that reorder what stands around them.
func commands(r rune) bool {
	switch {
	case unicode.IsControl(r), r == '\u2028', r == '\u2029':
		return true
	case r >= '\u202a' && r <= '\u202e', r >= '\u2066' && r <= '\u2069', r == '\u200e', r == '\u200f', r == '\u061c':
		return true
	}
	return false
}

// Clean makes text from outside fit to be shown: LF stays, tabs become blanks, CR is dropped before LF, whatever else
// would command the terminal becomes U+FFFD, as do bytes that are not UTF-8. Whole escape sequences become one U+FFFD
// and harmless letters.
func Clean(text string) string {
	if !needsCleaning(text) {
		return text
	}
	var out strings.Builder
	column := 0
	for _, r := range strings.ReplaceAll(text, "\r\n", "\n") {
		switch {
		case r == '\n':
			column = -1
			out.WriteRune(r)
		case r == '\t':
			blanks := tabStop - column%tabStop
			out.WriteString(strings.Repeat(" ", blanks))
			column += blanks - 1
		case commands(r):
			out.WriteRune(utf8.RuneError)
		default:
			out.WriteRune(r)
		}
		column++
	}
	return out.String()
}

func needsCleaning(text string) bool {
	for i, r := range text {
		if r != '\n' && commands(r) || r == utf8.RuneError && !strings.HasPrefix(text[i:], "\uFFFD") {
			return true
		}
	}
	return false
}
