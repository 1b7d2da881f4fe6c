package endtoend

import (
	"math/rand/v2"
	"os"
	"regexp"
	"slices"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/process"
)

// soak asks for the long form of the kill tests.
var soak = os.Getenv("HANDSOFF_SOAK") != ""

// TestKill kills each process while there are builds in all phases. Nothing may be lost, nothing may be built twice, every
// job must end with the truth, and who watches must be told, once.
func TestKill(t *testing.T) {
	t.Parallel()
	for _, victim := range victims() {
		t.Run(victim, func(t *testing.T) {
			t.Parallel()
			newDisaster(start(t)).strike(victim, phases(), 0)
		})
	}
}

// TestKillSoak kills each process in each phase alone, at moments that chance chooses, with both kinds of queue.
func TestKillSoak(t *testing.T) {
	t.Parallel()
	if !soak {
		t.Skip("HANDSOFF_SOAK=1 asks for it")
	}
	const rounds = 5
	for _, queue := range []string{"strong", "weak"} {
		for _, victim := range victims() {
			t.Run(queue+"/"+victim, func(t *testing.T) {
				t.Parallel()
				d := newDisaster(start(t, "-queue", queue))
				for range rounds {
					for _, p := range phases() {
						wait := time.Duration(rand.Int64N(int64(time.Second)))
						t.Logf("%s is killed %s after a build is %s", victim, wait, p.name)
						d.strike(victim, []phase{p}, wait)
					}
				}
			})
		}
	}
}

// disaster is a system on which processes are killed, and somebody who watches.
type disaster struct {
	*system

	watcher *person
	screens []string // that they had before this one
}

func newDisaster(s *system) *disaster {
	d := &disaster{system: s, watcher: s.telnet("ann")}
	d.watcher.Say("jobs") // every function has something to do from the start
	d.watcher.see("Nothing runs")
	return d
}

// strike brings builds into phases, kills a process, lets everything go on, and looks at what became of the builds.
func (d *disaster) strike(victim string, phases []phase, wait time.Duration) {
	d.Helper()
	const hurry = "clock?speed=5"
	d.jenkins.order(hurry)
	ids := map[string]phase{}
	for _, p := range phases {
		ids[d.enter(p, d.watcher)] = p
	}
	time.Sleep(wait) // where in the phase it strikes is left to chance
	killed := d.kill(victim)
	d.aftermath(victim, ids, killed)
	d.leave()
	d.jenkins.order(hurry)
	for id, p := range ids {
		d.cameToEnd(id, p, victim)
	}
	for id := range ids {
		d.saw(id)
	}
	d.back(victim, killed)
}

// aftermath does what a person has to do, which is nothing but for the supervisor and their own connection.
func (d *disaster) aftermath(victim string, ids map[string]phase, killed process.Ref) {
	d.Helper()
	switch victim {
	case theSupervisor:
		d.up()
	case theTelnet:
		d.watcher.see("Connection closed by foreign host.")
		d.leave()
		d.eventually("a job ends while nobody is there", func() bool { return d.endKept(ids) })
		d.back(victim, killed)
		d.returns()
	}
}

// returns has the watcher, whose connection was closed, log in again and ask what was missed.
func (d *disaster) returns() {
	d.Helper()
	d.screens = append(d.screens, d.watcher.Screen())
	d.watcher = d.telnet("ann")
	d.watcher.see("While you were away:")
	d.watcher.Say("missed")
	d.watcher.see("That was all.")
}

// endKept reports whether the end of one of the jobs is kept for a watcher who is away: one that their connection did not tell as yet.
func (d *disaster) endKept(ids map[string]phase) bool {
	screen := d.watcher.Screen()
	entries, err := d.redis.XRange(d.Context(), "handsoff:outbox:"+d.watcher.Principal(), "-", "+").Result()
	return err == nil && slices.ContainsFunc(entries, func(e redis.XMessage) bool {
		id, _ := e.Values["job"].(string)
		_, ours := ids[id]
		return ours && e.Values["kind"] == "end" && !theEnd(id).MatchString(screen)
	})
}

// cameToEnd checks what became of a build, by the job's record and by Jenkins' own.
func (d *disaster) cameToEnd(id string, p phase, victim string) {
	d.Helper()
	j := d.ended(id)
	want := p.end
	if victim == theJenkins && p.name == "building" {
		want = job.Failed // a freestyle build dies with its Jenkins, which records it as aborted
	}
	if j.State != want {
		d.Errorf("%s when %s was killed: the job %s is %s, not %s: %s", p.name, victim, id, j.State, want, j.Error)
	}
	builds := d.jenkins.startsOf(id)
	if len(builds) != 1 {
		d.Errorf("%s when %s was killed: the job %s has %d builds: %+v", p.name, victim, id, len(builds), builds)
		return
	}
	building, result := d.jenkins.result(builds[0])
	truth := map[job.State]string{job.Succeeded: "SUCCESS", job.Failed: "UNSTABLE", job.Cancelled: "ABORTED"}[p.end]
	if want != p.end {
		truth = "ABORTED"
	}
	if building || result != truth {
		d.Errorf("%s when %s was killed: Jenkins says of %s: building %t, result %s", p.name, victim, id, building, result)
	}
}

// theEnd is how a watcher is told of a job's end.
func theEnd(id string) *regexp.Regexp {
	return regexp.MustCompile(`(?m)^@` + id + ` (succeeded|failed|was cancelled) `)
}

// saw waits until the watcher has been told of a job's end, and checks that it was once. What was told as a connection broke may
// be told again on the next.
func (d *disaster) saw(id string) {
	d.Helper()
	end := theEnd(id)
	d.eventually("the end of "+id+" is told", func() bool {
		return slices.ContainsFunc(append(d.screens, d.watcher.Screen()), end.MatchString)
	})
	for _, screen := range append(d.screens, d.watcher.Screen()) {
		if n := len(end.FindAllString(screen, -1)); n > 1 {
			d.Errorf("the end of %s was told %d times", id, n)
		}
	}
}
