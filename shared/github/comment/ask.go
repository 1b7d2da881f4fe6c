package comment

import (
	"strings"

	"github.com/handsoff/handsoff/shared/event"
)

const (
	// Most is how many commands of one comment count.
	Most = 10
	// longestWord bounds a command's first word, in bytes.
	longestWord = 40
	// longestLine bounds a command, in bytes. What is longer is no command.
	longestLine = 4000
	// mostArgs is how many arguments a command may have; what is more is no command.
	mostArgs = 200
)

// Read gives the commands of a comment's text, at most [Most] of them, in their order; more reports that there are others.
func Read(body string) (commands []event.Asked, more bool) {
	for _, line := range Slashes(body) {
		asked, ok := parse(line)
		if !ok {
			continue
		}
		if len(commands) == Most {
			return commands, true
		}
		commands = append(commands, asked)
	}
	return commands, false
}

// parse reads a line without its slash. It reports false for what only looks like a command, such as a path.
func parse(line string) (event.Asked, bool) {
	word, text, _ := strings.Cut(strings.ReplaceAll(line, "\t", " "), " ")
	if !isWord(word) {
		return event.Asked{}, false
	}
	text = strings.TrimSpace(text)
	args := split(text)
	if len(args) > mostArgs {
		return event.Asked{}, false
	}
	return event.Asked{Line: line, Word: strings.ToLower(word), Args: args, Text: text}, true
}

// isWord reports whether text can be a command's first word: a letter, then letters, digits and dashes.
func isWord(text string) bool {
	if text == "" || len(text) > longestWord {
		return false
	}
	for i := range len(text) {
		switch c := text[i]; {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z':
		case i > 0 && (c >= '0' && c <= '9' || c == '-' || c == '_'):
		default:
			return false
		}
	}
	return true
}

// split takes arguments apart at spaces. Quotes, single or double, keep what they hold together wherever they stand in an
// argument; one that is never closed is a character like any other.
func split(text string) []string {
	args := []string{}
	for text = strings.TrimLeft(text, " "); text != ""; text = strings.TrimLeft(text, " ") {
		var arg string
		arg, text = first(text)
		args = append(args, arg)
	}
	return args
}

// first takes the first argument off text, which does not begin with a space.
func first(text string) (arg, rest string) {
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		switch c := text[i]; c {
		case ' ':
			return b.String(), text[i:]
		case '"', '\'':
			if end := strings.IndexByte(text[i+1:], c); end >= 0 {
				b.WriteString(text[i+1 : i+1+end])
				i += end + 1
				continue
			}
			b.WriteByte(c)
		default:
			b.WriteByte(c)
		}
	}
	return b.String(), ""
}
