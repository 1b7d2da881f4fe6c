package main

import "strings"

// closest finds the candidate that was most likely meant: the same but for capitals, begun but not ended, or at most a third
// of it mistyped. It is empty when none comes near.
func closest(text string, candidates []string) string {
	best, found := "", 0
	for _, candidate := range candidates {
		if strings.EqualFold(candidate, text) {
			return candidate
		}
		d := distance(strings.ToLower(text), strings.ToLower(candidate))
		if text != "" && strings.HasPrefix(strings.ToLower(candidate), strings.ToLower(text)) {
			d = min(d, 1)
		}
		if d > (len(candidate)+2)/3 {
			continue
		}
		if best == "" || d < found {
			best, found = candidate, d
		}
	}
	return best
}

// distance counts the letters to insert, remove or change (Levenshtein); long texts are not compared.
func distance(a, b string) int {
	const long = 200
	if len(a) > long || len(b) > long {
		return long
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := diagonal
			if a[i] != b[j] {
				change++
			}
			diagonal = row[j+1]
			row[j+1] = min(change, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
