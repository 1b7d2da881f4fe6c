package lineedit

import "testing"

// typed presses what the bytes mean.
func typed(e *Editor, in string) (last Action) {
	var d Decoder
	for b := []byte(in); len(b) > 0; {
		k, n, ok := d.Next(b)
		b = b[n:]
		if ok {
			last = e.Press(k)
		}
	}
	return last
}

func TestEditing(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ in, before, after string }{
		"typing":                   {"status", "status", ""},
		"insert in the middle":     {"stus\x1b[D\x1b[Dat", "stat", "us"},
		"home and end":             {"b\x01a\x05c", "abc", ""},
		"kill right":               {"abc\x02\x02\x0b", "a", ""},
		"kill left":                {"abc\x02\x15", "", "c"},
		"kill word":                {"jenkins build demo/slow\x17", "jenkins build ", ""},
		"kill and yank":            {"abc def\x17\x01\x19", "def", "abc "},
		"word left":                {"one two-three\x1bb\x1bb", "one ", "two-three"},
		"word right":               {"one two\x01\x1bf", "one", " two"},
		"backspace":                {"abc\x7f", "ab", ""},
		"delete":                   {"abc\x01\x1b[3~", "", "bc"},
		"Ctrl-D deletes on a line": {"abc\x01\x04", "", "bc"},
		"combining is one letter":  {"e\u0301x\x02\x7f", "", "x"},
		"combining typed later":    {"ex\x02\u0301", "e\u0301", "x"},
		"wide letters":             {"\u65e5\u672c\x02\x7f", "", "\u672c"},
		"a family is one letter":   {"a👨\u200d👩\u200d👧b\x02\x7f", "a", "b"},
		"up twice and down":        {"\x1b[A\x1b[A\x1b[B", "newer", ""},
		"the draft comes back":     {"dra\x1b[A\x1b[Bft", "draft", ""},
		"search":                   {"\x12old", "older", ""},
		"search twice":             {"\x12e\x12", "older", ""},
		"search given up":          {"x\x12old\x07", "x", ""},
		"search, then edit":        {"\x12old\x05!", "older!", ""},
		"strange keys do nothing":  {"a\x1b[99Zb", "ab", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := NewEditor(1000, NewHistory(10, []string{"older", "newer"}))
			typed(e, test.in)
			if got := e.Before(); got != test.before || e.Text() != test.before+test.after {
				t.Errorf("%q | %q, want %q | %q", got, e.Text()[len(got):], test.before, test.after)
			}
		})
	}
}

func TestActions(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]Action{
		"a": Appended, "é": Refresh, "\r": Submit, "\x03": Stop, "ab\x03": Stop, "\x04": Finish, "\t": Complete, "\x0c": ClearAll,
		"\x7f": Ring, "\x1b[A": Ring, "12345678901": Full, "a\x01b": Refresh, "a\x04": Ring,
	} {
		e := NewEditor(10, NewHistory(10, nil))
		if got := typed(e, in); got != want {
			t.Errorf("%q asks for %d, want %d", in, got, want)
		}
	}
}

func TestHistoryIsBounded(t *testing.T) {
	t.Parallel()
	h := NewHistory(2, []string{"a", "b", "b", "c"})
	if len(h.lines) != 2 || h.lines[0] != "b" || h.lines[1] != "c" {
		t.Errorf("kept %q, want b and c", h.lines)
	}
}

func TestReplaceBefore(t *testing.T) {
	t.Parallel()
	e := NewEditor(100, NewHistory(0, nil))
	typed(e, "jen x\x02\x02")
	e.ReplaceBefore(3, "jenkins ")
	if e.Before() != "jenkins " || e.Text() != "jenkins  x" {
		t.Errorf("%q in %q", e.Before(), e.Text())
	}
}

func TestClean(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"plain\nlines":         "plain\nlines",
		"a\tb\nc\td":           "a       b\nc       d",
		"\x1b[31mred\x1b[0m":   "\uFFFD[31mred\uFFFD[0m",
		"a\r\nb":               "a\nb",
		"over\rwrite":          "over\uFFFDwrite",
		"\u009b31m":            "\uFFFD31m",
		"\u202etxt.exe":        "\uFFFDtxt.exe",
		"bad \xff\xfe bytes":   "bad \uFFFD\uFFFD bytes",
		"\u65e5\u672c é👍":      "\u65e5\u672c é👍",
		"bell\a and \x00":      "bell\uFFFD and \uFFFD",
		"separators\u2028here": "separators\uFFFDhere",
	} {
		if got := Clean(in); got != want {
			t.Errorf("Clean(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestTerminalTypes(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]struct {
		mode   Mode
		colour bool
	}{
		"xterm-256color": {FullMode, true}, "tmux-256color": {FullMode, true}, "linux": {FullMode, true}, "st": {FullMode, true},
		"vt100": {FullMode, false}, "xterm-mono": {FullMode, false}, "dumb": {DumbMode, false}, "": {DumbMode, false},
		"unknown": {DumbMode, false}, "network": {DumbMode, false},
	} {
		if mode, colour := Terminal(name); mode != want.mode || colour != want.colour {
			t.Errorf("%q: mode %d, colour %v", name, mode, colour)
		}
	}
}
