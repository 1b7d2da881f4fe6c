package main

import (
	"context"
	"errors"
	"time"
)

// startServices starts what is behind Keystone, in the order in which the parts find each other.
func (m *machine) startServices(ctx context.Context, all bool) error {
	if err := errors.Join(m.plain("heat-engine", "heat"), m.plain("heat-api", "heat")); err != nil {
		return err
	}
	if all {
		if err := m.startCompute(ctx); err != nil {
			return err
		}
	}
	// Heat's API answers before its engine listens, and what is asked in between is lost.
	if err := errors.Join(m.answers(ctx, "heat-api", "heat"), m.tells(ctx, "heat-engine", "Starting engine_worker")); err != nil {
		return err
	}
	m.say("heat answers")
	return nil
}

// plain is a program that takes a configuration and nothing else.
func (m *machine) plain(name, service string, env ...string) error {
	return m.start(program{name: name, path: programOf(name), args: []string{"--config-file", m.configOf(service)}, env: env})
}

// programOf is what a service's program is called.
func programOf(name string) string {
	switch name {
	case "glance":
		return "glance-api"
	case "neutron":
		return "neutron-server"
	}
	return name
}

func (m *machine) startCompute(ctx context.Context) error {
	err := errors.Join(
		m.start(m.served("placement", "/usr/bin/placement-api", 2, "OS_PLACEMENT_CONFIG_DIR="+m.path("etc"))),
		m.plain("nova-conductor", "nova"), m.plain("nova-scheduler", "nova"), m.plain("nova-api", "nova"),
		m.plain("glance", "glance"), m.plain("neutron", "neutron", "PYTHONPATH="+m.path("plugins")),
	)
	if err != nil {
		return err
	}
	// The computer registers itself with placement, and through the conductor.
	if err := errors.Join(m.answers(ctx, "placement", "placement"), m.tells(ctx, "nova-conductor", "Starting conductor node")); err != nil {
		return err
	}
	if err := m.plain("nova-compute", "nova"); err != nil {
		return err
	}
	err = errors.Join(
		m.answers(ctx, "glance", "glance"), m.answers(ctx, "nova-api", "nova"), m.answers(ctx, "neutron", "neutron"),
		m.tells(ctx, "nova-scheduler", "Starting scheduler node"), m.tells(ctx, "nova-compute", "Starting compute node"),
	)
	if err != nil {
		return err
	}
	m.say("placement, glance, neutron and nova answer")
	return m.once("a computer", func() error { return m.discover(ctx) })
}

// discover maps the computer into its cell, once it has said that it is there.
func (m *machine) discover(ctx context.Context) error {
	for {
		err := m.do(ctx, "nova-manage", "nova-manage", "--config-file", m.configOf("nova"), "cell_v2", "discover_hosts", "--strict", "--verbose")
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(time.Second):
		}
	}
}
