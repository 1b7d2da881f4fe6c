// Command sandbox-git serves git repositories to try things on.
//
//	sandbox-git -listen 127.0.0.1:8086 -dir repositories -password-file password
//
// What it answers is described in package git. The user is handsoff, and the password lets into everything: the
// repositories by any git, a page at / that lists them, and /sandbox/… where commits and faults are ordered.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"

	"github.com/handsoff/handsoff/local-provider/sandbox/git"
	"github.com/handsoff/handsoff/local-provider/sandbox/program"
)

func main() { program.Main("sandbox-git", run) }

// run serves until the context ends. It prints the address once it listens.
func run(ctx context.Context, args []string, out io.Writer) error {
	flags := flag.NewFlagSet("sandbox-git", flag.ContinueOnError)
	listen := flags.String("listen", "127.0.0.1:8086", "address to listen on")
	dir := flags.String("dir", "", "folder that keeps the repositories (required)")
	file := flags.String("password-file", "", "file that holds the password of the user handsoff (required)")
	err := program.Parse(flags, args, out)
	if errors.Is(err, flag.ErrHelp) {
		return nil
	}
	if err != nil {
		return err
	}
	if *dir == "" {
		return errors.New("a folder is needed: give it with -dir")
	}
	if *file == "" {
		return errors.New("a password is needed: write one into a file and give it with -password-file")
	}
	lines, err := program.ReadLines("the password", *file)
	if err != nil {
		return err
	}
	if len(lines) == 0 {
		return fmt.Errorf("a password is needed; %s is empty", *file)
	}
	server := git.New(git.Options{Dir: *dir, Password: lines[0], Seeds: true})
	return program.Program{Name: "git (sandbox)", Listen: *listen, Server: server}.Run(ctx, out)
}
