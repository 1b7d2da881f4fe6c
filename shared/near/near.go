// Package near finds the names that were probably meant by what somebody typed.
package near

import (
	"cmp"
	"slices"
	"strings"
)

// most is how many names are suggested.
const most = 5

// Guess is what somebody may have meant, and how far it is from what they typed.
type Guess struct {
	Text  string
	Slips int
}

// Resembles reports whether a candidate was probably meant: it is a few slips away (a letter added, dropped, changed or
// swapped), or typed begins it.
func Resembles(typed, candidate string) (slips int, ok bool) {
	typed, candidate = strings.ToLower(typed), strings.ToLower(candidate)
	if len(typed) >= 2 && strings.HasPrefix(candidate, typed) {
		return 0, true
	}
	slips = distance(typed, candidate)
	return slips, slips <= allowance(candidate)
}

// Meant ends a sentence about an unknown name with those that were probably meant, "; did you mean topic?"; empty when none
// was.
func Meant(typed string, known []string) string {
	near := Names(typed, known)
	if len(near) == 0 {
		return ""
	}
	return "; did you mean " + strings.Join(near, ", or ") + "?"
}

// Names gives the candidates that were probably meant by what was typed, the likeliest first, five at most: those that it
// begins, and those from which it differs in one letter of four or fewer.
func Names(typed string, candidates []string) []string {
	var guesses []Guess
	for _, candidate := range candidates {
		if slips, ok := Resembles(typed, candidate); ok {
			guesses = append(guesses, Guess{candidate, slips})
		}
	}
	return Ranked(guesses)
}

// Ranked are the texts of a few guesses, the likeliest first, each once.
func Ranked(guesses []Guess) []string {
	slices.SortStableFunc(guesses, func(a, b Guess) int {
		return cmp.Or(cmp.Compare(a.Slips, b.Slips), strings.Compare(a.Text, b.Text))
	})
	found := make([]string, 0, most)
	for _, g := range guesses {
		if len(found) < most && !slices.Contains(found, g.Text) {
			found = append(found, g.Text)
		}
	}
	return found
}

// allowance is how many slips a text of this length may have and still be recognised: one in four letters.
func allowance(text string) int { return max(1, (len(text)+1)/4) }

// distance counts the slips between two texts: letters added, dropped, changed, or swapped with a neighbour. Texts are
// compared up to 64 letters.
func distance(a, b string) int {
	x, y := firstRunes(a), firstRunes(b)
	var rows [3][]int // of the table: two before, one before, this one
	for i := range rows {
		rows[i] = make([]int, len(y)+1)
	}
	for j := range rows[1] {
		rows[1][j] = j
	}
	for i := 1; i <= len(x); i++ {
		before, last, row := rows[0], rows[1], rows[2]
		row[0] = i
		for j := 1; j <= len(y); j++ {
			change := 1
			if x[i-1] == y[j-1] {
				change = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+change)
			if i > 1 && j > 1 && x[i-1] == y[j-2] && x[i-2] == y[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		rows = [3][]int{last, row, before}
	}
	return rows[1][len(y)]
}

func firstRunes(text string) []rune {
	const letters = 64
	runes := []rune(text[:min(len(text), 4*letters)])
	return runes[:min(len(runes), letters)]
}
