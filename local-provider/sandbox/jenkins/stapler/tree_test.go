package stapler_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/handsoff/handsoff/local-provider/sandbox/jenkins/stapler"
)

func TestParseTree(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"a", "a,b", "a[b]", "a[b,c[d]],e", "jobs[name,url]{0,5}", "builds{3}", "builds{3,}", "builds{,3}",
		"builds[number]{1,2}", "*", "jobs[*]", "a b", "a,a[b]", "jobs[name,jobs[name,jobs]]", "_class",
	} {
		if _, err := stapler.ParseTree(text); err != nil {
			t.Errorf("ParseTree(%q): %v", text, err)
		}
	}
	for text, want := range map[string]string{
		"":              "expected name at 0",
		"a,":            "expected name at 2",
		"a[]":           "expected name at 2",
		"a[b":           "expected RBRACE at 3",
		"a]":            "expected EOF at 1",
		"a{1}[b]":       "expected EOF at 4",
		"a{x}":          "expected number at 2",
		"a{}":           "expected number at 2",
		"a{1,2":         "expected QRBRACE at 5",
		"a{-1}":         "expected number at 2",
		"a{4294967296}": "expected number at 2",
		"{1}":           "expected name at 0",
	} {
		_, err := stapler.ParseTree(text)
		if !errors.Is(err, stapler.ErrTree) || !strings.Contains(err.Error(), want) {
			t.Errorf("ParseTree(%q) = %v, want %q", text, err, want)
		}
	}
}

func TestParseTreeLimits(t *testing.T) {
	t.Parallel()
	deep := strings.Repeat("a[", 5000) + "a" + strings.Repeat("]", 5000)
	for _, text := range []string{deep, strings.Repeat("a,", 40_000) + "a"} {
		if _, err := stapler.ParseTree(text); !errors.Is(err, stapler.ErrTree) {
			t.Errorf("a tree of %d bytes: %v, want ErrTree", len(text), err)
		}
	}
}

// FuzzParseTree checks that no expression upsets the parser, and that what it accepts can be written with.
func FuzzParseTree(f *testing.F) {
	for _, seed := range []string{
		"", "jobs[name,url,color]{0,5}", "a[b{,1}]{2,}", "*[*]", "a{1", "[[[", "é[\x00]", "a{99999999999}",
	} {
		f.Add(seed)
	}
	bean := sample()
	f.Fuzz(func(t *testing.T, text string) {
		tree, err := stapler.ParseTree(text)
		if err != nil {
			if tree != nil || !errors.Is(err, stapler.ErrTree) {
				t.Fatalf("ParseTree(%q) = %v, %v", text, tree, err)
			}
			return
		}
		if _, err := stapler.Write(bean, stapler.ByTree(tree), stapler.JSON, false); err != nil {
			t.Fatalf("write with %q: %v", text, err)
		}
	})
}
