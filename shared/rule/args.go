package rule

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"go.yaml.in/yaml/v3"

	"github.com/handsoff/handsoff/shared/config"
	"github.com/handsoff/handsoff/shared/config/field"
)

// maxArgs is how many arguments, and how many items of one, a rule may write down.
const maxArgs = 200

// Args are a command's arguments: texts are templates, everything else stands for itself.
type Args map[string]argument

// argument is one value: a template, a list, a map, or what stands for itself.
type argument struct {
	template *Template
	list     []argument
	named    Args
	fixed    any
}

// UnmarshalYAML reads arguments from a configuration. Errors have the line.
func (a *Args) UnmarshalYAML(node *yaml.Node) error {
	read, err := readArgs(node, 0)
	if err != nil {
		return err
	}
	*a = read
	return nil
}

func readArgs(node *yaml.Node, depth int) (Args, error) {
	if n := len(node.Content) / 2; n > maxArgs {
		return nil, config.Misplaced(node.Line, "%d arguments; there may be %d", n, maxArgs)
	}
	args := make(Args, len(node.Content)/2)
	err := field.Pairs(node, func(name, value *yaml.Node) (err error) {
		args[name.Value], err = readArgument(value, depth)
		switch {
		case err != nil && depth == 0:
			return fmt.Errorf("args.%s: %w", name.Value, err)
		case err != nil:
			return fmt.Errorf("%s: %w", name.Value, err)
		}
		return nil
	})
	return args, err
}

func readArgument(node *yaml.Node, depth int) (argument, error) {
	if depth > 3 { // deeper is no argument of any command
		return argument{}, config.Misplaced(node.Line, "that is nested too deeply")
	}
	switch node.Kind {
	case yaml.MappingNode:
		named, err := readArgs(node, depth+1)
		return argument{named: named}, err
	case yaml.SequenceNode:
		return readList(node, depth)
	case yaml.ScalarNode:
		return readScalar(node)
	}
	return argument{}, errors.New("that is not a value")
}

func readList(node *yaml.Node, depth int) (argument, error) {
	if len(node.Content) > maxArgs {
		return argument{}, config.Misplaced(node.Line, "%d items; there may be %d", len(node.Content), maxArgs)
	}
	a := argument{list: []argument{}}
	for _, item := range node.Content {
		value, err := readArgument(item, depth+1)
		if err != nil {
			return argument{}, err
		}
		a.list = append(a.list, value)
	}
	return a, nil
}

// readScalar: a number or true and false are themselves; anything else is text as written, a date too.
func readScalar(node *yaml.Node) (argument, error) {
	switch node.ShortTag() {
	case "!!int", "!!bool", "!!float", "!!null":
		var value any
		if err := node.Decode(&value); err == nil {
			return argument{fixed: value}, nil
		}
	}
	t, err := ParseTemplate(node.Value)
	if err != nil {
		return argument{}, config.Misplaced(node.Line, "%w", err)
	}
	return argument{template: t}, nil
}

// Values are the arguments for an event: each name as declared, with one value. A text is a single value whatever it holds.
// A template that is one hole and no more may give a number, true or false, nil, or a list of single values. Nil is an
// argument that is not given; within a map its name is left out.
func (a Args) Values(env *Env) (map[string]any, error) {
	values := make(map[string]any, len(a))
	for _, name := range slices.Sorted(maps.Keys(a)) {
		value, err := a[name].value(env)
		if err != nil {
			return nil, fmt.Errorf("args.%s: %w", name, err)
		}
		values[name] = value
	}
	return values, nil
}

func (a argument) value(env *Env) (any, error) {
	switch {
	case a.template != nil:
		value, err := a.template.Value(env)
		if err != nil {
			return nil, err
		}
		return single(value)
	case a.named != nil:
		named, err := a.named.Values(env)
		maps.DeleteFunc(named, func(_ string, value any) bool { return value == nil })
		return named, err
	case a.list != nil:
		return a.items(env)
	}
	return a.fixed, nil
}

func (a argument) items(env *Env) (any, error) {
	items := make([]any, 0, len(a.list))
	for _, item := range a.list {
		value, err := item.value(env)
		if err != nil {
			return nil, err
		}
		if value == nil {
			continue
		}
		items = append(items, value)
	}
	return items, nil
}

// single makes a value one argument: as it is, or as a list of texts, or as text.
func single(value any) (any, error) {
	switch v := value.(type) {
	case nil, string, bool, int, float64:
		return v, nil
	}
	all, ok := elements(value)
	if !ok {
		return asText(&meter{left: maxWork}, []any{value})
	}
	items := make([]any, 0, min(all.len(), maxArgs))
	for i := range all.len() {
		if all.at(i) == nil {
			continue
		}
		item, err := asText(&meter{left: maxWork}, []any{all.at(i)})
		if err != nil {
			return nil, err
		}
		items = append(items, item)
	}
	return items, nil
}

// Recalls lists the remembered values that the arguments name.
func (a Args) Recalls() []string {
	var names []string
	for _, value := range a {
		names = append(names, value.recalls()...)
	}
	return distinct(names)
}

func (a argument) recalls() []string {
	names := a.named.Recalls()
	if a.template != nil {
		names = append(names, a.template.Recalls()...)
	}
	for _, item := range a.list {
		names = append(names, item.recalls()...)
	}
	return names
}
