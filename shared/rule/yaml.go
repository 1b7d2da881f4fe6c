package rule

import (
	"maps"
	"slices"

	"go.yaml.in/yaml/v3"

	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/config"
	"github.com/handsoff/handsoff/shared/config/field"
)

// nested reads a map, all of whose names must be known.
func nested(of string, known field.Map) func(*yaml.Node) error {
	return func(node *yaml.Node) error {
		if node.Kind != yaml.MappingNode {
			return config.Misplaced(node.Line, "%s: names and values are expected, name: value", of)
		}
		return field.Pairs(node, func(name, value *yaml.Node) error {
			read, ok := known[name.Value]
			if !ok {
				return config.Misplaced(name.Line, "%s has no %s%s", of, name.Value, command.Meant(name.Value, slices.Sorted(maps.Keys(known))))
			}
			if err := read(value); err != nil {
				return config.Misplaced(name.Line, "%s.%s: %w", of, name.Value, err)
			}
			return nil
		})
	}
}

// words reads a list of texts, or one text, and not nothing.
func words(into *[]string) func(*yaml.Node) error {
	return func(node *yaml.Node) error {
		if err := field.Texts(into)(node); err != nil {
			return err
		}
		if len(*into) == 0 {
			return config.Misplaced(node.Line, "the list is empty")
		}
		return nil
	}
}

// vote reads a vote, a whole number.
func vote(into *int) func(*yaml.Node) error {
	return func(node *yaml.Node) error {
		if node.Kind != yaml.ScalarNode || node.Decode(into) != nil {
			return config.Misplaced(node.Line, "a whole number is expected")
		}
		return nil
	}
}
