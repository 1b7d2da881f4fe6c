package main

import (
	"strings"
	"testing"

	"github.com/handsoff/handsoff/local-provider/sandbox/fault"
	sandbox "github.com/handsoff/handsoff/local-provider/sandbox/git"
	"github.com/handsoff/handsoff/shared/job"
)

// large gives the upstream something that takes more than one packet.
func (b *bench) large() {
	b.Helper()
	text := strings.Builder{}
	for i := range 40_000 {
		text.WriteString(plainNumber(i))
	}
	b.commit(sandbox.Commit{Repository: sandbox.Upstream, Message: "Much", Files: map[string]string{"much": text.String()}})
}

// plainNumber is text that does not get small when it is packed.
func plainNumber(i int) string {
	n := uint64(i+1) * 0x9e3779b97f4a7c15
	var line [16]byte
	for at := range line {
		line[at] = "0123456789abcdef"[n>>(4*at)&15]
	}
	return string(line[:]) + "\n"
}

// TestConnectionBreaks: wherever it does, nothing is half synced, people are told, and the next try goes on.
func TestConnectionBreaks(t *testing.T) {
	t.Parallel()
	const fetch, push = "git-upload-pack", "git-receive-pack"
	// What comes on a connection that was used before, curl sends a second time by itself.
	for name, f := range map[string]sandbox.Fault{
		"looking upstream":        {Kind: sandbox.FaultDown, Repository: sandbox.Upstream},
		"half a list":             {Kind: sandbox.FaultAnswer, After: 60, Repository: sandbox.Mirror},
		"fetching half":           {Kind: sandbox.FaultAnswer, After: 100_000, Method: "POST", Service: fetch, Repository: sandbox.Upstream, Span: fault.Span{Skip: 2}},
		"before the push":         {Kind: sandbox.FaultDown, Method: "GET", Service: push},
		"pushing half":            {Kind: sandbox.FaultSend, After: 100_000, Method: "POST", Service: push},
		"pushed but not told":     {Kind: sandbox.FaultLost, Method: "POST", Service: push},
		"pushed and half told":    {Kind: sandbox.FaultAnswer, After: 10, Method: "POST", Service: push},
		"ill before the push":     {Kind: sandbox.FaultStatus, Status: 503, Service: push},
		"too many requests":       {Kind: sandbox.FaultStatus, Status: 429, Repository: sandbox.Upstream},
		"ill in the middle of it": {Kind: sandbox.FaultStatus, Status: 500, Method: "POST", Service: push},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, "")
			b.large()
			f.Times = 2
			b.server.Break(f)
			j := b.sync()
			b.ends(j, job.Succeeded)
			b.alike()
			b.says(b.story(j.ID), "trying again in")
			if n := strings.Count(b.story(j.ID), "Pushed 5 refs"); n != 1 {
				b.Errorf("people were told %d times:\n%s", n, b.story(j.ID))
			}
		})
	}
}
