// Package commandtest reads what functions declare, for their tests.
package commandtest

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"go.yaml.in/yaml/v3"
)

// stackFile reads the project's stack.yml, which stands in a folder above that of the test.
func stackFile(tb testing.TB) []byte {
	tb.Helper()
	const deepest = 8
	above := ""
	for range deepest {
		text, err := os.ReadFile(filepath.Join(above, "stack.yml"))
		if err == nil {
			return text
		}
		if !errors.Is(err, fs.ErrNotExist) {
			tb.Fatal(err)
		}
		above = filepath.Join("..", above)
	}
	tb.Fatal("there is no stack.yml above the test")
	return nil
}

// Annotations are what the project's stack.yml says of every function, by its name.
func Annotations(tb testing.TB) map[string]map[string]string {
	tb.Helper()
	text := stackFile(tb)
	var stack struct {
		Functions map[string]struct {
			Annotations map[string]string `yaml:"annotations"`
		} `yaml:"functions"`
	}
	if err := yaml.Unmarshal(text, &stack); err != nil {
		tb.Fatal(err)
	}
	all := make(map[string]map[string]string, len(stack.Functions))
	for name, f := range stack.Functions {
		all[name] = f.Annotations
	}
	return all
}

// Of is what it says of one function, which must be there.
func Of(tb testing.TB, function string) map[string]string {
	tb.Helper()
	annotations, there := Annotations(tb)[function]
	if !there {
		tb.Fatalf("stack.yml does not declare the function %s", function)
	}
	return annotations
}
