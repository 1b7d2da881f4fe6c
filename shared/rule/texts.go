package rule

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/handsoff/handsoff/shared/payload"
)

// shortSHA is how many letters of a commit people read.
const shortSHA = 8

func runes(text string) int { return utf8.RuneCountInString(text) }

// short is a commit as people write it: its first eight letters.
func short(_ *meter, args []any) (any, error) {
	text, ok := args[0].(string)
	if !ok && args[0] != nil {
		return nil, fmt.Errorf("short takes a commit, not %s", kindOf(args[0]))
	}
	return text[:min(len(text), shortSHA)], nil
}

// firstLine is the first line of a text that says something.
func firstLine(m *meter, args []any) (any, error) {
	text, ok := args[0].(string)
	if !ok && args[0] != nil {
		return nil, fmt.Errorf("first_line takes a text, not %s", kindOf(args[0]))
	}
	line, _, _ := strings.Cut(strings.TrimSpace(text), "\n")
	return strings.TrimSpace(line), m.spend(plainly(text))
}

func asText(m *meter, args []any) (any, error) {
	w := &made{meter: m}
	w.value(args[0], 0)
	return w.done()
}

func asJSON(m *meter, args []any) (any, error) {
	w := &made{meter: m}
	w.json(args[0], 0)
	return w.done()
}

// ofJSON reads a text that is JSON itself.
func ofJSON(m *meter, args []any) (any, error) {
	text, ok := args[0].(string)
	switch {
	case args[0] == nil:
		return nil, nil
	case !ok:
		return nil, fmt.Errorf("fromJSON takes a text, not %s", kindOf(args[0]))
	case len(text) > maxMade:
		return nil, errMade
	}
	if err := m.spend(closely(text)); err != nil {
		return nil, err
	}
	return payload.DecodeText(text)
}

// split cuts a text wherever sep stands.
func split(m *meter, args []any) (any, error) {
	text, ok := args[0].(string)
	sep, also := args[1].(string)
	switch {
	case args[0] == nil:
		return []any{}, nil
	case !ok || !also || sep == "":
		return nil, fmt.Errorf("split takes a text, and one that is not empty to cut it at")
	}
	if err := m.spend(plainly(text) + strings.Count(text, sep)); err != nil {
		return nil, err
	}
	if strings.Count(text, sep) >= maxElements {
		return nil, errMade
	}
	var parts []any
	for part := range strings.SplitSeq(text, sep) {
		parts = append(parts, part)
	}
	return parts, nil
}

// join makes one text of a list.
func join(m *meter, args []any) (any, error) {
	if args[0] == nil {
		return "", nil
	}
	all, ok := elements(args[0])
	sep, isText := "", true
	if len(args) > 1 {
		sep, isText = args[1].(string)
	}
	if !ok || !isText {
		return nil, fmt.Errorf("join takes a list, and a text to put between")
	}
	w := &made{meter: m}
	for i := range all.len() {
		if i > 0 {
			w.text(sep)
		}
		w.value(all.at(i), 0)
	}
	return w.done()
}

// replace puts one text in place of another, everywhere.
func replace(m *meter, args []any) (any, error) {
	text, ok := args[0].(string)
	old, also := args[1].(string)
	with, too := args[2].(string)
	switch {
	case args[0] == nil:
		return "", nil
	case !ok || !also || !too || old == "":
		return nil, fmt.Errorf("replace takes a text, what to replace, and by what; what to replace is not empty")
	}
	if err := m.spend(plainly(text)); err != nil {
		return nil, err
	}
	if grown := len(text) + strings.Count(text, old)*(len(with)-len(old)); grown > max(maxMade, len(text)) {
		return nil, errMade
	}
	return strings.ReplaceAll(text, old, with), nil
}
