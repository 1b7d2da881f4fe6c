package endtoend

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/handsoff/handsoff/shared/job"
)

const theOpenStack = "openstack" // the function

// TestOpenStackKill kills the function openstack twice while an environment is made, and twice while it is given back, at moments
// that chance chooses, and upgrades it each time. In the cloud itself each thing is then there once, and in the end none.
func TestOpenStackKill(t *testing.T) {
	t.Parallel()
	s := start(t)
	o := &ops{system: s, watcher: s.telnet("ann")}
	c := s.cloud()
	c.hurry(2)
	for _, act := range []struct {
		line  string
		check func()
	}{
		{"openstack env create dying servers=2", func() { c.exactly("dying", 2) }},
		{"openstack env delete dying", func() { c.bare("dying") }},
	} {
		id := o.asks(act.line)
		kills := 1
		if soak {
			kills = 5
		}
		for range kills {
			wait := time.Duration(rand.Int64N(int64(2 * time.Second))) // where it strikes is left to chance
			t.Logf("%s: it is killed %s later", act.line, wait)
			time.Sleep(wait)
			s.back(theOpenStack, s.kill(theOpenStack))
		}
		s.replace(theOpenStack)
		if j := s.ended(id); j.State != job.Succeeded {
			t.Errorf("%s: %s, %s", act.line, j.State, j.Error)
		}
		act.check()
		o.toldOnce(id)
	}
}
