package main

import (
	"context"
	"errors"
	"flag"
	"io"
	"net/http"

	"github.com/handsoff/handsoff/local-provider/sandbox/jenkins"
	"github.com/handsoff/handsoff/local-provider/sandbox/program"
)

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
	server := jenkins.New(set.options)
	defer server.Close()
	p := program.Program{Name: "Jenkins " + jenkins.Version + " (sandbox)", Listen: set.listen, Server: whole{server.Handler(), server}}
	return p.Run(ctx, out)
}

// whole is Jenkins with its control.
type whole struct {
	http.Handler
	jenkins *jenkins.Server
}

// Err is the server's.
func (w whole) Err() error { return w.jenkins.Err() }

// parse reads the flags. The token comes from a file, so that it shows in no list of processes.
func parse(args []string, out io.Writer) (settings, error) {
	var set settings
	flags := flag.NewFlagSet("sandbox-jenkins", flag.ContinueOnError)
	flags.StringVar(&set.listen, "listen", "127.0.0.1:8081", "address to listen on")
	flags.StringVar(&set.options.Dir, "dir", "", "folder that keeps jobs and builds; in memory when empty")
	flags.StringVar(&set.options.User, "user", "demo", "the user that may log in")
	flags.StringVar(&set.tokenFile, "token-file", "", "file that holds the user's API token (required)")
	flags.StringVar(&set.options.URL, "url", "", "public root URL; taken from each request when empty")
	flags.IntVar(&set.options.Executors, "executors", 2, "builds that can run at once")
	flags.Float64Var(&set.options.Speed, "speed", 1, "seconds of the sandbox's clock in one real second")
	flags.BoolVar(&set.options.Past, "past", false, "give demo/slow an earlier build, which tells how long the next takes")
	if err := program.Parse(flags, args, out); err != nil {
		return set, err
	}
	token, err := program.ReadToken(set.tokenFile)
	set.options.Token = token
	return set, err
}
