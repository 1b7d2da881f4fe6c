package openstack

import (
	"errors"
	"net/http"
	"path/filepath"
	"sync"
	"time"

	"github.com/handsoff/handsoff/local-provider/sandbox/clock"
	"github.com/handsoff/handsoff/local-provider/sandbox/fault"
	"github.com/handsoff/handsoff/local-provider/sandbox/journal"
)

// A Server is one cloud. It is an http.Handler; all its methods may be called at any time from anywhere.
//
// Inside the package: whatever stands under mu is read and changed inside do, which plays what is due before and saves the changes
// before it returns. Handlers, and methods that start with a small letter, expect the lock to be held unless they say otherwise.
type Server struct {
	options    Options
	mux, pages *http.ServeMux
	services   []*service
	plays      map[string]func(id string)
	keepers    map[string]keeper
	kinds      []string // of the keepers, each after what it needs

	identity, compute, placement, network, image, volume, orchestration *service

	mu        sync.Mutex
	err       error
	clock     *clock.Clock
	moment    time.Time // of the event that is played
	agenda    agenda
	events    *table[event]
	lastEvent int
	journal   diary

	tokens *table[token]
	people
	machines
	networking
	imaging
	storage
	orchestrating
	neutron neutron
	glance  glance
	cinder  cinder

	faults   fault.Orders[Fault]
	befallen int
	mended   chan struct{} // closed and replaced when faults are
	ledger   ledger

	done    chan struct{}
	closing sync.Once
}

var _ http.Handler = (*Server)(nil)

// New starts a cloud. It never fails: when the state in Options.State cannot be read, Err says why. Close it after use.
func New(options Options) *Server {
	s := &Server{
		options: options.withDefaults(), mux: http.NewServeMux(), pages: http.NewServeMux(),
		plays: map[string]func(string){}, orchestrating: orchestrating{inner: map[string]handler{}}, keepers: map[string]keeper{},
		mended: make(chan struct{}), done: make(chan struct{}),
	}
	s.clock = clock.New(time.Now(), s.options.Speed, s.options.Frozen)
	s.tokens = newLooseTable[token]()
	s.events = newTable[event](s, "event")
	s.addServices()
	s.openIdentity()
	s.openCompute()
	s.openPlacement()
	s.openNetwork()
	s.openImage()
	s.openVolume()
	s.openOrchestration()
	s.openPages()
	for _, v := range s.services {
		s.elsewhere(v)
	}
	s.err = s.load()
	if s.err == nil {
		s.do(s.seed)
	}
	return s
}

// load reads what the file holds.
func (s *Server) load() error {
	dir, name := "", ""
	if s.options.State != "" {
		dir, name = filepath.Split(filepath.Clean(s.options.State))
		dir = filepath.Clean(dir)
	}
	s.ports.watch = s.notePort
	j, err := journal.Open(dir, name, func(l journal.Line) error {
		k := s.keepers[l.Kind]
		if k == nil {
			return nil // of a service that is no more
		}
		return k.restore(l.ID, l.Value)
	})
	s.journal.Journal = j
	s.remember()
	return err
}

// seed puts there what a new cloud has, and what is missing of it in an old one.
func (s *Server) seed() {
	s.seedIdentity()
	s.seedCompute()
	s.seedNetwork()
	s.seedImage()
	s.seedVolume()
}

// Err says why the server could not start or save, nil when all is well.
func (s *Server) Err() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return errors.Join(s.err, s.journal.Err())
}

// Close lets go of calls that hang, and of the file.
func (s *Server) Close() {
	s.closing.Do(func() {
		close(s.done)
		s.mu.Lock()
		defer s.mu.Unlock()
		s.journal.Close()
	})
}

// do changes the state: everything due is played before, and it is saved.
func (s *Server) do(change func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.catchUp()
	change()
	s.journal.Flush(s.value, s.entries)
}

// value is what a thing is now, nil when it is not there.
func (s *Server) value(e journal.Entry) any { return s.keepers[e.Kind].value(e.ID) }

// entries are all things that are kept.
func (s *Server) entries() []journal.Entry {
	var out []journal.Entry
	for _, kind := range s.kinds {
		for _, id := range s.keepers[kind].ids() {
			out = append(out, journal.Entry{Kind: kind, ID: id})
		}
	}
	return out
}
