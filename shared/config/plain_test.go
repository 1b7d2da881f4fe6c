package config_test

import (
	"errors"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"github.com/handsoff/handsoff/shared/config"
)

func node(t *testing.T, text string) *yaml.Node {
	t.Helper()
	var n yaml.Node
	if err := yaml.Unmarshal([]byte(text), &n); err != nil {
		t.Fatal(err)
	}
	return &n
}

// TestPlain: aliases and merges are written out, what stands there itself going first; the original stays as it was.
func TestPlain(t *testing.T) {
	t.Parallel()
	const text = "base: &base {a: 1, b: [x, y]}\nother: &other {a: 7, c: 3}\none: {<<: *base, a: 2}\ntwo: {<<: [*base, *other]}\nthree: *base\n"
	whole := node(t, text)
	bare, err := config.Plain(whole)
	if err != nil {
		t.Fatal(err)
	}
	written, err := yaml.Marshal(bare)
	if err != nil {
		t.Fatal(err)
	}
	if got := string(written); strings.ContainsAny(got, "*&<") {
		t.Error(got)
	}
	var got map[string]map[string]any
	if err := yaml.Unmarshal(written, &got); err != nil {
		t.Fatal(err)
	}
	if got["one"]["a"] != 2 || got["two"]["a"] != 1 || got["two"]["c"] != 3 || got["three"]["a"] != 1 || len(got["one"]) != 2 {
		t.Error(got)
	}
	if again, err := yaml.Marshal(whole); err != nil || !strings.Contains(string(again), "*base") {
		t.Error("the original is another now:", string(again), err)
	}
}

// TestPlainIsBounded: what stands for too much, or for itself, is refused with its line.
func TestPlainIsBounded(t *testing.T) {
	t.Parallel()
	laughs := "a0: &a0 [x, x, x, x, x, x, x, x, x]\n"
	for i := 1; i < 9; i++ {
		name, before := string(rune('0'+i)), string(rune('0'+i-1))
		laughs += "a" + name + ": &a" + name + " [" + strings.TrimSuffix(strings.Repeat("*a"+before+", ", 9), ", ") + "]\n"
	}
	for _, text := range []string{laughs, strings.Repeat("[", 70) + strings.Repeat("]", 70)} {
		_, err := config.Plain(node(t, text))
		if placed, ok := errors.AsType[*config.PlacedError](err); !ok || placed.Line == 0 || !strings.Contains(err.Error(), "too large") {
			t.Errorf("%v", err)
		}
	}
}
