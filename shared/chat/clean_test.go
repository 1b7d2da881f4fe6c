package chat_test

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/handsoff/handsoff/shared/chat"
)

func TestClean(t *testing.T) {
	t.Parallel()
	for given, want := range map[string]string{
		"plain":                "plain",
		"two\r\nlines\rthree":  "two\nlines\nthree",
		"a\tb":                 "a    b",
		"\x1b[31mred\x1b[0m":   "red",
		"\x1b]0;title\x07text": "text",
		"\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\": "link",
		"\x1b]never ends\nnext":                    "never ends\nnext",
		"\x1b(Bset":                                "set",
		"\x1bcreset":                               "reset",
		"\u009b2Jgone":                             "gone",
		"bell\a and \x00nul":                       "bell and nul",
		"bad\xffutf8":                              "bad\uFFFDutf8",
		"turned \u202eround":                       "turned round",
		"für \u65e5\u672c …":                       "für \u65e5\u672c …",
		"\x1b":                                     "",
		"\x1b[":                                    "",
		"line\u2028break":                          "line\nbreak",
	} {
		if got := chat.Clean(given); got != want {
			t.Errorf("%q becomes %q, want %q", given, got, want)
		}
	}
	if got := chat.OneLine(" a\r\n\tb  c\x1b[2J "); got != "a b c" {
		t.Errorf("one line: %q", got)
	}
}

// FuzzClean: what is clean moves no cursor, is valid, and stays as it is.
func FuzzClean(f *testing.F) {
	for _, seed := range []string{"\x1b[31mred", "\x1b]0;x\x07", "\u009b2J", "a\r\nb", "\xff\x1b", "\x1bP\x1b\\"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		clean := chat.Clean(text)
		for _, r := range clean {
			if r != '\n' && unicode.IsControl(r) {
				t.Fatalf("%q keeps %U", text, r)
			}
		}
		if !utf8.ValidString(clean) || chat.Clean(clean) != clean {
			t.Fatalf("%q becomes %q", text, clean)
		}
		if line := chat.OneLine(text); strings.ContainsAny(line, "\n\t") || chat.Width(chat.Clip(line, 9)) > 9 {
			t.Fatalf("%q on one line is %q", text, line)
		}
	})
}
