package template

import (
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/handsoff/handsoff/shared/config"
	"github.com/handsoff/handsoff/shared/config/field"
	"github.com/handsoff/handsoff/shared/rule"
)

// value is a text or a number that may have holes. The zero value is nothing.
type value struct {
	template *rule.Template
	line     int
}

// given reports whether there is one.
func (v value) given() bool { return v.template != nil }

// held reads one.
func (r *reader) held(into *value) func(*yaml.Node) error {
	return func(node *yaml.Node) error {
		if node.Kind != yaml.ScalarNode {
			return config.Misplaced(node.Line, "one value is expected")
		}
		t, err := rule.ParseTemplate(node.Value)
		if err != nil {
			return config.Misplaced(node.Line, "%s", err)
		}
		*into = value{t, node.Line}
		r.paths = append(r.paths, placedPaths{t.Paths(), node.Line})
		return nil
	}
}

// helds reads a list of them, or one.
func (r *reader) helds(into *[]value) func(*yaml.Node) error {
	return func(node *yaml.Node) error {
		*into = []value{}
		for _, n := range field.Items(node) {
			var one value
			if err := r.held(&one)(n); err != nil {
				return err
			}
			*into = append(*into, one)
		}
		return nil
	}
}

// text is what it says, filled in. A list that a hole gives is joined with commas.
func (v value) text(env *rule.Env) (string, error) {
	if v.template == nil {
		return "", nil
	}
	text, err := v.template.Text(env)
	if err != nil {
		return "", config.Misplaced(v.line, "%s", err)
	}
	return text, nil
}

// word is the same without white space around it, and on one line.
func (v value) word(env *rule.Env) (string, error) {
	text, err := v.text(env)
	text = strings.TrimSpace(text)
	if err == nil && strings.ContainsAny(text, "\n\r\x00") {
		return "", config.Misplaced(v.line, "%.40q is not one line", text)
	}
	return text, err
}

// number is what it says as a whole number in bounds; usual where nothing is said.
func (v value) number(env *rule.Env, usual, least, most int) (int, error) {
	text, err := v.word(env)
	if err != nil || text == "" {
		return usual, err
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < least || n > most {
		return 0, config.Misplaced(v.line, "%.40q is not a whole number from %d to %d", text, least, most)
	}
	return n, nil
}

// words are the values of a list that are not empty.
func words(list []value, env *rule.Env) ([]string, error) {
	var all []string
	for _, v := range list {
		text, err := v.word(env)
		if err != nil {
			return nil, err
		}
		if text != "" {
			all = append(all, text)
		}
	}
	return all, nil
}

// filled fills the holes of a tree of plain values, as a stack's parameters are.
func filled(args rule.Args, line int, env *rule.Env) (map[string]any, error) {
	if args == nil {
		return nil, nil
	}
	values, err := args.Values(env)
	if err != nil {
		return nil, config.Misplaced(line, "%s", err)
	}
	for name, v := range values {
		if v == nil {
			delete(values, name)
		}
	}
	return values, nil
}
