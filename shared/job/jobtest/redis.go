// Package jobtest gives tests a job store on a real redis-server and on the embedded one.
package jobtest

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/shared/job"
)

// given numbers the last job before a test's first, beside the thousand that opening a store leaves out. Where Redis has no number, the
// first follows the clock, and with it all ids and their order: so a test has the same whenever it runs, those of NewClock's start.
const given = 623

// patience is how long what must come may take on a busy machine.
const patience = 2 * time.Minute

// Server is a redis-server of one test, with its append-only file in the test's folder.
type Server struct {
	Address string
	dir     string
	cmd     *exec.Cmd
	ended   chan struct{} // closed when it has
}

// Redis starts a redis-server for one test and stops it at the end.
func Redis(tb testing.TB) *Server {
	tb.Helper()
	Quiet()
	s := &Server{dir: tb.TempDir()}
	tb.Cleanup(func() { s.Kill(tb) })
	for range 20 {
		s.Address = FreeAddress(tb)
		if s.start(tb) {
			if err := s.Client(tb).Set(context.Background(), job.Prefix+"seq", given, 0).Err(); err != nil {
				tb.Fatal(err)
			}
			return s
		}
		s.Kill(tb) // somebody took the port between our look and its start
	}
	tb.Fatal("found no port for redis-server")
	return nil
}

// Start starts it again after Kill: on the same address, with what its append-only file kept. Somebody may have the port for a moment.
func (s *Server) Start(tb testing.TB) {
	tb.Helper()
	Eventually(tb, "redis-server to come back on "+s.Address, func() bool {
		back := s.start(tb)
		if !back {
			s.Kill(tb)
		}
		return back
	})
}

// start reports whether it is ours that answers at the address.
func (s *Server) start(tb testing.TB) bool {
	tb.Helper()
	host, port, err := net.SplitHostPort(s.Address)
	if err != nil {
		tb.Fatal(err)
	}
	// Not everysec: while the disk is behind, that keeps back for seconds what it has answered, and Kill would lose it. Here every answer is
	// written before it is given; what never comes to the disk is lost with the machine alone.
	cmd := exec.CommandContext(context.Background(), "redis-server", "--bind", host, "--port", port, "--dir", s.dir, "--save", "",
		"--appendonly", "yes", "--appendfsync", "no", "--logfile", filepath.Join(s.dir, "log"))
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		tb.Fatalf("start redis-server (make test installs it): %v", err)
	}
	ended := make(chan struct{})
	go func() { defer close(ended); _ = cmd.Wait() }()
	s.cmd, s.ended = cmd, ended
	rdb := redis.NewClient(&redis.Options{Addr: s.Address, MaxRetries: -1, DialerRetries: 1})
	defer func() { _ = rdb.Close() }()
	for end := time.Now().Add(patience); ; {
		dir, err := rdb.ConfigGet(context.Background(), "dir").Result()
		if err == nil {
			return dir["dir"] == s.dir
		} else if time.Now().After(end) {
			tb.Fatalf("redis-server does not answer: %v", err)
		}
		select {
		case <-ended:
			return false
		case <-time.After(2 * time.Millisecond):
		}
	}
}

// Kill ends it at once, as a power cut would.
func (s *Server) Kill(tb testing.TB) {
	tb.Helper()
	if s.cmd == nil {
		return
	}
	_ = s.cmd.Process.Kill()
	<-s.ended
	s.cmd = nil
}

// Client is a client that is closed at the end of the test.
func (s *Server) Client(tb testing.TB) *redis.Client {
	tb.Helper()
	rdb := redis.NewClient(&redis.Options{Addr: s.Address})
	tb.Cleanup(func() { _ = rdb.Close() })
	return rdb
}

// FreeAddress finds a port below those that the kernel and `up -ports auto` hand out, so that a server that is killed finds its own
// free when it comes back. No other test, of whatever package, is given it until this one ends.
func FreeAddress(tb testing.TB) string {
	tb.Helper()
	for range 1000 {
		port := strconv.Itoa(10_000 + rand.IntN(10_000))
		reserved, err := (&net.ListenConfig{}).Listen(context.Background(), "unix", "@handsoff-test-port-"+port) // a name without a file
		if err != nil {
			continue
		}
		tb.Cleanup(func() { _ = reserved.Close() })
		address := net.JoinHostPort("127.0.0.1", port)
		if l, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", address); err == nil {
			_ = l.Close()
			return address
		}
	}
	tb.Fatal("found no free port")
	return ""
}

// Quiet keeps go-redis' own lines about servers that are away out of what tests print; each comes back as an error all the same.
func Quiet() { quiet.Do(func() { redis.SetLogger(silent{}) }) }

var quiet sync.Once

type silent struct{}

// Printf implements the logger of go-redis.
func (silent) Printf(context.Context, string, ...any) {}

// New is a store on a real redis-server of its own, with its clock.
func New(tb testing.TB) (*job.Store, *redis.Client) {
	tb.Helper()
	rdb := Redis(tb).Client(tb)
	return Open(tb, rdb, job.Options{}), rdb
}

// Open opens a store on a client.
func Open(tb testing.TB, rdb redis.UniversalClient, opts job.Options) *job.Store {
	tb.Helper()
	store, err := job.Open(context.Background(), rdb, opts)
	if err != nil {
		tb.Fatal(err)
	}
	return store
}

// Each runs a test on a real redis-server and on the embedded one.
func Each(t *testing.T, test func(t *testing.T, rdb *redis.Client)) {
	t.Helper()
	t.Run("redis-server", func(t *testing.T) {
		t.Parallel()
		test(t, Redis(t).Client(t))
	})
	t.Run("embedded", func(t *testing.T) {
		t.Parallel()
		test(t, Embedded(t))
	})
}

// Embedded is a client of an embedded Redis of the test's own.
func Embedded(tb testing.TB) *redis.Client {
	tb.Helper()
	rdb := redis.NewClient(&redis.Options{Addr: miniredis.RunT(tb).Addr()})
	tb.Cleanup(func() { _ = rdb.Close() })
	if err := rdb.Set(context.Background(), job.Prefix+"seq", given, 0).Err(); err != nil {
		tb.Fatal(err)
	}
	return rdb
}

// Clock is a clock that stands still until it is moved.
type Clock struct{ ms atomic.Int64 }

// NewClock starts at a fixed moment.
func NewClock() *Clock {
	c := &Clock{}
	c.ms.Store(time.Date(2026, time.January, 2, 3, 4, 5, 0, time.UTC).UnixMilli())
	return c
}

// Now is its time.
func (c *Clock) Now() time.Time { return time.UnixMilli(c.ms.Load()) }

// Add moves it on.
func (c *Clock) Add(d time.Duration) { c.ms.Add(d.Milliseconds()) }

// Eventually polls until ok, or fails the test after two minutes saying what was waited for.
func Eventually(tb testing.TB, what string, ok func() bool) {
	tb.Helper()
	for end := time.Now().Add(patience); !ok(); time.Sleep(2 * time.Millisecond) {
		if time.Now().After(end) {
			tb.Fatalf("waited in vain for %s", what)
		}
	}
}

// Request is a request that Accept takes, with changes.
func Request(changes ...func(*job.Request)) job.Request {
	r := job.Request{
		Function: "test", Command: "test run", Text: "test run", Principal: "telnet:ann",
		Origin: job.Origin{Door: "telnet", Address: "telnet:ann"}, Args: map[string]any{"n": 1},
	}
	for _, change := range changes {
		change(&r)
	}
	return r
}

// Describe shows a job for a failed test's message.
func Describe(j *job.Job) string {
	return fmt.Sprintf("%s %s fence=%d attempt=%d error=%q receipt=%+v", j.ID, j.State, j.Fence, j.Attempt, j.Error, j.Receipt)
}
