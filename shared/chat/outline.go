package chat

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/handsoff/handsoff/shared/config"
)

const (
	// deepest is how far an outline follows a document into itself.
	deepest = 8
	// broadest is how many entries of one list or object an outline shows.
	broadest = 100
	masked   = "***"
)

// Outline shows a JSON document as lines that read like YAML, sorted by key. Values whose key says that they are secret
// are masked. What is not JSON gives nothing.
func Outline(document json.RawMessage) []string {
	decoder := json.NewDecoder(bytes.NewReader(document))
	decoder.UseNumber()
	var value any
	if err := decoder.Decode(&value); err != nil || value == nil {
		return nil
	}
	return outline(value, 0)
}

// OutlineOf is Outline of any value that can be written as JSON.
func OutlineOf(value any) []string {
	document, err := json.Marshal(value)
	if err != nil {
		return nil
	}
	return Outline(document)
}

func outline(value any, depth int) []string {
	switch v := value.(type) {
	case map[string]any:
		return outlineObject(v, depth)
	case []any:
		return outlineList(v, depth)
	case string:
		return strings.Split(strings.TrimRight(Clean(v), "\n"), "\n")
	case nil:
		return []string{"-"}
	default:
		return []string{fmt.Sprint(v)}
	}
}

func outlineObject(object map[string]any, depth int) []string {
	if len(object) == 0 || depth == deepest {
		return []string{short(len(object), "{}")}
	}
	keys := slices.Sorted(maps.Keys(object))
	var lines []string
	for i, key := range keys {
		if i == broadest {
			return append(lines, fmt.Sprintf("… and %d more", len(keys)-i))
		}
		inner := []string{masked}
		if !config.SecretName(key) {
			inner = outline(object[key], depth+1)
		}
		lines = append(lines, under(OneLine(key)+":", inner, nested(object[key]) && !config.SecretName(key))...)
	}
	return lines
}

func outlineList(list []any, depth int) []string {
	if len(list) == 0 || depth == deepest {
		return []string{short(len(list), "[]")}
	}
	var lines []string
	for i, item := range list {
		if i == broadest {
			return append(lines, fmt.Sprintf("… and %d more", len(list)-i))
		}
		for n, text := range outline(item, depth+1) {
			if n == 0 {
				lines = append(lines, "- "+text)
				continue
			}
			lines = append(lines, "  "+text)
		}
	}
	return lines
}

// under puts a value behind its key, or below it when it has a shape of its own.
func under(key string, inner []string, below bool) []string {
	if !below && len(inner) == 1 {
		return []string{key + " " + inner[0]}
	}
	lines := []string{key}
	for _, text := range inner {
		lines = append(lines, "  "+text)
	}
	return lines
}

func nested(value any) bool {
	switch v := value.(type) {
	case map[string]any:
		return len(v) > 0
	case []any:
		return len(v) > 0
	}
	return false
}

func short(size int, empty string) string {
	if size == 0 {
		return empty
	}
	return ellipsis
}
