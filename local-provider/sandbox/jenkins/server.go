package jenkins

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"net/http"
	"sync"
	"time"

	"github.com/handsoff/handsoff/local-provider/sandbox/clock"
	"github.com/handsoff/handsoff/local-provider/sandbox/fault"
)

// A Server is one Jenkins. It is an http.Handler; all its methods may be called at any time from anywhere.
type Server struct {
	options Options
	err     error

	mu    sync.Mutex
	clock *clock.Clock
	now   time.Time // the moment up to which everything has been played

	root        *item
	queue, left []*queueItem
	nextQueueID int64
	running     []*build
	nodes       []*node
	builtIn     node

	phase       phase
	turns       time.Time // when the phase changes by itself
	quieting    bool
	quietReason string
	safeRestart bool

	sessionHash string
	salt        string
	sessions    map[string]time.Time

	queueHeld bool
	faults    fault.Orders[Fault]
	ledger    ledger
	store     *store

	kick    chan struct{}
	done    chan struct{}
	closing sync.Once
	pulse   sync.WaitGroup
}

var _ http.Handler = (*Server)(nil)

// New starts a Jenkins. It never fails: when the state in Options.Dir cannot be read, every request is answered with the
// page that Jenkins shows when it failed to start, and Err says why. Close it after use.
func New(options Options) *Server {
	s := &Server{
		options: options.withDefaults(), root: &item{}, sessions: map[string]time.Time{},
		kick: make(chan struct{}, 1), done: make(chan struct{}), salt: randomHex(16),
	}
	s.root.views = []*view{{name: "all", owner: s.root, class: allViewClass, root: &element{}}}
	s.builtIn = node{Name: builtIn, Executors: s.options.Executors}
	s.newSession()
	s.clock = clock.New(time.Now(), s.options.Speed, s.options.Frozen)
	s.store, s.err = openStore(s.options.Dir)
	if s.err == nil {
		s.err = s.load()
	}
	s.now = s.clock.Now()
	if s.err == nil && !s.options.Empty {
		s.addDemo()
	}
	s.settle()
	s.flush()
	s.pulse.Go(s.beat)
	return s
}

// Err says why the server could not start or save, nil when all is well.
func (s *Server) Err() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return errors.Join(s.err, s.store.err)
}

// Close ends the server's clock. Builds that run are found again, as after a crash, by a Server with the same Dir.
func (s *Server) Close() {
	s.closing.Do(func() { close(s.done) })
	s.pulse.Wait()
}

// beat plays events when they are due although nobody asks. It sleeps until the next one.
func (s *Server) beat() {
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	for {
		if wait, ok := s.nap(); ok {
			timer.Reset(wait)
		} else {
			timer.Stop()
		}
		select {
		case <-s.done:
			return
		case <-s.kick:
		case <-timer.C:
		}
		s.do(func() {})
	}
}

// shortestNap keeps a very fast clock from keeping the processor busy.
const shortestNap = time.Millisecond

// nap is how long nothing will happen; false when nothing will ever happen by itself.
func (s *Server) nap() (time.Duration, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	at, _, ok := s.nextEvent()
	if !ok {
		return 0, false
	}
	wait, ok := s.clock.Until(at)
	return max(wait, shortestNap), ok
}

// do changes the state: everything due is played before, its consequences follow, and it is saved.
func (s *Server) do(change func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.change(change)
}

// change is do for who holds the lock.
func (s *Server) change(change func()) {
	s.catchUp()
	change()
	s.settle()
	s.restartIfIdle()
	s.flush()
}

// wake tells the clock that there may be something new to wait for.
func (s *Server) wake() {
	select {
	case s.kick <- struct{}{}:
	default:
	}
}

// newSession makes the hash by which a client notices that Jenkins was restarted.
func (s *Server) newSession() {
	s.sessionHash = randomHex(4)
	clear(s.sessions)
}

func randomHex(n int) string {
	b := make([]byte, n)
	_, _ = rand.Read(b) // never fails
	return hex.EncodeToString(b)
}
