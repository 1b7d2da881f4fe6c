package endtoend

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/handsoff/handsoff/shared/job"
)

// TestRedisLost has Redis come back with nothing, under all that runs. The bot is deaf to nobody: it does what is asked of it from then on, says
// of what it has forgotten that it does not know it, and means nothing else by an id that it gave before.
func TestRedisLost(t *testing.T) {
	t.Parallel()
	s := start(t)
	s.must(s.redis.DecrBy(s.Context(), job.Prefix+"seq", 24*60).Err()) // it is a day old: whoever is younger than a minute may give an id again
	s.jenkins.order("hold?job=demo/slow")
	ann := s.telnet("ann")
	ann.Say("jenkins build demo/slow seconds=3")
	var lost string
	s.eventually("it builds", func() bool { lost = jobIn(ann.Heard()); return lost != "" && s.told(lost, " has started: ") })
	giveBack := s.away(unix.SIGKILL)
	s.must(os.RemoveAll(filepath.Join(s.home.Redis(), "appendonlydir")))
	giveBack()
	for _, words := range []string{"job", "cancel", "retry", "log"} {
		ann.Say(words + " " + lost)
		s.eventually(words+" of what is forgotten is answered", func() bool { return strings.Contains(ann.Heard(), "I know no job “"+lost+"”") })
	}
	s.jenkins.order("clock?speed=10")
	ann.Say("jenkins build demo/results")
	var id string
	s.eventually("another build is accepted", func() bool { id = jobIn(ann.Heard()); return id != "" })
	if j := s.ended(id); j.State != job.Succeeded || len(s.jenkins.startsOf(id)) != 1 || id == lost {
		t.Errorf("%s, after %s was lost, is %s %s, with the builds %+v", id, lost, j.State, j.Error, s.jenkins.startsOf(id))
	}
	ann.see("@" + id + " succeeded in")
	if said := s.post("ops", "audit verify"); !strings.Contains(said, "as they were sealed") {
		t.Errorf("the audit trail: %s", said)
	}
}
