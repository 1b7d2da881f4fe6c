package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"net"
	"os"
	"slices"

	"github.com/handsoff/handsoff/local-provider/home"
	"github.com/handsoff/handsoff/local-provider/supervisor"
)

// portFlag is one port that can be chosen.
type portFlag struct {
	flag, what string
	of         func(*home.Ports) *int
}

func portFlags() []portFlag {
	return []portFlag{
		{"gateway-port", "the API and the functions", func(p *home.Ports) *int { return &p.Gateway }},
		{"telnet-port", "telnet", func(p *home.Ports) *int { return &p.Telnet }},
		{"redis-port", "Redis", func(p *home.Ports) *int { return &p.Redis }},
		{"jenkins-port", "the sandbox's Jenkins", func(p *home.Ports) *int { return &p.Jenkins }},
		{"slack-port", "the sandbox's Slack", func(p *home.Ports) *int { return &p.Slack }},
		{"github-port", "the sandbox's GitHub", func(p *home.Ports) *int { return &p.GitHub }},
		{"gerrit-port", "the sandbox's Gerrit", func(p *home.Ports) *int { return &p.Gerrit }},
		{"gerrit-ssh-port", "the sandbox's Gerrit over SSH", func(p *home.Ports) *int { return &p.SSH }},
		{"ara-port", "the record of Ansible's runs", func(p *home.Ports) *int { return &p.ARA }},
		{"git-port", "the sandbox's repositories", func(p *home.Ports) *int { return &p.Git }},
		{"openstack-port", "the sandbox's OpenStack", func(p *home.Ports) *int { return &p.Cloud }},
		{"irc-port", "the sandbox's IRC", func(p *home.Ports) *int { return &p.IRC }},
	}
}

// addPortFlags adds the flags, and returns the ports into which they are read.
func addPortFlags(set *flag.FlagSet) *home.Ports {
	ports := home.DefaultPorts()
	for _, f := range portFlags() {
		port := f.of(&ports)
		set.IntVar(port, f.flag, *port, "`port` for "+f.what)
	}
	return &ports
}

// choosePorts settles on the ports: those that a flag names, else those that this home used before, else the usual ones,
// or with auto any that are free. A port that somebody else has is refused, by its number and its flag.
func choosePorts(ctx context.Context, set *flag.FlagSet, flagged home.Ports, h home.Home, auto bool) (home.Ports, error) {
	recorded, err := h.ReadPorts()
	if err != nil {
		return home.Ports{}, err
	}
	_, missing := os.Stat(h.PortsFile())
	fresh := errors.Is(missing, fs.ErrNotExist)
	named := make(map[string]bool)
	set.Visit(func(f *flag.Flag) { named[f.Name] = true })
	ours, err := listening(h, recorded)
	if err != nil {
		return home.Ports{}, err
	}
	chosen := recorded
	for _, f := range portFlags() {
		port := f.of(&chosen)
		if named[f.flag] {
			*port = *f.of(&flagged)
		}
		usable := ours[home.Loopback(*port)] || isFree(ctx, *port)
		if auto && !named[f.flag] && (fresh || !usable) {
			if *port, err = freePort(ctx, chosen); err != nil {
				return home.Ports{}, err
			}
			usable = true
		}
		if !usable {
			return home.Ports{}, fmt.Errorf("port %d, for %s, is taken by another program: stop that program, or choose "+
				"another port with -%s", *port, f.what, f.flag)
		}
	}
	return chosen, different(chosen)
}

// different refuses one port for two services.
func different(ports home.Ports) error {
	flags := make(map[int]string)
	for _, f := range portFlags() {
		port := *f.of(&ports)
		if other, taken := flags[port]; taken {
			return fmt.Errorf("-%s and -%s both name port %d: choose two", other, f.flag, port)
		}
		flags[port] = f.flag
	}
	return nil
}

// listening is where the services of this home listen already.
func listening(h home.Home, ports home.Ports) (map[string]bool, error) {
	traces, err := supervisor.Traces(folders(h))
	if err != nil {
		return nil, err
	}
	ours := make(map[string]bool)
	for _, t := range traces {
		if t.Alive() {
			ours[t.Address] = true
			if t.Name == serviceGerrit { // it listens on two
				ours[ports.GerritSSH()] = true
			}
		}
	}
	return ours, nil
}

func isFree(ctx context.Context, port int) bool {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", home.Loopback(port))
	if err != nil {
		return false
	}
	return listener.Close() == nil
}

// The ports from which auto chooses. They lie below those that the kernel gives to outgoing connections, one of which
// could take a port while the service that has it is being restarted.
const (
	firstAuto = 20_000
	manyAuto  = 12_000
)

// freePort finds a port that nobody has, and that is none of those chosen already.
func freePort(ctx context.Context, chosen home.Ports) (int, error) {
	const tries = 200
	for range tries {
		port := firstAuto + rand.IntN(manyAuto)
		if !taken(chosen, port) && isFree(ctx, port) {
			return port, nil
		}
	}
	return 0, fmt.Errorf("no free port was found between %d and %d: choose some, `local-provider up -h` lists the flags",
		firstAuto, firstAuto+manyAuto)
}

// taken reports whether a port was chosen for one of the services already.
func taken(chosen home.Ports, port int) bool {
	return slices.ContainsFunc(portFlags(), func(f portFlag) bool { return *f.of(&chosen) == port })
}

func folders(h home.Home) supervisor.Folders {
	return supervisor.Folders{Run: h.Services(), Logs: h.Logs(), Work: h.ServiceWork()}
}
