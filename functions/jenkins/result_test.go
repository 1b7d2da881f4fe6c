package main

import (
	"encoding/json"
	"strings"
	"testing"
)

func TestResult(t *testing.T) {
	t.Parallel()
	line := defaultResults + `{"b": "10", "a": [1, 2.50, true, null, "x: y"], "n": {}, "deep": {"k": "v"}}`
	result, ok := findResult(line, defaultResults)
	if !ok {
		t.Fatal("not found")
	}
	if want := `{"b": "10", "a": [1, 2.50, true, null, "x: y"], "n": {}, "deep": {"k": "v"}}`; string(result) != want {
		t.Errorf("%s", result)
	}
	for _, no := range []string{
		"", defaultResults, defaultResults + "{", defaultResults + `{"a":1} and more`, "x " + defaultResults + "{}",
		defaultResults + `"` + strings.Repeat("x", maxResult) + `"`,
	} {
		if got, ok := findResult(no, defaultResults); ok {
			t.Errorf("%.80q gives %s", no, got)
		}
	}
}

// FuzzResult makes sure that whatever a console prints, what is taken for a result is JSON of a bounded size.
func FuzzResult(f *testing.F) {
	f.Add(defaultResults + `{"a": [1, {"b": "\ud83d\ude00"}]}`)
	f.Add(defaultResults + `"\u0000<<: *x"`)
	f.Add(defaultResults + `[[[[[[[[]]]]]]]]`)
	f.Fuzz(func(t *testing.T, line string) {
		result, ok := findResult(line, defaultResults)
		if !ok {
			return
		}
		if !json.Valid(result) || len(result) > maxResult {
			t.Errorf("%q is not JSON of a bounded size", result)
		}
	})
}
