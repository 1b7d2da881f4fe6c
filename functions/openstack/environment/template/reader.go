package template

import (
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/handsoff/handsoff/shared/config/field"
)

// reader reads the parts of one template.
type reader struct {
	field.Reader

	paths []placedPaths // what all that was read mentions
}

// placedPaths is what a value mentions, and where it stands.
type placedPaths struct {
	paths [][]string
	line  int
}

// named goes through a map whose names are given by people: networks, servers.
func (r *reader) named(node *yaml.Node, what string, do func(name string, line int, value *yaml.Node)) {
	r.Pairs(node, func(name, value *yaml.Node) {
		if !partForm.MatchString(name.Value) {
			r.Complainf(name.Line, "%.40q cannot be the name of %s; use small letters, digits and -, at most 20, a letter first", name.Value, what)
			return
		}
		do(name.Value, name.Line, value)
	})
}

func perhaps(into **bool) func(*yaml.Node) error {
	return func(node *yaml.Node) error {
		*into = new(bool)
		return field.Yes(*into)(node)
	}
}

// duration reads a time that is not nothing.
func duration(into *time.Duration) func(*yaml.Node) error { return field.Duration(into, 1, longest) }
