package main

import (
	"regexp"
	"slices"
	"strings"

	"github.com/handsoff/handsoff/shared/event"
	"github.com/handsoff/handsoff/shared/rule"
)

// hears reports whether a rule may hear a command in a repository, by what can be told without the payload: its topics, its
// repositories and its words. Who may give it, and all else, is for the function event to say.
func hears(r *rule.Rule, repo, word string) bool {
	if !r.Hears(event.Comment) {
		return false
	}
	for _, filter := range r.Where {
		switch {
		case filter.Field == "project" && !fits(filter.Written, repo), filter.Field == "say" && word != "" && !fits(filter.Written, word):
			return false
		}
	}
	return true
}

// fits reports whether text may match one of a rule's patterns and none that excludes. In doubt it does.
func fits(patterns []string, text string) bool {
	asked, found := false, false
	for _, p := range patterns {
		p, not := strings.CutPrefix(strings.ToLower(p), "!")
		switch yes := like(p, strings.ToLower(text)); {
		case not && yes && !strings.ContainsAny(p, "*?/[]"):
			return false
		case !not:
			asked, found = true, found || yes
		}
	}
	return found || !asked
}

// like reports whether text may match one pattern: a text, one with *, or an expression between slashes.
func like(pattern, text string) bool {
	if strings.HasPrefix(pattern, "/") {
		return true
	}
	if !strings.ContainsAny(pattern, "*?[]") {
		return pattern == text
	}
	if strings.ContainsAny(pattern, "?[]") {
		return true
	}
	parts := strings.Split(pattern, "*")
	for i := range parts {
		parts[i] = regexp.QuoteMeta(parts[i])
	}
	glob, err := regexp.Compile("^" + strings.Join(parts, ".*") + "$")
	return err != nil || glob.MatchString(text)
}

// repo is the repository as rules name it.
func (v *visit) repo() string { return v.place.Owner + "/" + v.place.Repo }

// opened reports whether some rule may hear a command.
func (v *visit) opened(word string) bool {
	return slices.ContainsFunc(v.rules.Rules(), func(r *rule.Rule) bool { return hears(r, v.repo(), word) })
}

// plainWord is a word that a rule names as it is said.
var plainWord = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_-]*$`)

// words are those that rules open to comments there, as far as they name them, sorted.
func (v *visit) words() []string {
	var words []string
	for _, r := range v.rules.Rules() {
		if !hears(r, v.repo(), "") {
			continue
		}
		for _, filter := range r.Where {
			for _, word := range filter.Written {
				if filter.Field == "say" && plainWord.MatchString(word) {
					words = append(words, strings.ToLower(word))
				}
			}
		}
	}
	slices.Sort(words)
	return slices.Compact(words)
}
