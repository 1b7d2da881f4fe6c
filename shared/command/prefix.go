package command

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// PrefixMarks are the characters with which a line may begin that is a command's as a whole, without its words: "#nova now
// Cells". See Spec.Prefixes.
const PrefixMarks = "#+~"

// Prefixed gives the mark with which a line begins, and the word behind it; ok is false for a mark that stands alone and for
// any other line.
func Prefixed(line string) (mark, word string, ok bool) {
	line = strings.TrimLeftFunc(line, isSpace)
	if line == "" || strings.IndexByte(PrefixMarks, line[0]) < 0 {
		return "", "", false
	}
	word = line[1:]
	if end := strings.IndexFunc(word, isSpace); end >= 0 {
		word = word[:end]
	}
	return line[:1], word, word != ""
}

// PrefixedAmongPeople reports whether a line that was said among people may be a command by its mark: then a door hands it in,
// as overheard. "+1", "#1234", "~100 of them" and "# x" are not: people write them to one another.
func PrefixedAmongPeople(line string) bool {
	_, word, ok := Prefixed(line)
	first, _ := utf8.DecodeRuneInString(word)
	return ok && (unicode.IsLetter(first) || unicode.IsDigit(first)) && strings.ContainsFunc(word, unicode.IsLetter)
}

// prefixed finds the command that a line's mark makes it, with the whole line as its argument; nil for none.
func (c *Catalogue) prefixed(line string) *Parsed {
	mark, _, ok := Prefixed(line)
	if !ok || c.byMark[mark] == nil {
		return nil
	}
	d := c.byMark[mark]
	return &Parsed{Command: d, Args: map[string]any{d.Args[0].Name: line}, Prefixed: true}
}

// addPrefixes gives a command the lines with its marks, as far as no other one has them.
func (c *Catalogue) addPrefixes(d *Declared) {
	for _, mark := range d.Prefixes {
		if other := c.byMark[mark]; other != nil {
			c.fault(d, fmt.Sprintf("%s: prefixes: %s: the function %s has lines with this mark already", d.Words, mark, other.Function))
			continue
		}
		c.byMark[mark] = d
	}
}

func (s *Spec) checkPrefixes() error {
	for i, mark := range s.Prefixes {
		switch {
		case len(mark) != 1 || !strings.Contains(PrefixMarks, mark):
			return fmt.Errorf("prefixes: %.20q is not one of the characters %s", mark, PrefixMarks)
		case slices.Contains(s.Prefixes[:i], mark):
			return fmt.Errorf("prefixes: %s is there twice", mark)
		}
	}
	if len(s.Prefixes) > 0 && (len(s.Args) != 1 || s.Args[0].kind() != TypeRest || s.Args[0].Secret) {
		return errors.New("prefixes: the line needs one argument of type rest, and no other")
	}
	return nil
}
