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
		lines int
		flood bool
	}{ // with room for a server that gets no time for seconds, and then reads all that has come meanwhile
		"within it":                    {"burst: 4, per_second: 5", 60, false},
		"too fast, and slower by that": {"burst: 200, per_second: 400", 150, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			const threshold = 30
			server := irctest.InspIRCd(t, threshold)
			w := newWorld(t)
			ann := witness(t, server)
			w.configure(strings.Replace(w.network("test", server, `channels: ["#ptg"]`), "burst: 1000, per_second: 1000", test.pace, 1))
			all := lines(test.lines)
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
