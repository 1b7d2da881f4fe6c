package main

import (
	"context"
	"fmt"

	"github.com/handsoff/handsoff/local-provider/gobuild"
	"github.com/handsoff/handsoff/local-provider/home"
	"github.com/handsoff/handsoff/local-provider/image"
	"github.com/handsoff/handsoff/local-provider/stack"
)

// build builds the functions of a stack file into the images folder.
func build(ctx context.Context, in invocation) error {
	set, dir := flags(in, "build")
	file := set.String("f", "stack.yml", "stack `file`")
	only := set.String("only", "", "just these `functions`, with commas; all of the file when empty")
	if err := set.Parse(in.args); err != nil {
		return err
	}
	h, err := home.Open(*dir)
	if err != nil {
		return err
	}
	functions, err := stack.Load(*file, in.lookup)
	if err != nil {
		return err
	}
	if functions, err = stack.Only(functions, *only); err != nil {
		return err
	}
	return buildAll(ctx, in, h, *file, functions)
}

func buildAll(ctx context.Context, in invocation, h home.Home, file string, functions []stack.Function) error {
	builder := gobuild.Builder{Images: image.Folder(h.Images()), Stack: file, Env: in.env, Output: in.stderr}
	results, err := builder.Build(ctx, functions)
	for _, r := range results {
		fmt.Fprintf(in.stdout, "%-12s %s\n", r.Function, r.Outcome)
	}
	return err
}
