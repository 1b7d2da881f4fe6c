package lineedit

import (
	"strings"

	"github.com/rivo/uniseg"
)

// wrap breaks lines that are wider than a row between words, where the terminal itself would break within one. What goes
// on in the next row stands under its column. A word that is wider than a row is left to the terminal, and so is text with
// escape sequences other than colours, which Clean lets nobody make.
func wrap(text string, width int) string {
	if width < leastWidth || uniseg.StringWidth(text) <= width {
		return text
	}
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		lines[i] = wrapLine(line, width)
	}
	return strings.Join(lines, "\n")
}

func wrapLine(line string, width int) string {
	if columns(line) <= width {
		return line
	}
	indent := strings.Repeat(" ", hanging(line, width/3))
	var out strings.Builder
	used := 0
	for n, word := range strings.SplitAfter(line, " ") {
		bare := columns(strings.TrimRight(word, " "))
		if used+bare > width && n > 0 && used > len(indent) {
			out.WriteString("\n" + indent)
			used = len(indent)
		}
		out.WriteString(word)
		used += columns(word)
	}
	return trimRows(out.String())
}

// hanging is the column at which the rest of a line goes on: that of the text behind its labels, which two blanks or more
// set apart, if that is not too far to the right. The @k3f7 before what a job says is a label too.
func hanging(line string, most int) int {
	plain := uncoloured(line)
	if tag, _, found := strings.Cut(plain, " "); found && strings.HasPrefix(tag, "@") {
		return min(uniseg.StringWidth(tag)+1, most)
	}
	column := len(plain) - len(strings.TrimLeft(plain, " "))
	for at := column; at+2 < len(plain); {
		gap := strings.Index(plain[at:], "  ")
		if gap < 0 {
			break
		}
		at += gap
		at += len(plain[at:]) - len(strings.TrimLeft(plain[at:], " "))
		if next := uniseg.StringWidth(plain[:at]); next <= most {
			column = next
		}
	}
	return min(column, most)
}

// columns is the width of a line without its colours.
func columns(line string) int { return uniseg.StringWidth(uncoloured(line)) }

// uncoloured takes away what Paint has put in.
func uncoloured(line string) string {
	var out strings.Builder
	for {
		before, after, found := strings.Cut(line, "\x1b[")
		out.WriteString(before)
		if !found {
			return out.String()
		}
		_, line, _ = strings.Cut(after, "m")
	}
}

// trimRows takes away the blanks at which rows were broken.
func trimRows(text string) string {
	rows := strings.Split(text, "\n")
	for i := range rows[:len(rows)-1] {
		rows[i] = strings.TrimRight(rows[i], " ")
	}
	return strings.Join(rows, "\n")
}
