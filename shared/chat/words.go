package chat

import (
	"fmt"
	"strings"
)

// Count is a number of things: "1 job", "2 jobs", "3 deliveries".
func Count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %s", n, plural(noun))
}

// plural is that of the nouns that Count is given: the regular ones.
func plural(noun string) string {
	stem, ends := strings.CutSuffix(noun, "y")
	switch {
	case ends && !strings.ContainsAny(stem[len(stem)-1:], "aeiou"):
		return stem + "ies"
	case strings.HasSuffix(noun, "s"), strings.HasSuffix(noun, "ch"):
		return noun + "es"
	}
	return noun + "s"
}

// Are is the verb for a number of things: "is" for one.
func Are(n int) string {
	if n == 1 {
		return "is"
	}
	return "are"
}

// Were is the verb for a number of things in the past: "was" for one.
func Were(n int) string {
	if n == 1 {
		return "was"
	}
	return "were"
}

// Series joins words as a sentence does: "a", "a and b", "a, b and c", where last is "and".
func Series(words []string, last string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:len(words)-1], ", ") + " " + last + " " + words[len(words)-1]
}
