package config

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/handsoff/handsoff/shared/near"
)

// inspector compares a tree with the type that it is to be decoded into, and collects what does not fit: YAML's own words
// about that name Go's types and no key.
type inspector struct {
	found Mistakes
	left  int // how many nodes may still be looked at, aliases followed
}

// inspect gives every mistake in a tree, under the key path.
func inspect(node *yaml.Node, into reflect.Type, path string) Mistakes {
	const most = 1 << 20 // a file of the largest size has fewer, unless aliases stand for one another
	i := &inspector{left: most}
	i.value(node, into, path)
	i.found.sort()
	return i.found
}

func (i *inspector) complainf(node *yaml.Node, path, format string, args ...any) {
	i.guessf(node, path, nil, format, args...)
}

// guessf complains, and says what was probably meant.
func (i *inspector) guessf(node *yaml.Node, path string, meant []string, format string, args ...any) {
	const most = 200
	m := &Mistake{Line: node.Line, Column: node.Column, Key: path, Text: fmt.Sprintf(format, args...), Meant: strings.Join(meant, " or ")}
	if len(i.found) < most {
		i.found = append(i.found, m)
	}
}

var (
	unmarshaler  = reflect.TypeFor[yaml.Unmarshaler]()
	durationType = reflect.TypeFor[time.Duration]()
	nodeType     = reflect.TypeFor[yaml.Node]()
)

func (i *inspector) value(node *yaml.Node, into reflect.Type, path string) {
	if i.left--; i.left < 0 {
		if i.left == -1 {
			i.complainf(node, path, "that is too large, or aliases stand for one another")
		}
		return
	}
	for node.Kind == yaml.AliasNode && node.Alias != nil {
		node = node.Alias
	}
	for into.Kind() == reflect.Pointer {
		into = into.Elem()
	}
	if node.Kind == yaml.ScalarNode && node.ShortTag() == "!!null" || into == nodeType {
		return
	}
	if reflect.PointerTo(into).Implements(unmarshaler) {
		i.leaf(node, into, path)
		return
	}
	switch into.Kind() { // all others are leaves
	case reflect.Struct:
		i.structure(node, into, path)
	case reflect.Map:
		i.pairs(node, path, func(name *yaml.Node) (reflect.Type, []string) { return into.Elem(), nil })
	case reflect.Slice:
		i.list(node, into.Elem(), path)
	default:
		i.leaf(node, into, path)
	}
}

func (i *inspector) list(node *yaml.Node, of reflect.Type, path string) {
	if node.Kind != yaml.SequenceNode {
		i.complainf(node, path, "a list is expected, [one, two], or a line with - for each")
		return
	}
	for n, item := range node.Content {
		i.value(item, of, fmt.Sprintf("%s[%d]", path, n+1))
	}
}

// leaf decodes what has no keys that could be inspected.
func (i *inspector) leaf(node *yaml.Node, into reflect.Type, path string) {
	value := reflect.New(into)
	err := node.Decode(value.Interface())
	if err == nil && (into != durationType || node.ShortTag() != "!!int" || value.Elem().Int() == 0) {
		return
	}
	if reflect.PointerTo(into).Implements(unmarshaler) {
		line, text := Place(node.Line, err)
		i.found = append(i.found, &Mistake{Line: line, Key: path, Text: text})
		return
	}
	i.complainf(node, path, "%s is not %s", Shown(path, node), expected(into))
}

// expected says what a value of a type looks like.
func expected(into reflect.Type) string {
	if into == durationType {
		return "a time with its unit, such as 90s or 1h30m"
	}
	switch into.Kind() { // the configuration has no others
	case reflect.Bool:
		return "true or false"
	case reflect.String:
		return "one text"
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return "a whole number"
	case reflect.Float32, reflect.Float64:
		return "a number"
	}
	return "what belongs here"
}

// structure inspects a map whose keys are a struct's fields.
func (i *inspector) structure(node *yaml.Node, into reflect.Type, path string) {
	known := Fields(into)
	i.pairs(node, path, func(name *yaml.Node) (reflect.Type, []string) {
		if field, ok := known.Of[name.Value]; ok {
			return field, nil
		}
		return known.Rest, known.Names
	})
}

// pairs inspects a map: typed gives the type of a name's value, or nil and the names that there are.
func (i *inspector) pairs(node *yaml.Node, path string, typed func(name *yaml.Node) (reflect.Type, []string)) {
	if node.Kind != yaml.MappingNode {
		i.complainf(node, path, "names and values are expected, name: value")
		return
	}
	seen := make(map[string]bool)
	for n := 0; n+1 < len(node.Content); n += 2 {
		name, value := node.Content[n], node.Content[n+1]
		key := below(path, name.Value)
		if name.ShortTag() == "!!merge" {
			i.merged(value, path, typed)
			continue
		}
		of, names := typed(name)
		switch {
		case seen[name.Value]:
			i.complainf(name, key, "it stands there twice")
		case of == nil:
			i.guessf(name, key, near.Names(name.Value, names), "there is no such key")
		default:
			i.value(value, of, key)
		}
		seen[name.Value] = true
	}
}

// merged inspects what <<: brings into a map.
func (i *inspector) merged(node *yaml.Node, path string, typed func(name *yaml.Node) (reflect.Type, []string)) {
	if i.left--; i.left < 0 {
		return
	}
	switch {
	case node.Kind == yaml.AliasNode && node.Alias != nil:
		i.merged(node.Alias, path, typed)
	case node.Kind == yaml.SequenceNode:
		for _, item := range node.Content {
			i.merged(item, path, typed)
		}
	default:
		i.pairs(node, path, typed)
	}
}

// Known are the keys of a struct in a configuration.
type Known struct {
	Names []string                // sorted
	Of    map[string]reflect.Type // by name
	Rest  reflect.Type            // of all other keys; nil when there may be none
}

// Fields lists the keys of a struct, as its tags name them, those of what is inline included.
func Fields(into reflect.Type) Known {
	known := Known{Of: map[string]reflect.Type{}}
	known.add(into)
	for name := range known.Of {
		known.Names = append(known.Names, name)
	}
	slices.Sort(known.Names)
	return known
}

func (k *Known) add(into reflect.Type) {
	for field := range into.Fields() {
		tag := field.Tag.Get("yaml")
		name, options, _ := strings.Cut(tag, ",")
		switch {
		case tag == "-" || !field.IsExported() && !field.Anonymous:
		case strings.Contains(options, "inline") && field.Type.Kind() == reflect.Map:
			k.Rest = field.Type.Elem()
		case strings.Contains(options, "inline"):
			k.add(field.Type)
		case name == "":
			k.Of[strings.ToLower(field.Name)] = field.Type
		default:
			k.Of[name] = field.Type
		}
	}
}
