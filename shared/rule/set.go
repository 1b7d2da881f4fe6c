package rule

import (
	"slices"
	"strings"
	"sync"

	"github.com/handsoff/handsoff/shared/event"
)

// Set is the rules of a configuration, in their order. It is safe for concurrent use.
type Set struct {
	rules  []*Rule
	byName map[string]*Rule
	topics sync.Map // topic → *heard
	count  boundedCount
}

// maxTopics is how many topics are remembered with the rules that hear them: they come from outside.
const maxTopics = 2000

// heard is the rules that hear a topic, in order: those that are for certain projects by project, and the others.
type heard struct {
	all       []*Rule
	anywhere  []int            // places in all
	byProject map[string][]int // places in all, by the project in lower case
}

func newSet(rules []*Rule) *Set {
	s := &Set{rules: rules, byName: make(map[string]*Rule, len(rules))}
	for _, r := range rules {
		s.byName[r.Name] = r
	}
	return s
}

// Rules are the rules in the configuration's order.
func (s *Set) Rules() []*Rule { return slices.Clone(s.rules) }

// Rule is the rule of this name; nil when there is none.
func (s *Set) Rule(name string) *Rule { return s.byName[name] }

// Candidates are the rules that hear the event's topic, and that it is for. Nothing else is asked, and its payload is not
// read.
func (s *Set) Candidates(e *event.Event) []*Rule {
	heard := s.hear(e.Topic)
	return only(e, slices.Clone(heard.all))
}

// Recalls lists the remembered values that an event's candidates name: what Decide and what follows must be given.
func (s *Set) Recalls(e *event.Event) []string {
	var names []string
	for _, r := range s.Candidates(e) {
		names = append(names, r.Recalls()...)
	}
	return distinct(names)
}

// only leaves those that an event is for.
func only(e *event.Event, rules []*Rule) []*Rule {
	if len(e.Only) == 0 {
		return rules
	}
	return slices.DeleteFunc(rules, func(r *Rule) bool { return !slices.Contains(e.Only, r.Name) })
}

// hear finds the rules for a topic, once for each topic.
func (s *Set) hear(topic string) *heard {
	if known, ok := s.topics.Load(topic); ok {
		h, _ := known.(*heard)
		return h
	}
	h := &heard{byProject: map[string][]int{}}
	for _, r := range s.rules {
		if !r.Hears(topic) {
			continue
		}
		place := len(h.all)
		h.all = append(h.all, r)
		projects, certain := r.projects()
		if !certain {
			h.anywhere = append(h.anywhere, place)
		}
		for _, project := range projects {
			h.byProject[project] = append(h.byProject[project], place)
		}
	}
	if s.count.add(maxTopics) {
		s.topics.Store(topic, h)
	}
	return h
}

// projects are those that the rule is for, when it names each of them.
func (r *Rule) projects() (names []string, certain bool) {
	for _, f := range r.Where {
		if f.Field != "project" {
			continue
		}
		for _, p := range f.patterns {
			if p.form != nil || p.not {
				return nil, false
			}
			names = append(names, p.exact)
		}
		return distinct(names), true
	}
	return nil, false
}

// at are the rules for a project, in order.
func (h *heard) at(project string) []*Rule {
	certain := h.byProject[strings.ToLower(project)]
	rules := make([]*Rule, 0, len(certain)+len(h.anywhere))
	i, j := 0, 0
	for i < len(certain) || j < len(h.anywhere) {
		if j == len(h.anywhere) || i < len(certain) && certain[i] < h.anywhere[j] {
			rules = append(rules, h.all[certain[i]])
			i++
			continue
		}
		rules = append(rules, h.all[h.anywhere[j]])
		j++
	}
	return rules
}
