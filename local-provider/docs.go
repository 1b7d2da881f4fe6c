package main

import (
	"context"
	"fmt"
	"path/filepath"

	"github.com/handsoff/handsoff/local-provider/durable"
	"github.com/handsoff/handsoff/local-provider/reference"
)

// references writes the documents that are made of data.
func references(_ context.Context, in invocation) error {
	set, _ := flags(in, "docs")
	dir := set.String("out", "docs", "`folder` in which they are written")
	name := set.String("stack", usualStack, "stack `file` whose commands are described")
	if err := set.Parse(in.args); err != nil {
		return err
	}
	declared, err := declaredIn([]string{*name}, in)
	if err != nil {
		return err
	}
	commands, err := reference.Commands(declared)
	if err != nil {
		return fmt.Errorf("%s: %w", *name, err)
	}
	for file, text := range map[string]string{"configuration.md": reference.Configuration(), "commands-reference.md": commands} {
		path := filepath.Join(*dir, file)
		if err := durable.WriteFile(path, []byte(text), 0o644); err != nil {
			return fmt.Errorf("write the reference: %w", err)
		}
		fmt.Fprintln(in.stdout, path)
	}
	return nil
}
