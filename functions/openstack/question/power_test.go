package question

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/handsoff/handsoff/functions/openstack/cloud/cloudtest"
	"github.com/handsoff/handsoff/local-provider/sandbox/fault"
	sandbox "github.com/handsoff/handsoff/local-provider/sandbox/openstack"
	"github.com/handsoff/handsoff/shared/job"
)

func TestPower(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	name := unlike("db")
	id := b.boots(name, nil)
	do := func(words string, state job.State, says ...string) {
		t.Helper()
		b.ends(b.finished(b.accept("telnet:otto", words, map[string]any{"server": name})), state, says...)
	}
	do(startWords, job.Succeeded, name+" ("+id+") at lab is ACTIVE already: nothing was done.")
	do(rebootWords, job.Succeeded, "Asked lab to reboot "+name, "✓ Rebooted "+name+" ("+id+") at lab: it is ACTIVE.")
	do(stopWords, job.Succeeded, "✓ Stopped "+name, "it is SHUTOFF.")
	do(stopWords, job.Succeeded, "is SHUTOFF already: nothing was done.")
	do(startWords, job.Succeeded, "✓ Started "+name, "it is ACTIVE.")
	hard := b.finished(b.accept("telnet:otto", rebootWords, map[string]any{"server": id, "hard": true}))
	b.ends(hard, job.Succeeded, "✓ Rebooted")
	denied := b.finished(b.accept("telnet:vera", stopWords, map[string]any{"server": id}))
	b.ends(denied, job.Failed, "openstack server stop at lab needs the role operator; you have viewer.")
	b.ends(b.finished(b.accept("telnet:otto", stopWords, map[string]any{"server": name + "x"})), job.Failed, "There is no server "+name+"x in lab")
	b.waits(id, "ACTIVE")
}

// acted counts how often a server was asked to act.
func (b *bench) acted() int {
	n := 0
	for _, line := range b.server.Asked() {
		if strings.HasPrefix(line, "POST /compute/v2.1/servers/") && strings.HasSuffix(line, "/action") {
			n++
		}
	}
	return n
}

// TestLostAnswer: a reboot whose answer is lost is looked for, and not asked for again.
func TestLostAnswer(t *testing.T) {
	t.Parallel()
	if cloudtest.Real() {
		t.Skip("a real cloud has no faults to order")
	}
	for _, test := range []struct {
		kind  sandbox.FaultKind
		asked int
	}{{sandbox.FaultLost, 1}, {sandbox.FaultDown, 2}} {
		b := newBench(t)
		id := b.boots("web", nil)
		b.server.Break(sandbox.Fault{Kind: test.kind, Method: http.MethodPost, Path: "/servers/*/action", Span: fault.Span{Times: 1}})
		b.ends(b.finished(b.accept("telnet:otto", rebootWords, map[string]any{"server": id})), job.Succeeded, "✓ Rebooted web")
		if n := b.acted(); n != test.asked {
			t.Errorf("%s: asked %d times, want %d", test.kind, n, test.asked)
		}
	}
}

func TestServerThatWillNot(t *testing.T) {
	t.Parallel()
	if cloudtest.Real() {
		t.Skip("a real cloud has no faults to order")
	}
	b := newBench(t)
	id := b.boots("web", nil)
	b.server.Break(sandbox.Fault{Kind: sandbox.FaultStatus, Status: 409, Message: "Instance is locked", Path: "/servers/*/action", Span: fault.Span{Times: 1}})
	b.ends(b.finished(b.accept("telnet:otto", stopWords, map[string]any{"server": id})), job.Failed, "lab's compute service says that this cannot be done now while asking for it: Instance is locked.")
	b.server.Break(sandbox.Fault{Kind: sandbox.FaultStatus, Status: 503, Path: "/servers/*/action", Span: fault.Span{Times: 2}})
	b.ends(b.finished(b.accept("telnet:otto", stopWords, map[string]any{"server": id})), job.Succeeded, "✓ Stopped web")
}

func TestPowerIsCancelled(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	id := b.boots(unlike("web"), nil)
	asked := b.accept("telnet:otto", rebootWords, map[string]any{"server": id})
	b.cancel(asked)
	b.ends(b.finished(asked), job.Cancelled)
}

// TestPowerIsCancelledWhenTheAnswerWasLost: whether it was asked for is looked at, while the server is still at it.
func TestPowerIsCancelledWhenTheAnswerWasLost(t *testing.T) {
	t.Parallel()
	clouds, server := cloudtest.Sandbox(t, sandbox.Options{Boot: time.Second, Frozen: true})
	b := benchOn(t, clouds, server)
	for kind, want := range map[sandbox.FaultKind]string{
		sandbox.FaultLost: "OpenStack cannot be asked to leave it: it goes on", sandbox.FaultDown: "lab has recorded no reboot of",
	} {
		server.Mend()
		id := b.makes(unlike("web"), nil)
		server.Advance(time.Minute)
		b.waits(id, "ACTIVE")
		server.Break(sandbox.Fault{Kind: kind, Method: http.MethodPost, Path: "/servers/*/action"})
		asked := b.accept("telnet:otto", rebootWords, map[string]any{"server": id})
		b.step(asked)
		b.cancel(asked)
		b.ends(b.finished(asked), job.Cancelled, "looked:", want)
	}
}

func (b *bench) cancel(id string) {
	b.Helper()
	if _, err := b.store.Cancel(context.Background(), id, "telnet:otto", "no more"); err != nil && !errors.Is(err, job.ErrFinished) {
		b.Fatal(err)
	}
}
