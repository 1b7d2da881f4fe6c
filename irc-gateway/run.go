package main

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strings"
	"sync"
	"time"

	"github.com/handsoff/handsoff/irc-gateway/intake"
	"github.com/handsoff/handsoff/irc-gateway/link"
	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/function"
	"github.com/handsoff/handsoff/shared/health"
	"github.com/handsoff/handsoff/shared/inbox"
	"github.com/handsoff/handsoff/shared/irc"
)

const (
	// tryLimit bounds one try to hand in a line; the client tries again.
	tryLimit = 30 * time.Second
	// workLimit bounds the work on one line, which tells by itself when no answer comes.
	workLimit = 2 * time.Minute
	// stopLimit is how long lines in hand may take when the process is stopped.
	stopLimit = 5 * time.Second
	// gcPercent has the collector run before the heap has doubled, and memoryTarget, in bytes, gives back what is not needed:
	// 10,000 people take some megabytes, and what a server tells of them when we join need not stay beside that.
	gcPercent, memoryTarget = 50, 14 << 20
)

// options are the flags.
type options struct{ health string }

// run is connected until ctx ends.
func run(ctx context.Context, args []string, getenv func(string) string, stdout, stderr io.Writer) error {
	health, err := function.ProcessFlags("irc-gateway", "", args, stderr, nil)
	if errors.Is(err, flag.ErrHelp) {
		return nil
	}
	if err != nil {
		return err
	}
	beFrugal()
	log := function.ProcessLog("irc-gateway", stderr)
	return serve(ctx, options{health}, function.ReadEnvironment(getenv), link.Usual(), stdout, log)
}

// beFrugal has the process take little memory.
func beFrugal() {
	debug.SetGCPercent(gcPercent)
	debug.SetMemoryLimit(memoryTarget)
}

// serve brings everything up, is connected, and brings it down again.
func serve(ctx context.Context, opts options, env function.Environment, times link.Times, stdout io.Writer, log *slog.Logger) error {
	return function.Process(ctx, "irc-gateway", env, log, func(p *function.Platform) error { return work(ctx, opts, p, times, stdout) })
}

// work does what there is to do on a platform.
func work(ctx context.Context, opts options, p *function.Platform, times link.Times, stdout io.Writer) (err error) {
	section, err := irc.Read(p.Config)
	if err != nil {
		return err //nolint:wrapcheck // says all there is to say
	}
	in := &intake.Intake{
		Redis: p.Redis, Commands: command.NewClient(p.GatewayURL, p.Keys, &http.Client{Timeout: tryLimit}), Log: p.Log, Now: time.Now,
	}
	box := in.Box()
	worker := inbox.NewWorker(box, in.Handle, inbox.WorkerOptions{Log: p.Log, Jobs: p.Jobs, Limit: workLimit})
	defer func() { err = errors.Join(err, stop(ctx, worker)) }()
	links := newLinks(p, section, times, in, box, worker)
	answering, err := newHealth(p, links).Serve(ctx, opts.health)
	if err != nil {
		return err //nolint:wrapcheck // says all there is to say
	}
	defer func() { err = errors.Join(err, answering.Close(ctx)) }()
	fmt.Fprintln(stdout, "irc-gateway "+greeting(section, answering.Address()))
	attend(ctx, links)
	return nil
}

// stop lets the lines in hand be answered.
func stop(ctx context.Context, worker *inbox.Worker) error {
	ctx, done := context.WithTimeout(context.WithoutCancel(ctx), stopLimit)
	defer done()
	return worker.Stop(ctx) //nolint:wrapcheck // says all there is to say
}

func greeting(section *irc.Section, health string) string {
	text := "has no network to connect to: the configuration has no section irc"
	if section != nil {
		names := make([]string, len(section.Networks))
		for i, n := range section.Networks {
			names[i] = n.Name + " (" + n.Server + ")"
		}
		text = "connects to " + strings.Join(names, ", ")
	}
	if health != "" {
		text += "; it answers /healthz and /readyz on " + health
	}
	return text
}

// attend is connected to all networks until ctx ends. With none it waits for that: whoever keeps us running need not start us
// again and again.
func attend(ctx context.Context, links []*link.Link) {
	var all sync.WaitGroup
	for _, l := range links {
		all.Go(func() { l.Run(ctx) })
	}
	<-ctx.Done()
	all.Wait()
}

func newLinks(p *function.Platform, section *irc.Section, times link.Times, in *intake.Intake, box *inbox.Inbox, worker *inbox.Worker) []*link.Link {
	if section == nil {
		return nil
	}
	process := rand.Text()
	tell := p.Teller("The irc-gateway tells what those should know who run the bot.")
	links := make([]*link.Link, len(section.Networks))
	for i, network := range section.Networks {
		links[i] = link.New(link.Options{
			Network: network, Version: version(), Redis: p.Redis, Times: times, Secret: p.Secret, Tell: tell,
			Put:  in.Putter(box),
			Kick: worker.Kick, Log: p.Log.With("network", network.Name), Process: process,
		})
	}
	return links
}

// newHealth answers whether the process lives, and whether it hears and may speak.
func newHealth(p *function.Platform, links []*link.Link) health.Process {
	return health.Process{Redis: p.Redis, Log: p.Log, Wrong: func() (wrong []string) {
		for _, l := range links {
			wrong = append(wrong, l.Wrong()...)
		}
		return wrong
	}}
}

func version() string {
	release, _ := function.Version()
	return cmp.Or(release, "(development)")
}
