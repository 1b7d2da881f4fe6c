package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/handsoff/handsoff/local-provider/stack"
	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/config"
	"github.com/handsoff/handsoff/shared/config/check"
)

// usualStack is the stack file that is read when none is named and it is there.
const usualStack = "stack.yml"

// configuration checks configuration files: a step for a CI, and for an editor's error list.
func configuration(_ context.Context, in invocation) error {
	set, _ := flags(in, "config check")
	format := set.String("format", "text", "how mistakes are written: `text` or github, for the annotations of a workflow")
	var stacks []string
	set.Func("stack", "`file` that declares commands; may be given several times (default stack.yml, where there is one)", func(name string) error {
		stacks = append(stacks, name)
		return nil
	})
	set.Usage = func() {
		fmt.Fprintln(in.stderr, "local-provider config check [flags] <file>…")
		set.PrintDefaults()
	}
	if len(in.args) == 0 || in.args[0] != "check" {
		set.Usage()
		return errors.New("say config check <file>…")
	}
	if err := set.Parse(in.args[1:]); err != nil {
		return err
	}
	show, known := formats[*format]
	switch {
	case !known:
		return fmt.Errorf("-format is text or github, not %q", *format)
	case set.NArg() == 0:
		set.Usage()
		return errors.New("say which files")
	}
	declared, err := declaredIn(stacks, in)
	if err != nil {
		return err
	}
	return checkFiles(in, set.Args(), declared, show)
}

// format writes a mistake in a file.
type format func(file string, m *config.Mistake) string

// formats are the ways to write a mistake.
var formats = map[string]format{"text": check.Plain, "github": check.GitHub}

// checkFiles prints what is wrong in files, a line each. It fails when anything is.
func checkFiles(in invocation, names []string, declared map[string]string, show format) error {
	wrong := 0
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			return fmt.Errorf("read the configuration: %w", err)
		}
		known := check.Known{}
		if len(declared) > 0 {
			if known.Catalogue, err = check.Catalogue(declared, text); err != nil {
				return err
			}
		}
		for _, m := range check.File(text, known) {
			fmt.Fprintln(in.stdout, show(name, m))
			if !m.Warning {
				wrong++
			}
		}
	}
	switch {
	case wrong == 1:
		return errors.New("there is one mistake")
	case wrong > 0:
		return fmt.Errorf("there are %d mistakes", wrong)
	}
	return nil
}

// declaredIn are the commands that stack files declare, by function. Where none is named and none is there, nothing is known of
// commands, and nothing is said of them.
func declaredIn(stacks []string, in invocation) (map[string]string, error) {
	if len(stacks) == 0 {
		if _, err := os.Stat(usualStack); errors.Is(err, fs.ErrNotExist) {
			fmt.Fprintf(in.stderr, "local-provider: there is no %s here, so it is not checked whether commands exist; name one with -stack\n", usualStack)
			return nil, nil
		}
		stacks = []string{usualStack}
	}
	declared := map[string]string{}
	for _, name := range stacks {
		functions, err := stack.Load(name, in.lookupOrNothing)
		if err != nil {
			return nil, err
		}
		for i := range functions {
			declared[functions[i].Name] = command.Declaration(functions[i].Annotations)
		}
	}
	return declared, nil
}

// lookupOrNothing takes a variable that nobody has set for an empty one: what commands there are does not depend on it.
func (in invocation) lookupOrNothing(name string) (string, bool) {
	value, _ := in.lookup(name)
	return value, true
}
