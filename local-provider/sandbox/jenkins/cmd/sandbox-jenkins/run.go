package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"strings"

	"github.com/handsoff/handsoff/local-provider/sandbox/jenkins"
)

// memory is what the garbage collector aims at. The sandbox is a guest on a small machine.
const memory = 20 << 20

type settings struct {
	listen, tokenFile string
	options           jenkins.Options
}

// run serves until the context ends. It prints the address once it listens.
func run(ctx context.Context, args []string, out io.Writer) error {
	set, err := parse(args, out)
	if errors.Is(err, flag.ErrHelp) {
		return nil
	}
	if err != nil {
		return err
	}
	debug.SetMemoryLimit(memory)
	server := jenkins.New(set.options)
	defer server.Close()
	if err := server.Err(); err != nil {
		return fmt.Errorf("start: %w", err)
	}
	door, err := jenkins.Listen(ctx, set.listen, server.Handler())
	if err != nil {
		return fmt.Errorf("start: %w", err)
	}
	if _, err := fmt.Fprintf(out, "Jenkins %s (sandbox) at %s/\n", jenkins.Version, door.URL()); err != nil {
		return fmt.Errorf("print the address: %w", err)
	}
	<-ctx.Done()
	if err := errors.Join(door.Close(ctx), server.Err()); err != nil {
		return fmt.Errorf("stop: %w", err)
	}
	return nil
}

// parse reads the flags. The token comes from a file, so that it shows in no list of processes.
func parse(args []string, out io.Writer) (settings, error) {
	var set settings
	flags := flag.NewFlagSet("sandbox-jenkins", flag.ContinueOnError)
	flags.SetOutput(out)
	flags.StringVar(&set.listen, "listen", "127.0.0.1:8081", "address to listen on")
	flags.StringVar(&set.options.Dir, "dir", "", "folder that keeps jobs and builds; in memory when empty")
	flags.StringVar(&set.options.User, "user", "demo", "the user that may log in")
	flags.StringVar(&set.tokenFile, "token-file", "", "file that holds the user's API token (required)")
	flags.StringVar(&set.options.URL, "url", "", "public root URL; taken from each request when empty")
	flags.IntVar(&set.options.Executors, "executors", 2, "builds that can run at once")
	flags.Float64Var(&set.options.Speed, "speed", 1, "seconds of the sandbox's clock in one real second")
	flags.BoolVar(&set.options.Past, "past", false, "give demo/slow an earlier build, which tells how long the next takes")
	if err := flags.Parse(args); err != nil {
		return set, fmt.Errorf("read the flags: %w", err)
	}
	if flags.NArg() > 0 {
		return set, fmt.Errorf("unexpected argument %q: all settings are flags, see -help", flags.Arg(0))
	}
	token, err := readToken(set.tokenFile)
	set.options.Token = token
	return set, err
}

var errToken = errors.New("a token is needed: write one into a file and give it with -token-file")

func readToken(file string) (string, error) {
	if file == "" {
		return "", errToken
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return "", fmt.Errorf("read the token: %w", err)
	}
	token := strings.TrimSpace(string(text))
	if token == "" {
		return "", fmt.Errorf("%w; %s is empty", errToken, file)
	}
	return token, nil
}
