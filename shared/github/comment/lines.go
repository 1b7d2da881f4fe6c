package comment

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/handsoff/handsoff/shared/chat"
)

// Slashes gives the lines of a comment that are commands, without their slash: lines of their own that begin with one, with
// at most three spaces before it, and that GitHub shows as plain words. Inside a quotation (also where it goes on without
// its mark), a code block (fenced or indented), code between backticks, an HTML comment or an HTML element that shows code
// or quotes, there is none.
//
// Source: the block structure of https://github.github.com/gfm/
func Slashes(body string) []string {
	s := scanner{}
	for line := range strings.Lines(plain(body)) {
		s.line(strings.TrimRight(line, " \t\n"))
	}
	s.flush()
	return s.found
}

// longestBody is how much of a comment is read, in bytes: GitHub takes 65,536 characters.
const longestBody = 4 * 65_536

// plain makes every line end \n and drops what is not UTF-8.
func plain(body string) string {
	body = chat.Cut(body, longestBody)
	return strings.NewReplacer("\r\n", "\n", "\r", "\n", "\x00", "").Replace(body)
}

// scanner goes through a text line by line.
type scanner struct {
	found  []string
	words  []string // the lines of the paragraph that is being read
	quoted bool     // the paragraph is part of a quotation
	fence  *fence   // the code block that is open
	until  string   // the end of the HTML block that is open; what stands before it is not shown as words
	offset int      // from which column on a line belongs to the list item that is open; 0 for none
}

// fence is an open code block.
type fence struct {
	mark   byte
	length int
	offset int // of the list item in which it is
}

// line takes the next line, without its end and the spaces before that.
func (s *scanner) line(text string) {
	indent, rest := indentation(text)
	switch {
	case s.until != "":
		s.leave(text)
	case s.fence != nil && !s.ends(indent, rest):
		// code
	case rest == "":
		s.flush()
	case strings.HasPrefix(rest, ">") && indent-s.inner(indent) <= 3:
		s.flush()
		s.quoted = true
	case s.quoted && !opensFence(rest):
		// a quotation goes on without its mark until a line is empty
	default:
		s.plain(indent, rest)
	}
}

// inner is the column from which the line's own indentation counts.
func (s *scanner) inner(indent int) int {
	if indent >= s.offset {
		return s.offset
	}
	return 0
}

// ends reports whether the open fence is over before, or with, this line. A line that only closes it is nothing else.
func (s *scanner) ends(indent int, rest string) bool {
	f := s.fence
	if rest != "" && indent < f.offset {
		s.fence = nil // the list item in which it was is over
		return true
	}
	run := len(rest) - len(strings.TrimLeft(rest, string(f.mark)))
	if run >= f.length && run == len(rest) && indent-f.offset <= 3 {
		s.fence = nil
	}
	return false
}

// plain takes a line that is neither code nor quotation so far.
func (s *scanner) plain(indent int, rest string) {
	if indent < s.offset && len(s.words) == 0 {
		s.offset = 0
	}
	column, item := indent, rest
	for {
		width, after := listMark(item)
		if width == 0 || column-s.inner(column) > 3 {
			break
		}
		s.flush()
		column, item = column+width, after
		s.offset = column
	}
	switch {
	case item != rest && strings.HasPrefix(item, ">"):
		s.flush()
		s.quoted = true
	case opensFence(item) && column-s.inner(column) <= 3:
		s.flush()
		run := len(item) - len(strings.TrimLeft(item, item[:1]))
		s.fence = &fence{mark: item[0], length: run, offset: s.offset}
	case opensHTML(item) != "" && column-s.inner(column) <= 3:
		s.flush()
		s.until = opensHTML(item)
		s.leave(item[1:])
	case indent >= 4:
		s.words = append(s.words, "") // code, or a line that is set so far in that it is meant as code
	case item != rest:
		s.words = append(s.words, " "+item)
	default:
		s.words = append(s.words, rest)
	}
}

// leave ends an HTML block with the line that holds its end.
func (s *scanner) leave(text string) {
	if strings.Contains(strings.ToLower(text), s.until) {
		s.until = ""
	}
}

// flush ends a paragraph and keeps its commands.
func (s *scanner) flush() {
	hidden := hiddenStarts(s.words)
	for i, line := range s.words {
		command, is := strings.CutPrefix(line, "/")
		if is && !hidden[i] && !s.quoted && len(command) <= longestLine && !strings.ContainsFunc(command, unprintable) {
			s.found = append(s.found, command)
		}
	}
	s.words, s.quoted = nil, false
}

// unprintable knows characters that a command must not have: what a person cannot see, they did not mean.
func unprintable(r rune) bool {
	return r != '\t' && unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == utf8.RuneError
}

// indentation is how far a line is set in, in columns, and what follows.
func indentation(line string) (columns int, rest string) {
	for i := range len(line) {
		switch line[i] {
		case ' ':
			columns++
		case '\t':
			columns += 4 - columns%4
		default:
			return columns, line[i:]
		}
	}
	return columns, ""
}

// opensFence reports whether a line, set in no more, begins a code block.
func opensFence(rest string) bool {
	switch {
	case strings.HasPrefix(rest, "~~~"):
		return true
	case strings.HasPrefix(rest, "```"):
		return !strings.Contains(strings.TrimLeft(rest, "`"), "`")
	}
	return false
}

// listMark is how many columns a list item's mark takes, with what follows it; 0 for none.
func listMark(rest string) (width int, after string) {
	n := 0
	for n < len(rest) && n < 9 && rest[n] >= '0' && rest[n] <= '9' {
		n++
	}
	switch {
	case n > 0 && n < len(rest) && (rest[n] == '.' || rest[n] == ')'), n == 0 && rest != "" && strings.IndexByte("-+*", rest[0]) >= 0:
		n++
	default:
		return 0, rest
	}
	if n == len(rest) {
		return n + 1, ""
	}
	spaces, after := indentation(rest[n:])
	switch {
	case spaces == 0:
		return 0, rest
	case spaces > 4:
		return n + 1, rest[n+1:]
	}
	return n + spaces, after
}
