package rule

import (
	"go.yaml.in/yaml/v3"

	"github.com/handsoff/handsoff/shared/config"
)

// pair is a name and its value in a YAML map.
type pair struct {
	name  string
	line  int
	value *yaml.Node
}

// resolved is what a node stands for.
func resolved(node *yaml.Node) *yaml.Node {
	for range 8 { // an alias of an alias; never in a circle
		if node.Kind != yaml.AliasNode {
			break
		}
		node = node.Alias
	}
	return node
}

// pairsOf are the pairs of a map in their order, those that <<: brings in last. Errors have the line.
func pairsOf(node *yaml.Node) ([]pair, error) {
	return pairsIn(node, 0)
}

func pairsIn(node *yaml.Node, depth int) ([]pair, error) {
	node = resolved(node)
	if node.Kind != yaml.MappingNode || depth > 8 {
		return nil, config.Misplaced(node.Line, "names and values are expected, name: value")
	}
	var pairs, merged []pair
	has := map[string]bool{}
	for i := 0; i+1 < len(node.Content); i += 2 {
		name, value := resolved(node.Content[i]), node.Content[i+1]
		if name.ShortTag() == "!!merge" {
			more, err := mergedPairs(value, depth)
			if err != nil {
				return nil, err
			}
			merged = append(merged, more...)
			continue
		}
		if name.Kind != yaml.ScalarNode {
			return nil, config.Misplaced(name.Line, "a name is expected")
		}
		if has[name.Value] {
			return nil, config.Misplaced(name.Line, "%s stands there twice", name.Value)
		}
		has[name.Value] = true
		pairs = append(pairs, pair{name.Value, name.Line, value})
	}
	for _, p := range merged {
		if !has[p.name] {
			has[p.name] = true
			pairs = append(pairs, p)
		}
	}
	return pairs, nil
}

// mergedPairs are those of <<: one map or a list of them.
func mergedPairs(value *yaml.Node, depth int) ([]pair, error) {
	value = resolved(value)
	if value.Kind != yaml.SequenceNode {
		return pairsIn(value, depth+1)
	}
	var all []pair
	for _, one := range value.Content {
		more, err := pairsIn(one, depth+1)
		if err != nil {
			return nil, err
		}
		all = append(all, more...)
	}
	return all, nil
}

// wordsOf are the texts of a list, or one text. Errors have the line.
func wordsOf(node *yaml.Node) ([]string, error) {
	node = resolved(node)
	nodes := []*yaml.Node{node}
	if node.Kind == yaml.SequenceNode {
		nodes = node.Content
	}
	words := make([]string, 0, len(nodes))
	for _, n := range nodes {
		word, err := wordOf(n)
		if err != nil {
			return nil, err
		}
		words = append(words, word)
	}
	if len(words) == 0 {
		return nil, config.Misplaced(node.Line, "the list is empty")
	}
	return words, nil
}

// wordOf is one text, a number or the like as it is written.
func wordOf(node *yaml.Node) (string, error) {
	node = resolved(node)
	if node.Kind != yaml.ScalarNode || node.Value == "" {
		return "", config.Misplaced(node.Line, "a text is expected")
	}
	return node.Value, nil
}

// yesOf is true or false.
func yesOf(node *yaml.Node) (bool, error) {
	node = resolved(node)
	var yes bool
	if node.Kind != yaml.ScalarNode || node.Decode(&yes) != nil {
		return false, config.Misplaced(node.Line, "true or false is expected")
	}
	return yes, nil
}

// countOf is a whole number.
func countOf(node *yaml.Node) (int, error) {
	node = resolved(node)
	var n int
	if node.Kind != yaml.ScalarNode || node.Decode(&n) != nil {
		return 0, config.Misplaced(node.Line, "a whole number is expected")
	}
	return n, nil
}
