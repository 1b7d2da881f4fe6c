package schedule

import (
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/handsoff/handsoff/shared/command"
)

// keys are those of an entry.
var keys = []string{"name", "cron", "zone", "run", "args", "line", "announce", "missed", "overlap", "changed"}

// lists are the keys that may have several texts.
var lists = []string{"announce", "changed"}

// shape checks what can be said of an entry's keys before any is read.
func shape(node *yaml.Node) error {
	for i := 0; i+1 < len(node.Content); i += 2 {
		key, value := node.Content[i].Value, node.Content[i+1]
		isText := value.Kind == yaml.ScalarNode
		switch {
		case !slices.Contains(keys, key):
			return fmt.Errorf("there is no key %s%s", key, meant(command.Nearest(key, keys)))
		case value.Kind == yaml.AliasNode:
		case key == "args":
			if value.Kind != yaml.MappingNode && value.Tag != "!!null" {
				return fmt.Errorf("args is to have names with values, {job: nova}")
			}
		case slices.Contains(lists, key):
			if !isText && !texted(value) {
				return fmt.Errorf("%s is to be a text, or a list of them", key)
			}
		case !isText:
			return fmt.Errorf("%s is to be one text", key)
		}
	}
	return nil
}

// texted reports whether a node is a list of texts.
func texted(node *yaml.Node) bool {
	return node.Kind == yaml.SequenceNode && !slices.ContainsFunc(node.Content, func(item *yaml.Node) bool {
		return item.Kind != yaml.ScalarNode
	})
}

func meant(near []string) string {
	if len(near) == 0 {
		return "; there are " + strings.Join(keys, ", ")
	}
	return "; did you mean " + strings.Join(near, ", or ") + "?"
}
