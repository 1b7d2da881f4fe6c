package config

import (
	"slices"

	"go.yaml.in/yaml/v3"
)

// maxNodes bounds a tree, what aliases stand for included.
const maxNodes = 50_000

// Plain copies a tree without aliases and merges, so that it can be written and read by itself. One that has more than 50,000
// nodes then, or is deeper than 60, as of aliases in aliases, is refused with a [PlacedError]. A merge of what is no map stays,
// for whoever reads the tree to tell of.
func Plain(node *yaml.Node) (*yaml.Node, error) {
	left := maxNodes
	return plainly(node, &left, 0)
}

func plainly(node *yaml.Node, left *int, depth int) (*yaml.Node, error) {
	const deepest = 60
	if *left--; *left < 0 || depth > deepest {
		return nil, Misplaced(node.Line, "that is too large, or aliases stand for one another")
	}
	if node.Kind == yaml.AliasNode {
		return plainly(node.Alias, left, depth+1)
	}
	bare := *node
	bare.Anchor, bare.Content = "", nil
	var merged []*yaml.Node
	for i, child := range node.Content {
		isMerge := node.Kind == yaml.MappingNode && node.Content[i-i%2].ShortTag() == "!!merge"
		if isMerge && i%2 == 0 {
			continue
		}
		made, err := plainly(child, left, depth+1)
		if err != nil {
			return nil, err
		}
		more, areMaps := mapsOf(made)
		switch {
		case !isMerge:
			bare.Content = append(bare.Content, made)
		case areMaps:
			merged = append(merged, more...)
		default:
			bare.Content = append(bare.Content, node.Content[i-1], made)
		}
	}
	for _, more := range merged {
		mergeInto(&bare, more)
	}
	return &bare, nil
}

// mapsOf are what may stand behind <<: one map or a list of them.
func mapsOf(node *yaml.Node) (maps []*yaml.Node, ok bool) {
	maps = []*yaml.Node{node}
	if node.Kind == yaml.SequenceNode {
		maps = node.Content
	}
	return maps, !slices.ContainsFunc(maps, func(n *yaml.Node) bool { return n.Kind != yaml.MappingNode })
}

// mergeInto adds the pairs of a map that another one does not have.
func mergeInto(into, more *yaml.Node) {
	for i := 0; i+1 < len(more.Content); i += 2 {
		has := false
		for n := 0; n+1 < len(into.Content); n += 2 {
			has = has || into.Content[n].Value == more.Content[i].Value
		}
		if !has {
			into.Content = append(into.Content, more.Content[i], more.Content[i+1])
		}
	}
}
