package mask

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"unicode/utf16"
)

const (
	// shortLine is the length from which a line of a secret with several lines counts as one itself.
	shortLine = 4
	// shortCode is the length from which a piece of base64 is told from chance.
	shortCode = 8
)

// forms are the texts in which a value is found. A file's last line break is not part of its secret.
func forms(value string) []string {
	value = strings.TrimRight(value, "\r\n")
	if value == "" {
		return nil
	}
	all := escaped(value)
	all = append(all, encoded(value)...)
	if strings.ContainsAny(value, "\r\n") {
		for line := range strings.FieldsFuncSeq(value, func(r rune) bool { return r == '\r' || r == '\n' }) {
			if line = strings.TrimSpace(line); len(line) >= shortLine {
				all = append(all, escaped(line)...)
			}
		}
	}
	return all
}

// escaped are the value itself and what it is in a JSON text (Go's, and Python's, which is ASCII only) and in a URL.
func escaped(value string) []string {
	all := []string{value, url.QueryEscape(value), url.PathEscape(value), ascii(value)}
	if text, err := json.Marshal(value); err == nil {
		all = append(all, string(text[1:len(text)-1]))
	}
	var plain strings.Builder
	encoder := json.NewEncoder(&plain)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err == nil {
		all = append(all, strings.TrimSuffix(plain.String()[1:], "\"\n"))
	}
	return all
}

// ascii is the JSON text as Python writes it.
func ascii(value string) string {
	var text strings.Builder
	for _, r := range value {
		switch short := strings.IndexRune("\"\\\n\r\t\b\f", r); {
		case short >= 0:
			text.WriteString([]string{`\"`, `\\`, `\n`, `\r`, `\t`, `\b`, `\f`}[short])
		case r >= ' ' && r <= '~':
			text.WriteRune(r)
		default:
			for _, unit := range utf16.AppendRune(nil, r) {
				fmt.Fprintf(&text, `\u%04x`, unit)
			}
		}
	}
	return text.String()
}

// encoded is the value in base64, and what is sure to be in the base64 of a longer text that has the value in it: of
// "user:password", say. That depends on where in a group of three bytes the value begins.
func encoded(value string) []string {
	var all []string
	for _, alphabet := range []*base64.Encoding{base64.StdEncoding, base64.URLEncoding} {
		if text := alphabet.EncodeToString([]byte(value)); len(text) >= shortCode {
			all = append(all, text)
		}
		for before := range 3 {
			if text := inside(alphabet, value, before); len(text) >= shortCode {
				all = append(all, text)
			}
		}
	}
	return all
}

// inside leaves out the characters that hold bits of what stands before or after.
func inside(alphabet *base64.Encoding, value string, before int) string {
	text := alphabet.WithPadding(base64.NoPadding).EncodeToString([]byte(strings.Repeat("\x00", before) + value))
	const perByte, perCharacter = 8, 6 // bits
	from := (before*perByte + perCharacter - 1) / perCharacter
	to := (before + len(value)) * perByte / perCharacter
	if from >= to {
		return ""
	}
	return text[from:to]
}
