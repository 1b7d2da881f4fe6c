package mrkdwn

import (
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/rivo/uniseg"
)

const (
	// shortest is the smallest limit that Clip and Split keep: room for a code block with something in it.
	shortest = 32
	// longestCluster is how long a character of several code points may be to be kept whole.
	longestCluster = 16
	opening        = fence + "\n"
	closing        = "\n" + fence
	ellipsis       = "…"
)

// Length is how long a text is to Slack at most: in UTF-16 units. Slack speaks of characters and does not say which; no
// reading of that word but bytes counts more.
func Length(text string) int {
	n := 0
	for _, r := range text {
		n += max(1, utf16.RuneLen(r))
	}
	return n
}

// Clip shortens escaped text to a limit (32 or more); what is cut is marked, and no entity, link or character is cut in
// two. A code block is closed.
func Clip(text string, limit int) string {
	if Length(text) <= limit {
		return text
	}
	c := cut(text, max(limit, shortest)-1, false)
	return c.with(strings.TrimRight(c.part, " \n") + ellipsis)
}

// Split cuts escaped text, such as Escape and Code give, into parts of at most limit (32 or more). It prefers the ends of
// lines, then those of words; it cuts no entity, link or character in two, and closes a code block at a cut and opens it
// anew. Parts in which nothing could be seen are left out.
func Split(text string, limit int) []string {
	limit = max(limit, shortest)
	var parts []string
	for inside := false; text != ""; {
		c := cut(text, limit, inside)
		if strings.TrimSpace(c.part) != "" {
			parts = append(parts, c.with(c.part))
		}
		text, inside = c.rest, c.open
	}
	return parts
}

// piece is the beginning of a text.
type piece struct {
	part, rest string
	inside     bool // the part begins in a code block
	open       bool // it ends in one
	closed     bool // it ends in one that ends there too
}

// with puts text in place of the part, and code marks where a code block is cut.
func (c piece) with(text string) string {
	if c.inside {
		text = opening + text
	}
	if c.open || c.closed {
		text += closing
	}
	return text
}

// cut takes as much from the beginning of text as fits into a limit together with code marks.
func cut(text string, limit int, inside bool) piece {
	best := scan(text, limit, inside)
	c := piece{part: text[:best.end], rest: text[best.next:], inside: inside, open: best.code}
	if c.open {
		if rest, ends := strings.CutPrefix(strings.TrimPrefix(c.rest, "\n"), fence); ends {
			c.rest, c.open, c.closed = strings.TrimPrefix(rest, "\n"), false, true
		}
	}
	return c
}

// place is where a text can be cut: the part ends at end, the rest begins at next.
type place struct {
	end, next int
	code      bool // within a code block
}

// scan finds the best place to cut: the end of text, of a line or of a word in the second half of the limit, else of a
// character.
func scan(text string, limit int, code bool) place {
	var line, word, character place
	used, fresh := 0, false // fresh: a code block was just opened, and a cut would leave it empty
	if code {
		used = len(opening)
	}
	for at := 0; ; {
		if at == len(text) {
			if code && used+len(closing) > limit {
				break
			}
			return place{at, at, code}
		}
		unit := next(text[at:], limit/2)
		if used += Length(unit); used > limit {
			break
		}
		at += len(unit)
		if unit == fence {
			code = !code
			fresh = code
		} else if unit != "\n" {
			fresh = false
		}
		if fresh || (code && used+len(closing) > limit) {
			continue
		}
		here := place{at, at, code}
		character = here
		if used >= limit/2 && unit == "\n" {
			line = place{at - 1, at, code}
		}
		if used >= limit/2 && unit == " " {
			word = here
		}
	}
	for _, found := range []place{line, word, character} {
		if found.next > 0 {
			return found
		}
	}
	_, size := utf8.DecodeRuneInString(text)
	return place{size, size, code}
}

// next is the first thing in text that is not to be cut: a code mark, an entity, a link or a mention, a character.
func next(text string, most int) string {
	switch text[0] {
	case '`':
		if strings.HasPrefix(text, fence) {
			return fence
		}
	case '&':
		for _, entity := range []string{"&amp;", "&lt;", "&gt;"} {
			if strings.HasPrefix(text, entity) {
				return entity
			}
		}
	case '<':
		if end := strings.IndexAny(text, ">\n"); end > 0 && text[end] == '>' && end < most {
			return text[:end+1]
		}
	}
	cluster, _, _, _ := uniseg.FirstGraphemeClusterInString(text, -1) //nolint:dogsled // only the first matters
	_, first := utf8.DecodeRuneInString(text)
	if Length(cluster) > longestCluster || strings.ContainsAny(cluster[first:], "&<`\n") { // which some letters draw to themselves
		return text[:first]
	}
	return cluster
}
