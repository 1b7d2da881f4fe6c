package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"

	"golang.org/x/sync/errgroup"
	"golang.org/x/sys/unix"

	"github.com/handsoff/handsoff/local-provider/durable"
	"github.com/handsoff/handsoff/local-provider/home"
	"github.com/handsoff/handsoff/local-provider/stack"
)

// upOptions are the flags of `up`.
type upOptions struct {
	file, bin, config string
	foreground, build bool
	ports             home.Ports
	planner           planner
}

// up brings everything up, or repairs what is not, and says where to go.
func up(ctx context.Context, in invocation) error {
	options, h, err := readUp(ctx, in)
	if err != nil {
		return err
	}
	lock, err := h.Lock("up")
	if errors.Is(err, home.ErrLocked) {
		return fmt.Errorf("another `local-provider up` is at work on %s; wait until it has finished", h)
	}
	if err != nil {
		return err
	}
	defer func() { _ = lock.Close() }()
	password, err := prepare(ctx, in, options, h)
	if err != nil {
		return err
	}
	err = bringUp(ctx, in, options, h, password)
	if err != nil && password != "" { // nobody would ever see it
		fmt.Fprintf(in.stderr, "for telnet: log in as %s, password %s (shown this once; only its hash is kept)\n", firstUser, password)
	}
	return err
}

// bringUp starts what the home is to run, and says where to go. password is the first person's, empty when it was made before.
func bringUp(ctx context.Context, in invocation, options upOptions, h home.Home, password string) error {
	p, err := options.planner.plan()
	if err != nil {
		return err
	}
	ready := greeting{
		in: in, home: h, ports: options.ports, plan: p, password: password, bin: options.bin,
	}
	if options.foreground {
		return upInForeground(ctx, in, options, h, p, ready)
	}
	group, building := errgroup.WithContext(ctx)
	group.Go(func() error { return buildIfAsked(building, in, options, h) })
	err = startSupervisor(ctx, h, options.planner.self, p)
	if err := errors.Join(err, group.Wait()); err != nil {
		return err
	}
	if err := deployIfAny(ctx, in, options, h); err != nil {
		return err
	}
	return ready.print(ctx)
}

func readUp(ctx context.Context, in invocation) (upOptions, home.Home, error) {
	set, dir := flags(in, "up")
	o := upOptions{}
	set.BoolVar(&o.foreground, "foreground", false, "stay, and stop everything on Ctrl-C")
	set.StringVar(&o.file, "f", "stack.yml", "stack `file` to build and deploy")
	set.BoolVar(&o.build, "build", true, "build the functions first")
	set.StringVar(&o.bin, "bin", "bin", "`folder` with telnet-gateway and sandbox-jenkins")
	set.StringVar(&o.config, "config", filepath.Join("config", "sandbox.yml"), "configuration to begin with")
	set.BoolVar(&o.planner.embedded, "embedded-redis", false, "use the Redis in memory even if redis-server is installed")
	set.BoolVar(&o.planner.ara, "ara", true, "serve ARA, the record of Ansible's runs, where it is installed")
	choice := set.String("ports", "usual", "usual, or auto: any that are free")
	mode := set.String("queue", "strong", "strong, or weak: as unreliable as the Community Edition's")
	seed := set.Uint64("queue-seed", 1, "seed of the weak queue's chance")
	flagged := addPortFlags(set)
	if err := set.Parse(in.args); err != nil {
		return o, "", err
	}
	if *choice != "usual" && *choice != "auto" {
		return o, "", fmt.Errorf("-ports is usual or auto, not %q", *choice)
	}
	h, err := home.Open(*dir)
	if err != nil {
		return o, "", err
	}
	if o.ports, err = choosePorts(ctx, set, *flagged, h, *choice == "auto"); err != nil {
		return o, "", err
	}
	self, err := os.Executable()
	if err != nil {
		return o, "", fmt.Errorf("find this program: %w", err)
	}
	o.planner.home, o.planner.ports, o.planner.bin, o.planner.self = h, o.ports, o.bin, self
	o.planner.serve = []string{"-queue", *mode, "-queue-seed", strconv.FormatUint(*seed, 10)}
	return o, h, nil
}

// prepare fills the home. It returns the first person's password when it was made just now.
func prepare(ctx context.Context, in invocation, o upOptions, h home.Home) (string, error) {
	if err := h.GenerateSecrets(); err != nil {
		return "", err
	}
	if err := h.GenerateKeys(o.ports); err != nil {
		return "", err
	}
	if err := h.WritePorts(o.ports); err != nil {
		return "", err
	}
	if err := h.WriteClouds(o.ports); err != nil {
		return "", err
	}
	outcome, err := h.CopyConfig(o.config, o.ports)
	if err != nil {
		return "", err
	}
	switch outcome {
	case home.ConfigMissing:
		fmt.Fprintf(in.stderr, "%s does not exist; the functions have no configuration unless there is one in %s\n",
			o.config, h.Secret(home.SecretConfig))
	case home.ConfigEdited:
		fmt.Fprintf(in.stderr, "%s was edited by hand and is left as it is\n", h.Secret(home.SecretConfig))
	}
	if err := writeEnvironment(h, o.ports); err != nil {
		return "", err
	}
	password, err := firstPerson(ctx, h, o.bin)
	if err != nil {
		fmt.Fprintf(in.stderr, "there is nobody who can log in by telnet yet: %v\n", err)
	}
	return password, nil
}

// writeEnvironment lets a shell use the ordinary faas-cli here: `. .handsoff/env`.
func writeEnvironment(h home.Home, ports home.Ports) error {
	text := fmt.Sprintf("export OPENFAAS_URL=%s\nexport HANDSOFF_GATEWAY_URL=%s\nexport HANDSOFF_REDIS_ADDRESS=%s\n",
		ports.GatewayURL(), ports.GatewayURL(), ports.RedisAddress())
	return durable.WriteFile(filepath.Join(string(h), "env"), []byte(text), 0o600)
}

// stackOf reads the stack file; a project without one has no functions.
func stackOf(in invocation, o upOptions) ([]stack.Function, error) {
	if _, err := os.Stat(o.file); os.IsNotExist(err) {
		fmt.Fprintf(in.stderr, "there is no %s, and so no function is deployed\n", o.file)
		return nil, nil
	}
	return stack.Load(o.file, in.withPorts(o.ports))
}

func buildIfAsked(ctx context.Context, in invocation, o upOptions, h home.Home) error {
	functions, err := stackOf(in, o)
	if err != nil || !o.build {
		return err
	}
	return buildAll(ctx, in, h, o.file, functions)
}

// deployIfAny deploys every function that was built.
func deployIfAny(ctx context.Context, in invocation, o upOptions, h home.Home) error {
	functions, err := stackOf(in, o)
	if err != nil {
		return err
	}
	built := functions[:0]
	for _, f := range functions {
		if hasImage(h, f) {
			built = append(built, f)
		}
	}
	return deployAll(ctx, in, h, o.ports.GatewayURL(), built, false)
}

// upInForeground takes over from a supervisor in the background, if there is one, and stays.
func upInForeground(
	ctx context.Context, in invocation, o upOptions, h home.Home, p plan, ready greeting,
) error {
	old, err := readSupervision(h)
	if err != nil {
		return err
	}
	if err := errors.Join(endSupervisor(ctx, old, unix.SIGUSR1), durable.WriteJSON(planFile(h), p)); err != nil {
		return err
	}
	slog.SetDefault(slog.New(slog.NewTextHandler(in.stderr, nil)))
	group, ctx := errgroup.WithContext(ctx)
	begun := make(chan error, 1)
	group.Go(func() error { return superviseHome(ctx, h, func(err error) { begun <- err }) })
	group.Go(func() error {
		err := buildIfAsked(ctx, in, o, h)
		select {
		case failed := <-begun:
			err = errors.Join(err, failed)
		case <-ctx.Done():
			return nil
		}
		if err == nil {
			err = deployIfAny(ctx, in, o, h)
		}
		return errors.Join(err, ready.print(ctx))
	})
	return group.Wait()
}
