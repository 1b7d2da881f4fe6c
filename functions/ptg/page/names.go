package page

import (
	"strings"

	"github.com/handsoff/handsoff/functions/ptg/gathering"
)

// called are the names of people.
func (s *scene) called() gathering.Names {
	if s.names == nil {
		s.names = s.g.Names()
	}
	return s.names
}

// plainly is a text as it is shown, without its links.
func plainly(spans []span) string {
	var b strings.Builder
	for _, one := range spans {
		b.WriteString(one.Text)
	}
	return b.String()
}
