package config

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Located adds to an error of who reads a section where in the file that is, unless it says so itself or names no key.
func (f *File) Located(err error) error {
	if err == nil || len(f.root.Content) == 0 || strings.Contains(err.Error(), "line ") {
		return err
	}
	m := Locate(f.root.Content[0], err.Error())
	if m.Key == "" {
		return err
	}
	return fmt.Errorf("%w (line %d, column %d of the configuration)", err, m.Line, m.Column)
}

// step is the next part of a place in a sentence such as "irc.networks[0].nick: …" or "gerrit.servers, entry 1: url of …".
var step = regexp.MustCompile(`^(?:\.|: )?([A-Za-z0-9_-]+)|^\[(\d+)\]|^, entry (\d+)`)

// Locate finds the place that a sentence about a tree names by its keys, as those do that come from who reads a section.
func Locate(root *yaml.Node, sentence string) *Mistake {
	sentence = strings.TrimPrefix(strings.TrimPrefix(sentence, "config: "), "configuration: ")
	at := root
	for {
		parts := step.FindStringSubmatch(sentence)
		if parts == nil {
			break
		}
		rest := sentence[len(parts[0]):]
		if rest == "" || !strings.ContainsAny(rest[:1], ":.[,") {
			break
		}
		next := Child(at, parts[1])
		if parts[1] == "" {
			n, _ := strconv.Atoi(parts[2] + parts[3]) // digits only
			if parts[2] != "" {
				n++ // counted from nothing
			}
			next = item(at, n)
		}
		if next == nil {
			break
		}
		at, sentence = next, rest
	}
	return &Mistake{Line: at.Line, Column: at.Column, Key: pathOf(root, at), Text: strings.TrimLeft(sentence, " :.")}
}

// item is the nth of a list, from 1; nil when there is none.
func item(list *yaml.Node, n int) *yaml.Node {
	for list != nil && list.Kind == yaml.AliasNode {
		list = list.Alias
	}
	if list == nil || list.Kind != yaml.SequenceNode || n < 1 || n > len(list.Content) {
		return nil
	}
	return list.Content[n-1]
}

// pathOf is the key under which a node stands.
func pathOf(root, node *yaml.Node) string {
	if root == node {
		return ""
	}
	for i, one := range root.Content {
		if one.Line > node.Line {
			break
		}
		var name string
		switch {
		case root.Kind == yaml.SequenceNode:
			name = "[" + strconv.Itoa(i+1) + "]"
		case root.Kind != yaml.MappingNode || i%2 == 0:
			continue
		default:
			name = root.Content[i-1].Value
		}
		if one == node {
			return name
		}
		if rest := pathOf(one, node); rest != "" {
			if strings.HasPrefix(rest, "[") {
				return name + rest
			}
			return below(name, rest)
		}
	}
	return ""
}

// Child is the value of a name in a map; nil when it has none.
func Child(node *yaml.Node, name string) *yaml.Node {
	for node != nil && node.Kind == yaml.AliasNode {
		node = node.Alias
	}
	if node == nil || node.Kind != yaml.MappingNode {
		return nil
	}
	for i := 0; i+1 < len(node.Content); i += 2 {
		if node.Content[i].Value == name {
			return node.Content[i+1]
		}
	}
	return nil
}
