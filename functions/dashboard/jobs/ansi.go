package jobs

import (
	"html/template"
	"regexp"
	"strconv"
	"strings"

	"github.com/handsoff/handsoff/shared/chat"
)

// longestLine is how many cells of a line are shown; the file that can be loaded has all of them.
const longestLine = 4000

// colouring is a terminal's sequence that sets how what follows looks (ECMA-48, SGR).
var colouring = regexp.MustCompile("\x1b\\[([0-9;:]{0,60})m")

// look is how text looks: classes of the style sheet.
type look struct {
	bold, dim, italic, underline bool
	colour, ground               int // 1 to 8; 0 for the usual one
}

// classes are the look's, empty for the usual one.
func (l look) classes() string {
	var list []string
	for _, c := range []struct {
		on   bool
		name string
	}{
		{l.dim, "dim"},
		{l.italic, "italic"},
		{l.underline, "underline"},
		{l.colour > 0, "c" + strconv.Itoa(l.colour-1)},
		{l.ground > 0, "g" + strconv.Itoa(l.ground-1)},
	} {
		if c.on {
			list = append(list, c.name)
		}
	}
	return strings.Join(list, " ")
}

// Colours is a line of a log as HTML: its colours as classes, everything else of it as plain text. Nothing in the line can be
// markup, move a cursor or hide what stands beside it.
func Colours(line string) template.HTML {
	var b strings.Builder
	var now look
	cells := 0
	at := 0
	put := func(text string) {
		text = chat.Clean(text)
		if room := longestLine - cells; chat.Width(text) > room {
			text = chat.Clip(text, max(room, 1))
			cells = longestLine
		} else {
			cells += chat.Width(text)
		}
		write(&b, text, now)
	}
	for _, m := range colouring.FindAllStringSubmatchIndex(line, -1) {
		if cells >= longestLine {
			break
		}
		put(line[at:m[0]])
		now = now.changed(line[m[2]:m[3]])
		at = m[1]
	}
	if cells < longestLine {
		put(line[at:])
	}
	return template.HTML(b.String()) //nolint:gosec // escaped piece by piece
}

func write(b *strings.Builder, text string, l look) {
	if text == "" {
		return
	}
	text = template.HTMLEscapeString(text)
	if l.bold {
		text = "<b>" + text + "</b>"
	}
	if classes := l.classes(); classes != "" {
		text = `<span class="` + classes + `">` + text + "</span>"
	}
	b.WriteString(text)
}

// changed is the look after a sequence's numbers. Of 256 and of all colours the nearest of the eight is taken.
func (l look) changed(numbers string) look {
	var list []int
	for text := range strings.FieldsFuncSeq(numbers, func(r rune) bool { return r == ';' || r == ':' }) {
		n, err := strconv.Atoi(text)
		if err != nil {
			return l
		}
		list = append(list, n)
	}
	if len(list) == 0 {
		return look{}
	}
	for i := 0; i < len(list); i++ {
		n := list[i]
		if n == 38 || n == 48 {
			colour, used := palette(list[i+1:])
			if n == 38 {
				l.colour = colour
			} else {
				l.ground = colour
			}
			i += used
			continue
		}
		l = l.set(n)
	}
	return l
}

// set is one number.
func (l look) set(n int) look {
	switch {
	case n == 0:
		return look{}
	case n == 1:
		l.bold = true
	case n == 2:
		l.dim = true
	case n == 3:
		l.italic = true
	case n == 4:
		l.underline = true
	case n == 22:
		l.bold, l.dim = false, false
	case n == 23:
		l.italic = false
	case n == 24:
		l.underline = false
	case n >= 30 && n <= 37:
		l.colour = n - 29
	case n >= 90 && n <= 97:
		l.colour = n - 89
	case n == 39:
		l.colour = 0
	case n >= 40 && n <= 47:
		l.ground = n - 39
	case n >= 100 && n <= 107:
		l.ground = n - 99
	case n == 49:
		l.ground = 0
	}
	return l
}

// palette reads what stands behind 38 or 48: 5 and a number of 256, or 2 and red, green and blue. used is how many numbers
// that took.
func palette(list []int) (colour, used int) {
	switch {
	case len(list) >= 2 && list[0] == 5:
		return of256(list[1]), 2
	case len(list) >= 4 && list[0] == 2:
		return nearest(list[1], list[2], list[3]), 4
	}
	return 0, len(list)
}

func of256(n int) int {
	const cube, grey = 16, 232
	switch {
	case n < 0 || n > 255:
		return 0
	case n < 8:
		return n + 1
	case n < cube:
		return n - 7
	case n >= grey:
		level := (n - grey) * 10
		return nearest(level, level, level)
	}
	n -= cube
	return nearest(n/36*51, n/6%6*51, n%6*51)
}

// nearest is the one of eight colours, each of red, green and blue being there or not.
func nearest(red, green, blue int) int {
	const half = 110
	bits := 0
	for i, level := range []int{red, green, blue} {
		if level >= half {
			bits |= 1 << i
		}
	}
	return bits + 1
}
