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

	"github.com/handsoff/handsoff/local-provider/sandbox/door"
	"github.com/handsoff/handsoff/local-provider/sandbox/slack"
)

// memory is what the garbage collector aims at. The sandbox is a guest on a small machine.
const memory = 20 << 20

type settings struct {
	listen, tokenFile, secretFile, manifestFile string
	options                                     slack.Options
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
	server := slack.New(set.options)
	defer server.Close()
	if err := server.Err(); err != nil {
		return fmt.Errorf("start: %w", err)
	}
	at, err := door.Listen(ctx, set.listen, server)
	if err != nil {
		return fmt.Errorf("start: %w", err)
	}
	if set.options.URL == "" {
		server.SetURL(at.URL())
	}
	if _, err := fmt.Fprintf(out, "Slack (sandbox) at %s/\n", at.URL()); err != nil {
		return fmt.Errorf("print the address: %w", err)
	}
	<-ctx.Done()
	if err := errors.Join(at.Close(ctx), server.Err()); err != nil {
		return fmt.Errorf("stop: %w", err)
	}
	return nil
}

// parse reads the flags. Secrets come from files, so that they show in no list of processes.
func parse(args []string, out io.Writer) (settings, error) {
	var set settings
	flags := flag.NewFlagSet("sandbox-slack", flag.ContinueOnError)
	flags.SetOutput(out)
	flags.StringVar(&set.listen, "listen", "127.0.0.1:8082", "address to listen on")
	flags.StringVar(&set.options.Dir, "dir", "", "folder that keeps what is said; in memory when empty")
	flags.StringVar(&set.tokenFile, "token-file", "", "file that holds the app's bot token (required)")
	flags.StringVar(&set.secretFile, "signing-secret-file", "", "file that holds signing secrets, one a line; the first signs")
	flags.StringVar(&set.manifestFile, "manifest", "", "the app's manifest; without one the app may do everything")
	flags.StringVar(&set.options.EventsURL, "events-url", "", "where events, commands and clicks are sent; nowhere when empty")
	flags.Float64Var(&set.options.RetryScale, "retry-scale", 1, "multiplies the waits before an event is sent again")
	flags.StringVar(&set.options.URL, "url", "", "public root URL; the address listened on when empty")
	flags.BoolVar(&set.options.Unlimited, "unlimited", false, "no rate limits, for throughput runs")
	flags.IntVar(&set.options.Kept, "kept", 0, "messages that a channel keeps; 1000 when zero")
	flags.Float64Var(&set.options.Speed, "speed", 1, "seconds of the sandbox's clock in one real second")
	if err := flags.Parse(args); err != nil {
		return set, fmt.Errorf("read the flags: %w", err)
	}
	if flags.NArg() > 0 {
		return set, fmt.Errorf("unexpected argument %q: all settings are flags, see -help", flags.Arg(0))
	}
	err := set.readFiles()
	return set, err
}

var errToken = errors.New("a token is needed: write one into a file and give it with -token-file")

// readFiles reads what the flags name.
func (set *settings) readFiles() error {
	if set.tokenFile == "" {
		return errToken
	}
	tokens, err := readLines("the token", set.tokenFile)
	if err != nil {
		return err
	}
	if len(tokens) == 0 {
		return fmt.Errorf("%w; %s is empty", errToken, set.tokenFile)
	}
	set.options.Token = tokens[0]
	if set.secretFile != "" {
		if set.options.SigningSecrets, err = readLines("the signing secrets", set.secretFile); err != nil {
			return err
		}
	}
	if set.manifestFile == "" {
		return nil
	}
	text, err := os.ReadFile(set.manifestFile)
	if err != nil {
		return fmt.Errorf("read the manifest: %w", err)
	}
	set.options.Manifest, err = slack.ReadManifest(text)
	return err
}

func readLines(what, file string) ([]string, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", what, err)
	}
	return strings.Fields(string(text)), nil
}
