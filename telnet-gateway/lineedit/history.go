package lineedit

import "strings"

// History is the lines typed before, the oldest first, and a place in them. It is bounded; the zero value keeps nothing.
type History struct {
	lines []string
	most  int
	at    int    // == len(lines): the line being typed
	draft string // what was being typed when the walk through the lines began
}

// NewHistory makes a history of at most that many lines.
func NewHistory(most int, lines []string) *History {
	h := &History{most: most}
	for _, l := range lines {
		h.Add(l)
	}
	return h
}

// Add appends a line, unless it repeats the last one, and ends the walk.
func (h *History) Add(text string) {
	if n := len(h.lines); text != "" && h.most > 0 && (n == 0 || h.lines[n-1] != text) {
		h.lines = append(h.lines, text)
		if len(h.lines) > h.most {
			h.lines = append(h.lines[:0:0], h.lines[len(h.lines)-h.most:]...)
		}
	}
	h.at, h.draft = len(h.lines), ""
}

// older and newer walk; current is the line on the screen.
func (h *History) older(current string) (string, bool) {
	if h.at == 0 {
		return "", false
	}
	if h.at == len(h.lines) {
		h.draft = current
	}
	h.at--
	return h.lines[h.at], true
}

func (h *History) newer() (string, bool) {
	if h.at == len(h.lines) {
		return "", false
	}
	h.at++
	if h.at == len(h.lines) {
		return h.draft, true
	}
	return h.lines[h.at], true
}

// find gives the newest line before index that contains what, and its index.
func (h *History) find(what string, before int) (string, int, bool) {
	for i := min(before, len(h.lines)) - 1; i >= 0 && what != ""; i-- {
		if strings.Contains(h.lines[i], what) {
			return h.lines[i], i, true
		}
	}
	return "", before, false
}
