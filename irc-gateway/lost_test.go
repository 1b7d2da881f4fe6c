package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/handsoff/handsoff/irc-gateway/irctest"
	"github.com/handsoff/handsoff/irc-gateway/link"
	"github.com/handsoff/handsoff/shared/function"
	"github.com/handsoff/handsoff/shared/irc"
)

// TestMain serves instead of testing when a test starts this program as a gateway that can be killed.
func TestMain(m *testing.M) {
	if os.Getenv("redis_address") == "" {
		os.Exit(m.Run())
	}
	times := link.Usual()
	times.First, times.Slowest, times.Hold = 10*time.Millisecond, 50*time.Millisecond, 300*time.Millisecond
	beFrugal() // as run is
	err := serve(context.Background(), options{}, function.ReadEnvironment(os.Getenv), times, os.Stdout, slog.New(slog.DiscardHandler))
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}

// process is a gateway of its own, that can be killed.
func (w *world) process() *exec.Cmd {
	w.Helper()
	cmd := exec.CommandContext(context.Background(), os.Args[0])
	cmd.Env = []string{"redis_address=" + w.redis.Address, "gateway_url=" + w.bot.URL, "secret_mount_path=" + w.secrets}
	cmd.Stderr = os.Stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := cmd.Start(); err != nil {
		w.Fatal(err)
	}
	w.Cleanup(func() { end(cmd) })
	return cmd
}

func end(cmd *exec.Cmd) {
	_ = cmd.Process.Kill() // it may have ended
	_ = cmd.Wait()
}

// witness is somebody who hears everything, and is not cut off.
func witness(tb testing.TB, server *irctest.Server) *irctest.Client {
	tb.Helper()
	c := server.Client(tb, "Ann")
	c.Send("JOIN #ptg")
	c.Wait(" 366 ", "the names")
	return c
}

// lines are those that are to be said.
func lines(many int) []string {
	all := make([]string, many)
	for i := range all {
		all[i] = fmt.Sprintf("line %03d", i)
	}
	return all
}

// wantsAll checks that a witness heard all lines in their order, some of them perhaps again: it returns how many of them.
func (w *world) wantsAll(c *irctest.Client, want []string) (again int) {
	w.Helper()
	var got []string
	w.eventually("the last line", func() bool {
		got = c.Told("handsoff")
		for _, nick := range []string{"handsoff_", "handsoff__"} {
			got = append(got, c.Told(nick)...)
		}
		return slices.Contains(got, want[len(want)-1])
	})
	var first []string
	for _, line := range got {
		if !slices.Contains(first, line) {
			first = append(first, line)
		}
	}
	slices.Sort(first)
	if !slices.Equal(first, want) {
		w.Errorf("heard\n%s", strings.Join(got, "\n"))
	}
	return len(got) - len(first)
}

// TestNothingIsLostWhereverTheConnectionIsCut: at each line that goes up or comes down, from the first to the last.
func TestNothingIsLostWhereverTheConnectionIsCut(t *testing.T) {
	t.Parallel()
	server := irctest.InspIRCd(t, 0)
	w := newWorld(t)
	ann := witness(t, server)
	proxy := irctest.NewProxy(t, irctest.Address(server.Plain), func(connection, up, down int, _ string) bool {
		const windows, registration, greeting = 24, 4, 10 // a server takes a second to let us in, whatever we do
		if connection > windows {
			return false
		}
		if connection%2 == 0 {
			return up > registration+connection/2
		}
		return down > greeting+2*connection
	})
	through := *server
	through.Plain = proxy.Port
	network := w.network("test", &through, `channels: ["#ptg"]`)
	w.configure(strings.Replace(network, "burst: 1000", "burst: 3", 1))
	w.times.First, w.times.Slowest = time.Millisecond, 2*time.Millisecond
	all := lines(300)
	for _, line := range all {
		w.says("irc:test/#ptg", line)
	}
	w.gateway()
	again := w.wantsAll(ann, all)
	t.Logf("%d connections; %d lines were said again", proxy.Connections(), again)
	if proxy.Connections() < 15 {
		t.Errorf("only %d connections: hardly a window was tried", proxy.Connections())
	}
}

// TestNothingIsLostWhenTheGatewayIsKilled, while it says things and while it is told some.
func TestNothingIsLostWhenTheGatewayIsKilled(t *testing.T) {
	t.Parallel()
	server := irctest.InspIRCd(t, 0)
	w := newWorld(t)
	ann := witness(t, server)
	w.configure(strings.Replace(w.network("test", server, `channels: ["#ptg"]`), "burst: 1000, per_second: 1000", "burst: 3, per_second: 100", 1))
	all := lines(60)
	for _, line := range all {
		w.says("irc:test/#ptg", line)
	}
	kills := 5
	if os.Getenv("HANDSOFF_SOAK") != "" {
		kills = 50
	}
	for n := range kills {
		gateway := w.process()
		at := fmt.Sprintf("line %03d", (n+1)*len(all)/(kills+2))
		w.eventually(at, func() bool { return ann.Saw(at) })
		end(gateway)
	}
	w.process()
	t.Logf("%d lines were said again", w.wantsAll(ann, all))
}

// TestNothingIsLostWhenTheServerIsKilled, while the bot says things, and comes back after a while, twice: what nobody heard is said then.
func TestNothingIsLostWhenTheServerIsKilled(t *testing.T) {
	t.Parallel()
	server := irctest.InspIRCd(t, 0)
	w := newWorld(t)
	ann := witness(t, server)
	var shut atomic.Bool // until somebody is there to hear
	proxy := irctest.NewProxy(t, irctest.Address(server.Plain), func(int, int, int, string) bool { return shut.Load() })
	through := *server
	through.Plain = proxy.Port
	w.configure(strings.Replace(w.network("test", &through, `channels: ["#ptg"]`), "burst: 1000, per_second: 1000", "burst: 3, per_second: 100", 1))
	all := lines(60)
	for _, line := range all {
		w.says("irc:test/#ptg", line)
	}
	w.gateway()
	heard := map[string]bool{}
	for _, at := range []string{"line 020", "line 040"} {
		w.eventually(at, func() bool { return ann.Saw(at) })
		server.Kill()
		shut.Store(true)
		w.eventually("the gateway to notice", func() bool {
			return !w.rdb.HExists(context.Background(), irc.StateKey("test"), "connected").Val()
		})
		for _, line := range ann.Told("handsoff") {
			heard[line] = true
		}
		server.Start(t)
		ann = witness(t, server)
		shut.Store(false)
	}
	w.eventually("the last line", func() bool { return ann.Saw(all[len(all)-1]) })
	for _, line := range ann.Told("handsoff") {
		heard[line] = true
	}
	for _, line := range all {
		if !heard[line] {
			t.Errorf("nobody heard %s", line)
		}
	}
	if heard[all[len(all)-1]] && len(heard) != len(all) {
		t.Errorf("heard %d lines of %d", len(heard), len(all))
	}
	ann.Say("#ptg", "handsoff: jobs")
	ann.Wait("PRIVMSG #ptg :Ann: you said jobs", "the answer of one that is back")
}

// TestACommandIsCarriedOutThoughTheGatewayIsKilled: it was kept before anything was done about it.
func TestACommandIsCarriedOutThoughTheGatewayIsKilled(t *testing.T) {
	t.Parallel()
	server := irctest.InspIRCd(t, 0)
	w := newWorld(t)
	ann := witness(t, server)
	w.configure(w.network("test", server, `channels: ["#ptg"]`))
	w.bot.CloseClientConnections()
	gateway := w.process()
	w.joined("test", "#ptg")
	w.mu.Lock() // the bot does not answer
	ann.Say("#ptg", "handsoff: jobs")
	w.eventually("the line in the inbox", func() bool {
		return len(w.rdb.Keys(context.Background(), "handsoff:inbox:irc-gateway:*").Val()) > 0
	})
	end(gateway)
	w.mu.Unlock()
	w.process()
	ann.Wait("PRIVMSG #ptg :Ann: you said jobs", "the answer")
	if got := w.envelopes(); len(got) != 1 {
		t.Errorf("the bot heard\n%s", strings.Join(got, "\n"))
	}
}

// TestAStopSaysNothingTwice: what the server has not confirmed yet is waited for.
func TestAStopSaysNothingTwice(t *testing.T) {
	t.Parallel()
	server := irctest.InspIRCd(t, 0)
	w := newWorld(t)
	w.times.Parting = time.Minute
	ann := witness(t, server)
	w.configure(strings.Replace(w.network("test", server, `channels: ["#ptg"]`), "burst: 1000, per_second: 1000", "burst: 3, per_second: 100", 1))
	all := lines(60)
	for _, line := range all {
		w.says("irc:test/#ptg", line)
	}
	for n := range 3 {
		stop := w.gateway()
		at := all[10+15*n]
		w.eventually(at, func() bool { return ann.Saw(at) })
		stop()
	}
	w.gateway()
	if again := w.wantsAll(ann, all); again > 0 {
		t.Errorf("%d lines were said twice", again)
	}
}
