package check

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v3"
	"pgregory.net/rapid"

	"github.com/handsoff/handsoff/shared/config"
	"github.com/handsoff/handsoff/shared/config/schema"
)

// compiled is the schema as others read it.
func compiled(tb testing.TB) *jsonschema.Schema {
	tb.Helper()
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(schema.JSON))
	if err != nil {
		tb.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.DefaultDraft(jsonschema.Draft2020)
	if err := c.AddResource("handsoff.schema.json", document); err != nil {
		tb.Fatal(err)
	}
	s, err := c.Compile("handsoff.schema.json")
	if err != nil {
		tb.Fatal(err)
	}
	return s
}

// The schema is one by the standard, and takes the examples.
func TestTheSchemaIsOne(t *testing.T) {
	t.Parallel()
	s := compiled(t)
	for _, name := range []string{"sandbox.yml", "handsoff.example.yml"} {
		if err := s.Validate(example(t, name)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	described(t, "", schema.Root())
}

// described fails for a key without a word about it.
func described(t *testing.T, path string, part *schema.Schema) {
	t.Helper()
	for _, name := range part.Properties.Names {
		of := part.Properties.Of(name).Resolve()
		if !strings.HasSuffix(of.Description, ".") && !strings.HasSuffix(of.Description, "…") {
			t.Errorf("%s.%s has no description, or no full stop after it: %q", path, name, of.Description)
		}
		described(t, path+"."+name, of)
	}
	if part.Items != nil {
		described(t, path+"[]", part.Items.Resolve())
	}
	if part.Additional.As != nil {
		described(t, path+".*", part.Additional.As.Resolve())
	}
}

func example(tb testing.TB, name string) any {
	tb.Helper()
	text, err := os.ReadFile("../../../config/" + name)
	if err != nil {
		tb.Fatal(err)
	}
	var tree any
	if err := yaml.Unmarshal(text, &tree); err != nil {
		tb.Fatal(err)
	}
	return tree
}

// Whatever is changed in an example: what the schema's own validator refuses is found here, and nothing else is.
func TestTheWalkerAgreesWithTheStandard(t *testing.T) {
	t.Parallel()
	s := compiled(t)
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.SampledFrom([]string{"sandbox.yml", "handsoff.example.yml"}).Draw(t, "file")
		text, _ := os.ReadFile("../../../config/" + name)
		var tree any
		if err := yaml.Unmarshal(text, &tree); err != nil {
			t.Fatal(err)
		}
		top, _ := tree.(map[string]any)
		section := rapid.SampledFrom(slices.Sorted(maps.Keys(top))).Draw(t, "section")
		what := ""
		for range rapid.IntRange(1, 3).Draw(t, "changes") {
			top[section] = change(t, top[section], &what)
		}
		written, err := yaml.Marshal(tree)
		if err != nil {
			t.Fatal(err)
		}
		root, _ := parse(written)
		w := &walker{root: root, left: mostNodes}
		w.value(root, schema.Root(), "", 0)
		w.found = slices.DeleteFunc(w.found, func(m *config.Mistake) bool { return m.Warning || strings.Contains(m.Text, " under ") }) // names of other entries
		if err := s.Validate(tree); (err != nil) != (len(w.found) > 0) {
			t.Errorf("%s %s\nthe validator says: %v\nthe walker says: %v", section, what, err, w.found)
		}
	})
}

// change changes something somewhere in a tree.
func change(t *rapid.T, tree any, what *string) any {
	deeper := rapid.IntRange(0, 4).Draw(t, "deeper") > 0
	switch node := tree.(type) {
	case map[string]any:
		if len(node) == 0 || !deeper {
			break
		}
		name := rapid.SampledFrom(slices.Sorted(maps.Keys(node))).Draw(t, "key")
		switch rapid.IntRange(0, 6).Draw(t, "act") {
		case 0:
			delete(node, name)
			*what += " without " + name
		case 1:
			node[name+"z"] = node[name]
			*what += " with " + name + "z"
		default:
			node[name] = change(t, node[name], what)
		}
		return node
	case []any:
		if len(node) == 0 || !deeper {
			break
		}
		i := rapid.IntRange(0, len(node)-1).Draw(t, "item")
		node[i] = change(t, node[i], what)
		return node
	}
	other := rapid.SampledFrom([]any{"~odd ~", []any{}, []any{"~odd ~"}, map[string]any{}, map[string]any{"odd": "~odd ~"}}).Draw(t, "value")
	*what += fmt.Sprintf(" %v", other)
	return other
}
