package lineedit

import "unicode/utf8"

// Action says what a key press asks of the caller.
type Action int

// The actions.
const (
	Nothing  Action = iota // nothing changed
	Refresh                // draw the line again
	Appended               // the text of the key stands at the end of the line now; nothing else changed
	Submit                 // Enter: take the line with Take
	Stop                   // Ctrl-C: the line is as it was
	Finish                 // Ctrl-D on an empty line
	Complete               // Tab: offer completions for Before
	ClearAll               // Ctrl-L: clear the screen
	Full                   // the line would be longer than the limit; the key was ignored
	Ring                   // there is nothing to do: ring the bell
)

// Editor is the line being typed. It is for one goroutine.
type Editor struct {
	line    line
	history *History
	killed  string
	limit   int
	search  *search
}

// NewEditor makes an editor for lines of at most limit bytes.
func NewEditor(limit int, history *History) *Editor {
	return &Editor{limit: limit, history: history}
}

// SetHistory replaces the lines that Up and Ctrl-R find.
func (e *Editor) SetHistory(h *History) { e.history = h }

// Text is the line as it stands.
func (e *Editor) Text() string { return e.line.String() }

// Before is the text left of the cursor.
func (e *Editor) Before() string { return e.line.before() }

// Insert puts text at the cursor, as if typed. It reports whether there was room.
func (e *Editor) Insert(text string) bool {
	if e.line.size+len(text) > e.limit {
		return false
	}
	e.line.insert(text)
	return true
}

// ReplaceBefore puts text in place of the last n bytes left of the cursor, which must be whole letters.
func (e *Editor) ReplaceBefore(n int, text string) bool {
	from := e.line.at
	for n > 0 && from > 0 {
		from--
		n -= len(e.line.clusters[from])
	}
	e.line.cut(from, e.line.at)
	return e.Insert(text)
}

// Take gives the line and begins an empty one.
func (e *Editor) Take() string {
	text := e.line.String()
	e.line, e.search = line{}, nil
	return text
}

// Press takes one key.
func (e *Editor) Press(k Key) Action {
	if e.search != nil {
		if action, done := e.searching(k); done {
			return action
		}
	}
	switch k.Code {
	case Text:
		return e.typed(k.Text)
	case Enter:
		e.line.at = len(e.line.clusters)
		return Submit
	case Interrupt:
		return Stop
	case EndOfFile:
		if len(e.line.clusters) == 0 {
			return Finish
		}
		return e.erase(e.line.at, e.line.at+1)
	case Tab:
		return Complete
	case Redraw:
		return ClearAll
	case Search:
		e.search = newSearch(len(e.history.lines), e.line.String())
		return Refresh
	case Strange, Escape:
		return Nothing
	case Up, Down:
		return e.recall(k.Code)
	case Left, Right, WordLeft, WordRight, Home, End:
		return e.walk(k.Code)
	case Backspace, Delete, KillLeft, KillRight, KillWord, KillNext, Yank:
		return e.change(k.Code)
	}
	return Nothing
}

func (e *Editor) typed(text string) Action {
	atEnd := e.line.at == len(e.line.clusters)
	if !e.Insert(text) {
		return Full
	}
	if r, _ := utf8.DecodeRuneInString(text); atEnd && r >= 0x20 && r < 0x7f {
		return Appended
	}
	return Refresh // it may have changed the letter before it
}

func (e *Editor) walk(c Code) Action {
	l := &e.line
	switch c {
	case Left:
		return moved(l.move(-1))
	case Right:
		return moved(l.move(1))
	case WordLeft:
		return moved(l.move(l.wordLeft() - l.at))
	case WordRight:
		return moved(l.move(l.wordRight() - l.at))
	case Home:
		return moved(l.move(-l.at))
	default:
		return moved(l.move(len(l.clusters) - l.at))
	}
}

func moved(done bool) Action {
	if done {
		return Refresh
	}
	return Nothing
}

func (e *Editor) change(c Code) Action {
	l := &e.line
	switch c {
	case Backspace:
		return e.erase(l.at-1, l.at)
	case Delete:
		return e.erase(l.at, l.at+1)
	case KillLeft:
		return e.kill(0, l.at)
	case KillRight:
		return e.kill(l.at, len(l.clusters))
	case KillWord:
		return e.kill(l.blankLeft(), l.at)
	case KillNext:
		return e.kill(l.at, l.wordRight())
	default:
		if !e.Insert(e.killed) {
			return Full
		}
		return Refresh
	}
}

func (e *Editor) erase(from, to int) Action {
	if from < 0 || to > len(e.line.clusters) {
		return Ring
	}
	e.line.cut(from, to)
	return Refresh
}

func (e *Editor) kill(from, to int) Action {
	if from == to {
		return Nothing
	}
	e.killed = e.line.cut(from, to)
	return Refresh
}

func (e *Editor) recall(c Code) Action {
	var text string
	var ok bool
	if c == Up {
		text, ok = e.history.older(e.line.String())
	} else {
		text, ok = e.history.newer()
	}
	if !ok {
		return Ring
	}
	e.line.set(text)
	return Refresh
}
