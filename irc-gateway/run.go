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
	"time"

	"github.com/handsoff/handsoff/irc-gateway/intake"
	"github.com/handsoff/handsoff/irc-gateway/link"
	"github.com/handsoff/handsoff/irc-gateway/session"
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
	in := &intake.Intake{
		Redis: p.Redis, Commands: command.NewClient(p.GatewayURL, p.Keys, &http.Client{Timeout: tryLimit}), Log: p.Log, Now: time.Now,
	}
	box := in.Box()
	worker := inbox.NewWorker(box, in.Handle, inbox.WorkerOptions{Log: p.Log, Jobs: p.Jobs, Limit: workLimit})
	defer func() { err = errors.Join(err, stop(ctx, worker)) }()
	all := newNetworks(p, times, in.Putter(box), worker.Kick)
	ctx, end := context.WithCancel(ctx)
	defer func() { end(); all.part(ctx, nil) }()
	if err := all.use(ctx, p); err != nil {
		return err
	}
	follower := &function.Follower{Platform: p, Every: times.Look, Use: func(p *function.Platform) error { return all.use(ctx, p) }}
	process := health.Process{Redis: p.Redis, Log: p.Log, Wrong: func() []string { return append(all.wrong(), follower.Wrong()...) }}
	answering, err := process.Serve(ctx, opts.health)
	if err != nil {
		return err
	}
	fmt.Fprintln(stdout, "irc-gateway "+greeting(all.names(), answering.Address()))
	follower.Run(ctx)
	return answering.Close(ctx)
}

// stop lets the lines in hand be answered.
func stop(ctx context.Context, worker *inbox.Worker) error {
	ctx, done := context.WithTimeout(context.WithoutCancel(ctx), stopLimit)
	defer done()
	return worker.Stop(ctx)
}

func greeting(names, health string) string {
	text := "has no network to connect to: the configuration has no section irc"
	if names != "" {
		text = "connects to " + names
	}
	if health != "" {
		text += "; it answers /healthz and /readyz on " + health
	}
	return text
}

func newNetworks(p *function.Platform, times link.Times, put func(context.Context, []session.Line) error, kick func()) *networks {
	process := rand.Text()
	all := &networks{running: map[string]*running{}}
	all.link = func(network *irc.Network) *link.Link {
		return link.New(link.Options{
			Network: network, Version: version(), Redis: p.Redis, Times: times, Secret: p.Secret, Tell: all.tell,
			Put: put, Kick: kick, Log: p.Log.With("network", network.Name), Process: process,
		})
	}
	return all
}

func version() string {
	release, _ := function.Version()
	return cmp.Or(release, "(development)")
}
