//go:build !race

package main

import "testing"

// TestSize keeps the program small: 24 MB resident when it has just started, as a test binary that is larger than the
// program, and 50 MB after two thousand comments. (The race detector needs more than that for itself.)
func TestSize(t *testing.T) {
	t.Parallel()
	const idle, busy = 24 << 20, 50 << 20
	s := start(t, "-unlimited", "-dir", t.TempDir())
	s.comments()
	if size := s.Resident(); size > idle {
		t.Errorf("idle it takes %d bytes, the limit is %d", size, idle)
	}
	for range 2000 {
		s.call("POST", "/repos/acme/app/issues/1/comments", `{"body":"something of usual length, as people write"}`)
	}
	if size := s.Resident(); size > busy {
		t.Errorf("busy it takes %d bytes, the limit is %d", size, busy)
	}
}
