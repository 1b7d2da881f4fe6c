// Package gobuild builds the functions of a stack file into executables, as `faas-cli build` builds them into container
// images.
package gobuild

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/handsoff/handsoff/local-provider/image"
	"github.com/handsoff/handsoff/local-provider/stack"
)

// Builder builds functions.
type Builder struct {
	// Images is where executables are installed.
	Images image.Folder
	// Stack is the stack file's path: handlers are relative to its folder.
	Stack string
	// Env is the environment of the Go tool.
	Env []string
	// Output gets what the Go tool says.
	Output io.Writer
}

// Result is what was done about one function, in words for a person.
type Result struct{ Function, Outcome string }

// The outcomes of a build.
const (
	Built     = "built"
	Unchanged = "unchanged"
	Skipped   = "skipped: skip_build is set"
)

// Build builds every function whose handler is a folder with a Go program; the others are reported and left out. One run
// of the Go tool builds all that are packages of the project: it shares the packages that they have in common. A handler with a
// go.mod of its own, such as `faas-cli new` makes, is a module, and is built by itself.
func (b Builder) Build(ctx context.Context, functions []stack.Function) ([]Result, error) {
	root, err := filepath.Abs(filepath.Dir(b.Stack))
	if err != nil {
		return nil, fmt.Errorf("build: %w", err)
	}
	results := make([]Result, len(functions))
	rounds := []map[string]int{{}}
	for i, f := range functions {
		results[i].Function = f.Name
		if reason := unbuildable(root, f); reason != "" {
			results[i].Outcome = reason
			continue
		}
		if _, err := os.Stat(filepath.Join(root, f.Handler, "go.mod")); err == nil {
			if results[i].Outcome, err = b.module(ctx, filepath.Join(root, f.Handler), f); err != nil {
				return results, err
			}
			continue
		}
		rounds = place(rounds, i, f)
	}
	for n, round := range rounds {
		if err := b.round(ctx, root, n, round, functions, results); err != nil {
			return results, err
		}
	}
	return results, nil
}

// unbuildable says why a function is left out, or "".
func unbuildable(root string, f stack.Function) string {
	if f.SkipBuild {
		return Skipped
	}
	if !filepath.IsLocal(f.Handler) {
		return fmt.Sprintf("skipped: its handler %q is not a folder of the project", f.Handler)
	}
	sources, err := filepath.Glob(filepath.Join(root, f.Handler, "*.go"))
	if err != nil || len(sources) == 0 {
		return fmt.Sprintf("skipped: there is no Go program in %s", f.Handler)
	}
	return ""
}

// place puts a function into the first round in which no other has a folder of the same name: the Go tool names an
// executable after its folder.
func place(rounds []map[string]int, i int, f stack.Function) []map[string]int {
	base := filepath.Base(f.Handler)
	for _, round := range rounds {
		if _, taken := round[base]; !taken {
			round[base] = i
			return rounds
		}
	}
	return append(rounds, map[string]int{base: i})
}

func (b Builder) round(
	ctx context.Context, root string, n int, round map[string]int, functions []stack.Function, results []Result,
) error {
	if len(round) == 0 {
		return nil
	}
	// The executables stay here, so that the Go tool need not link again what has not changed.
	out := filepath.Join(string(b.Images), fmt.Sprintf(".build-%d", n))
	if err := os.MkdirAll(out, 0o700); err != nil {
		return fmt.Errorf("build: %w", err)
	}
	args := []string{"build", "-trimpath", "-ldflags", "-s -w", "-o", out + string(filepath.Separator)}
	bases := slices.Sorted(maps.Keys(round))
	for _, base := range bases {
		args = append(args, "./"+filepath.ToSlash(filepath.Clean(functions[round[base]].Handler)))
	}
	if err := b.tool(ctx, root, args); err != nil {
		return err
	}
	for _, base := range bases {
		i := round[base]
		outcome, err := b.install(functions[i], filepath.Join(out, base))
		if err != nil {
			return err
		}
		results[i].Outcome = outcome
	}
	return nil
}

// module builds a function that is a module by itself, and says what became of it.
func (b Builder) module(ctx context.Context, dir string, f stack.Function) (string, error) {
	out := filepath.Join(string(b.Images), ".build-module-"+f.Name)
	if err := b.tool(ctx, dir, []string{"build", "-trimpath", "-ldflags", "-s -w", "-o", out, "."}); err != nil {
		return "", fmt.Errorf("build %s: %w", f.Name, err)
	}
	return b.install(f, out)
}

// install makes an executable a function's image.
func (b Builder) install(f stack.Function, executable string) (string, error) {
	changed, err := b.Images.Install(f.Image, executable)
	if err != nil {
		return "", fmt.Errorf("build %s: %w", f.Name, err)
	}
	if changed {
		return Built, nil
	}
	return Unchanged, nil
}

func (b Builder) tool(ctx context.Context, root string, args []string) error {
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Dir, cmd.Env = root, b.Env
	var said bytes.Buffer
	// One writer for both, so that they are written to in turn.
	both := io.MultiWriter(b.Output, &said)
	cmd.Stdout, cmd.Stderr = both, both
	err := cmd.Run()
	if errors.Is(err, exec.ErrNotFound) {
		return errors.New("the Go tool was not found; install Go 1.26 or later and see that `go version` works")
	}
	if err != nil {
		return fmt.Errorf("the functions cannot be built (%w): %s", err, firstMistake(said.String()))
	}
	return nil
}

// firstMistake is the first line that is not the name of a package.
func firstMistake(said string) string {
	for line := range strings.Lines(said) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
			return line
		}
	}
	return "the Go tool did not say why"
}
