package check

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/handsoff/handsoff/shared/chat"
	"github.com/handsoff/handsoff/shared/config"
	"github.com/handsoff/handsoff/shared/config/schema"
	"github.com/handsoff/handsoff/shared/near"
)

// Bounds of what is looked at, aliases followed, and of what is told.
const (
	mostNodes    = 1 << 20
	mostDepth    = 100
	mostMistakes = 200
)

// walker holds a tree against the schema.
type walker struct {
	root  *yaml.Node
	known Known
	found config.Mistakes
	left  int // nodes that may still be looked at
	told  []told
	roles []string // those that something needs
}

// told is an address in the configuration, and where it stands.
type told struct {
	node    *yaml.Node
	address string
	path    string
}

func (w *walker) complainf(node *yaml.Node, path, format string, args ...any) {
	w.add(node, path, nil, fmt.Sprintf(format, args...))
}

// add complains, and says what was probably meant; the mistake may be made a warning.
func (w *walker) add(node *yaml.Node, path string, meant []string, text string) *config.Mistake {
	m := &config.Mistake{Line: node.Line, Column: node.Column, Key: path, Text: text, Meant: strings.Join(meant, " or ")}
	if len(w.found) < mostMistakes {
		w.found = append(w.found, m)
	}
	return m
}

// value checks one value, and what is below it.
func (w *walker) value(node *yaml.Node, as *schema.Schema, path string, depth int) {
	if w.left--; w.left < 0 || depth > mostDepth {
		if w.left == -1 || depth > mostDepth {
			w.complainf(node, path, "that is too large, or aliases stand for one another")
			w.left = min(w.left, -2)
		}
		return
	}
	as = as.Resolve()
	for node.Kind == yaml.AliasNode && node.Alias != nil {
		node = node.Alias
	}
	switch {
	case isNull(node): // as if it were not there
	case node.Kind == yaml.ScalarNode:
		w.scalar(node, as, path)
	case node.Kind == yaml.SequenceNode && as.Type.Has("array"):
		w.list(node, as, path, depth)
	case node.Kind == yaml.MappingNode && as.Type.Has("object"):
		w.pairs(node, as, path, depth)
	default:
		w.complainf(node, path, "%s", expected(as))
	}
}

func isNull(node *yaml.Node) bool {
	return node.Kind == yaml.ScalarNode && node.ShortTag() == "!!null"
}

// expected says what belongs where something of another kind is.
func expected(as *schema.Schema) string {
	switch {
	case as.Title != "" && !as.Type.Has("object"):
		return as.Title + " is expected"
	case as.Type.Has("object"):
		return "names and values are expected, name: value"
	case as.Type.Has("array"):
		return "a list is expected, [one, two], or a line with - for each"
	}
	return "one value is expected, neither a list nor names with values"
}

func (w *walker) list(node *yaml.Node, as *schema.Schema, path string, depth int) {
	switch n := len(node.Content); {
	case n < as.MinItems:
		w.complainf(node, path, "there are %d; at least %d is needed", n, as.MinItems)
	case as.MaxItems > 0 && n > as.MaxItems:
		w.complainf(node.Content[as.MaxItems], path, "there are %d; there may be %d", n, as.MaxItems)
	}
	if as.Items == nil {
		return
	}
	for n, item := range node.Content {
		at := fmt.Sprintf("%s[%d]", path, n+1)
		if isNull(item) {
			w.complainf(item, at, "it is empty")
			continue
		}
		w.value(item, as.Items, at, depth+1)
	}
}

func (w *walker) pairs(node *yaml.Node, as *schema.Schema, path string, depth int) {
	pairs := w.pairsOf(node, path, depth)
	there, filled := make(map[string]bool, len(pairs)), make(map[string]bool, len(pairs))
	for _, p := range pairs {
		there[p.name.Value] = !isNull(p.value)
		filled[p.name.Value] = !isNull(p.value) && (p.value.Kind != yaml.ScalarNode || p.value.Value != "")
	}
	for _, p := range pairs {
		w.pair(p, as, path, depth)
	}
	for _, name := range as.Required {
		if !there[name] {
			w.complainf(node, below(path, name), "it is needed, and missing")
		}
	}
	for _, name := range slices.Sorted(maps.Keys(as.Together)) {
		for _, with := range as.Together[name] {
			if filled[name] && !filled[with] {
				w.complainf(node, below(path, with), "%s needs it, and it is missing", name)
			}
		}
	}
	w.oneOf(node, as, path, there)
}

func (w *walker) pair(p pair, as *schema.Schema, path string, depth int) {
	key := below(path, p.name.Value)
	of := as.Properties.Of(p.name.Value)
	switch {
	case of != nil:
	case as == schema.Root() || path == "":
		w.section(p.name)
		return
	case as.Additional.Refused:
		w.add(p.name, key, near.Names(p.name.Value, as.Properties.Names), "there is no such key")
		return
	default:
		of = as.Additional.As
	}
	if form := as.KeyForm; form != nil && !matches(form.Pattern, p.name.Value) {
		w.complainf(p.name, key, "%.60q cannot be a name here%s", p.name.Value, orElse("; use ", form.Title))
	}
	if of != nil {
		w.value(p.value, of, key, depth+1)
	}
}

// section judges a key at the top that the schema does not have.
func (w *walker) section(name *yaml.Node) {
	if strings.HasPrefix(name.Value, "x-") || slices.Contains(w.known.sections(), name.Value) {
		return
	}
	m := w.add(name, name.Value, near.Names(name.Value, Sections()), "there is no such section")
	if m.Meant == "" {
		m.Text, m.Warning = "no function is known to read this section; one of your own may", true
	}
}

// oneOf checks that exactly one of some keys is there.
func (w *walker) oneOf(node *yaml.Node, as *schema.Schema, path string, there map[string]bool) {
	if len(as.OneOf) == 0 {
		return
	}
	var names, given []string
	for i := range as.OneOf {
		name := as.OneOf[i].Required[0]
		names = append(names, name)
		if there[name] {
			given = append(given, name)
		}
	}
	if len(given) != 1 {
		w.complainf(node, path, "exactly one of %s is needed%s", chat.Series(names, "and"), orElse("; there are ", chat.Series(given, "and")))
	}
}

// pair is a name with its value.
type pair struct{ name, value *yaml.Node }

// pairsOf are the pairs of a map, those that <<: brings after its own.
func (w *walker) pairsOf(node *yaml.Node, path string, depth int) []pair {
	var own, merged []pair
	seen := map[string]bool{}
	for i := 0; i+1 < len(node.Content); i += 2 {
		name, value := node.Content[i], node.Content[i+1]
		switch {
		case name.ShortTag() == "!!merge":
			merged = append(merged, w.merged(value, path, depth+1)...)
		case name.Kind != yaml.ScalarNode:
			w.complainf(name, path, "a name is expected before the colon")
		case seen[name.Value]:
			w.complainf(name, below(path, name.Value), "it stands there twice")
		default:
			seen[name.Value] = true
			own = append(own, pair{name, value})
		}
	}
	for _, p := range merged {
		if !seen[p.name.Value] {
			seen[p.name.Value] = true
			own = append(own, p)
		}
	}
	return own
}

// merged are the pairs of what stands behind <<:.
func (w *walker) merged(node *yaml.Node, path string, depth int) []pair {
	if w.left--; w.left < 0 || depth > mostDepth {
		return nil
	}
	switch node.Kind {
	case yaml.AliasNode:
		return w.merged(node.Alias, path, depth+1)
	case yaml.MappingNode:
		return w.pairsOf(node, path, depth+1)
	case yaml.SequenceNode:
		var all []pair
		for _, item := range node.Content {
			all = append(all, w.merged(item, path, depth+1)...)
		}
		return all
	case yaml.DocumentNode, yaml.ScalarNode:
	}
	w.complainf(node, path, "behind <<: another map is expected, as *name")
	return nil
}
