// Command local-provider is OpenFaaS on one machine without containers: the API that faas-cli speaks, functions as
// processes, a durable queue, the cron connector, and a supervisor for all that a small installation runs.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Environ(), os.Stdout, os.Stderr)
	stop()
	if errors.Is(err, flag.ErrHelp) {
		os.Exit(2)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "local-provider: "+err.Error())
		os.Exit(1)
	}
}

// subcommand is one of what this program can do.
type subcommand struct {
	name, summary string
	run           func(context.Context, invocation) error
}

// invocation is what a subcommand gets.
type invocation struct {
	args           []string
	env            []string
	stdout, stderr io.Writer
}

// subcommands is the table of all there is.
func subcommands() []subcommand {
	return []subcommand{
		{"up", "bring everything up and say where to go", up},
		{"down", "stop everything", down},
		{"status", "say what runs", status},
		{"say", "say a line to the bot, and print its answer", say},
		{"build", "build the functions of a stack file", build},
		{"deploy", "deploy the functions of a stack file", deploy},
		{"config", "check configuration files (config check <file>…)", configuration},
		{"docs", "write the references in docs/ that are made of the schema and of stack.yml", references},
		{"dead-letters", "list, replay or drop messages that were given up", deadLetters},
		{"audit", "check an audit trail without Redis, or write it into a file", auditTrail},
		{"serve", "serve the OpenFaaS API and the functions (up starts it)", serve},
		{"supervise", "keep the services running (up starts it)", supervise},
		{"ara", "serve the record of Ansible's runs (up starts it)", ara},
		{"embedded-redis", "serve a Redis in memory (up starts it)", embeddedRedis},
	}
}

// run is the program without the process around it, so that tests can start it.
func run(ctx context.Context, args, env []string, stdout, stderr io.Writer) error {
	if len(args) == 0 || args[0] == "help" || args[0] == "-h" || args[0] == "--help" {
		_, err := io.WriteString(stdout, usage())
		return err
	}
	for _, c := range subcommands() {
		if c.name == args[0] {
			return c.run(ctx, invocation{args: args[1:], env: env, stdout: stdout, stderr: stderr})
		}
	}
	return fmt.Errorf("there is no subcommand %q; `local-provider help` lists them", args[0])
}

func usage() string {
	var text strings.Builder
	text.WriteString("local-provider is OpenFaaS on one machine, without containers.\n\n")
	for _, c := range subcommands() {
		fmt.Fprintf(&text, "  local-provider %-15s %s\n", c.name, c.summary)
	}
	text.WriteString("\n`local-provider <subcommand> -h` lists a subcommand's flags.\n")
	return text.String()
}

// flags returns the flag set of a subcommand, with the flag that all of them have.
func flags(in invocation, name string) (*flag.FlagSet, *string) {
	set := flag.NewFlagSet("local-provider "+name, flag.ContinueOnError)
	set.SetOutput(in.stderr)
	dir := set.String("home", ".handsoff", "`folder` in which everything lives")
	return set, dir
}

// lookup returns the value of an environment variable.
func (in invocation) lookup(name string) (string, bool) {
	for _, entry := range in.env {
		if key, value, _ := strings.Cut(entry, "="); key == name {
			return value, true
		}
	}
	return "", false
}
