package configtest

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/handsoff/handsoff/shared/config"
)

// examples are the configurations that the project hands out, below its folder.
var examples = []string{"config/handsoff.example.yml", "config/sandbox.yml"}

// Examples are they, by name. Who works with a section says that it is right there.
func Examples(tb testing.TB) map[string]*config.File {
	tb.Helper()
	const deepest = 8
	above := "."
	for range deepest {
		if _, err := os.Stat(filepath.Join(above, "stack.yml")); err == nil {
			break
		}
		above = filepath.Join("..", above)
	}
	all := map[string]*config.File{}
	for _, name := range examples {
		file, err := config.Load(filepath.Join(above, name))
		if err != nil {
			tb.Fatal(err)
		}
		all[name] = file
	}
	return all
}
