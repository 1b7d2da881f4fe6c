package docs_test

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// A block is what stands between two fences.
type block struct {
	page  string
	line  int    // of its first line, from 1
	lang  string // the fence's first word
	file  string // the second one: what the block is the text of
	text  string
	shows string // what it prints: the text block behind a shell block
}

var fence = regexp.MustCompile("^```(\\S*) ?(.*)$")

// blocks reads a page.
func blocks(t *testing.T, page string) (all []block) {
	t.Helper()
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	var open *block
	for n, line := range strings.Split(string(text), "\n") {
		found := fence.FindStringSubmatch(line)
		switch {
		case found == nil && open != nil:
			open.text += line + "\n"
		case found == nil:
		case open == nil:
			open = &block{page: page, line: n + 2, lang: found[1], file: found[2]}
		default:
			if last := len(all) - 1; open.lang == "text" && last >= 0 && all[last].lang == "sh" && all[last].shows == "" {
				all[last].shows = open.text
			} else {
				all = append(all, *open)
			}
			open = nil
		}
	}
	if open != nil {
		t.Errorf("%s:%d: the block has no end", page, open.line)
	}
	return all
}

// TestGeneral: what a page shows stands for what is printed in its place.
func TestGeneral(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		shown, printed string
		alike          bool
	}{
		{"k3f7 succeeded in 9 s", "81qt succeeded in 12 s", true},
		{"k3f7 succeeded in 9 s", "81qt failed in 12 s", false},
		{"one\n…\nfour", "one\ntwo\nthree\nfour", true},
		{"one\n…\nfour", "one\nfour", true},
		{"one\nfour", "one\ntwo\nfour", false},
		{"password … (shown", "password a5b (shown", true},
		{"[###-----] 41 %", "[--------------------] 0 %", true},
		{"a  b", "a          b", true},
		{"one", "one\ntwo", false},
		{"succeeded in 9 s", "succeeded in 1 m 2 s", true},
		{"after 8 s: build", "after 0.5 s: build", true},
		{"confirmed: 10:41:07 UTC, 2 s after it was asked", "confirmed: 10:41:07 UTC, at once", true},
		{"asked by ann, just now", "asked by ann, 1 m 3 s ago", true},
		{"13.0 MiB 0 5s", "9.1 MiB 0 1m5s", true},
		{"succeeded in 9 s", "succeeded in time", false},
		{"one\n\ntwo", "one\ntwo", true},
		{"one\ntwo", "one\n\n\ntwo", true},
	} {
		if got := general(c.shown).MatchString(c.printed); got != c.alike {
			t.Errorf("%q stands for %q: %v", c.shown, c.printed, got)
		}
	}
}

// general makes a pattern of what a page shows. Numbers, durations, ids (k3f…), bars and the width of columns differ from one time to the next;
// … is anything on its line and, by itself, any lines; empty lines are for the eye.
func general(shown string) *regexp.Regexp {
	var pattern strings.Builder
	pattern.WriteString(`^\n*`)
	for line := range strings.Lines(strings.TrimSpace(shown)) {
		switch line = strings.TrimSpace(line); line {
		case "":
			continue
		case "…":
			pattern.WriteString(`(?:.*\n)*?`)
			continue
		}
		pattern.WriteString(`[ \t]*`)
		pattern.WriteString(generalLine(line))
		pattern.WriteString(`[ \t]*(?:\n\s*|$)`)
	}
	pattern.WriteString(`\n*$`)
	return regexp.MustCompile(pattern.String())
}

// How long something took, or how long ago it was, in one of the ways in which that is said.
const duration = `(?:(?:\b(?:\d+[hm])*[\d.]+ ?(?:ms|s|m|h)\b ?)+(?:after it was asked|ago)?|at once|just now)`

var (
	differs = regexp.MustCompile(`…|\bk3f\w\b|\[[#-]+\]|` + duration + `|\d+|\s+`)
	lasting = regexp.MustCompile(`^` + duration + `$`)
)

func generalLine(line string) string {
	var pattern strings.Builder
	rest := 0
	for _, at := range differs.FindAllStringIndex(line, -1) {
		pattern.WriteString(regexp.QuoteMeta(line[rest:at[0]]))
		switch found := line[at[0]:at[1]]; {
		case found == "…":
			pattern.WriteString(`.*`)
		case strings.HasPrefix(found, "k3f"):
			pattern.WriteString(`\w{4,}`)
		case strings.HasPrefix(found, "["):
			pattern.WriteString(`\[[#-]+\]`)
		case lasting.MatchString(found):
			pattern.WriteString(duration)
		case strings.TrimSpace(found) == "":
			pattern.WriteString(`\s+`)
		default:
			pattern.WriteString(`\d+`)
		}
		rest = at[1]
	}
	pattern.WriteString(regexp.QuoteMeta(line[rest:]))
	return pattern.String()
}
