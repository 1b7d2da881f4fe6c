package lineedit

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"
)

// keysOf decodes a stream that comes in pieces of at most step bytes; runs of text next to one another are joined.
func keysOf(in []byte, step int) string {
	var d Decoder
	var out strings.Builder
	var text string
	flush := func() {
		if text != "" {
			fmt.Fprintf(&out, "%q ", text)
		}
		text = ""
	}
	for len(in) > 0 {
		chunk := in[:min(step, len(in))]
		in = in[len(chunk):]
		for len(chunk) > 0 {
			k, n, ok := d.Next(chunk)
			chunk = chunk[n:]
			switch {
			case !ok:
			case k.Code == Text:
				text += k.Text
			default:
				flush()
				fmt.Fprintf(&out, "%d ", k.Code)
			}
		}
	}
	flush()
	return strings.TrimSpace(out.String())
}

func keys(list ...any) string {
	var out []string
	for _, k := range list {
		if text, ok := k.(string); ok {
			out = append(out, fmt.Sprintf("%q", text))
		} else {
			out = append(out, fmt.Sprintf("%d", k))
		}
	}
	return strings.Join(out, " ")
}

func TestDecoder(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ in, want string }{
		"text and enter":          {"status\r", keys("status", Enter)},
		"UTF-8":                   {"\u65e5\u672cé", keys("\u65e5\u672cé")},
		"cursor keys":             {"\x1b[A\x1b[B\x1b[C\x1b[D", keys(Up, Down, Right, Left)},
		"application cursor keys": {"\x1bOA\x1bOH\x1bOF", keys(Up, Home, End)},
		"home, end, delete":       {"\x1b[1~\x1b[4~\x1b[3~", keys(Home, End, Delete)},
		"control letters":         {"\x01\x05\x0b\x15\x17\x0c\x12\x19", keys(Home, End, KillRight, KillLeft, KillWord, Redraw, Search, Yank)},
		"word moves":              {"\x1bb\x1bf\x1b[1;5D\x1b[1;5C\x1bd", keys(WordLeft, WordRight, WordLeft, WordRight, KillNext)},
		"interrupt and end":       {"\x03\x04", keys(Interrupt, EndOfFile)},
		"both backspaces":         {"\x7f\x08", keys(Backspace, Backspace)},
		"unknown sequence":        {"\x1b[99;1Zx", keys(Strange, "x")},
		"a title is swallowed":    {"\x1b]0;evil\x07x", keys(Strange, "x")},
		"so is one ended by ST":   {"\x1b]0;e\x1b\\x", keys(Strange, "x")},
		"a paste":                 {"\x1b[200~a\tb\x03c\x1b[201~\t", keys("a b", Strange, "c", Tab)},
		"a lines' paste":          {"\x1b[200~a\rb\x1b[201~", keys("a", Enter, "b")},
		"not UTF-8":               {"a\xffb", keys("a\uFFFDb")},
		"rune cut by enter":       {"\xe6\x97\r", keys("\uFFFD", Enter)},
		"C1 control":              {"\xc2\x9b31m", keys("\uFFFD31m")},
		"right to left override":  {"a\u202eb", keys("a\uFFFDb")},
		"escape, then enter":      {"\x1b\r", keys(Enter)},
		"sequence cut by enter":   {"\x1b[1\r", keys(Enter)},
		"other control":           {"\x1f", keys(Strange)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, step := range []int{1 << 20, 1, 2, 3} {
				if got := keysOf([]byte(test.in), step); got != test.want {
					t.Errorf("in pieces of %d: %q is %s, want %s", step, test.in, got, test.want)
				}
			}
		})
	}
}

func FuzzDecoderSplits(f *testing.F) {
	f.Add([]byte("a\x1b[A\xe6\x97\xa5\x1b]0;t\x07\x1b[200~x\x03\x1b[201~"), 2)
	f.Fuzz(func(t *testing.T, in []byte, step int) {
		want := keysOf(bytes.Clone(in), len(in)+1)
		for _, n := range []int{1, max(step, 1)} {
			if got := keysOf(bytes.Clone(in), n); got != want {
				t.Fatalf("in pieces of %d, %q is %s, not %s", n, in, got, want)
			}
		}
	})
}

// FuzzEditor checks that no keys make a line that is too long, is not text, or could command a terminal.
func FuzzEditor(f *testing.F) {
	f.Add([]byte("abc\x01\x1b[Cx\x17\x19\x19\r\x12a\x12\x07\x1b[A"))
	f.Fuzz(func(t *testing.T, in []byte) {
		const limit = 64
		history := NewHistory(4, []string{"old line", "jenkins build demo"})
		e := NewEditor(limit, history)
		var d Decoder
		for len(in) > 0 {
			k, n, ok := d.Next(in)
			if in = in[n:]; !ok {
				continue
			}
			if e.Press(k) == Submit {
				history.Add(e.Take())
			}
			text := e.Text()
			if len(text) > limit || len(text) != e.line.size {
				t.Fatalf("%d bytes, counted %d", len(text), e.line.size)
			}
			if !utf8.ValidString(text) || Clean(text) != text || strings.Contains(text, "\n") {
				t.Fatalf("the line %q is not clean text", text)
			}
			if !strings.HasPrefix(text, e.Before()) {
				t.Fatalf("left of the cursor is %q, the line is %q", e.Before(), text)
			}
		}
	})
}
