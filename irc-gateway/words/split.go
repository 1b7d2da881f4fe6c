package words

import (
	"strings"
	"unicode/utf8"

	"github.com/ergochat/irc-go/ircmsg"

	"github.com/handsoff/handsoff/shared/chat"
)

// shortest is the room that a line is given at least, in bytes: less would be one letter a line.
const shortest = 64

// Lines splits a text into what fits into lines of so many bytes: where it has line ends, then between words where that
// leaves no line half empty, else between letters. Empty lines are left out, since IRC has none.
func Lines(text string, room int) []string {
	room = max(room, shortest)
	var lines []string
	for line := range strings.SplitSeq(chat.Clean(text), "\n") {
		line = strings.TrimRight(line, " ")
		for len(line) > room {
			head := cut(line, room)
			lines = append(lines, strings.TrimRight(head, " "))
			line = strings.TrimLeft(line[len(head):], " ")
		}
		if line != "" {
			lines = append(lines, line)
		}
	}
	return lines
}

// cut is the part of a line that fits.
func cut(line string, room int) string {
	head := ircmsg.TruncateUTF8Safe(line, room)
	if line[len(head)] == ' ' {
		return head
	}
	if space := strings.LastIndexByte(head, ' '); space > room/2 {
		return head[:space]
	}
	if head == "" { // never with room for a letter; it must not go on for ever
		_, size := utf8.DecodeRuneInString(line)
		return line[:size]
	}
	return head
}

// First are the first lines of a text, and how many more there are.
func First(text string, most int) (head string, more int) {
	lines := strings.Split(strings.TrimRight(text, "\n"), "\n")
	if len(lines) <= most {
		return strings.Join(lines, "\n"), 0
	}
	return strings.Join(lines[:most], "\n"), len(lines) - most
}
