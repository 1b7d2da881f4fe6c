package pipeline

import (
	"slices"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/config"
)

// each reads the pairs of a map, all of which must be known, once each. what is what has them, "a step".
func each(node *yaml.Node, what string, known map[string]func(*yaml.Node) error) []config.Fault {
	if node.Kind != yaml.MappingNode {
		return []config.Fault{{Line: node.Line, Text: "names and values are expected, name: value"}}
	}
	var faults []config.Fault
	seen := make(map[string]bool, len(known))
	for i := 0; i+1 < len(node.Content); i += 2 {
		name, value := node.Content[i], node.Content[i+1]
		read, ok := known[name.Value]
		switch {
		case !ok:
			faults = append(faults, config.Fault{Line: name.Line, Text: what + " has no " + name.Value + command.Meant(name.Value, keysOf(known))})
		case seen[name.Value]:
			faults = append(faults, config.Fault{Line: name.Line, Text: name.Value + " stands there twice"})
		default:
			if err := read(value); err != nil {
				f := config.FaultOf(value.Line, err)
				f.Text = name.Value + ": " + f.Text
				faults = append(faults, f)
			}
		}
		seen[name.Value] = true
	}
	return faults
}

func keysOf[V any](known map[string]V) []string {
	names := make([]string, 0, len(known))
	for name := range known {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// text reads one text, a number or the like as it is written.
func text(into *string) func(*yaml.Node) error {
	return func(node *yaml.Node) error {
		if node.Kind != yaml.ScalarNode || node.Value == "" {
			return config.Misplaced(node.Line, "a text is expected")
		}
		*into = node.Value
		return nil
	}
}

// texts reads a list of texts, or one.
func texts(into *[]string) func(*yaml.Node) error {
	return func(node *yaml.Node) error {
		nodes := []*yaml.Node{node}
		if node.Kind == yaml.SequenceNode {
			nodes = node.Content
		}
		*into = []string{}
		for _, n := range nodes {
			var one string
			if err := text(&one)(n); err != nil {
				return err
			}
			*into = append(*into, one)
		}
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

func count(into *int, least, most int) func(*yaml.Node) error {
	return func(node *yaml.Node) error {
		if node.Kind != yaml.ScalarNode || node.Decode(into) != nil || *into < least || *into > most {
			return config.Misplaced(node.Line, "a whole number from %d to %d is expected", least, most)
		}
		return nil
	}
}

func duration(into *time.Duration, most time.Duration) func(*yaml.Node) error {
	return func(node *yaml.Node) error {
		d, err := command.ParseDuration(node.Value)
		if node.Kind != yaml.ScalarNode || err != nil || d < 0 || d > most {
			return config.Misplaced(node.Line, "a time such as 90s, 1h30m or 2d is expected, at most %s", command.FormatDuration(most))
		}
		*into = d
		return nil
	}
}

// nested reads a map within a map; its first mistake is the error.
func nested(what string, known map[string]func(*yaml.Node) error) func(*yaml.Node) error {
	return func(node *yaml.Node) error {
		if faults := each(node, what, known); len(faults) > 0 {
			return config.Misplaced(faults[0].Line, "%s", faults[0].Text)
		}
		return nil
	}
}
