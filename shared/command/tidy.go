package command

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// MaxText is the longest text of a command, in bytes.
const MaxText = 16 << 10

// Tidy makes what was typed fit to be read: line ends become \n, white space at the ends goes. It refuses, with a
// [Mistake], more than [MaxText] bytes, bytes that are not UTF-8, and control characters other than newline and tab:
// whoever reads a job's text later must see what its sender saw.
func Tidy(text string) (string, error) {
	if len(text) > MaxText {
		return "", mistake(fmt.Sprintf("That is %d bytes, and a command has at most %d; put the long part into a file or an address.",
			len(text), MaxText))
	}
	if strings.ContainsRune(text, '\r') {
		text = strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\r", "\n")
	}
	if err := readable(text); err != nil {
		return "", err
	}
	return strings.TrimFunc(text, isSpace), nil
}

// readable refuses text that a terminal or a reader could take for something else.
func readable(text string) error {
	if !utf8.ValidString(text) {
		return mistake("That has bytes that are not UTF-8; send it again as UTF-8 text.")
	}
	for _, r := range text {
		if (unicode.IsControl(r) && r != '\n' && r != '\t') || reorders(r) {
			return mistake(fmt.Sprintf("That has the control character U+%04X; send it again without.", r))
		}
	}
	return nil
}

// reorders reports a character that makes the letters around it appear in another order than they are read.
func reorders(r rune) bool {
	return r >= 0x202A && r <= 0x202E || r >= 0x2066 && r <= 0x2069
}

// isSpace knows the white space that phones, chats and web pages put between words, the invisible kind too.
func isSpace(r rune) bool {
	return unicode.IsSpace(r) || r == 0x200B || r == 0xFEFF
}
