package rule

import (
	"fmt"
	"slices"
	"strings"

	"github.com/handsoff/handsoff/shared/command"
)

// filesField is the filter that has to ask outside.
const filesField = "files"

// Filter is one line of where: of which patterns one of what an event says must match, and none that excludes.
type Filter struct {
	Field   string   // "project"
	Written []string // its patterns

	name     string // as the rule says it: "repo"
	at       int    // in fields
	patterns []pattern
	votes    []votePattern
}

// attribute is something that where can ask for.
type attribute struct {
	name string
	style
	values func(f *Facts) []string
}

// countFields is how many fields there are.
const countFields = 12

// fields are what where can ask for, the cheap ones first. Votes and files are asked in ways of their own.
var fields = [countFields]attribute{
	{"server", style{'/', true}, func(f *Facts) []string { return []string{f.Server} }},
	{"project", style{'/', true}, func(f *Facts) []string { return []string{f.Project} }},
	{"branch", style{'/', false}, func(f *Facts) []string { return []string{f.Branch} }},
	{"say", style{' ', true}, func(f *Facts) []string { return []string{f.Say} }},
	{"status", style{' ', true}, func(f *Facts) []string { return []string{f.Status} }},
	{"topic", style{'/', false}, func(f *Facts) []string { return []string{f.Topic} }},
	{"owner", style{'@', true}, func(f *Facts) []string { return f.Owner }},
	{"author", style{'@', true}, func(f *Facts) []string { return f.Author }},
	{"hashtags", style{'/', true}, func(f *Facts) []string { return f.Hashtags }},
	{"labels", style{'/', true}, func(f *Facts) []string { return f.Labels }},
	{"votes", style{}, nil},
	{filesField, style{'/', false}, nil},
}

// folded are an event's values of a field as patterns are compared with: made once, for all rules.
func (f *Facts) folded(at int) []string {
	if f.asked[at] {
		return f.texts[at]
	}
	texts := fields[at].values(f)
	if fields[at].fold {
		for i, text := range texts {
			if lower := strings.ToLower(text); lower != text {
				texts = slices.Clone(texts)
				texts[i] = lower
			}
		}
	}
	f.asked[at], f.texts[at] = true, texts
	return texts
}

// fieldNames are the words that where knows.
func fieldNames() []string {
	names := []string{"repo"}
	for _, f := range fields {
		names = append(names, f.name)
	}
	return names
}

// rank is a field's place among fields; -1 when there is none.
func rank(name string) int {
	for i, f := range fields {
		if f.name == name {
			return i
		}
	}
	return -1
}

// newFilter reads the patterns of one field. repo is project.
func newFilter(name string, written []string) (Filter, error) {
	known := name
	if known == "repo" {
		known = "project"
	}
	at := rank(known)
	if at < 0 {
		return Filter{}, fmt.Errorf("where has no %s%s", name, command.Meant(name, fieldNames()))
	}
	filter := Filter{Field: known, Written: written, name: name, at: at}
	for _, text := range written {
		if known == "votes" {
			v, err := parseVote(text)
			if err != nil {
				return Filter{}, fmt.Errorf("where.%s: %w", name, err)
			}
			filter.votes = append(filter.votes, v)
			continue
		}
		p, err := fields[at].parse(text)
		if err != nil {
			return Filter{}, fmt.Errorf("where.%s: %w", name, err)
		}
		filter.patterns = append(filter.patterns, p)
	}
	return filter, nil
}

// holds reports whether an event passes, by its facts.
func (f *Filter) holds(facts *Facts) bool {
	if f.Field == "votes" {
		return f.holdsVotes(facts.Votes)
	}
	return f.holdsTexts(facts.folded(f.at))
}

// holdsTexts: one of the texts matches a pattern, or there are only patterns that exclude; and none matches one of those. The
// texts are in lower case where case does not matter.
func (f *Filter) holdsTexts(texts []string) bool {
	asked, found := false, false
	for i := range f.patterns {
		p := &f.patterns[i]
		asked = asked || !p.not
		for _, text := range texts {
			if !p.matches(text) {
				continue
			}
			if p.not {
				return false
			}
			found = true
		}
	}
	return found || !asked
}

func (f *Filter) holdsVotes(votes []Vote) bool {
	asked, found := false, false
	for _, p := range f.votes {
		asked = asked || !p.not
		for _, v := range votes {
			if !p.matches(v) {
				continue
			}
			if p.not {
				return false
			}
			found = true
		}
	}
	return found || !asked
}

// saw is what an event says there, for people.
func (f *Filter) saw(facts *Facts) string {
	if f.Field != "votes" {
		return strings.Join(fields[f.at].values(facts), ", ")
	}
	votes := make([]string, len(facts.Votes))
	for i, v := range facts.Votes {
		votes[i] = v.String()
	}
	return strings.Join(votes, ", ")
}
