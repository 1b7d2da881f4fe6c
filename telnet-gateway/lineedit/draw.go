package lineedit

import (
	"strings"

	"github.com/rivo/uniseg"
)

// Draw shows the status, the prompt and as much of the line as fits.
func (s *Screen) Draw() {
	if !s.active {
		return
	}
	if s.mode == LineMode {
		if !s.drawn && !s.held {
			s.out.WriteString(s.prompt)
			s.drawn = true
		}
		return
	}
	if !s.drawn && s.status != "" && s.mode == FullMode {
		text := Fit(s.status, s.width-1)
		s.statusUsed = max(uniseg.StringWidth(text), 1)
		s.out.WriteString(s.Paint(s.paint, text) + "\x1b[K\n")
	}
	s.row()
	s.drawn = true
}

// row draws the prompt's row, whatever stands there now.
func (s *Screen) row() {
	prompt := s.prompt
	if searching := s.editor.Searching(); searching != "" {
		prompt = searching
	}
	prompt = Fit(prompt, promptMost)
	promptUsed := uniseg.StringWidth(prompt)
	left, right := s.visible(s.width - 1 - promptUsed)
	leftUsed, rightUsed := uniseg.StringWidth(left), uniseg.StringWidth(right)
	used := promptUsed + leftUsed + rightUsed

	s.out.WriteString("\r" + s.Paint(Accent, prompt) + left + right)
	blank := 0
	if s.mode == FullMode {
		s.out.WriteString("\x1b[K")
	} else if blank = max(s.used-used, 0); blank > 0 {
		s.out.WriteString(strings.Repeat(" ", blank))
	}
	s.out.WriteString(strings.Repeat("\b", rightUsed+blank))
	s.used = used
}

// visible gives the parts of the line left and right of the cursor that fit into columns. The window moves only when
// the cursor leaves it, or when there is room to spare.
func (s *Screen) visible(columns int) (left, right string) {
	if s.hidden {
		return "", ""
	}
	l := &s.editor.line
	if s.first >= l.at {
		s.first = max(l.at-columns/4, 0)
	}
	from, to, room := l.at, l.at, columns
	fits := func(cluster int) bool {
		w := uniseg.StringWidth(l.clusters[cluster])
		if w <= room {
			room -= w
			return true
		}
		return false
	}
	for from > s.first && fits(from-1) {
		from--
	}
	for to < len(l.clusters) && fits(to) {
		to++
	}
	for to == len(l.clusters) && from > 0 && fits(from-1) {
		from--
	}
	s.first = from
	return strings.Join(l.clusters[from:l.at], ""), strings.Join(l.clusters[l.at:to], "")
}

// Fit cuts text to columns; what was cut shows as "…".
func Fit(text string, columns int) string {
	if uniseg.StringWidth(text) <= columns {
		return text
	}
	var out strings.Builder
	room := columns - 1
	for _, c := range clustersOf(text) {
		if room -= uniseg.StringWidth(c); room < 0 {
			break
		}
		out.WriteString(c)
	}
	return out.String() + "…"
}
