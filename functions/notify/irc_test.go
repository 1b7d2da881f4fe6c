package main

import (
	"context"
	"log/slog"
	"slices"
	"testing"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/functions/notify/door"
	"github.com/handsoff/handsoff/shared/irc"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/job/jobtest"
)

// TestTheGatewayIsToldWhatWaits: in the order in which it came, and a notice without the job that it is. What is on no network
// of ours is given up.
func TestTheGatewayIsToldWhatWaits(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		y := newYard(t, rdb)
		defer y.close()
		doors := map[string]door.Door{irc.Door: {Renderer: &appender{rdb: rdb, irc: &ircNetworks{jobs: y.jobs, log: slog.New(slog.DiscardHandler), names: []string{"oftc"}}}}}
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
		id := y.accept(watchedBy(ptg, "irc:nowhere/#ptg", "irc:oftc"))
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
