// Package completion finds what a person may be about to type: the words of commands, the names of their arguments and
// the values that those can have, and the ids of jobs.
package completion

import (
	"slices"
	"strings"

	"github.com/handsoff/handsoff/shared/command"
)

// own are the words that the telnet gateway understands itself.
var own = []string{"clear", "exit", "missed", "quit"}

// Find gives what may stand in place of the last word of the text before the cursor, and how many bytes that word has so
// far. Each completion is whole: with the blank behind it, where one belongs.
func Find(before string, catalogue []command.Declared, jobs []string) (have int, found []string) {
	text := strings.TrimLeft(before, " ")
	if strings.ContainsAny(text, `"'\`) {
		return 0, nil // quoting is the person's own business
	}
	done, word := split(text)
	if strings.HasPrefix(text, "@") {
		return len(word), unique(thread(done, word, jobs))
	}
	found = words(done, word, catalogue)
	if spec, given := match(done, catalogue); spec != nil {
		found = append(found, arguments(spec, given, word, jobs)...)
	}
	if len(done) == 0 {
		found = append(found, starting(own, word)...)
	}
	return len(word), unique(found)
}

// Common is the longest text with which all completions begin.
func Common(found []string) string {
	if len(found) == 0 {
		return ""
	}
	common := found[0]
	for _, f := range found[1:] {
		for !strings.HasPrefix(f, common) {
			common = common[:len(common)-1]
		}
	}
	return strings.ToValidUTF8(common, "")
}

// WantsJob reports whether Find needs the ids of jobs for this text.
func WantsJob(before string, catalogue []command.Declared) bool {
	text := strings.TrimLeft(before, " ")
	done, _ := split(text)
	if strings.HasPrefix(text, "@") {
		return len(done) == 0
	}
	spec, _ := match(done, catalogue)
	return spec != nil && slices.ContainsFunc(spec.Args, isJob)
}

// split gives the words that are finished, and the one that is being typed.
func split(text string) (done []string, word string) {
	at := strings.LastIndexByte(text, ' ') + 1
	return strings.Fields(text[:at]), text[at:]
}

// thread completes @<id>, and what can be said about a job.
func thread(done []string, word string, jobs []string) []string {
	switch len(done) {
	case 0:
		tags := make([]string, len(jobs))
		for i, id := range jobs {
			tags[i] = "@" + id
		}
		return starting(tags, word)
	case 1:
		var said []string
		for _, t := range command.ThreadWords() {
			said = append(said, t.Words...)
		}
		return starting(said, word)
	}
	return nil
}

// words completes the words of commands.
func words(done []string, word string, catalogue []command.Declared) []string {
	var found []string
	for _, spec := range catalogue {
		if spec.Hidden {
			continue
		}
		for _, phrase := range append([]string{spec.Words}, spec.Also...) {
			parts := strings.Fields(phrase)
			if len(parts) > len(done) && equal(parts[:len(done)], done) && strings.HasPrefix(parts[len(done)], strings.ToLower(word)) {
				found = append(found, parts[len(done)]+" ")
			}
		}
	}
	return found
}

// match is the command whose words begin the line, the longest one, and what was given behind them; nil for none.
func match(done []string, catalogue []command.Declared) (best *command.Declared, given []string) {
	length := 0
	for i := range catalogue {
		for _, phrase := range append([]string{catalogue[i].Words}, catalogue[i].Also...) {
			parts := strings.Fields(phrase)
			if len(parts) > length && len(parts) <= len(done) && equal(parts, done[:len(parts)]) {
				best, length = &catalogue[i], len(parts)
			}
		}
	}
	return best, done[length:]
}

func equal(parts, typed []string) bool {
	return slices.EqualFunc(parts, typed, strings.EqualFold)
}

func starting(list []string, word string) []string {
	var found []string
	for _, w := range list {
		if strings.HasPrefix(w, strings.ToLower(word)) {
			found = append(found, w+" ")
		}
	}
	return found
}

func unique(list []string) []string {
	slices.Sort(list)
	return slices.Compact(list)
}
