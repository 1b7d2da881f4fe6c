package command

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// word is one shell word of a line.
type word struct {
	text       string // what it says, quotes and backslashes undone
	start, end int    // where it stands in the line, in bytes
	quoted     bool   // part of it was quoted or escaped: it is data, never a command's word or an option
	equals     int    // where in text the first bare = is, with only bare text before it; -1 for nowhere
}

// bare reports whether the word is exactly this text, unquoted.
func (w word) bare(text string) bool { return !w.quoted && w.text == text }

// pair splits name=value when the word has that form, in which the name is unquoted.
func (w word) pair() (name, value string, ok bool) {
	if w.equals <= 0 || !isPairName(w.text[:w.equals]) {
		return "", "", false
	}
	return w.text[:w.equals], w.text[w.equals+1:], true
}

// scanner reads shell words off a tidied line, one at a time, so that what follows a word can also be taken as it stands.
//
// Quotes are those of a POSIX shell, and nothing else of it: # * $ ` ; & | < > ( ) are letters like any other. (The Go
// packages for this either end a line at ; & | < > or drop "#channel" as a comment, and do not say where a word stood or
// whether it was quoted.) Typographic quotes, which phones and chats put in place of the straight ones, quote too; but
// within straight quotes every character stands for itself, so that quoted text means the same whatever it contains.
type scanner struct {
	line string
	pos  int
}

// rest is the line from the next word on, as it stands.
func (s *scanner) rest() string {
	s.space()
	return s.line[s.pos:]
}

func (s *scanner) done() bool {
	s.space()
	return s.pos == len(s.line)
}

func (s *scanner) space() {
	for s.pos < len(s.line) {
		r, size := utf8.DecodeRuneInString(s.line[s.pos:])
		if !isSpace(r) {
			return
		}
		s.pos += size
	}
}

// next reads a word; there must be one. After an error the scanner is where it was.
func (s *scanner) next() (word, error) {
	s.space()
	if end := s.plain(); end >= 0 {
		w := word{text: s.line[s.pos:end], start: s.pos, end: end}
		w.equals = strings.IndexByte(w.text, '=')
		s.pos = end
		return w, nil
	}
	return s.undo()
}

// plain is the end of the word at the scanner's place if nothing in it is quoted or escaped, else -1.
func (s *scanner) plain() int {
	for at, r := range s.line[s.pos:] {
		switch {
		case isSpace(r):
			return s.pos + at
		case r == '\\' || closers(r) != "":
			return -1
		}
	}
	return len(s.line)
}

// undo reads a word that has quotes or backslashes.
func (s *scanner) undo() (word, error) {
	w := word{start: s.pos, quoted: true, equals: -1}
	var text strings.Builder
	escaped := false // whether anything before this place was quoted or escaped
	at := s.pos
	for at < len(s.line) {
		r, size := utf8.DecodeRuneInString(s.line[at:])
		if isSpace(r) {
			break
		}
		switch ends := closers(r); {
		case ends != "":
			end, err := quotedText(&text, s.line, at, ends)
			if err != nil {
				return word{}, err
			}
			at, escaped = end, true
			continue
		case r == '\\':
			if at+1 == len(s.line) {
				return word{}, mistake(`The line ends in a backslash; a backslash itself is written \\ or '\'.`)
			}
			at++
			r, size = utf8.DecodeRuneInString(s.line[at:])
			escaped = true
		case r == '=' && !escaped && w.equals < 0:
			w.equals = text.Len()
		}
		text.WriteRune(r)
		at += size
	}
	w.text, w.end = text.String(), at
	s.pos = at
	return w, nil
}

// quotedText appends what stands between the quote at line[at:] and the next of ends, and gives the place behind that.
func quotedText(text *strings.Builder, line string, at int, ends string) (int, error) {
	open, size := utf8.DecodeRuneInString(line[at:])
	double := strings.ContainsRune(ends, '"')
	for i := at + size; i < len(line); {
		r, size := utf8.DecodeRuneInString(line[i:])
		if strings.ContainsRune(ends, r) {
			return i + size, nil
		}
		i += size
		if double && r == '\\' && i < len(line) && (line[i] == '"' || line[i] == '\\') {
			r, size = rune(line[i]), 1
			i += size
		}
		text.WriteRune(r)
	}
	return 0, mistake(fmt.Sprintf("The quote %c before %s is never closed; close it, or write \\%c if it is meant as a letter.",
		open, shown(line[at+size:]), open))
}

// closers are the characters that end what r begins to quote; "" when r is no quote. A typographic quote may be closed by
// any quote of its kind: keyboards mix them.
func closers(r rune) string {
	switch r {
	case '\'':
		return `'`
	case '"':
		return `"`
	case '‘', '’', '‚', '‛':
		return `‘’‛'`
	case '“', '”', '„', '‟':
		return `“”‟"`
	}
	return ""
}

// spaced puts a single space between words, and none around them.
func spaced(text string) string { return strings.Join(strings.Fields(text), " ") }

// Quote makes one word of any text: read back, it is that text and one positional argument, whatever it contains.
// Only what [Tidy] refuses or changes, control characters and line ends, does not come back as it was.
func Quote(text string) string {
	return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'"
}
