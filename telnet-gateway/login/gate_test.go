package login

import (
	"context"
	"net"
	"os"
	"os/user"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"go.uber.org/goleak"

	"github.com/handsoff/handsoff/shared/job/jobtest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// notes is an audit trail for tests.
type notes struct {
	mu    sync.Mutex
	lines []string
}

func (n *notes) Audit(_ context.Context, who, act, detail string) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.lines = append(n.lines, who+" "+act+" "+detail)
	return nil
}

func (n *notes) String() string {
	n.mu.Lock()
	defer n.mu.Unlock()
	return strings.Join(n.lines, "\n")
}

func gate(t *testing.T, rdb redis.UniversalClient, policy Policy) (*Gate, *notes) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "telnet-users")
	if err := os.WriteFile(path, []byte("ann:"+NewHash([]byte("correct horse"))+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	trail := &notes{}
	return NewGate(path, NewThrottle(rdb, policy), trail), trail
}

// quick is the real policy with pauses that can be waited for.
var quick = Policy{Failures: 10, Window: time.Hour, Pause: time.Millisecond, Longest: 4 * time.Millisecond}

// knock waits out the pauses.
func knock(t *testing.T, g *Gate, name, password, source string) Verdict {
	t.Helper()
	for {
		v, err := g.Knock(t.Context(), name, []byte(password), source, "127.0.0.1:1")
		if err != nil {
			t.Fatal(err)
		}
		if v.Wait == 0 || v.Locked {
			return v
		}
		time.Sleep(v.Wait)
	}
}

func TestLockOutAfterTenFailuresSurvivesARestart(t *testing.T) {
	t.Parallel()
	server := jobtest.Redis(t)
	g, trail := gate(t, server.Client(t), quick)
	for i := range 10 {
		if v := knock(t, g, "ann", "wrong", "src"); v.Welcome || v.Locked {
			t.Fatalf("failure %d: %+v", i+1, v)
		}
	}
	if v := knock(t, g, "ann", "correct horse", "elsewhere"); !v.Locked || v.Wait < 50*time.Minute {
		t.Errorf("the right password after ten failures: %+v, want a lock-out of the user", v)
	}
	if v := knock(t, g, "bob", "x", "src"); !v.Locked {
		t.Errorf("another name from the same source: %+v, want a lock-out of the source", v)
	}
	if v := knock(t, g, "bob", "x", "elsewhere"); v.Locked {
		t.Errorf("another name from elsewhere: %+v", v)
	}
	again := NewGate(g.path, NewThrottle(server.Client(t), quick), trail)
	if v := knock(t, again, "ann", "correct horse", "third"); !v.Locked {
		t.Errorf("after a restart: %+v, want a lock-out", v)
	}
	if !strings.Contains(trail.String(), "telnet:ann login refused telnet from 127.0.0.1:1; locked out from now on") {
		t.Errorf("the audit trail does not tell:\n%s", trail)
	}
}

func TestPausesGrow(t *testing.T) {
	t.Parallel()
	rdb := jobtest.Redis(t).Client(t)
	throttle := NewThrottle(rdb, Policy{Failures: 10, Window: time.Hour, Pause: time.Minute, Longest: 5 * time.Minute})
	wantBelow := []time.Duration{time.Minute, 2 * time.Minute, 4 * time.Minute, 5 * time.Minute, 5 * time.Minute}
	for i, most := range wantBelow {
		// An earlier failure long ago stands for having waited.
		key := failuresKey("user", "ann")
		for j := range i {
			rdb.ZAdd(t.Context(), key, redis.Z{Score: float64(time.Now().Add(-30 * time.Minute).UnixMilli()), Member: j})
		}
		begun := time.Now()
		if try, err := throttle.Try(t.Context(), "ann", "src"+most.String()+string(rune('a'+i))); err != nil || try.Wait != 0 {
			t.Fatalf("try %d: %+v, %v", i, try, err)
		}
		try, err := throttle.Try(t.Context(), "ann", "other")
		if err != nil || try.Wait > most || try.Wait < most-time.Since(begun)-time.Second {
			t.Errorf("after failure %d the pause is %s, want %s (%v)", i+1, try.Wait, most, err)
		}
		rdb.Del(t.Context(), key)
	}
}

func TestManyTriesAtOnceCannotGetPastTheCount(t *testing.T) {
	t.Parallel()
	rdb := jobtest.Redis(t).Client(t)
	throttle := NewThrottle(rdb, Policy{Failures: 10, Window: time.Hour})
	var allowed atomic.Int64
	var all sync.WaitGroup
	for range 50 {
		all.Go(func() {
			if try, err := throttle.Try(t.Context(), "ann", "src"); err == nil && try.Wait == 0 {
				allowed.Add(1)
			}
		})
	}
	all.Wait()
	if n := allowed.Load(); n != 10 {
		t.Errorf("%d tries were allowed, want 10", n)
	}
}

// TestALostAnswerIsNoFailure: a try whose answer Redis could not give is asked for again, and is one try.
func TestALostAnswerIsNoFailure(t *testing.T) {
	t.Parallel()
	rdb := jobtest.Redis(t).Client(t)
	rdb.AddHook(jobtest.Repeat{})
	throttle := NewThrottle(rdb, Policy{Failures: 10, Window: time.Hour})
	for failures := range 12 {
		if try, err := throttle.Try(t.Context(), "ann", "src"); err != nil || try.Locked != (failures >= 10) || !try.Locked && try.Failures != failures {
			t.Errorf("after %d failures: %+v, %v", failures, try, err)
		}
	}
}

func TestRightPasswordIsNotCounted(t *testing.T) {
	t.Parallel()
	g, trail := gate(t, jobtest.Redis(t).Client(t), quick)
	for range 12 {
		if v := knock(t, g, "ann", "correct horse", "src"); !v.Welcome || v.Print == "" {
			t.Fatalf("refused: %+v", v)
		}
	}
	if !strings.HasPrefix(trail.String(), "telnet:ann login telnet from 127.0.0.1:1") {
		t.Errorf("audit trail:\n%s", trail)
	}
}

func TestUnknownNamesAreNotWrittenDown(t *testing.T) {
	t.Parallel()
	rdb := jobtest.Redis(t).Client(t)
	g, trail := gate(t, rdb, quick)
	knock(t, g, "my-secret-password", "x", "src")
	keys, err := rdb.Keys(t.Context(), "*").Result()
	if err != nil {
		t.Fatal(err)
	}
	if all := trail.String() + strings.Join(keys, " "); strings.Contains(all, "my-secret") || !strings.Contains(all, "telnet:(no such user)") {
		t.Errorf("written down: %s", all)
	}
}

func TestNobodyComesInWithoutRedis(t *testing.T) {
	t.Parallel()
	server := jobtest.Redis(t)
	rdb := redis.NewClient(&redis.Options{Addr: server.Address, MaxRetries: -1})
	defer func() { _ = rdb.Close() }()
	g, _ := gate(t, rdb, quick)
	server.Kill(t)
	if v, err := g.Knock(t.Context(), "ann", []byte("correct horse"), "src", "a"); err == nil || v.Welcome {
		t.Errorf("without Redis: %+v, %v", v, err)
	}
}

func TestSourceOfALocalClientIsItsAccount(t *testing.T) {
	t.Parallel()
	me, err := user.Current()
	if err != nil {
		t.Fatal(err)
	}
	for _, address := range []string{"127.0.0.1:0", "[::1]:0"} {
		conn := connection(t, address)
		if got := Source(conn); got != "local account "+me.Uid {
			t.Errorf("source of %s is %q, want account %s", address, got, me.Uid)
		}
	}
}

// connection is the server's end of one.
func connection(t *testing.T, address string) net.Conn {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", address)
	if err != nil {
		t.Skipf("no %s here: %v", address, err)
	}
	t.Cleanup(func() { _ = l.Close() })
	client, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = client.Close() })
	conn, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return conn
}

type elsewhere struct {
	net.Conn
	address string
}

func (e elsewhere) RemoteAddr() net.Addr {
	a, _ := net.ResolveTCPAddr("tcp", e.address)
	return a
}

func TestSourceOfOthersIsTheirAddress(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]string{
		"203.0.113.7:1234":          "203.0.113.7",
		"[::ffff:203.0.113.7]:1234": "203.0.113.7",
		"[2001:db8:1:2:3:4:5:6]:99": "2001:db8:1:2::/64",
	} {
		if got := Source(elsewhere{address: address}); got != want {
			t.Errorf("source of %s is %q, want %q", address, got, want)
		}
	}
}
