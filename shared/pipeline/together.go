package pipeline

import (
	"slices"
	"strings"

	"github.com/handsoff/handsoff/shared/config"
)

// settle finds what is wrong with the pipelines together: words that two have, and pipelines that run one another in a circle.
func (s *Set) settle() {
	var right []*Pipeline
	words := make(map[string]string)
	for _, p := range s.Pipelines {
		text := ""
		if other, twice := words[p.Words]; twice {
			text = "the pipeline " + other + " has the words " + p.Words + " already"
		} else if path := s.leadsTo(p, p, nil); path != nil {
			text = "it runs itself in a circle: " + strings.Join(path, " runs ")
		}
		words[p.Words] = p.Name
		if text != "" {
			s.Faults = append(s.Faults, config.Fault{Kind: "pipeline", Name: p.Name, Line: p.Line, Text: text})
			continue
		}
		right = append(right, p)
	}
	s.Pipelines = right
	slices.SortFunc(s.Pipelines, func(a, b *Pipeline) int { return strings.Compare(a.Name, b.Name) })
}

// leadsTo is how one pipeline leads to another by what it runs.
func (s *Set) leadsTo(from, to *Pipeline, seen map[string]bool) []string {
	if seen == nil {
		seen = make(map[string]bool)
	}
	for _, step := range from.Steps {
		next := s.find(func(p *Pipeline) bool { return step.Run == p.Words || step.Run == RunWords+" "+p.Name })
		switch {
		case next == nil:
		case next == to:
			return []string{from.Name, to.Name}
		case !seen[next.Name]:
			seen[next.Name] = true
			if rest := s.leadsTo(next, to, seen); rest != nil {
				return append([]string{from.Name}, rest...)
			}
		}
	}
	return nil
}
