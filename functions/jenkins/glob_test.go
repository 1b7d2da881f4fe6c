package main

import (
	"regexp"
	"strings"
	"testing"
	"time"
)

func TestGlob(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		pattern string
		yes, no []string
	}{
		{"demo/*", []string{"demo/slow", "demo/x"}, []string{"demo", "demo/a/b", "other/slow"}},
		{"demo/**", []string{"demo/slow", "demo/a/b", "demo"}, []string{"demos/slow", "x/demo/slow"}},
		{"**", []string{"a", "a/b", "a/b/c"}, nil},
		{"**/master", []string{"master", "a/master", "a/b/master"}, []string{"a/master/b", "amaster"}},
		{"a/**/z", []string{"a/z", "a/b/z", "a/b/c/z"}, []string{"a", "z", "a/z/y"}},
		{"de?o/[st]low", []string{"demo/slow", "deno/tlow"}, []string{"deo/slow", "demo/flow"}},
		{"**/**/a", []string{"a", "b/a"}, []string{"ab"}},
	} {
		g, err := parseGlob(test.pattern)
		if err != nil {
			t.Fatalf("%s: %v", test.pattern, err)
		}
		for _, name := range test.yes {
			if !g.match(name) {
				t.Errorf("%s does not match %s", test.pattern, name)
			}
		}
		for _, name := range test.no {
			if g.match(name) {
				t.Errorf("%s matches %s", test.pattern, name)
			}
		}
	}
	for _, bad := range []string{"", "/", "a//b", "a/[", strings.Repeat("a/", 40) + "a"} {
		if _, err := parseGlob(bad); err == nil {
			t.Errorf("%q is taken for a pattern", bad)
		}
	}
}

// FuzzGlob compares with a regular expression where the pattern has only * and **.
func FuzzGlob(f *testing.F) {
	f.Add("demo/**", "demo/a/b")
	f.Add("**/a/**/b/*", "a/b/c")
	f.Add("[a-c]/?", "a/b")
	f.Fuzz(func(t *testing.T, pattern, name string) {
		if len(pattern) > 300 || len(name) > 300 {
			return
		}
		g, err := parseGlob(pattern)
		if err != nil {
			return
		}
		done := make(chan bool, 1)
		go func() { done <- g.match(name) }()
		select {
		case got := <-done:
			if want, ok := oracle(pattern, name); ok && got != want {
				t.Errorf("%q on %q: %v", pattern, name, got)
			}
		case <-time.After(2 * time.Minute):
			t.Fatalf("%q on %q does not end", pattern, name)
		}
	})
}

func oracle(pattern, name string) (matches, known bool) {
	if strings.ContainsAny(pattern, "?[]\\") {
		return false, false
	}
	var text strings.Builder
	for segment := range strings.SplitSeq(pattern, "/") {
		if segment == "**" {
			text.WriteString(`(?:/[^/]*)*`)
			continue
		}
		text.WriteString("/" + strings.ReplaceAll(regexp.QuoteMeta(segment), `\*`, `[^/]*`))
	}
	compiled, err := regexp.Compile(`(?s)^` + text.String() + `$`)
	if err != nil {
		return false, false
	}
	return compiled.MatchString("/" + name), true
}
