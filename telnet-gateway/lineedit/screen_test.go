package lineedit

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/rivo/uniseg"
	"pgregory.net/rapid"
)

func setup(tb testing.TB, mode Mode, width int) (*Screen, *Editor, *emulator) {
	tb.Helper()
	e := NewEditor(1000, NewHistory(10, nil))
	s := NewScreen(e)
	s.SetMode(mode, false)
	s.Resize(width)
	s.Prompt("handsoff> ", false)
	return s, e, newEmulator(tb, width)
}

func show(s *Screen, m *emulator) string {
	s.Ensure()
	m.write(s.Take())
	return m.text()
}

func TestOutputComesAboveTheTypedLine(t *testing.T) {
	t.Parallel()
	s, e, m := setup(t, FullMode, 40)
	typed(e, "half")
	s.Print("one\ntwo")
	s.SetStatus("@k3f2 40 %", Plain)
	s.Print("three")
	if got, want := show(s, m), "one\ntwo\nthree\n@k3f2 40 %\nhandsoff> half"; got != want {
		t.Errorf("the screen shows\n%s\nwant\n%s", got, want)
	}
	s.SetStatus("@k3f2 50 %", Plain)
	if got, want := show(s, m), "one\ntwo\nthree\n@k3f2 50 %\nhandsoff> half"; got != want {
		t.Errorf("after progress the screen shows\n%s\nwant\n%s", got, want)
	}
	s.Commit(e.Take())
	s.SetStatus("", Plain)
	s.Print("answer")
	if got, want := show(s, m), "one\ntwo\nthree\nhandsoff> half\nanswer\nhandsoff>"; got != want {
		t.Errorf("after the end the screen shows\n%s\nwant\n%s", got, want)
	}
}

func TestDumbTerminalGetsNoEscapes(t *testing.T) {
	t.Parallel()
	s, e, m := setup(t, DumbMode, 40)
	typed(e, "half typed")
	show(s, m)
	if s.SetStatus("40 %", Good) {
		t.Error("a dumb terminal shows a status")
	}
	s.Print(s.Paint(Bad, "output"))
	s.Ensure()
	out := s.Take()
	if strings.Contains(out, "\x1b") {
		t.Errorf("sent %q", out)
	}
	m.write(out)
	if got, want := m.text(), "output\nhandsoff> half typed"; got != want {
		t.Errorf("the screen shows\n%s\nwant\n%s", got, want)
	}
}

func TestLineModeNeverGoesBack(t *testing.T) {
	t.Parallel()
	s, _, _ := setup(t, LineMode, 40)
	s.Ensure()
	s.Print("news")
	s.Ensure()
	if got, want := s.Take(), "handsoff> \nnews\nhandsoff> "; got != want {
		t.Errorf("sent %q, want %q", got, want)
	}
	s.Commit("line")
	s.Hold(true)
	s.Print("answer")
	s.Ensure()
	s.Hold(false)
	s.Ensure()
	if got, want := s.Take(), "answer\nhandsoff> "; got != want {
		t.Errorf("sent %q, want %q: no prompt while an answer is awaited", got, want)
	}
}

func TestPasswordIsNotShown(t *testing.T) {
	t.Parallel()
	for _, mode := range []Mode{LineMode, DumbMode, FullMode} {
		s, e, _ := setup(t, mode, 40)
		s.Prompt("Password: ", true)
		s.Ensure()
		for _, letter := range []string{"s", "e", "c", "r", "e", "t"} {
			if e.Press(Key{Code: Text, Text: letter}) == Appended {
				s.Echo(letter)
			} else {
				s.Draw()
			}
		}
		s.Print("output")
		s.Ensure()
		s.Commit(e.Take())
		if out := s.Take(); strings.ContainsAny(strings.ReplaceAll(strings.ReplaceAll(out, "Password: ", ""), "output", ""), "secrt") {
			t.Errorf("mode %d: sent %q", mode, out)
		}
	}
}

func TestNarrowerWindowKeepsOutput(t *testing.T) {
	t.Parallel()
	s, _, m := setup(t, FullMode, 60)
	s.Print("first line of output")
	s.SetStatus("a status that is longer than the window will be", Plain)
	show(s, m)
	m.width = 30
	s.Resize(30)
	if got := show(s, m); !strings.Contains(got, "first line of output") || !strings.HasSuffix(got, "a status that is longer than…\nhandsoff>") {
		t.Errorf("the screen shows\n%s", got)
	}
	for width := 31; width < 60; width++ { // dragging it wider leaves nothing behind
		m.width = width
		s.Resize(width)
		show(s, m)
	}
	if got := m.text(); strings.Count(got, "handsoff>") > 1 || strings.Count(got, "a status") > 2 {
		t.Errorf("the screen shows\n%s", got)
	}
}

func TestFit(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		in      string
		columns int
		want    string
	}{{"short", 10, "short"}, {"just right", 10, "just right"}, {"too long for it", 10, "too long …"}, {"\u65e5\u672c\u8a9e\u65e5\u672c\u8a9e", 7, "\u65e5\u672c\u8a9e…"}, {"\u65e5\u672c\u8a9e", 4, "\u65e5…"}} {
		if got := Fit(test.in, test.columns); got != test.want {
			t.Errorf("Fit(%q, %d) = %q, want %q", test.in, test.columns, got, test.want)
		}
	}
}

// TestScreenShowsWhatIsMeant does anything in any order and compares an emulated terminal with what should be on it.
func TestScreenShowsWhatIsMeant(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		width := rapid.IntRange(20, 50).Draw(rt, "width")
		mode := rapid.SampledFrom([]Mode{DumbMode, FullMode}).Draw(rt, "mode")
		s, e, m := setup(t, mode, width)
		var printed []string
		status := ""
		for i := range rapid.IntRange(1, 40).Draw(rt, "steps") {
			switch rapid.IntRange(0, 9).Draw(rt, "act") {
			case 0:
				printed = append(printed, fmt.Sprintf("output %d", i))
				s.Print(printed[len(printed)-1])
			case 1:
				status = rapid.SampledFrom([]string{"", "@k3f2 10 %", "@k3f2 [##--] \u65e5\u672c and a text that goes on and on"}).Draw(rt, "status")
				s.SetStatus(status, Plain)
			case 2:
				line := e.Take()
				s.Commit(line)
				printed = append(printed, wrapped(t, "handsoff> "+line, width)...)
			default:
				key := rapid.SampledFrom([]string{
					"a", "bc ", "\u65e5", "e\u0301", "👍", "some longer text ", "\x7f", "\x1b[D", "\x1b[D", "\x1b[C", "\x01", "\x05", "\x17", "\x15", "\x19",
				}).Draw(rt, "key")
				if typed(e, key) == Appended {
					s.Echo(key)
				} else {
					s.Draw()
				}
			}
			compare(rt, s, e, m, printed, status, width)
		}
	})
}

func wrapped(tb testing.TB, text string, width int) []string {
	tb.Helper()
	m := newEmulator(tb, width)
	m.write(text)
	lines := make([]string, m.row+1)
	for i := range lines {
		lines[i] = m.line(i)
	}
	return lines
}

func compare(rt *rapid.T, s *Screen, e *Editor, m *emulator, printed []string, status string, width int) {
	s.Ensure()
	m.write(s.Take())
	want := slices.Clone(printed)
	if status != "" && s.Mode() == FullMode {
		want = append(want, strings.TrimRight(Fit(status, width-1), " "))
	}
	above := make([]string, m.row)
	for i := range above {
		above[i] = m.line(i)
	}
	if !slices.Equal(above, trimmed(want)) {
		rt.Fatalf("above the prompt stands\n%s\nwant\n%s", strings.Join(above, "\n"), strings.Join(want, "\n"))
	}
	row := m.line(m.row)
	shown, ok := strings.CutPrefix(row+" ", "handsoff> ")
	shown = strings.TrimRight(shown, " ")
	if !ok || !strings.Contains(e.Text(), shown) {
		rt.Fatalf("the prompt's row is %q, the line %q", row, e.Text())
	}
	before := strings.Join(m.rows[m.row][:min(m.col, len(m.rows[m.row]))], "")
	if !strings.HasSuffix("handsoff> "+e.Before(), strings.TrimPrefix(before, "handsoff> ")) {
		rt.Fatalf("the cursor stands behind %q, the line up to it is %q", before, e.Before())
	}
	if all := uniseg.StringWidth("handsoff> " + e.Text()); all < width && shown != strings.TrimRight(e.Text(), " ") {
		rt.Fatalf("%q is shown of %q, though all of it fits", shown, e.Text())
	}
}

func trimmed(lines []string) []string {
	out := make([]string, len(lines))
	for i, l := range lines {
		out[i] = strings.TrimRight(l, " ")
	}
	return out
}
