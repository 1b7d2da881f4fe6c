package rule

import (
	"fmt"
	"maps"
	"regexp"
	"slices"

	"go.yaml.in/yaml/v3"

	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/config"
	"github.com/handsoff/handsoff/shared/config/field"
)

// Section is the key of the rules in the configuration.
const Section = "rules"

// maxRules is how many rules there may be.
const maxRules = 5000

// Read reads the rules of a configuration. Each entry is read by itself: one with a mistake is left out, with a fault for
// each mistake in it, and the others work. Without rules the set is empty.
func Read(f *config.File) (*Set, []config.Fault) {
	node, ok := f.Sections[Section]
	if !ok || node.ShortTag() == "!!null" {
		return newSet(nil), nil
	}
	list := &node
	if node.Kind == yaml.AliasNode {
		list = node.Alias
	}
	if list.Kind != yaml.SequenceNode {
		return newSet(nil), []config.Fault{{Line: node.Line, Text: "rules is a list: each entry begins with - name:"}}
	}
	var rules []*Rule
	var faults []config.Fault
	lines := map[string]int{}
	for i, entry := range list.Content {
		if i == maxRules {
			faults = append(faults, config.Fault{Line: entry.Line, Text: fmt.Sprintf("there may be %d rules; this and the following ones are skipped", maxRules)})
			break
		}
		r, found := readRule(entry)
		if first, twice := lines[r.Name]; twice && r.Name != "" {
			found = append(found, config.Fault{Kind: "rule", Name: r.Name, Line: r.Line, Text: fmt.Sprintf("the rule in line %d has the same name", first)})
		} else {
			lines[r.Name] = r.Line
		}
		faults = append(faults, found...)
		if !slices.ContainsFunc(found, func(f config.Fault) bool { return !f.Warning }) {
			rules = append(rules, r)
		}
	}
	return newSet(rules), faults
}

// nameForm is what names of rules and of remembered values look like.
var nameForm = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$`)

// entry is a rule being read.
type entry struct {
	*Rule
	field.Reader

	lines map[string]int // of the keys that are there
}

// readRule reads one entry. The rule is whole only when there are no faults but warnings.
func readRule(written *yaml.Node) (*Rule, []config.Fault) {
	e := &entry{Rule: &Rule{Line: written.Line, Most: usualMost}, lines: map[string]int{}}
	node, err := config.Plain(written)
	if err != nil {
		return e.Rule, []config.Fault{config.FaultOf(written.Line, err)}
	}
	if text, err := yaml.Marshal(node); err == nil {
		e.Text = string(text)
	}
	known := e.keys()
	e.Pairs(node, func(name, value *yaml.Node) {
		e.lines[name.Value] = name.Line
		read, ok := known[name.Value]
		if !ok {
			e.Complainf(name.Line, "a rule has no %s%s", name.Value, command.Meant(name.Value, slices.Sorted(maps.Keys(known))))
			return
		}
		if err := read(value); err != nil {
			e.Fault(name.Line, err)
		}
	})
	if node.Kind == yaml.MappingNode {
		e.check()
	}
	for i := range e.Faults {
		e.Faults[i].Kind, e.Faults[i].Name = "rule", e.Name
	}
	return e.Rule, e.Faults
}

func (e *entry) warnf(line int, format string, args ...any) {
	e.Complainf(line, format, args...)
	e.Faults[len(e.Faults)-1].Warning = true
}

func (e *entry) has(key string) bool { return e.lines[key] > 0 }

// line is that of a key, else the rule's.
func (e *entry) line(key string) int {
	if e.has(key) {
		return e.lines[key]
	}
	return e.Line
}
