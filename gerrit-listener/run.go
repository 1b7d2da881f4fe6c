package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"path/filepath"
	"strings"
	"sync"

	"github.com/handsoff/handsoff/gerrit-listener/intake"
	"github.com/handsoff/handsoff/gerrit-listener/stream"
	"github.com/handsoff/handsoff/shared/event"
	"github.com/handsoff/handsoff/shared/function"
	"github.com/handsoff/handsoff/shared/gerrit"
)

// options are the flags.
type options struct{ health string }

// run listens until ctx ends.
func run(ctx context.Context, args []string, getenv func(string) string, stdout, stderr io.Writer) error {
	health, err := function.ProcessFlags("gerrit-listener", "", args, stderr, nil)
	if errors.Is(err, flag.ErrHelp) {
		return nil
	}
	if err != nil {
		return err
	}
	log := function.ProcessLog("gerrit-listener", stderr)
	return serve(ctx, options{health}, function.ReadEnvironment(getenv), usual(), stdout, log)
}

// serve brings everything up, listens, and brings it down again.
func serve(ctx context.Context, opts options, env function.Environment, pace pace, stdout io.Writer, log *slog.Logger) error {
	return function.Process(ctx, "gerrit-listener", env, log, func(p *function.Platform) error { return work(ctx, opts, p, pace, stdout) })
}

// work does what there is to do on a platform.
func work(ctx context.Context, opts options, p *function.Platform, pace pace, stdout io.Writer) (err error) {
	section, err := gerrit.Read(p.Config)
	if err != nil {
		return err
	}
	ears := newEars(p, section, pace)
	health, err := newHealth(p, ears).Serve(ctx, opts.health)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, health.Close(ctx)) }()
	fmt.Fprintln(stdout, "gerrit-listener "+greeting(ears, health.Address()))
	attend(ctx, ears)
	return nil
}

func greeting(ears []*ear, health string) string {
	text := "has nobody to listen to: the configuration's section gerrit names no server with ssh"
	if len(ears) > 0 {
		names := make([]string, len(ears))
		for i, e := range ears {
			names[i] = e.server.Name
		}
		text = "listens to " + strings.Join(names, ", ")
	}
	if health != "" {
		text += "; it answers /healthz and /readyz on " + health
	}
	return text
}

// attend listens to all servers until ctx ends. With none it waits for that: whoever keeps us running need not start us again
// and again.
func attend(ctx context.Context, ears []*ear) {
	var all sync.WaitGroup
	for _, e := range ears {
		all.Go(func() { e.run(ctx) })
	}
	<-ctx.Done()
	all.Wait()
}

// newEars makes an ear for each server that has a stream.
func newEars(p *function.Platform, section *gerrit.Section, pace pace) []*ear {
	if section == nil {
		return nil
	}
	tell := p.Teller("The gerrit-listener tells what those should know who run the bot; `gaps` shows what was missed.")
	var ears []*ear
	for _, server := range section.Servers {
		if server.SSH == "" {
			continue
		}
		log := p.Log.With("server", server.Name)
		ears = append(ears, &ear{
			server: server, pace: pace, log: log, redis: p.Redis,
			rest: gerrit.New(server, p.Secret, gerrit.Options{}),
			in:   &intake.Intake{Server: server, Box: event.Box(p.Redis), Redis: p.Redis, Log: log},
			stream: stream.Options{
				Address: server.SSH, User: server.User, MaxLine: gerrit.MaxLine, Beat: pace.beat,
				Key:   func() ([]byte, error) { return p.Secret(server.Key) },
				Hosts: filepath.Join(p.SecretDir, gerrit.HostsSecret),
			},
			tell: tell,
		})
	}
	return ears
}
