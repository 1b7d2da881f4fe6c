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

// Brief is OneLine of at most so many cells; what is cut is marked.
func Brief(text string, cells int) string { return Clip(OneLine(text), cells) }

// Quote is somebody's text inside a sentence of ours: in quotes, on one line, and of at most so many cells.
func Quote(text string, cells int) string { return "“" + Brief(text, cells) + "”" }

// Cut is the beginning of text, of at most so many bytes. No character is cut in two, and what is not UTF-8 is dropped.
func Cut(text string, bytes int) string {
	return strings.ToValidUTF8(text[:min(len(text), bytes)], "")
}

// Shorten is text of at most so many bytes, three or more; what is cut is marked, and what is not UTF-8 becomes the
// replacement character.
func Shorten(text string, bytes int) string {
	text = strings.ToValidUTF8(text, "\uFFFD")
	if len(text) <= bytes {
		return text
	}
	return Cut(text, bytes-len(ellipsis)) + ellipsis
}

// Bound shortens text to a number of bytes and lines; what is cut is marked.
func Bound(text string, bytes, lines int) string {
	split := strings.SplitAfterN(text, "\n", lines+1)
	cut := len(split) > lines
	if cut {
		text = strings.Join(split[:lines], "")
	}
	if len(text) > bytes {
		cut, text = true, Cut(text, bytes)
	}
	if cut {
		return strings.TrimRight(text, "\n ") + " " + ellipsis
	}
	return text
}
