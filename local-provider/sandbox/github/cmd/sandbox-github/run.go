package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"

	"github.com/handsoff/handsoff/local-provider/sandbox/github"
	"github.com/handsoff/handsoff/local-provider/sandbox/program"
)

type settings struct {
	listen, tokenFile, secretFile, keyFile, clientFile, redirect string
	options                                                      github.Options
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
	server := github.New(set.options)
	defer server.Close()
	p := program.Program{Name: "GitHub (sandbox)", Listen: set.listen, Server: server}
	if set.options.URL == "" {
		p.Learn = server.SetURL
	}
	return p.Run(ctx, out)
}

// parse reads the flags.
func parse(args []string, out io.Writer) (settings, error) {
	var set settings
	flags := flag.NewFlagSet("sandbox-github", flag.ContinueOnError)
	flags.StringVar(&set.listen, "listen", "127.0.0.1:8083", "address to listen on")
	flags.StringVar(&set.options.Dir, "dir", "", "folder that keeps what happens; in memory when empty")
	flags.StringVar(&set.tokenFile, "token-file", "", "file that holds the token of the bot's ordinary account (required)")
	flags.StringVar(&set.secretFile, "webhook-secret-file", "", "file that holds webhook secrets, one a line; the first signs")
	flags.StringVar(&set.keyFile, "app-key-file", "", "the App's private key in PEM, or its public half; there is no App when empty")
	flags.Int64Var(&set.options.AppID, "app-id", 0, "the App's id; 4711 when zero")
	flags.StringVar(&set.options.EventsURL, "events-url", "", "where webhooks are sent; nowhere when empty")
	flags.StringVar(&set.options.Client.ID, "client-id", "", "who may ask people to log in with their account here; nobody when empty")
	flags.StringVar(&set.clientFile, "client-secret-file", "", "file that holds the secret of -client-id")
	flags.StringVar(&set.redirect, "redirect-url", "", "where browsers are sent back to after that; anywhere when empty")
	flags.StringVar(&set.options.URL, "url", "", "public root URL; the address listened on when empty")
	flags.BoolVar(&set.options.Unlimited, "unlimited", false, "no rate limits, for throughput runs")
	flags.IntVar(&set.options.ContentPerMinute, "content-per-minute", 0, "requests that make content before the secondary rate limit; 80 when zero")
	flags.IntVar(&set.options.Kept, "kept", 0, "deliveries that a hook keeps; 250 when zero")
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
	secrets, err := program.ReadLines("the webhook secrets", set.secretFile)
	if err != nil {
		return err
	}
	if len(secrets) > 0 {
		set.options.WebhookSecret = secrets[0]
	}
	if err := program.ReadClient(&set.options.Client, set.clientFile, set.redirect); err != nil {
		return err
	}
	if set.keyFile == "" {
		return nil
	}
	if set.options.AppKey, err = os.ReadFile(set.keyFile); err != nil {
		return fmt.Errorf("read the App's key: %w", err)
	}
	return nil
}
