package main

import (
	"strings"
	"testing"

	"github.com/handsoff/handsoff/irc-gateway/irctest"
)

// TestThePaceKeepsTheServersLimit: InspIRCd ends who is thirty lines ahead of twenty a second.
func TestThePaceKeepsTheServersLimit(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		pace  string
		flood bool
	}{
		"within it":                    {"burst: 8, per_second: 16", false},
		"too fast, and slower by that": {"burst: 200, per_second: 400", true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			const threshold = 30
			server := irctest.InspIRCd(t, threshold)
			w := newWorld(t)
			ann := witness(t, server)
			w.configure(strings.Replace(w.network("test", server, `channels: ["#ptg"]`), "burst: 1000, per_second: 1000", test.pace, 1))
			all := lines(90)
			for _, line := range all {
				w.says("irc:test/#ptg", line)
			}
			w.gateway()
			again := w.wantsAll(ann, all)
			flooded := ann.Saw("QUIT :Excess Flood")
			if flooded != test.flood || !flooded && again > 0 {
				t.Errorf("ended for writing too fast: %v; %d lines were said again", flooded, again)
			}
		})
	}
}
