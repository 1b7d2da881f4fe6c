package field

import (
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/config"
)

// Text reads one text, a number or the like as it is written.
func Text(into *string) func(*yaml.Node) error {
	return func(node *yaml.Node) error {
		if node.Kind != yaml.ScalarNode || node.Value == "" {
			return config.Misplaced(node.Line, "a text is expected")
		}
		*into = node.Value
		return nil
	}
}

// Texts reads a list of texts, or one.
func Texts(into *[]string) func(*yaml.Node) error {
	return func(node *yaml.Node) error {
		*into = []string{}
		for _, item := range Items(node) {
			var one string
			if err := Text(&one)(item); err != nil {
				return err
			}
			*into = append(*into, one)
		}
		return nil
	}
}

// Yes reads true or false.
func Yes(into *bool) func(*yaml.Node) error {
	return func(node *yaml.Node) error {
		if node.Kind != yaml.ScalarNode || node.Decode(into) != nil {
			return config.Misplaced(node.Line, "true or false is expected")
		}
		return nil
	}
}

// Count reads a whole number in bounds.
func Count(into *int, least, most int) func(*yaml.Node) error {
	return func(node *yaml.Node) error {
		if node.Kind != yaml.ScalarNode || node.Decode(into) != nil || *into < least || *into > most {
			return config.Misplaced(node.Line, "a whole number from %d to %d is expected", least, most)
		}
		return nil
	}
}

// Duration reads a time in bounds.
func Duration(into *time.Duration, least, most time.Duration) func(*yaml.Node) error {
	return func(node *yaml.Node) error {
		d, err := command.ParseDuration(node.Value)
		if node.Kind != yaml.ScalarNode || err != nil || d < least || d > most {
			return config.Misplaced(node.Line, "a time such as 90s, 1h30m or 2d is expected, at most %s", command.FormatDuration(most))
		}
		*into = d
		return nil
	}
}
