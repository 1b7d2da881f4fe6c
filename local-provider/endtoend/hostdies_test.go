package endtoend

import (
	"context"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/handsoff/handsoff/local-provider/function"
	"github.com/handsoff/handsoff/local-provider/home/hometest"
	"github.com/handsoff/handsoff/local-provider/supervisor"
	"github.com/handsoff/handsoff/shared/process"
)

// theHost stands, among what is killed, for everything of handsoff at one blow.
const theHost = "the host"

// TestTheHostDies ends every process of handsoff without warning, Redis among them, while there are builds in all phases, and has them started as
// a boot does. Jenkins is elsewhere and goes on.
func TestTheHostDies(t *testing.T) {
	t.Parallel()
	d := newDisaster(start(t))
	d.jenkins.order("clock?speed=5")
	ids := map[string]phase{}
	for _, p := range phases() {
		ids[d.enter(p, d.watcher)] = p
	}
	d.reboot()
	d.leave()
	d.eventually("a job ends while nobody is there", func() bool { return d.endKept(ids) })
	d.returns()
	for id, p := range ids {
		d.cameToEnd(id, p, theHost)
		d.saw(id)
	}
}

// reboot has the host die and boot. Nobody else may choose ports meanwhile: its own would be free.
func (d *disaster) reboot() {
	d.Helper()
	defer hometest.Alone(d)()
	d.hostDies()
	d.watcher.see("Connection closed by foreign host.")
	d.upAlone()
}

// hostDies ends what would be started by the supervisor, then what would be by the platform.
func (s *system) hostDies() {
	s.Helper()
	s.keepEverything()
	s.kill(theSupervisor)
	services, err := supervisor.Traces(supervisor.Folders{Run: s.home.Services(), Logs: s.home.Logs(), Work: s.home.ServiceWork()})
	s.must(err)
	var running []process.Ref
	for _, t := range services {
		if !strings.HasPrefix(t.Name, "sandbox-") {
			running = append(running, t.Ref)
		}
	}
	s.killAll(running)
	replicas, err := function.Traces(s.home.Replicas())
	s.must(err)
	running = nil
	for _, t := range replicas {
		running = append(running, t.Ref)
	}
	s.killAll(running)
}

func (s *system) killAll(running []process.Ref) {
	s.Helper()
	ctx, cancel := context.WithTimeout(s.Context(), patience)
	defer cancel()
	for _, ref := range running {
		_ = ref.Signal(unix.SIGKILL) // it may have ended by itself
	}
	for _, ref := range running {
		s.must(ref.Wait(ctx))
	}
}
