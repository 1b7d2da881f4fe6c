package main

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"path/filepath"
	"sync"
	"time"

	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/config"
	"github.com/handsoff/handsoff/shared/function"
	"github.com/handsoff/handsoff/shared/health"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/outbox"
	"github.com/handsoff/handsoff/telnet-gateway/login"
	"github.com/handsoff/handsoff/telnet-gateway/session"
)

// usersSecret is the file of those who may log in.
const usersSecret = "telnet-users"

// tryLimit bounds one try to hand in a line; the client tries again.
const tryLimit = 30 * time.Second

// options are the flags.
type options struct {
	listen, health string
	anywhere       bool
}

// run serves until ctx ends, or makes an entry for a user.
func run(ctx context.Context, args []string, getenv func(string) string, stdin io.Reader, stdout, stderr io.Writer) error {
	if len(args) > 0 && args[0] == "passwd" {
		return passwd(args[1:], stdin, stdout, stderr)
	}
	opts, err := readFlags(args, stderr)
	if errors.Is(err, flag.ErrHelp) {
		return nil
	}
	if err != nil {
		return err
	}
	log := function.ProcessLog("telnet-gateway", stderr)
	return serve(ctx, opts, function.ReadEnvironment(getenv), getenv("NO_COLOR") != "", stdout, log)
}

func readFlags(args []string, stderr io.Writer) (o options, err error) {
	o.health, err = function.ProcessFlags("telnet-gateway", "       telnet-gateway passwd [-stdin] <user>\n", args, stderr, func(flags *flag.FlagSet) {
		flags.StringVar(&o.listen, "listen", "127.0.0.1:2323", "`address` to listen on; it must be the loopback's")
		flags.BoolVar(&o.anywhere, "listen-anywhere", false, "allow an address that others can reach: telnet is not encrypted, "+
			"whoever sees the traffic sees passwords")
	})
	return o, err
}

// serve brings everything up, and down again in the opposite order.
func serve(ctx context.Context, opts options, env function.Environment, noColour bool, stdout io.Writer, log *slog.Logger) error {
	listener, err := listen(ctx, opts.listen, opts.anywhere)
	if err != nil {
		return err
	}
	defer func() { _ = listener.Close() }() // the door closes it first
	return function.Process(ctx, "telnet-gateway", env, log, func(p *function.Platform) error {
		return work(ctx, opts, p, listener, noColour, stdout)
	})
}

// work lets people in, on a platform.
func work(ctx context.Context, opts options, p *function.Platform, listener net.Listener, noColour bool, stdout io.Writer) (err error) {
	door, err := newDoor(p, noColour)
	if err != nil {
		return err
	}
	answering, err := health.Process{Redis: p.Redis, Log: p.Log}.Serve(ctx, opts.health)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, answering.Close(ctx)) }()

	fmt.Fprintf(stdout, "telnet-gateway listens on %s\n", listener.Addr())
	if answering.Address() != "" {
		fmt.Fprintf(stdout, "telnet-gateway answers /healthz and /readyz on %s\n", answering.Address())
	}
	return attend(ctx, door, listener)
}

// attend serves people until ctx ends. The watcher and the signs of life outlive the sessions, which are told first.
func attend(ctx context.Context, door *session.Door, listener net.Listener) error {
	watch, stop := context.WithCancel(context.WithoutCancel(ctx))
	var watcher sync.WaitGroup
	watcher.Go(func() { door.Watcher.Run(watch) })
	watcher.Go(func() { health.Live(watch, door.Redis, "telnet-gateway", door.Log) })
	err := door.Serve(ctx, listener)
	stop()
	watcher.Wait()
	last, done := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
	defer done()
	if closeErr := door.Watcher.Close(last); closeErr != nil {
		door.Log.WarnContext(ctx, "clean up", "error", closeErr) // it expires by itself
	}
	if err != nil {
		return fmt.Errorf("serve telnet: %w", err)
	}
	return nil
}

func newDoor(p *function.Platform, noColour bool) (*session.Door, error) {
	settings, err := readSettings(p.Config)
	if err != nil {
		return nil, err
	}
	if noColour {
		settings.Colour = "never"
	}
	trail := trail{p.Jobs}
	throttle := login.NewThrottle(p.Redis, settings.Policy())
	return &session.Door{
		Settings: settings,
		Commands: command.NewClient(p.GatewayURL, p.Keys, &http.Client{Timeout: tryLimit}),
		Jobs:     p.Jobs,
		Gate:     login.NewGate(filepath.Join(p.SecretDir, usersSecret), throttle, trail),
		Trail:    trail,
		Watcher:  outbox.NewWatcher(p.Redis, p.Log),
		Seen:     outbox.NewSeen(p.Redis),
		Redis:    p.Redis,
		Log:      p.Log,
	}, nil
}

// readSettings reads the configuration's section telnet.
func readSettings(file *config.File) (session.Settings, error) {
	settings := session.Settings{Bot: file.Bot.Name, Version: version()}
	if _, err := file.Section("telnet", &settings); err != nil {
		return settings, err
	}
	err := settings.Complete()
	return settings, err
}

// trail writes into the audit trail that all parts share.
type trail struct{ jobs *job.Store }

func (t trail) Audit(ctx context.Context, who, act, detail string) error {
	e := job.AuditEntry{Who: who, Act: act, Detail: detail}
	if who == login.Nobody {
		return t.jobs.AuditStranger(ctx, e)
	}
	return t.jobs.Audit(ctx, e)
}

func version() string {
	release, _ := function.Version()
	return cmp.Or(release, "(development)")
}
