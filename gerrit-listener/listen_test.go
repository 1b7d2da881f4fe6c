package main

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"os/exec"
	"os/signal"
	"slices"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"go.uber.org/goleak"

	"github.com/handsoff/handsoff/shared/event"
	"github.com/handsoff/handsoff/shared/function"
	"github.com/handsoff/handsoff/shared/gap"
	"github.com/handsoff/handsoff/shared/gerrit"
	"github.com/handsoff/handsoff/shared/inbox"
	"github.com/handsoff/handsoff/shared/job/jobtest"
)

// asProgram has the test's own program be the listener.
const asProgram = "HANDSOFF_TEST_GERRIT_LISTENER"

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) == "" {
		goleak.VerifyTestMain(m)
		return
	}
	log := slog.New(slog.NewJSONHandler(os.Stderr, nil))
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	err := serve(ctx, options{}, function.ReadEnvironment(os.Getenv), quick(), os.Stdout, log)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// quick is the pace of tests.
func quick() pace {
	return pace{
		first: 10 * time.Millisecond, slowest: 50 * time.Millisecond, settle: 200 * time.Millisecond, hold: 2 * time.Minute,
		beat: 10 * time.Second, deaf: time.Hour, look: 10 * time.Millisecond,
	}
}

// program is a listener in a process of its own.
type program struct {
	testing.TB

	env []string
	cmd *exec.Cmd
	mu  sync.Mutex
	out bytes.Buffer
}

// Write keeps what the program says.
func (p *program) Write(text []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.out.Write(text)
}

func (p *program) said() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.out.String()
}

func newProgram(t testing.TB, secrets, redisAddress string) *program {
	p := &program{TB: t, env: []string{asProgram + "=1", "secret_mount_path=" + secrets, "redis_address=" + redisAddress}}
	t.Cleanup(func() {
		p.end(syscall.SIGKILL)
		if t.Failed() {
			t.Log(p.said())
		}
	})
	return p
}

func (p *program) start() {
	p.Helper()
	p.cmd = exec.CommandContext(context.Background(), os.Args[0])
	p.cmd.Env = append(os.Environ(), p.env...)
	p.cmd.Stdout, p.cmd.Stderr = p, p
	if err := p.cmd.Start(); err != nil {
		p.Fatal(err)
	}
}

func (p *program) end(how syscall.Signal) {
	p.Helper()
	if p.cmd == nil {
		return
	}
	_ = p.cmd.Process.Signal(how)
	_ = p.cmd.Wait()
	p.cmd = nil
}

// sent is what happened in Gerrit, in its order.
type sent struct {
	server *gerrit.Server
	n      int
	ids    []string
	of     map[string][]string // by subject
}

// next makes an event about one of a few changes.
func (s *sent) next(tb testing.TB, r *rand.Rand) string {
	tb.Helper()
	s.n++
	number := 1 + r.IntN(4)
	head := fmt.Sprintf(`"eventCreatedOn":%d,"change":{"project":"openstack/nova","branch":"main","number":%d}`, time.Now().Unix(), number)
	line := fmt.Sprintf(`{"type":"comment-added",%s,"author":{"username":"ann"},"patchSet":{"number":1},"comment":"no. %d, %s"}`,
		head, s.n, bytes.Repeat([]byte("x"), r.IntN(300)))
	switch r.IntN(5) {
	case 0:
		line = fmt.Sprintf(`{"type":"patchset-created",%s,"uploader":{"username":"ann"},"patchSet":{"number":%d,"revision":"%040x"}}`, head, s.n, s.n)
	case 1:
		line = fmt.Sprintf(`{"type":"ref-updated","eventCreatedOn":%d,"submitter":{"username":"ann"},"refUpdate":{"project":"openstack/nova",`+
			`"refName":"refs/heads/main","oldRev":"%040x","newRev":"%040x"}}`, time.Now().Unix(), s.n-1, s.n)
	case 2:
		return fmt.Sprintf(`{"type":"ref-replicated","eventCreatedOn":%d,"project":"openstack/nova"}`, time.Now().Unix())
	}
	e, _, err := s.server.Parse([]byte(line))
	if err != nil {
		tb.Fatal(err)
	}
	s.ids = append(s.ids, e.ID)
	s.of[e.Subject] = append(s.of[e.Subject], e.ID)
	return line
}

// TestNothingIsLost cuts the connection at any byte, kills the listener, and has Redis go and come: what is in the inbox is
// what happened, each event once, those of a change in their order.
func TestNothingIsLost(t *testing.T) {
	t.Parallel()
	for range 3 {
		seed := rand.Uint64()
		t.Run(fmt.Sprintf("seed %d", seed), func(t *testing.T) {
			t.Parallel()
			upsets(t, rand.New(rand.NewPCG(seed, 0)))
		})
	}
}

func upsets(t *testing.T, r *rand.Rand) {
	t.Helper()
	w, store := newWorld(t), jobtest.Redis(t)
	secrets := w.secrets("gerrit: {servers: [" + w.config("review", "") + "]}")
	p := newProgram(t, secrets, store.Address)
	p.start()
	if err := w.listened(t.Context()); err != nil {
		t.Fatal(err)
	}
	all := &sent{server: &gerrit.Server{Name: "review"}, of: make(map[string][]string)}
	down := false
	for range 25 {
		switch r.IntN(8) {
		case 0, 1, 2, 3:
			w.set(func() { w.fuse, w.kill = 1+r.IntN(1500), r.IntN(2) == 0 })
		case 4:
			p.end(syscall.SIGKILL)
			w.cutAll() // sshd would notice it a little later, and what it is told until then would be lost on nobody
			p.start()
		case 5:
			p.end(syscall.SIGTERM)
			w.cutAll()
			p.start()
		case 6:
			shutDown(t, store)
			down = true
		case 7:
			time.Sleep(time.Duration(r.IntN(1200)) * time.Millisecond) // so that the log's seconds are some
		}
		for range r.IntN(12) {
			w.emit(all.next(t, r))
		}
		if r.IntN(2) == 0 {
			time.Sleep(time.Duration(r.IntN(100)) * time.Millisecond)
		}
		if down {
			store.Start(t)
			down = false
		}
	}
	w.set(func() { w.fuse = 0 })
	verify(t, p, store.Client(t), all)
}

// shutDown ends Redis as its own restart would. What it has accepted it keeps.
func shutDown(t *testing.T, store *jobtest.Server) {
	t.Helper()
	rdb := redis.NewClient(&redis.Options{Addr: store.Address, MaxRetries: -1})
	defer rdb.Close()
	_ = rdb.Shutdown(context.Background()).Err() // the connection ends with it
	store.Kill(t)
}

// comes is how long what must come may take: what was missed is asked for again and again, on a machine that others use too.
const comes = 3 * time.Minute

// until waits until something is so, as long as what must come may take.
func until(is func() bool) {
	for end := time.Now().Add(comes); !is() && time.Now().Before(end); {
		time.Sleep(10 * time.Millisecond)
	}
}

// verify takes all events out of the inbox, as the function event does. Once every window is closed in which something was
// missed, the listener has nothing more to tell.
func verify(t *testing.T, p *program, rdb *redis.Client, all *sent) {
	t.Helper()
	var mu sync.Mutex
	got := make(map[string][]string)
	count := 0
	box := event.Box(rdb)
	worker := inbox.NewWorker(box, func(_ context.Context, c *inbox.Claim) error {
		mu.Lock()
		defer mu.Unlock()
		got[c.Lane] = append(got[c.Lane], c.ID)
		count++
		return nil
	}, inbox.WorkerOptions{Log: slog.New(slog.DiscardHandler), Hold: time.Hour}) // on a slow machine too each is handed out once
	open := func() bool {
		return slices.ContainsFunc(gaps(t, rdb, all.server.Name), func(g gap.Gap) bool { return g.Closed.IsZero() })
	}
	until(func() bool {
		worker.Kick()
		mu.Lock()
		defer mu.Unlock()
		return count >= len(all.ids) && !open()
	})
	if open() {
		t.Error("a gap is still open")
	}
	p.end(syscall.SIGTERM)
	until(func() bool {
		worker.Kick()
		left, err := box.Waiting(t.Context())
		return err == nil && left == 0
	})
	if err := worker.Stop(context.Background()); err != nil {
		t.Fatal(err)
	}
	mu.Lock()
	defer mu.Unlock()
	t.Logf("%d events", len(all.ids))
	for subject, want := range all.of {
		if !slices.Equal(got[subject], want) {
			t.Errorf("%s: have %d events, want %d\nhave %q\nwant %q", subject, len(got[subject]), len(want), got[subject], want)
		}
	}
	if count != len(all.ids) {
		t.Errorf("%d events are there, of %d", count, len(all.ids))
	}
}
