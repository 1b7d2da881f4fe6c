package main

import (
	"testing"

	"github.com/handsoff/handsoff/shared/function/functiontest"
)

// TestWhatIsDeclaredIsThere: stack.yml and the function have the same commands, and what answers at once is declared to.
func TestWhatIsDeclaredIsThere(t *testing.T) {
	t.Parallel()
	functiontest.Declared(t, "openstack", unconfigured())
}
