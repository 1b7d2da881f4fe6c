// Package program is what the programs that serve a stand-in have in common: they listen, say where, and stop when told.
package program

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/signal"
	"runtime/debug"
	"strings"
	"syscall"

	"github.com/handsoff/handsoff/local-provider/sandbox/door"
)

// memory is what the garbage collector aims at. The sandbox is a guest on a small machine.
const memory = 20 << 20

// Main runs a program until it is interrupted, and ends the process.
func Main(name string, run func(ctx context.Context, args []string, out io.Writer) error) {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Stdout)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, name+":", err)
		os.Exit(1)
	}
}

// A Server is a stand-in. Err says why it could not start or save.
type Server interface {
	http.Handler
	Err() error
}

// A Program serves a stand-in at an address.
type Program struct {
	Name   string // what is printed before the address: "Slack (sandbox)"
	Listen string // ":0" at its end takes a free port
	Server Server
	// Learn tells the server its root URL; nil when it knows or learns by itself.
	Learn func(url string)
}

// Run serves until the context ends. It prints the address once it listens.
func (p Program) Run(ctx context.Context, out io.Writer) error {
	debug.SetMemoryLimit(memory)
	if err := p.Server.Err(); err != nil {
		return fmt.Errorf("start: %w", err)
	}
	at, err := door.Listen(ctx, p.Listen, p.Server)
	if err != nil {
		return fmt.Errorf("start: %w", err)
	}
	if p.Learn != nil {
		p.Learn(at.URL())
	}
	if _, err := fmt.Fprintf(out, "%s at %s/\n", p.Name, at.URL()); err != nil {
		return fmt.Errorf("print the address: %w", err)
	}
	<-ctx.Done()
	if err := errors.Join(at.Close(ctx), p.Server.Err()); err != nil {
		return fmt.Errorf("stop: %w", err)
	}
	return nil
}

// Parse reads flags, of which there are all settings: no other arguments. It answers [flag.ErrHelp] after -help.
func Parse(flags *flag.FlagSet, args []string, out io.Writer) error {
	flags.SetOutput(out)
	if err := flags.Parse(args); err != nil {
		return fmt.Errorf("read the flags: %w", err)
	}
	if flags.NArg() > 0 {
		return fmt.Errorf("unexpected argument %q: all settings are flags, see -help", flags.Arg(0))
	}
	return nil
}

var errToken = errors.New("a token is needed: write one into a file and give it with -token-file")

// ReadToken reads the token that lets people in. Secrets come from files, so that they show in no list of processes.
func ReadToken(file string) (string, error) {
	if file == "" {
		return "", errToken
	}
	lines, err := ReadLines("the token", file)
	if err != nil {
		return "", err
	}
	if len(lines) == 0 {
		return "", fmt.Errorf("%w; %s is empty", errToken, file)
	}
	return lines[0], nil
}

// ReadLines reads the words of a file; of no file none.
func ReadLines(what, file string) ([]string, error) {
	if file == "" {
		return nil, nil
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", what, err)
	}
	return strings.Fields(string(text)), nil
}
