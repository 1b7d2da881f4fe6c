package function

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/shared/telemetry"
	"github.com/handsoff/handsoff/shared/trace"
)

// Process is what [Run] is for a function, for a process that is none, such as a door that holds connections: it does the
// work on a platform, with traces where they are configured, and lets go of both. Whoever is stopped while Redis is waited
// for ends without an error.
func Process(ctx context.Context, name string, env Environment, log *slog.Logger, work func(*Platform) error) (err error) {
	redis.SetLogger(silent{})
	p, err := NewPlatform(ctx, name, env, log)
	if err != nil {
		if ctx.Err() != nil {
			return nil // it was stopped while it waited for Redis
		}
		return err
	}
	defer func() { err = errors.Join(err, p.Close()) }()
	stop, err := telemetry.Start(telemetry.Options{Name: name, Config: p.Config, Secret: env.Secret, Log: log})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, lastly(ctx, stop)) }()
	return work(p)
}

// ProcessLog is the log of a process.
func ProcessLog(name string, out io.Writer) *slog.Logger {
	return slog.New(trace.Handler(slog.NewJSONHandler(out, nil))).With("process", name)
}

// ProcessFlags reads the flags of a process; more defines some of its own, nil for none, and usage are further lines of what
// -h shows. Every process has -health, the address of /healthz and /readyz. It gives flag.ErrHelp when it was asked for help.
func ProcessFlags(name, usage string, args []string, out io.Writer, more func(*flag.FlagSet)) (health string, err error) {
	flags := flag.NewFlagSet(name, flag.ContinueOnError)
	flags.SetOutput(out)
	if more != nil {
		more(flags)
	}
	flags.StringVar(&health, "health", "", "`address` for /healthz and /readyz; none when empty")
	flags.Usage = func() {
		fmt.Fprintf(out, "Usage: %s [flags]\n%s\n", name, usage)
		flags.PrintDefaults()
	}
	if err := flags.Parse(args); err != nil {
		return health, err // it was said
	}
	if flags.NArg() > 0 {
		return health, fmt.Errorf("unexpected argument %q", flags.Arg(0))
	}
	return health, nil
}
