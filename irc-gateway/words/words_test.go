package words_test

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"github.com/handsoff/handsoff/irc-gateway/words"
)

func TestAddressed(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]string{
		"bot: jobs": "jobs", "BOT, cancel k3f7": "cancel k3f7", "@bot jobs": "jobs", "bot:": "", "@bot": "", "@bot: x": "x",
		"bot jobs": "-", "bots: jobs": "-", "ask bot: jobs": "-", "bo": "-", "": "-", "bot": "-", "bot. jobs": "-",
	} {
		got, ok := words.Addressed(line, "bot", strings.EqualFold)
		if !ok {
			got = "-"
		}
		if got != want {
			t.Errorf("%q: %q", line, got)
		}
	}
}

// TestLinesLoseNothing: whatever the text, each line fits and is text, and together they are all of it but white space.
func TestLinesLoseNothing(t *testing.T) {
	t.Parallel()
	squeeze := func(text string) string { return strings.Join(strings.Fields(text), "") }
	rapid.Check(t, func(rt *rapid.T) {
		text := strings.Join(rapid.SliceOfN(rapid.SampledFrom([]string{"a", "word", "ä", "\u65e5\u672c\u8a9e", "🙂", " ", "  ", "\n", "é́", strings.Repeat("x", 90)}), 0, 200).Draw(rt, "text"), "")
		room := rapid.IntRange(64, 400).Draw(rt, "room")
		lines := words.Lines(text, room)
		for _, line := range lines {
			if line == "" || len(line) > room || !utf8.ValidString(line) || strings.ContainsAny(line, "\r\n\x00") {
				rt.Fatalf("%q of %d bytes", line, room)
			}
		}
		if got := strings.Join(lines, ""); squeeze(got) != squeeze(text) {
			rt.Fatalf("%q became %q", text, lines)
		}
	})
	if got := words.Lines("one two "+strings.Repeat("x", 60), 64); !slices.Equal(got, []string{"one two " + strings.Repeat("x", 56), "xxxx"}) {
		t.Errorf("%q", got)
	}
}

func FuzzPlain(f *testing.F) {
	for _, text := range []string{"\x02bold\x02 \x0304,05red\x03 \xff", "\x04ff0000,00ff00x", "\x0f\x11\x16\x1d\x1e\x1f", "plain", "\x03"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got := words.Plain(text)
		if !utf8.ValidString(got) || strings.ContainsFunc(got, func(r rune) bool { return r < ' ' || r == 0x7f }) {
			t.Errorf("%q became %q", text, got)
		}
	})
}
