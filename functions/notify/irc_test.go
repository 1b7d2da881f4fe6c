package main

import (
	"context"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/functions/notify/door"
	"github.com/handsoff/handsoff/shared/config"
	"github.com/handsoff/handsoff/shared/function"
	"github.com/handsoff/handsoff/shared/irc"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/job/jobtest"
)

// TestTheGatewayIsToldWhatWaits: in the order in which it came, and a notice without the job that it is. What is no address is given up.
func TestTheGatewayIsToldWhatWaits(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		y := newYard(t, rdb)
		defer y.close()
		doors := map[string]door.Door{irc.Door: {Renderer: &appender{rdb: rdb, irc: &ircNetworks{jobs: y.jobs, log: slog.New(slog.DiscardHandler), names: func() []string { return []string{"oftc"} }}}}}
		deliver := func() {
			c := y.courier(rdb, doors)
			defer c.alarm.Stop()
			if err := c.delivers(context.Background()); err != nil {
				t.Fatal(err)
			}
		}
		out := irc.NewOutgoing(rdb, "oftc")
		at, err := out.Wait(t.Context(), "0-0")
		if err != nil {
			t.Fatal(err)
		}
		ptg, ann := irc.ChannelAddress("oftc", "#PTG"), irc.AccountAddress("oftc", "Ann")
		id := y.accept(watchedBy(ptg, "irc:oftc"))
		deliver()
		if _, err := y.jobs.Accept(t.Context(), job.Notice("test", "1", "NOW in #nova: Cells", []string{ann})); err != nil {
			t.Fatal(err)
		}
		deliver()
		if list, err := out.Waiting(t.Context(), 0, 10); err != nil || !slices.Equal(list, []string{ptg, ann}) {
			t.Errorf("%v waits, %v", list, err)
		}
		if next, err := out.Wait(t.Context(), at); err != nil || next == at {
			t.Errorf("nobody was told: %v", err)
		}
		for address, want := range map[string]string{ptg: id, ann: ""} {
			entries, err := out.Next(t.Context(), address, 10)
			if err != nil || len(entries) != 1 || entries[0].Job != want {
				t.Errorf("%s is to be told %+v, %v", address, entries, err)
				continue
			}
			if err := out.Delivered(t.Context(), address, entries[0].ID); err != nil {
				t.Error(err)
			}
		}
		if list, err := out.Waiting(t.Context(), 0, 10); err != nil || len(list) > 0 {
			t.Errorf("%v waits still, %v", list, err)
		}
		watchers, err := y.jobs.Watchers(t.Context(), id)
		if _, there := watchers[ptg]; err != nil || len(watchers) != 1 || !there {
			t.Errorf("%v follow it, %v", watchers, err)
		}
	})
}

// TestANetworkMayComeLater than this function was started: what is on it waits, for a day, and is shown once the configuration has it.
func TestANetworkMayComeLater(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		y := newYard(t, rdb)
		defer y.close()
		dir := t.TempDir()
		configure := func(networks string) {
			t.Helper()
			if err := os.WriteFile(filepath.Join(dir, function.ConfigSecret), []byte("irc: {networks: ["+networks+"]}\n"), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		const oftc, lab = "{name: oftc, server: irc.example.org}", "{name: lab, server: irc.example.net}"
		configure(oftc)
		file, err := config.Load(filepath.Join(dir, function.ConfigSecret))
		if err != nil {
			t.Fatal(err)
		}
		p := &function.Platform{
			Config: file, Redis: rdb, Jobs: y.jobs, Environment: function.Environment{SecretDir: dir}, Log: slog.New(slog.DiscardHandler),
		}
		opened, err := openIRC(p)
		if err != nil {
			t.Fatal(err)
		}
		deliver := func() {
			t.Helper()
			c := y.courier(rdb, map[string]door.Door{irc.Door: {Renderer: opened}})
			defer c.alarm.Stop()
			if err := c.delivers(context.Background()); err != nil {
				t.Fatal(err)
			}
		}
		hall, nowhere := irc.ChannelAddress("lab", "#hall"), irc.ChannelAddress("nowhere", "#hall")
		id := y.accept(watchedBy(hall, nowhere))
		deliver()
		if got := y.box(hall); len(got) > 0 {
			t.Errorf("%s has %q", hall, got)
		}
		configure(oftc + ", " + lab)
		y.clock.Add(longestWait + hold)
		deliver()
		if got := y.box(hall); len(got) == 0 {
			t.Errorf("%s has nothing", hall)
		}
		follow := func(want ...string) {
			t.Helper()
			watchers, err := y.jobs.Watchers(t.Context(), id)
			if got := slices.Sorted(maps.Keys(watchers)); err != nil || !slices.Equal(got, want) {
				t.Errorf("%q follow it, not %q; %v", got, want, err)
			}
		}
		follow(hall, nowhere)
		y.clock.Add(unknownFor + hold)
		deliver()
		follow(hall)
	})
}
