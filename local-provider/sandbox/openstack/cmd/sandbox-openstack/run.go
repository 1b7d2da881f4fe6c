package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/handsoff/handsoff/local-provider/sandbox/openstack"
	"github.com/handsoff/handsoff/local-provider/sandbox/program"
)

type settings struct {
	listen, passwordFile, clouds string
	options                      openstack.Options
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
	server := openstack.New(set.options)
	defer server.Close()
	var wrote error
	p := program.Program{Name: "OpenStack (sandbox)", Listen: set.listen, Server: server, Learn: func(url string) {
		if set.clouds != "" {
			wrote = write(set.clouds, server.CloudsYAML(url))
		}
	}}
	return errors.Join(p.Run(ctx, out), wrote)
}

// write puts a clouds.yaml in its place at once, readable by its owner only, for it holds a password.
func write(path string, text []byte) error {
	if err := os.WriteFile(path+".new", text, 0o600); err != nil {
		return fmt.Errorf("write the clouds: %w", err)
	}
	if err := os.Rename(path+".new", path); err != nil {
		return fmt.Errorf("write the clouds: %w", err)
	}
	return nil
}

// parse reads the flags. The password comes from a file, so that it shows in no list of processes.
func parse(args []string, out io.Writer) (settings, error) {
	var set settings
	flags := flag.NewFlagSet("sandbox-openstack", flag.ContinueOnError)
	flags.StringVar(&set.listen, "listen", "127.0.0.1:8087", "address to listen on")
	flags.StringVar(&set.passwordFile, "password-file", "", "file that holds the password of its users, and of the page (required)")
	flags.StringVar(&set.options.State, "state", "", "file that keeps everything over a restart; in memory when empty")
	flags.StringVar(&set.clouds, "clouds", "", "file into which a clouds.yaml for this cloud is written; none when empty")
	flags.StringVar(&set.options.URL, "url", "", "public root URL; taken from each request when empty")
	flags.StringVar(&set.options.Region, "region", "", "name of the region; RegionOne when empty")
	flags.DurationVar(&set.options.Boot, "boot", 4*time.Second, "how long a server takes to come up; negative for no time")
	flags.DurationVar(&set.options.Delete, "delete", 3*time.Second, "how long a server takes to go; negative for no time")
	flags.Float64Var(&set.options.Speed, "speed", 1, "seconds of the sandbox's clock in one real second")
	flags.IntVar(&set.options.Hosts, "hosts", 2, "hosts that compute")
	if err := program.Parse(flags, args, out); err != nil {
		return set, err
	}
	password, err := program.ReadToken(set.passwordFile)
	set.options.Password = password
	return set, err
}
