package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"os"
	"runtime/debug"
	"strings"
	"time"

	"golang.org/x/crypto/ssh"

	"github.com/handsoff/handsoff/local-provider/sandbox/door"
	"github.com/handsoff/handsoff/local-provider/sandbox/gerrit"
	"github.com/handsoff/handsoff/local-provider/sandbox/program"
)

// memory is what the garbage collector aims at: four times what events take that are remembered. The sandbox is a guest on a
// small machine, and takes as much only after a burst.
const memory = 64 << 20

// logLag is how late the plugin events-log writes what happened.
const logLag = 2 * time.Second

type settings struct {
	listen, sshListen                  string
	passwordFile, userKeyFile, hostKey string
	eventsLog                          bool
	options                            gerrit.Options
}

// run serves until the context ends. It prints the addresses once it listens.
func run(ctx context.Context, args []string, out io.Writer) error {
	set, err := parse(args, out)
	if errors.Is(err, flag.ErrHelp) {
		return nil
	}
	if err != nil {
		return err
	}
	debug.SetMemoryLimit(memory)
	server := gerrit.New(set.options)
	defer server.Close()
	if err := server.Err(); err != nil {
		return fmt.Errorf("start: %w", err)
	}
	return set.serve(ctx, server, out)
}

// serve opens both doors.
func (set *settings) serve(ctx context.Context, server *gerrit.Server, out io.Writer) error {
	at, err := door.Listen(ctx, set.listen, server.Handler())
	if err != nil {
		return fmt.Errorf("start: %w", err)
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", set.sshListen)
	if err != nil {
		return errors.Join(fmt.Errorf("start: listen on %s: %w", set.sshListen, err), at.Close(ctx))
	}
	if set.options.URL == "" {
		server.SetURL(at.URL())
	}
	ended := make(chan error, 1)
	go func() { ended <- server.ServeSSH(listener) }()
	if _, err := fmt.Fprintf(out, "Gerrit (sandbox) at %s/ and ssh://%s/\n", at.URL(), listener.Addr()); err != nil {
		return errors.Join(fmt.Errorf("print the addresses: %w", err), at.Close(ctx))
	}
	select {
	case <-ctx.Done():
		server.Close()
		err = <-ended
	case err = <-ended:
	}
	if err := errors.Join(err, at.Close(ctx), server.Err()); err != nil {
		return fmt.Errorf("stop: %w", err)
	}
	return nil
}

// parse reads the flags. Secrets come from files, so that they show in no list of processes.
func parse(args []string, out io.Writer) (settings, error) {
	var set settings
	flags := flag.NewFlagSet("sandbox-gerrit", flag.ContinueOnError)
	flags.StringVar(&set.listen, "listen", "127.0.0.1:8084", "address of HTTP")
	flags.StringVar(&set.sshListen, "ssh-listen", "127.0.0.1:29418", "address of SSH")
	flags.StringVar(&set.options.Dir, "dir", "", "folder that keeps changes, events and the host key; in memory when empty")
	flags.StringVar(&set.passwordFile, "http-password-file", "", "file that holds the HTTP password of the user handsoff (required)")
	flags.StringVar(&set.userKeyFile, "ssh-user-key-file", "", "file that holds the public SSH keys of the user handsoff, one a line")
	flags.StringVar(&set.hostKey, "host-key-file", "", "file that holds the SSH host key, a private one; made when empty")
	flags.StringVar(&set.options.URL, "url", "", "canonical root URL; the address listened on when empty")
	flags.BoolVar(&set.eventsLog, "events-log", true, "whether the plugin events-log is installed")
	flags.DurationVar(&set.options.LogLag, "events-log-lag", logLag, "how late the plugin writes what happened")
	flags.Float64Var(&set.options.Speed, "speed", 1, "seconds of the sandbox's clock in one real second")
	if err := program.Parse(flags, args, out); err != nil {
		return set, err
	}
	set.options.NoEventsLog = !set.eventsLog
	err := set.readFiles()
	return set, err
}

var errPassword = errors.New("a password is needed: write one into a file and give it with -http-password-file")

// readFiles reads what the flags name.
func (set *settings) readFiles() error {
	if set.passwordFile == "" {
		return errPassword
	}
	text, err := os.ReadFile(set.passwordFile)
	if err != nil {
		return fmt.Errorf("read the password: %w", err)
	}
	if set.options.Password = strings.TrimSpace(string(text)); set.options.Password == "" {
		return fmt.Errorf("%w; %s is empty", errPassword, set.passwordFile)
	}
	if set.userKeyFile != "" {
		if set.options.Key, err = os.ReadFile(set.userKeyFile); err != nil {
			return fmt.Errorf("read the user's public key: %w", err)
		}
	}
	if set.hostKey == "" {
		return nil
	}
	if text, err = os.ReadFile(set.hostKey); err == nil {
		set.options.HostKey, err = ssh.ParsePrivateKey(text)
	}
	if err != nil {
		return fmt.Errorf("read the host key: %w", err)
	}
	return nil
}
