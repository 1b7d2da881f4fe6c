package link_test

import (
	"bufio"
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/handsoff/handsoff/irc-gateway/irctest"
	"github.com/handsoff/handsoff/irc-gateway/link"
	"github.com/handsoff/handsoff/irc-gateway/session"
	"github.com/handsoff/handsoff/shared/config"
	"github.com/handsoff/handsoff/shared/irc"
	"github.com/handsoff/handsoff/shared/job/jobtest"
)

// patience is how long what must come may take on a busy machine.
const patience = 2 * time.Minute

// network is one of the configuration; more is the rest of its section.
func network(t *testing.T, more string) *irc.Network {
	t.Helper()
	file, err := config.Parse([]byte("irc: {networks: [{name: test, nick: handsoff, channels: [\"#ptg\"], " + more + "}]}\n"))
	if err != nil {
		t.Fatal(err)
	}
	section, err := irc.Read(file)
	if err != nil {
		t.Fatal(err)
	}
	return section.Networks[0]
}

// quick are times that keep a test from waiting; its last lines may take long.
func quick() link.Times {
	times := link.Usual()
	times.First, times.Slowest, times.Beat, times.Hold, times.Parting = time.Millisecond, 10*time.Millisecond, 10*time.Millisecond, time.Hour, patience
	return times
}

// start starts a link to a server; more is the rest of its section.
func start(t *testing.T, more string, secrets map[string]string, clock <-chan time.Time) (*link.Link, *atomic.Int64) {
	t.Helper()
	connections := new(atomic.Int64)
	l := link.New(link.Options{
		Network: network(t, more), Version: "1", Redis: jobtest.Redis(t).Client(t), Times: quick(), Process: "me", Clock: clock,
		Secret: func(name string) ([]byte, error) {
			if text, ok := secrets[name]; ok {
				return []byte(text), nil
			}
			return nil, os.ErrNotExist
		},
		Put: func(context.Context, []session.Line) error { return nil }, Kick: func() {},
		Tell: func(context.Context, string, string) error { return nil },
		Log:  slog.New(counting{slog.NewTextHandler(t.Output(), nil), connections}),
	})
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { defer close(done); l.Run(ctx) }()
	t.Cleanup(func() { cancel(); <-done })
	return l, connections
}

// TestWhatWasSaidBeforeItLeavesIsKept: what is on its way when it is stopped is read, and kept, also when Redis takes it only then.
func TestWhatWasSaidBeforeItLeavesIsKept(t *testing.T) {
	t.Parallel()
	var listen net.ListenConfig
	listener, err := listen.Listen(t.Context(), "tcp", irctest.Address(0))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	in, left := make(chan struct{}), make(chan struct{})
	go func() { // a server that has something to say yet when it is told farewell
		conn, err := listener.Accept()
		if err != nil {
			return
		}
		defer func() { _ = conn.Close() }()
		for lines := bufio.NewScanner(conn); lines.Scan(); {
			word, _, _ := strings.Cut(lines.Text(), " ")
			switch word {
			case "NICK":
				_, _ = io.WriteString(conn, ":irc 001 handsoff :hi\r\n:irc 376 handsoff :end\r\n")
			case "JOIN":
				close(in)
			case "QUIT":
				_, _ = io.WriteString(conn, ":ann!a@host PRIVMSG handsoff :jobs\r\nERROR :bye\r\n")
				close(left)
				return
			}
		}
	}()
	var kept []string
	tries := 0
	l := link.New(link.Options{
		Network: network(t, `tls: false, server: "`+listener.Addr().String()+`"`), Version: "1", Redis: jobtest.Redis(t).Client(t),
		Times: quick(), Process: "me", Kick: func() {}, Log: slog.New(slog.NewTextHandler(t.Output(), nil)),
		Tell: func(context.Context, string, string) error { return nil },
		Put: func(_ context.Context, lines []session.Line) error {
			if tries++; tries < 3 {
				return errors.New("Redis is away")
			}
			for _, line := range lines {
				kept = append(kept, line.Text)
			}
			return nil
		},
	})
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { defer close(done); l.Run(ctx) }()
	comes := func(c chan struct{}, what string) {
		t.Helper()
		select {
		case <-c:
		case <-time.After(patience):
			t.Fatal(what + " does not come")
		}
	}
	comes(in, "the bot")
	stop()
	comes(left, "its farewell")
	comes(done, "its end")
	if !slices.Equal(kept, []string{"jobs"}) {
		t.Errorf("kept %q", kept)
	}
}

// counting counts how often a link connected.
type counting struct {
	slog.Handler

	connected *atomic.Int64
}

func (c counting) Handle(ctx context.Context, r slog.Record) error {
	if r.Message == "connected" {
		c.connected.Add(1)
	}
	return c.Handler.Handle(ctx, r)
}

func (c counting) WithAttrs(a []slog.Attr) slog.Handler {
	return counting{c.Handler.WithAttrs(a), c.connected}
}

func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(patience); !ok(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal(what)
		}
	}
}

// TestAServerThatIsStoppedIsNoticedWithinAMinute: its machine answers for it and it does not. The clock is the test's.
func TestAServerThatIsStoppedIsNoticedWithinAMinute(t *testing.T) {
	t.Parallel()
	server := irctest.InspIRCd(t, 0)
	clock := make(chan time.Time)
	now := time.Now()
	beat := func(d time.Duration) {
		now = now.Add(d)
		clock <- now
	}
	l, _ := start(t, `tls: false, server: "`+irctest.Address(server.Plain)+`"`, nil, clock)
	eventually(t, "it is not connected", func() bool { beat(10 * time.Millisecond); return len(l.Wrong()) == 0 })
	boss := server.Client(t, "boss")
	boss.Send("JOIN #ptg")
	boss.Wait("handsoff", "the bot among the names")
	server.Signal(t, syscall.SIGSTOP)
	defer server.Signal(t, syscall.SIGCONT)
	for range 44 { // no silence yet of which it could be sure
		beat(time.Second)
	}
	if wrong := l.Wrong(); len(wrong) > 0 {
		t.Fatalf("after 44 seconds: %q", wrong)
	}
	beat(15 * time.Second)
	eventually(t, "a minute of silence is not noticed", func() bool {
		wrong := strings.Join(l.Wrong(), "\n")
		return strings.Contains(wrong, session.ErrSilent.Error())
	})
}

// TestACertificateLogsIn with SASL EXTERNAL, over TLS to a server whose certificate is checked.
func TestACertificateLogsIn(t *testing.T) {
	t.Parallel()
	server := irctest.InspIRCd(t, 0)
	server.Atheme(t)
	pair := irctest.Certificate(t, "handsoff")
	server.CertificateAccount(t, "handsoff", "hunter2hunter2", pair)
	more := `sasl: external, server: "` + irctest.Address(server.TLS) + `", ca: ` + server.CA()
	l, _ := start(t, more, map[string]string{"irc-test-certificate": string(pair)}, nil)
	eventually(t, "it is not connected", func() bool { return len(l.Wrong()) == 0 })
	boss := server.Client(t, "boss")
	boss.Send("WHOIS handsoff")
	boss.Wait(" 330 boss handsoff handsoff ", "its account")
}

// TestAStrangerIsNotSpokenTo: a server whose certificate nobody vouches for is told nothing, least of all a password.
func TestAStrangerIsNotSpokenTo(t *testing.T) {
	t.Parallel()
	server := irctest.InspIRCd(t, 0)
	other := filepath.Join(t.TempDir(), "other.pem")
	if err := os.WriteFile(other, irctest.Certificate(t, "other"), 0o600); err != nil {
		t.Fatal(err)
	}
	l, connected := start(t, `sasl: plain, server: "`+irctest.Address(server.TLS)+`", ca: `+other, map[string]string{"irc-test-password": "secret"}, nil)
	eventually(t, "it is spoken to", func() bool { return strings.Contains(strings.Join(l.Wrong(), ""), "certificate") })
	if connected.Load() > 0 {
		t.Error("it connected")
	}
}
