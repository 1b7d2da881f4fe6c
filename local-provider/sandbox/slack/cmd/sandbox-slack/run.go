package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"

	"github.com/handsoff/handsoff/local-provider/sandbox/program"
	"github.com/handsoff/handsoff/local-provider/sandbox/slack"
)

type settings struct {
	listen, tokenFile, secretFile, manifestFile, unfurl string
	clientFile, redirect                                string
	options                                             slack.Options
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
	server := slack.New(set.options)
	defer server.Close()
	p := program.Program{Name: "Slack (sandbox)", Listen: set.listen, Server: server}
	if set.options.URL == "" {
		p.Learn = server.SetURL
	}
	return p.Run(ctx, out)
}

// parse reads the flags. Secrets come from files, so that they show in no list of processes.
func parse(args []string, out io.Writer) (settings, error) {
	var set settings
	flags := flag.NewFlagSet("sandbox-slack", flag.ContinueOnError)
	flags.StringVar(&set.listen, "listen", "127.0.0.1:8082", "address to listen on")
	flags.StringVar(&set.options.Dir, "dir", "", "folder that keeps what is said; in memory when empty")
	flags.StringVar(&set.tokenFile, "token-file", "", "file that holds the app's bot token (required)")
	flags.StringVar(&set.secretFile, "signing-secret-file", "", "file that holds signing secrets, one a line; the first signs")
	flags.StringVar(&set.manifestFile, "manifest", "", "the app's manifest; without one the app may do everything")
	flags.StringVar(&set.unfurl, "unfurl", "", "one more domain, or an address, whose links the app with a manifest is told of")
	flags.StringVar(&set.options.EventsURL, "events-url", "", "where events, commands and clicks are sent; nowhere when empty")
	flags.Float64Var(&set.options.RetryScale, "retry-scale", 1, "multiplies the waits before an event is sent again")
	flags.StringVar(&set.options.Client.ID, "client-id", "", "who may ask people to log in with their account here; nobody when empty")
	flags.StringVar(&set.clientFile, "client-secret-file", "", "file that holds the secret of -client-id")
	flags.StringVar(&set.redirect, "redirect-url", "", "where browsers are sent back to after that; anywhere when empty")
	flags.StringVar(&set.options.URL, "url", "", "public root URL; the address listened on when empty")
	flags.BoolVar(&set.options.Unlimited, "unlimited", false, "no rate limits, for throughput runs")
	flags.IntVar(&set.options.Kept, "kept", 0, "messages that a channel keeps; 1000 when zero")
	flags.Float64Var(&set.options.Speed, "speed", 1, "seconds of the sandbox's clock in one real second")
	if err := program.Parse(flags, args, out); err != nil {
		return set, err
	}
	err := set.readFiles()
	return set, err
}

// readFiles reads what the flags name.
func (set *settings) readFiles() (err error) {
	if set.options.Token, err = program.ReadToken(set.tokenFile); err != nil {
		return err
	}
	if set.options.SigningSecrets, err = program.ReadLines("the signing secrets", set.secretFile); err != nil {
		return err
	}
	if err := program.ReadClient(&set.options.Client, set.clientFile, set.redirect); err != nil {
		return err
	}
	if set.manifestFile == "" {
		return nil
	}
	text, err := os.ReadFile(set.manifestFile)
	if err != nil {
		return fmt.Errorf("read the manifest: %w", err)
	}
	if set.options.Manifest, err = slack.ReadManifest(text); err == nil && set.unfurl != "" {
		set.options.Manifest.Unfurl = append(set.options.Manifest.Unfurl, set.unfurl)
	}
	return err
}
