package lineedit

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/rivo/uniseg"
)

// line is text with a cursor. It is kept in grapheme clusters, which is what a person takes for one letter: "é" is one
// whether it is written in one rune or in two.
type line struct {
	clusters []string
	at       int // the cursor stands before this cluster
	size     int // bytes
}

func clustersOf(text string) []string {
	var out []string
	for g := uniseg.NewGraphemes(text); g.Next(); {
		out = append(out, g.Str())
	}
	return out
}

func (l *line) String() string { return strings.Join(l.clusters, "") }

// before is the text left of the cursor.
func (l *line) before() string { return strings.Join(l.clusters[:l.at], "") }

func (l *line) set(text string) {
	l.clusters = clustersOf(text)
	l.at, l.size = len(l.clusters), len(text)
}

// insert puts text at the cursor. Only the neighbours can merge with it into other clusters, so only they are cut anew.
func (l *line) insert(text string) {
	from, to, left := l.at, l.at, ""
	if from > 0 {
		from--
		left = l.clusters[from]
	}
	joined := left + text
	if to < len(l.clusters) {
		joined += l.clusters[to]
		to++
	}
	fresh := clustersOf(joined)
	l.clusters = append(l.clusters[:from:from], append(fresh, l.clusters[to:]...)...)
	l.size += len(text)
	l.at = from
	for end := len(left) + len(text); end > 0 && l.at < len(l.clusters); l.at++ {
		end -= len(l.clusters[l.at])
	}
}

// cut removes the clusters from..to and gives their text. The cursor goes to where they were.
func (l *line) cut(from, to int) string {
	text := strings.Join(l.clusters[from:to], "")
	l.clusters = append(l.clusters[:from:from], l.clusters[to:]...)
	l.at = from
	l.size -= len(text)
	return text
}

func (l *line) move(by int) bool {
	to := l.at + by
	if to < 0 || to > len(l.clusters) {
		return false
	}
	l.at = to
	return true
}

// wordLeft is where the word left of the cursor begins.
func (l *line) wordLeft() int {
	i := l.at
	for i > 0 && !isWord(l.clusters[i-1]) {
		i--
	}
	for i > 0 && isWord(l.clusters[i-1]) {
		i--
	}
	return i
}

// wordRight is where the word right of the cursor ends.
func (l *line) wordRight() int {
	i := l.at
	for i < len(l.clusters) && !isWord(l.clusters[i]) {
		i++
	}
	for i < len(l.clusters) && isWord(l.clusters[i]) {
		i++
	}
	return i
}

// blankLeft is where the run of non-blanks left of the cursor begins: what Ctrl-W removes, as in a shell.
func (l *line) blankLeft() int {
	i := l.at
	for i > 0 && l.clusters[i-1] == " " {
		i--
	}
	for i > 0 && l.clusters[i-1] != " " {
		i--
	}
	return i
}

func isWord(cluster string) bool {
	r, _ := utf8.DecodeRuneInString(cluster)
	return unicode.IsLetter(r) || unicode.IsDigit(r)
}
