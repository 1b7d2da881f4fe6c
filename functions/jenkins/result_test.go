package main

import (
	"encoding/json"
	"slices"
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
	want := []string{`b: "10"`, "a:", "  - 1", "  - 2.50", "  - true", "  - null", "  - 'x: y'", "n: {}", "deep:", "  k: v"}
	if got := describeResult(result); !slices.Equal(got, want) {
		t.Errorf("%q", got)
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

// FuzzResult makes sure that whatever a console prints, what is taken for a result is JSON and is shown in few clean lines.
func FuzzResult(f *testing.F) {
	f.Add(defaultResults + `{"a": [1, {"b": "\ud83d\ude00"}]}`)
	f.Add(defaultResults + `"\u0000<<: *x"`)
	f.Add(defaultResults + `[[[[[[[[]]]]]]]]`)
	f.Fuzz(func(t *testing.T, line string) {
		result, ok := findResult(line, defaultResults)
		if !ok {
			return
		}
		if !json.Valid(result) {
			t.Errorf("%q is not JSON", result)
		}
		lines := describeResult(result)
		if len(lines) == 0 || len(lines) > maxResultLines+1 {
			t.Errorf("%d lines", len(lines))
		}
		for _, shown := range lines {
			if strings.ContainsAny(shown, "\n\r\x1b\x00") {
				t.Errorf("%q is not fit to be shown", shown)
			}
		}
	})
}
