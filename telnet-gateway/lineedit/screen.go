package lineedit

import (
	"strings"

	"github.com/rivo/uniseg"
)

// Mode is what may be expected of the terminal.
type Mode int

// The modes.
const (
	LineMode Mode = iota // the client shows the line being typed; nothing can be drawn over
	DumbMode             // each key comes at once; only carriage return and backspace are understood
	FullMode             // escape sequences are understood too
)

// The bounds of a row. Clients report 0 or nonsense while a window is being made.
const (
	defaultWidth = 80
	leastWidth   = 20
	mostWidth    = 1000
	promptMost   = 40 // columns of the prompt, so that there is room for the line
)

// Screen keeps the last rows of the terminal: a row of status above the prompt, and the prompt with the line being typed.
// Everything else scrolls by above them. Whatever changes takes those rows away, and Ensure draws them again, once for many
// changes. What is to be sent gathers until Take. It is for one goroutine.
type Screen struct {
	out    strings.Builder
	editor *Editor
	mode   Mode
	colour bool
	width  int

	prompt string
	hidden bool // the line is a password
	active bool // there is a prompt
	held   bool // in line mode, the prompt is kept away
	drawn  bool // the prompt stands on the current row
	first  int  // the leftmost cluster shown
	used   int  // columns in use on the prompt's row

	status     string
	paint      Style
	statusUsed int // columns in use on the status row; 0 when it is not there
}

// NewScreen makes a screen in line mode, on which nothing is drawn.
func NewScreen(editor *Editor) *Screen {
	return &Screen{editor: editor, width: defaultWidth}
}

// Take hands over what is to be sent.
func (s *Screen) Take() string {
	out := s.out.String()
	s.out.Reset()
	return out
}

// Mode is the mode in force.
func (s *Screen) Mode() Mode { return s.mode }

// SetMode changes the mode, and whether there are colours.
func (s *Screen) SetMode(mode Mode, colour bool) {
	if mode != s.mode {
		s.erase()
	}
	s.mode, s.colour = mode, colour
}

// Prompt sets what stands before the line. hidden keeps the line itself off the screen.
func (s *Screen) Prompt(text string, hidden bool) {
	s.erase()
	s.prompt, s.hidden, s.first = text, hidden, 0
	s.active, s.held = true, false
}

// Resize takes the window's width in columns.
func (s *Screen) Resize(width int) {
	if width <= 0 {
		width = defaultWidth
	}
	width = min(max(width, leastWidth), mostWidth)
	if width == s.width {
		return
	}
	if s.mode == FullMode && s.drawn {
		if max(s.used, s.statusUsed) < width {
			s.erase()
		} else {
			// Terminals differ in whether they fold rows that no longer fit, so what is above cannot be known. A
			// left-over row is better than an erased line of output.
			s.out.WriteString("\r\x1b[J")
			s.drawn, s.statusUsed = false, 0
		}
	}
	s.width = width
}

// Print shows lines above the prompt, broken between words where they are wider than the window. They must be clean, see
// Clean; Paint may have coloured them. In line mode they stay as they are: a script may be reading.
func (s *Screen) Print(text string) {
	s.erase()
	if s.mode != LineMode {
		text = wrap(text, s.width)
	}
	s.out.WriteString(text)
	if !strings.HasSuffix(text, "\n") {
		s.out.WriteByte('\n')
	}
}

// Commit leaves the line in the scrolling part, as typed, and goes to the next row.
func (s *Screen) Commit(line string) {
	if s.mode == LineMode {
		if s.hidden { // the client was kept from showing the line's end too
			s.out.WriteByte('\n')
		}
		s.drawn = false
		return
	}
	s.erase()
	if s.hidden {
		line = ""
	}
	s.out.WriteString(s.prompt + line + "\n")
	s.first = 0
}

// Suspend takes the prompt away until the next Ensure.
func (s *Screen) Suspend() { s.erase() }

// End takes the prompt away for good.
func (s *Screen) End() {
	s.erase()
	s.active = false
}

// Hold keeps the prompt away in line mode, where it cannot be taken back when output comes, until it is released.
func (s *Screen) Hold(hold bool) { s.held = hold }

// Ensure draws the prompt if it is not there.
func (s *Screen) Ensure() {
	if !s.drawn {
		s.Draw()
	}
}

// Ring rings the bell.
func (s *Screen) Ring() {
	if s.mode != LineMode {
		s.out.WriteByte('\a')
	}
}

// Clear empties the window.
func (s *Screen) Clear() {
	s.erase()
	if s.mode == FullMode {
		s.out.WriteString("\x1b[H\x1b[2J")
	}
}

// SetStatus shows one row of status above the prompt; "" takes it away. It reports whether this terminal can show one.
func (s *Screen) SetStatus(text string, paint Style) bool {
	if s.mode != FullMode {
		return false
	}
	if text == s.status && paint == s.paint {
		return true
	}
	s.erase()
	s.status, s.paint = text, paint
	return true
}

// Echo shows text that was typed at the end of the line, the cheapest way there is.
func (s *Screen) Echo(text string) {
	columns := uniseg.StringWidth(text)
	if !s.drawn || s.hidden || s.mode == LineMode || s.editor.search != nil || s.used+columns >= s.width {
		s.Draw()
		return
	}
	s.out.WriteString(text)
	s.used += columns
}

// erase takes the status and the prompt away. The cursor is then at the start of an empty row.
func (s *Screen) erase() {
	if !s.drawn {
		return
	}
	switch s.mode {
	case LineMode:
		s.out.WriteByte('\n')
	case DumbMode:
		s.out.WriteString("\r" + strings.Repeat(" ", s.used) + "\r")
	case FullMode:
		s.out.WriteString("\r\x1b[K")
		if s.statusUsed > 0 {
			s.out.WriteString("\x1b[A\x1b[K")
		}
	}
	s.drawn, s.statusUsed, s.used = false, 0, 0
}
