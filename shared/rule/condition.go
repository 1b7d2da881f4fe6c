package rule

import (
	"fmt"

	"go.yaml.in/yaml/v3"

	"github.com/handsoff/handsoff/shared/config"
)

// Condition is an expression that holds or does not.
type Condition struct{ program *program }

// ParseCondition reads a condition. The error is a sentence for people.
func ParseCondition(text string) (*Condition, error) {
	p, err := compile(text)
	if err != nil {
		return nil, err
	}
	return &Condition{p}, nil
}

// Holds evaluates the condition; nothing is false, and anything but true or false is an error. An error says why it could not be told; it is a sentence for people, and
// may quote the payload.
func (c *Condition) Holds(env *Env) (bool, error) {
	value, err := c.program.run(env)
	if err != nil {
		return false, err
	}
	switch v := value.(type) {
	case nil:
		return false, nil
	case bool:
		return v, nil
	}
	return false, fmt.Errorf("the condition says %s, not true or false; compare it with something", kindOf(value))
}

// String is the condition as written.
func (c *Condition) String() string { return c.program.source }

// Recalls lists the remembered values that the condition names.
func (c *Condition) Recalls() []string { return c.program.recalled }

// UnmarshalYAML reads a condition from a configuration.
func (c *Condition) UnmarshalYAML(node *yaml.Node) error {
	if node.Kind != yaml.ScalarNode {
		return config.Misplaced(node.Line, "a condition is one expression")
	}
	read, err := ParseCondition(node.Value)
	switch {
	case err != nil && node.LineComment != "":
		return config.Misplaced(node.Line, "%w; YAML reads what follows # as a comment; put all of it in quotes", err)
	case err != nil:
		return config.Misplaced(node.Line, "%w", err)
	}
	*c = *read
	return nil
}
