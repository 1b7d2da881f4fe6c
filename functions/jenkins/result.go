package main

import (
	"encoding/json"
	"strings"
)

// maxResult bounds a structured result, in bytes.
const maxResult = 64 << 10

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
