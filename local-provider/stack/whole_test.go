package stack_test

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/handsoff/handsoff/local-provider/stack"
)

// A function's image is built from its folder and from shared/ alone, and faas-cli leaves the folders build and template of a handler out.
// What compiles in the repository and needs more than that would compile nowhere else.
func TestEveryFunctionIsWhole(t *testing.T) {
	t.Parallel()
	functions, err := stack.Load(filepath.Join("..", "..", "stack.yml"), lookup(nil))
	if err != nil {
		t.Fatal(err)
	}
	const module = "github.com/handsoff/handsoff/"
	for _, f := range functions {
		list := exec.CommandContext(t.Context(), "go", "list", "-deps", ".")
		list.Dir = filepath.Join("..", "..", f.Handler)
		out, err := list.Output()
		if err != nil {
			t.Fatalf("%s: %v", f.Name, err)
		}
		for line := range strings.Lines(string(out)) {
			rest, ours := strings.CutPrefix(strings.TrimSpace(line), module)
			if !ours || strings.HasPrefix(rest, "shared/") {
				continue
			}
			own, is := strings.CutPrefix(rest+"/", "functions/"+f.Name+"/")
			if top, _, _ := strings.Cut(own, "/"); !is || top == "build" || top == "template" {
				t.Errorf("%s needs %s, which its image is built without", f.Name, rest)
			}
		}
	}
}
