package main

import (
	"bytes"
	"encoding/json"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/handsoff/handsoff/functions/jenkins/remote"
)

// Limits of a structured result.
const (
	maxResult      = 64 << 10 // bytes
	maxResultLines = 40       // shown to people
)

// findResult reads a structured result off a console line: the marker, then JSON. A line that only looks like one is
// none.
func findResult(line, marker string) (json.RawMessage, bool) {
	text, found := strings.CutPrefix(strings.TrimLeft(line, " \t"), marker)
	text = strings.TrimSpace(text)
	if !found || text == "" || len(text) > maxResult || !json.Valid([]byte(text)) {
		return nil, false
	}
	return json.RawMessage(text), true
}

// describeResult shows a result as lines of YAML, in its own order.
func describeResult(result json.RawMessage) []string {
	var document yaml.Node
	if err := yaml.Unmarshal(result, &document); err != nil { // JSON is YAML, but for odd corners
		return []string{remote.Plain(string(result), 400)}
	}
	restyle(&document)
	var text bytes.Buffer
	encoder := yaml.NewEncoder(&text)
	encoder.SetIndent(2)
	if err := encoder.Encode(&document); err != nil {
		return []string{remote.Plain(string(result), 400)}
	}
	lines := strings.Split(strings.TrimRight(text.String(), "\n"), "\n")
	for i := range lines {
		lines[i] = showable(lines[i])
	}
	if len(lines) > maxResultLines {
		lines = append(lines[:maxResultLines], "…")
	}
	return lines
}

// restyle forgets that the document was JSON.
func restyle(node *yaml.Node) {
	node.Style = 0
	if len(node.Content) == 0 && node.Kind != yaml.ScalarNode {
		node.Style = yaml.FlowStyle // {} and []
	}
	for _, child := range node.Content {
		restyle(child)
	}
}
