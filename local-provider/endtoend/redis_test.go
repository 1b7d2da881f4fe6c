package endtoend

import (
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/handsoff/handsoff/local-provider/home/hometest"
	"github.com/handsoff/handsoff/shared/job"
)

// TestRedisRestarts ends Redis, politely and not, while there are builds in all phases; it is started again with what its
// file has. What was answered is not forgotten.
func TestRedisRestarts(t *testing.T) {
	t.Parallel()
	for name, how := range map[string]unix.Signal{"stopped": unix.SIGTERM, "killed": unix.SIGKILL} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newDisaster(start(t))
			d.jenkins.order("clock?speed=5")
			ids := map[string]phase{}
			for _, p := range phases() {
				ids[d.enter(p, d.watcher)] = p
			}
			d.back(theRedis, d.end(theRedis, how))
			d.leave()
			for id, p := range ids {
				d.cameToEnd(id, p, theRedis)
				d.saw(id)
			}
		})
	}
}

// TestRedisAway takes Redis away until somebody brings it back. People are told at once, and again when it is there.
func TestRedisAway(t *testing.T) {
	t.Parallel()
	s := start(t)
	ann := s.telnet("ann")
	ann.Say("jenkins build demo/slow seconds=3")
	var id string
	s.eventually("it builds", func() bool { id = jobIn(ann.Heard()); return id != "" && s.told(id, " has started: ") })
	done := hometest.Alone(t) // its port is free meanwhile
	s.kill(theSupervisor)
	s.kill(theRedis)
	ann.see("Redis does not answer.")
	ann.Say("jobs")
	ann.see("No answer to `jobs` yet.")
	if _, text := s.request("/function/command", []byte("jobs"), cliKey("bob")); !strings.Contains(text, "I cannot reach Redis, where I keep everything; try again in a moment.") {
		t.Errorf("at the command line: %s", text)
	}
	s.upAlone()
	done()
	ann.see("Redis answers again.")
	ann.see("The answer to `jobs`:")
	if j := s.ended(id); j.State != job.Succeeded {
		t.Errorf("%s: %s", j.State, j.Error)
	}
	ann.see("@" + id + " succeeded in")
}

// TestRedisFull lets Redis run out of room: nothing more is taken in, what there is can still be looked at, and when there
// is room again the job goes on.
func TestRedisFull(t *testing.T) {
	t.Parallel()
	s := start(t)
	s.jenkins.order("hold?job=demo/slow")
	ann := s.telnet("ann")
	ann.Say("jenkins build demo/slow seconds=3")
	var id string
	s.eventually("it builds", func() bool { id = jobIn(ann.Heard()); return id != "" && s.told(id, " has started: ") })
	s.must(s.redis.ConfigSet(s.Context(), "maxmemory", "1").Err())
	status, text := s.request("/function/command", []byte("jenkins build demo/slow"), cliKey("bob"))
	if status < 500 || !strings.Contains(text, "Redis, where I keep everything, is full, so nothing was started") {
		t.Errorf("a build on a full Redis: %d %s", status, text)
	}
	ann.Say("jenkins build demo/slow")
	ann.see("is full, so nothing was started")
	s.jenkins.order("release?job=demo/slow")
	s.must(s.redis.ConfigSet(s.Context(), "maxmemory", "0").Err())
	if j := s.ended(id); j.State != job.Succeeded || len(s.jenkins.startsOf(id)) != 1 || s.jenkins.starts() != 1 {
		t.Errorf("%s: %s; %d builds", j.State, j.Error, s.jenkins.starts())
	}
	ann.see("@" + id + " succeeded in")
}
