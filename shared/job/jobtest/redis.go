// Package jobtest gives tests a job store on a real redis-server and on the embedded one.
package jobtest

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/shared/job"
)

// patience is how long a server may take to answer its first PING.
const patience = 10 * time.Second

// Server is a redis-server of one test, with its append-only file in the test's folder.
type Server struct {
	Address string
	dir     string
	cmd     *exec.Cmd
}

// Redis starts a redis-server for one test and stops it at the end.
func Redis(tb testing.TB) *Server {
	tb.Helper()
	s := &Server{Address: freeAddress(tb), dir: tb.TempDir()}
	s.Start(tb)
	tb.Cleanup(func() { s.Kill(tb) })
	return s
}

// Start starts it, again after Kill: on the same address, with what its append-only file kept.
func (s *Server) Start(tb testing.TB) {
	tb.Helper()
	host, port, err := net.SplitHostPort(s.Address)
	if err != nil {
		tb.Fatal(err)
	}
	s.cmd = exec.CommandContext(context.Background(), "redis-server", "--bind", host, "--port", port, "--dir", s.dir, "--save", "",
		"--appendonly", "yes", "--appendfsync", "everysec", "--logfile", filepath.Join(s.dir, "log"))
	s.cmd.Stderr = os.Stderr
	if err := s.cmd.Start(); err != nil {
		tb.Fatalf("start redis-server (make test installs it): %v", err)
	}
	rdb := redis.NewClient(&redis.Options{Addr: s.Address, MaxRetries: -1, DialerRetries: 1})
	defer func() { _ = rdb.Close() }()
	for end := time.Now().Add(patience); ; {
		if err := rdb.Ping(context.Background()).Err(); err == nil {
			return
		} else if time.Now().After(end) {
			tb.Fatalf("redis-server does not answer: %v", err)
		}
		time.Sleep(2 * time.Millisecond)
	}
}

// Kill ends it at once, as a power cut would.
func (s *Server) Kill(tb testing.TB) {
	tb.Helper()
	if s.cmd == nil {
		return
	}
	_ = s.cmd.Process.Kill()
	_ = s.cmd.Wait()
	s.cmd = nil
}

// Client is a client that is closed at the end of the test.
func (s *Server) Client(tb testing.TB) *redis.Client {
	tb.Helper()
	rdb := redis.NewClient(&redis.Options{Addr: s.Address})
	tb.Cleanup(func() { _ = rdb.Close() })
	return rdb
}

func freeAddress(tb testing.TB) string {
	tb.Helper()
	l, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	return l.Addr().String()
}

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
		rdb := redis.NewClient(&redis.Options{Addr: miniredis.RunT(t).Addr()})
		t.Cleanup(func() { _ = rdb.Close() })
		test(t, rdb)
	})
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

// Eventually polls until ok, or fails the test after ten seconds saying what was waited for.
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
