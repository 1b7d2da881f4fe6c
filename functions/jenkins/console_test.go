package main

import (
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/handsoff/handsoff/functions/jenkins/remote"
)

func TestCursor(t *testing.T) {
	t.Parallel()
	var c cursor
	var got []string
	for _, chunk := range []remote.Chunk{
		{Text: "one\ntw", From: 0, Next: 6},
		{Text: "o\nwith n\xc3", From: 6, Next: 30}, // notes make the file longer than the text; a letter is cut in two
		{Text: "\xa9e\r\n", From: 30, Next: 34},
		{Text: "near the end\n", From: 1034, Next: 1047},
		{Text: "unended", From: 1047, Next: 1054},
	} {
		got = append(got, c.take(chunk)...)
	}
	got = append(got, c.end()...)
	want := []string{"one", "two", "with née", "[1000 bytes of the console are left out here]", "near the end", "unended"}
	if !slices.Equal(got, want) || c.Offset != 1054 {
		t.Errorf("%q at %d", got, c.Offset)
	}
	c.Carry = []byte("stale")
	if got := c.take(remote.Chunk{Text: "anew\n", From: 1054, Next: 5}); !slices.Equal(got, []string{"anew"}) {
		t.Errorf("a file that was begun anew gives %q", got)
	}
}

func TestCursorFills(t *testing.T) {
	t.Parallel()
	c := cursor{Logged: maxLogged - 10}
	got := c.admit([]string{"12345678", "9", "10"})
	if len(got) != 2 || !strings.Contains(got[1], "longer than is kept here") || !c.Full {
		t.Errorf("%q", got)
	}
	if got := c.admit([]string{"more"}); len(got) != 0 {
		t.Errorf("a full log takes %q", got)
	}
}

func TestShowable(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]string{
		"\x1b[31mred\x1b[0m":   "red",
		"10%\r50%\r100%\r":     "100%",
		"\x1b]0;title\abell\a": "bell",
		"tab\tkept\x00":        "tab\tkept",
		"cut \x1b[":            "cut ",
		"\x1b":                 "",
		"a\u00a0b":             "a b",
		"\xff":                 "\uFFFD",
		"right\u202eleft":      "rightleft",
	} {
		if got := showable(line); got != want {
			t.Errorf("%q becomes %q, not %q", line, got, want)
		}
	}
}

// FuzzCursor cuts a console into chunks anywhere: the lines must be those of the whole.
func FuzzCursor(f *testing.F) {
	f.Add("one\ntwo\n\nthree", uint16(5), uint16(9))
	f.Add("é\r\n\x1b[1mx\n", uint16(1), uint16(4))
	f.Fuzz(func(t *testing.T, text string, first, second uint16) {
		if len(text) > maxCarry {
			return
		}
		cuts := []int{int(first) % (len(text) + 1), int(second) % (len(text) + 1)}
		slices.Sort(cuts)
		var c, whole cursor
		var got []string
		cuts = append(cuts, len(text))
		for from, rest := 0, cuts; len(rest) > 0; rest = rest[1:] {
			got = append(got, c.take(remote.Chunk{Text: text[from:rest[0]], From: int64(from), Next: int64(rest[0])})...)
			from = rest[0]
		}
		got = append(got, c.end()...)
		want := append(whole.take(remote.Chunk{Text: text, Next: int64(len(text))}), whole.end()...)
		if !slices.Equal(got, want) {
			t.Errorf("%q cut at %v gives %q, not %q", text, cuts, got, want)
		}
		for _, line := range got {
			if !utf8.ValidString(line) || strings.ContainsFunc(line, func(r rune) bool { return unicode.IsControl(r) && r != '\t' }) {
				t.Errorf("%q is not fit to be shown", line)
			}
		}
	})
}
