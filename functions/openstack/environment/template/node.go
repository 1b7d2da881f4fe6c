package template

import (
	"maps"
	"slices"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/config"
)

// reader reads the parts of one template and collects what is wrong with them.
type reader struct {
	faults []config.Fault
	paths  []placedPaths // what all that was read mentions
}

func (r *reader) complainf(line int, format string, args ...any) {
	r.faults = append(r.faults, config.FaultOf(line, config.Misplaced(line, format, args...)))
}

// placedPaths is what a value mentions, and where it stands.
type placedPaths struct {
	paths [][]string
	line  int
}

// fields are the names that a map may have, each with what reads its value.
type fields map[string]func(*yaml.Node) error

// each reads the pairs of a map, all of which must be known, once each. what is what has them, "a server".
func (r *reader) each(node *yaml.Node, what string, known fields) {
	r.pairs(node, func(name, value *yaml.Node) {
		read, ok := known[name.Value]
		if !ok {
			r.complainf(name.Line, "%s has no %s%s", what, name.Value, command.Meant(name.Value, slices.Sorted(maps.Keys(known))))
			return
		}
		if err := read(value); err != nil {
			f := config.FaultOf(value.Line, err)
			f.Text = name.Value + ": " + f.Text
			r.faults = append(r.faults, f)
		}
	})
}

// pairs goes through a map, each name once.
func (r *reader) pairs(node *yaml.Node, do func(name, value *yaml.Node)) {
	if node.Kind != yaml.MappingNode {
		r.complainf(node.Line, "names and values are expected, name: value")
		return
	}
	seen := make(map[string]bool)
	for i := 0; i+1 < len(node.Content); i += 2 {
		name := node.Content[i]
		if seen[name.Value] {
			r.complainf(name.Line, "%s stands there twice", name.Value)
			continue
		}
		seen[name.Value] = true
		do(name, node.Content[i+1])
	}
}

// named goes through a map whose names are given by people: networks, servers.
func (r *reader) named(node *yaml.Node, what string, do func(name string, line int, value *yaml.Node)) {
	r.pairs(node, func(name, value *yaml.Node) {
		if !partForm.MatchString(name.Value) {
			r.complainf(name.Line, "%.40q cannot be the name of %s; use small letters, digits and -, at most 20, a letter first", name.Value, what)
			return
		}
		do(name.Value, name.Line, value)
	})
}

// items goes through a list, of which one item may stand alone.
func items(node *yaml.Node) []*yaml.Node {
	if node.Kind == yaml.SequenceNode {
		return node.Content
	}
	return []*yaml.Node{node}
}

// fixed reads one text that has no holes.
func fixed(into *string) func(*yaml.Node) error {
	return func(node *yaml.Node) error {
		if node.Kind != yaml.ScalarNode || node.Value == "" {
			return config.Misplaced(node.Line, "a text is expected")
		}
		*into = node.Value
		return nil
	}
}

func yes(into *bool) func(*yaml.Node) error {
	return func(node *yaml.Node) error {
		if node.Kind != yaml.ScalarNode || node.Decode(into) != nil {
			return config.Misplaced(node.Line, "true or false is expected")
		}
		return nil
	}
}

func perhaps(into **bool) func(*yaml.Node) error {
	return func(node *yaml.Node) error {
		*into = new(bool)
		return yes(*into)(node)
	}
}

func count(into *int, least, most int) func(*yaml.Node) error {
	return func(node *yaml.Node) error {
		if node.Kind != yaml.ScalarNode || node.Decode(into) != nil || *into < least || *into > most {
			return config.Misplaced(node.Line, "a whole number from %d to %d is expected", least, most)
		}
		return nil
	}
}

func duration(into *time.Duration) func(*yaml.Node) error {
	return func(node *yaml.Node) error {
		d, err := command.ParseDuration(node.Value)
		if node.Kind != yaml.ScalarNode || err != nil || d <= 0 || d > longest {
			return config.Misplaced(node.Line, "a time such as 90s, 1h30m or 2d is expected, at most %s", command.FormatDuration(longest))
		}
		*into = d
		return nil
	}
}
