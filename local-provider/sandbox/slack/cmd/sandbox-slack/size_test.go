//go:build !race

package main

import (
	"strings"
	"testing"
)

// TestSize keeps the program small: 22 MB resident when it has just started, as a test binary that is a third larger than
// the program, and 40 MB after ten thousand messages of 2 kB. (The race detector needs more than that for itself.)
func TestSize(t *testing.T) {
	t.Parallel()
	const idle, busy = 22 << 20, 40 << 20
	p := start(t, "-unlimited", "-dir", t.TempDir())
	p.call("auth.test")
	if size := p.Resident(); size > idle {
		t.Errorf("idle it takes %d bytes, the limit is %d", size, idle)
	}
	text := strings.Repeat("x", 2000)
	for i := range 10_000 {
		p.call("chat.postMessage", "channel", []string{"C0OPS", "C0GENERAL", "C0QUIET", "C0ADMIN"}[i%4], "text", text)
	}
	if size := p.Resident(); size > busy {
		t.Errorf("busy it takes %d bytes, the limit is %d", size, busy)
	}
	if n := p.messages("C0OPS"); n == 0 || n > 1000 {
		t.Errorf("%d messages are shown", n)
	}
}
