// Package field reads the fields of the configuration's entries from YAML: names with values, each name known and given once.
// Every mistake becomes a fault with its line, so that somebody who writes an entry sees all of them at once.
//
// It reads trees without aliases, as config.Plain makes them.
package field

import (
	"maps"
	"slices"

	"go.yaml.in/yaml/v3"

	"github.com/handsoff/handsoff/shared/config"
	"github.com/handsoff/handsoff/shared/near"
)

// Map has the names that there may be, each with what reads its value.
type Map map[string]func(*yaml.Node) error

// Reader reads the parts of one entry and collects what is wrong with them.
type Reader struct {
	Faults []config.Fault
}

// Complainf tells of a mistake.
func (r *Reader) Complainf(line int, format string, args ...any) {
	r.Fault(line, config.Misplaced(line, format, args...))
}

// Fault tells of a mistake, at its own line where it has one.
func (r *Reader) Fault(line int, err error) { r.Faults = append(r.Faults, config.FaultOf(line, err)) }

// Each reads the pairs of a map, all of which must be known. what is what has them, "a server".
func (r *Reader) Each(node *yaml.Node, what string, known Map) {
	r.Pairs(node, func(name, value *yaml.Node) {
		read, ok := known[name.Value]
		if !ok {
			r.Complainf(name.Line, "%s has no %s%s", what, name.Value, near.Meant(name.Value, slices.Sorted(maps.Keys(known))))
			return
		}
		if err := read(value); err != nil {
			f := config.FaultOf(value.Line, err)
			f.Text = name.Value + ": " + f.Text
			r.Faults = append(r.Faults, f)
		}
	})
}

// Pairs goes through a map, each name once.
func (r *Reader) Pairs(node *yaml.Node, do func(name, value *yaml.Node)) {
	if node.Kind != yaml.MappingNode {
		r.Complainf(node.Line, "names and values are expected, name: value")
		return
	}
	seen := make(map[string]bool)
	for i := 0; i+1 < len(node.Content); i += 2 {
		name := node.Content[i]
		switch {
		case name.Kind != yaml.ScalarNode:
			r.Complainf(name.Line, "a name is expected")
		case name.ShortTag() == "!!merge":
			r.Complainf(name.Line, "behind <<: another map is expected, as *name")
		case seen[name.Value]:
			r.Complainf(name.Line, "%s stands there twice", name.Value)
		default:
			seen[name.Value] = true
			do(name, node.Content[i+1])
		}
	}
}

// Nested reads a map within a map; its first mistake is the error.
func Nested(what string, known Map) func(*yaml.Node) error {
	return func(node *yaml.Node) error {
		r := &Reader{}
		r.Each(node, what, known)
		return r.first()
	}
}

// Pairs goes through a map within a map, each name once; its first mistake is the error, at the value's line where it has none.
func Pairs(node *yaml.Node, do func(name, value *yaml.Node) error) error {
	r := &Reader{}
	r.Pairs(node, func(name, value *yaml.Node) {
		if err := do(name, value); err != nil {
			r.Fault(value.Line, err)
		}
	})
	return r.first()
}

func (r *Reader) first() error {
	if len(r.Faults) == 0 {
		return nil
	}
	return config.Misplaced(r.Faults[0].Line, "%s", r.Faults[0].Text)
}

// Items are those of a list, of which one item may stand alone.
func Items(node *yaml.Node) []*yaml.Node {
	if node.Kind == yaml.SequenceNode {
		return node.Content
	}
	return []*yaml.Node{node}
}
