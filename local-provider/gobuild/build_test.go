package gobuild_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/handsoff/handsoff/local-provider/gobuild"
	"github.com/handsoff/handsoff/local-provider/image"
	"github.com/handsoff/handsoff/local-provider/stack"
)

func project(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestBuild(t *testing.T) {
	t.Parallel()
	program := "package main\n\nfunc main() {}\n"
	dir := project(t, map[string]string{
		"go.mod": "module example.test/p\n\ngo 1.26\n", "functions/a/main.go": program, "functions/b/main.go": program,
		"others/a/main.go": "package main\n\nfunc main() { println() }\n", "functions/empty/README": "x",
		"alone/go.mod": "module alone\n\ngo 1.24\n", "alone/main.go": program,
	})
	images := image.Folder(t.TempDir())
	var said bytes.Buffer
	builder := gobuild.Builder{Images: images, Stack: filepath.Join(dir, "stack.yml"), Env: os.Environ(), Output: &said}
	functions := []stack.Function{
		{Name: "a", Handler: "./functions/a", Image: "test/a"},
		{Name: "b", Handler: "./functions/b", Image: "test/b:1"},
		{Name: "a2", Handler: "./others/a", Image: "test/a2"},    // a folder of the same name
		{Name: "alone", Handler: "./alone", Image: "test/alone"}, // a module by itself
		{Name: "empty", Handler: "./functions/empty", Image: "test/empty"},
		{Name: "absent", Handler: "./functions/absent", Image: "test/absent"},
		{Name: "outside", Handler: "../x", Image: "test/outside"},
		{Name: "skipped", Handler: "./functions/a", Image: "test/skipped", SkipBuild: true},
	}
	outcomes := func() string {
		t.Helper()
		results, err := builder.Build(t.Context(), functions)
		if err != nil {
			t.Fatalf("%v\n%s", err, said.String())
		}
		var all []string
		for _, r := range results {
			word, _, _ := strings.Cut(r.Outcome, ":")
			all = append(all, r.Function+" "+word)
		}
		return strings.Join(all, ", ")
	}
	rest := ", empty skipped, absent skipped, outside skipped, skipped skipped"
	if got := outcomes(); got != "a built, b built, a2 built, alone built"+rest {
		t.Errorf("first: %s", got)
	}
	if got := outcomes(); got != "a unchanged, b unchanged, a2 unchanged, alone unchanged"+rest {
		t.Errorf("again: %s", got)
	}
	one, err := images.Digest("test/a")
	if err != nil {
		t.Fatal(err)
	}
	if two, err := images.Digest("test/a2"); err != nil || one == two {
		t.Errorf("two folders of one name gave one program, %v", err)
	}
	changed := filepath.Join(dir, "functions", "b", "main.go")
	if err := os.WriteFile(changed, []byte("package main\n\nfunc main() { println(1) }\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := outcomes(); got != "a unchanged, b built, a2 unchanged, alone unchanged"+rest {
		t.Errorf("after a change: %s", got)
	}
	if err := os.WriteFile(changed, []byte("package main\n\nfunc main() { undefined() }\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := builder.Build(t.Context(), functions); err == nil || !strings.Contains(said.String(), "undefined") {
		t.Errorf("a program with a mistake: %v", err)
	}
	if _, err := images.Find("test/b:1"); err != nil {
		t.Errorf("the last good program was lost: %v", err)
	}
	builder.Env = []string{"PATH=/nowhere"}
	if _, err := builder.Build(t.Context(), functions); err == nil {
		t.Error("a build without its environment succeeded")
	}
}
