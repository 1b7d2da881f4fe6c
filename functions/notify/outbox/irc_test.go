package outbox

import (
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/handsoff/handsoff/functions/notify/door/doortest"
	"github.com/handsoff/handsoff/shared/config"
	"github.com/handsoff/handsoff/shared/function"
	"github.com/handsoff/handsoff/shared/irc"
	"github.com/handsoff/handsoff/shared/job"
)

// TestTheGatewayIsToldWhatWaits: in the order in which it came, and a notice without the job that it is. What is no address is given up.
func TestTheGatewayIsToldWhatWaits(t *testing.T) {
	t.Parallel()
	doortest.Each(t, func(there *doortest.Yard) {
		on := &networks{jobs: there.Jobs, log: slog.New(slog.DiscardHandler), names: func() []string { return []string{"oftc"} }}
		y := &yard{there, irc.Door, &Door{rdb: there.Redis, irc: on}}
		out := irc.NewOutgoing(y.Redis, "oftc")
		at, err := out.Wait(y.Context(), "0-0")
		if err != nil {
			y.Fatal(err)
		}
		ptg, ann := irc.ChannelAddress("oftc", "#PTG"), irc.AccountAddress("oftc", "Ann")
		id := y.Accept(doortest.WatchedBy(ptg, "irc:oftc"))
		y.deliver()
		if _, err := y.Jobs.Accept(y.Context(), job.Notice("test", "1", "NOW in #nova: Cells", []string{ann})); err != nil {
			y.Fatal(err)
		}
		y.deliver()
		if list, err := out.Waiting(y.Context(), 0, 10); err != nil || !slices.Equal(list, []string{ptg, ann}) {
			y.Errorf("%v waits, %v", list, err)
		}
		if next, err := out.Wait(y.Context(), at); err != nil || next == at {
			y.Errorf("nobody was told: %v", err)
		}
		for address, want := range map[string]string{ptg: id, ann: ""} {
			entries, err := out.Next(y.Context(), address, 10)
			if err != nil || len(entries) != 1 || entries[0].Job != want {
				y.Errorf("%s is to be told %+v, %v", address, entries, err)
				continue
			}
			if err := out.Delivered(y.Context(), address, entries[0].ID); err != nil {
				y.Error(err)
			}
		}
		if list, err := out.Waiting(y.Context(), 0, 10); err != nil || len(list) > 0 {
			y.Errorf("%v waits still, %v", list, err)
		}
		watchers, err := y.Jobs.Watchers(y.Context(), id)
		if _, there := watchers[ptg]; err != nil || len(watchers) != 1 || !there {
			y.Errorf("%v follow it, %v", watchers, err)
		}
	})
}

// TestANetworkMayComeLater than this function was started: what is on it waits, for a day, and is shown once the configuration has it.
func TestANetworkMayComeLater(t *testing.T) {
	t.Parallel()
	doortest.Each(t, func(there *doortest.Yard) {
		y := &yard{Yard: there, kind: irc.Door}
		dir := y.TempDir()
		configure := func(networks string) {
			y.Helper()
			if err := os.WriteFile(filepath.Join(dir, function.ConfigSecret), []byte("irc: {networks: ["+networks+"]}\n"), 0o600); err != nil {
				y.Fatal(err)
			}
		}
		const oftc, lab = "{name: oftc, server: irc.example.org}", "{name: lab, server: irc.example.net}"
		configure(oftc)
		file, err := config.Load(filepath.Join(dir, function.ConfigSecret))
		if err != nil {
			y.Fatal(err)
		}
		p := &function.Platform{
			Config: file, Redis: y.Redis, Jobs: y.Jobs, Environment: function.Environment{SecretDir: dir}, Log: slog.New(slog.DiscardHandler),
		}
		opened, err := OpenIRC(p)
		if err != nil {
			y.Fatal(err)
		}
		y.door = opened.Renderer
		hall, nowhere := irc.ChannelAddress("lab", "#hall"), irc.ChannelAddress("nowhere", "#hall")
		id := y.Accept(doortest.WatchedBy(hall, nowhere))
		y.deliver()
		if got := y.Box(hall); len(got) > 0 {
			y.Errorf("%s has %q", hall, got)
		}
		configure(oftc + ", " + lab)
		y.Clock.Add(unheardWait + time.Minute)
		y.deliver()
		if got := y.Box(hall); len(got) == 0 {
			y.Errorf("%s has nothing", hall)
		}
		follow := func(want ...string) {
			y.Helper()
			watchers, err := y.Jobs.Watchers(y.Context(), id)
			if got := slices.Sorted(maps.Keys(watchers)); err != nil || !slices.Equal(got, want) {
				y.Errorf("%q follow it, not %q; %v", got, want, err)
			}
		}
		follow(hall, nowhere)
		y.Clock.Add(unheardFor + time.Minute)
		y.deliver()
		follow(hall)
	})
}
