package endtoend

import (
	"fmt"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/handsoff/handsoff/shared/need"
)

// TestALineOnIRCIsAnswered measures, with HANDSOFF_BENCH set, how long it takes from a line in the event's channel to its answer there:
// through the server, the gateway's inbox, the functions command and ptg, and back through the durable queue.
func TestALineOnIRCIsAnswered(t *testing.T) {
	if os.Getenv("HANDSOFF_BENCH") == "" {
		t.Skip("HANDSOFF_BENCH is not set")
	}
	need.Program(t, "ngircd")
	s := startWith(t, withIRC(t, configuration()))
	s.post("ops", "ptg event new sandbox Sandbox")
	s.post("ops", "~add nova")
	s.awaitIRC()
	const people, each = 12, 15 // nobody is faster than is taken of one person
	var took []time.Duration
	for p := range people {
		c := s.network.client(fmt.Sprint("ann", p))
		c.Send("JOIN #ptg")
		c.Wait(" 366 ", "the names")
		for i := range each {
			place := fmt.Sprintf("place%dof%d", i, p)
			began := time.Now()
			c.Say("#ptg", "+in "+place)
			c.Wait("OK, checked into "+place+" ", "an answer")
			took = append(took, time.Since(began))
		}
		c.Send("QUIT")
	}
	slices.Sort(took)
	t.Logf("a line on IRC is answered in %v (median), %v (p99), of %d, one after the other",
		took[len(took)/2].Round(100*time.Microsecond), took[len(took)*99/100].Round(100*time.Microsecond), len(took))
}
