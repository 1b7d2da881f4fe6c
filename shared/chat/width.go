package chat

import (
	"strings"

	"github.com/rivo/uniseg"
)

const ellipsis = "…"

// Width is how many cells of a terminal a line takes.
func Width(line string) int { return uniseg.StringWidth(line) }

// Clip shortens a line to a number of cells; what is cut is marked. No character is cut in two.
func Clip(line string, cells int) string {
	if Width(line) <= cells {
		return line
	}
	if cells <= 0 {
		return ""
	}
	kept, used := 0, 0
	for graphemes := uniseg.NewGraphemes(line); graphemes.Next(); {
		if used += graphemes.Width(); used > cells-1 {
			break
		}
		_, kept = graphemes.Positions()
	}
	return strings.TrimRight(line[:kept], " ") + ellipsis
}

// Bound shortens text to a number of bytes and lines; what is cut is marked.
func Bound(text string, bytes, lines int) string {
	split := strings.SplitAfterN(text, "\n", lines+1)
	cut := len(split) > lines
	if cut {
		text = strings.Join(split[:lines], "")
	}
	if len(text) > bytes {
		cut, text = true, strings.ToValidUTF8(text[:bytes], "")
	}
	if cut {
		return strings.TrimRight(text, "\n ") + " " + ellipsis
	}
	return text
}
