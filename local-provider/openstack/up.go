package main

import (
	"context"
	"errors"
	"io"
	"os"

	"golang.org/x/sync/errgroup"
)

// up starts what does not run: the database and the queue, then Keystone while the other databases are made, then the services
// and what they offer from the beginning.
func up(ctx context.Context, dir string, all bool, out io.Writer) error {
	m, err := open(dir, out)
	if err != nil {
		return err
	}
	if err := m.configure(all); err != nil {
		return err
	}
	if err := errors.Join(m.startDatabase(ctx), m.startQueue()); err != nil {
		return err
	}
	// None ends because another failed: tables that were made by half are made by no second try.
	var group errgroup.Group
	group.Go(func() error { return m.startKeystone(ctx, all) })
	group.Go(func() error { return m.makeDatabases(ctx, databases(all)) })
	group.Go(func() error {
		if !all {
			return nil
		}
		return m.once("nova's databases", func() error { return m.makeNova(ctx) }) // the longest of all
	})
	if err := group.Wait(); err != nil {
		return err
	}
	if err := m.listens(ctx, "rabbitmq", "queue"); err != nil {
		return err
	}
	if err := m.startServices(ctx, all); err != nil {
		return err
	}
	if all {
		if err := m.once("what every cloud has", func() error { return m.seed(ctx) }); err != nil {
			return err
		}
	}
	m.say("it runs: " + m.path("clouds.yaml"))
	return nil
}

// stateless are the services that keep nothing of their own; the order is that in which they may go.
var stateless = []string{
	"nova-compute", "nova-scheduler", "nova-conductor", "nova-api", "neutron", "glance", "placement", "heat-engine", "heat-api", "keystone",
}

// down stops all that runs.
func down(ctx context.Context, dir string, purge bool) error {
	m := &machine{Dir: dir}
	err := errors.Join(m.stop(ctx, stateless...), m.stop(ctx, "rabbitmq", "mariadb"), m.stop(ctx, "epmd"))
	if err == nil && purge {
		err = os.RemoveAll(dir)
	}
	return err
}
