package lineedit

import "fmt"

// search is a walk backwards through the history for a text, begun with Ctrl-R.
type search struct {
	what  string
	from  int // lines before this one are looked at
	found int
	draft string // the line before the search began
}

func newSearch(from int, draft string) *search { return &search{from: from, found: from, draft: draft} }

// searching takes a key during a search. It gives done false when the key ends the search and must be pressed for real.
func (e *Editor) searching(k Key) (action Action, done bool) {
	s := e.search
	switch k.Code {
	case Text:
		s.what += k.Text
		return e.look(s.from), true
	case Search:
		return e.look(s.found), true
	case Backspace:
		if clusters := clustersOf(s.what); len(clusters) > 0 {
			s.what = s.what[:len(s.what)-len(clusters[len(clusters)-1])]
		}
		return e.look(s.from), true
	case Interrupt, Escape:
		e.search = nil
		e.line.set(s.draft)
		return Refresh, true
	case Strange:
		return Nothing, true
	}
	e.search = nil
	return Nothing, false
}

func (e *Editor) look(before int) Action {
	text, at, ok := e.history.find(e.search.what, before)
	if !ok {
		return Ring
	}
	e.search.found = at
	e.line.set(text)
	return Refresh
}

// Searching is what to show in place of the prompt during a search, or "".
func (e *Editor) Searching() string {
	if e.search == nil {
		return ""
	}
	return fmt.Sprintf("(search `%s') ", e.search.what)
}
