package gerrit

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"golang.org/x/crypto/ssh"

	"github.com/handsoff/handsoff/local-provider/sandbox/clock"
	"github.com/handsoff/handsoff/local-provider/sandbox/fault"
	"github.com/handsoff/handsoff/local-provider/sandbox/journal"
)

// A Server is one Gerrit. All its methods may be called at any time from anywhere.
//
// Inside the package: whatever stands under mu is read and changed inside do, which saves the changes before it returns.
// Methods that start with a small letter expect the lock to be held, unless they say otherwise.
type Server struct {
	options Options
	mux     *http.ServeMux
	keys    []ssh.PublicKey // of the user handsoff

	mu    sync.Mutex
	err   error
	clock *clock.Clock
	base  string // the canonical URL without a slash at its end

	accounts map[int]*Account
	projects map[string]*Project
	changes  map[int]*Change
	last     int // the newest change's number
	log      eventLog
	logOff   bool
	untold   []*record // what happened in this change of the state

	streams map[*stream]bool
	changed chan struct{} // closed and replaced when something was told, or a stream comes, goes, or has taken something
	wire    wire

	faults  fault.Orders[Fault]
	ledger  ledger
	journal *journal.Journal

	done    chan struct{}
	closing sync.Once
}

// New starts a Gerrit. It never fails: when the state in Options.Dir cannot be read, or a key, Err says why. Close it
// after use.
func New(options Options) *Server {
	s := &Server{
		options: options.withDefaults(), mux: http.NewServeMux(),
		accounts: map[int]*Account{}, projects: map[string]*Project{}, changes: map[int]*Change{},
		streams: map[*stream]bool{}, changed: make(chan struct{}), done: make(chan struct{}),
	}
	s.base = strings.TrimSuffix(s.options.URL, "/")
	s.clock = clock.New(time.Now(), s.options.Speed, s.options.Frozen)
	s.log.most = s.options.EventBytes
	s.logOff = s.options.NoEventsLog
	s.err = s.open()
	if s.err == nil {
		s.do(s.settle)
	}
	s.routes()
	return s
}

// open reads the keys and what the folder holds.
func (s *Server) open() error {
	var stateErr, eventErr, keyErr, hostErr error
	s.journal, stateErr = journal.Open(s.options.Dir, "gerrit.jsonl", s.restore)
	s.log.file, eventErr = openEventFile(s.options.Dir, s.options.EventBytes, s.log.put)
	s.keys, keyErr = readKeys(s.options.Key)
	s.wire, hostErr = newWire(s.options)
	return errors.Join(stateErr, eventErr, keyErr, hostErr)
}

// settle puts everything there that must be, unless it was found in the state.
func (s *Server) settle() {
	for n, c := range s.changes {
		s.last = max(s.last, n)
		if s.clock.Now().Before(c.Updated) { // the clock was ahead of the world's
			s.clock.Set(c.Updated)
		}
	}
	s.addAccounts()
	if !s.options.Empty && len(s.projects) == 0 {
		s.addDemo()
	}
}

// Err says why the server could not start or save, nil when all is well.
func (s *Server) Err() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return errors.Join(s.err, s.journal.Err(), s.log.file.err)
}

// Close ends all SSH connections, and what is kept on disk.
func (s *Server) Close() {
	s.closing.Do(func() {
		close(s.done)
		s.wire.close()
		s.mu.Lock()
		defer s.mu.Unlock()
		s.journal.Close()
		s.log.file.close()
	})
}

// Handler serves REST, the page and the sandbox's control.
func (s *Server) Handler() http.Handler { return http.HandlerFunc(s.serve) }

// SetURL tells the server its canonical URL.
func (s *Server) SetURL(url string) {
	s.do(func() { s.base = strings.TrimSuffix(url, "/") })
}

// do changes the state, saves it, and tells of it.
func (s *Server) do(change func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change()
	s.flush()
	s.publish()
}

// now is the time that a change is noted with: Gerrit keeps its changes in commits, whose times are whole seconds.
func (s *Server) now() time.Time { return s.clock.Now().UTC().Truncate(time.Second) }

// save keeps a change as it is now.
func (s *Server) save(c *Change) { s.touch("change", strconv.Itoa(c.Number)) }

// find is the change of a number that somebody may see.
func (s *Server) find(a *Account, number int) (*Change, error) {
	if c := s.changes[number]; c != nil && s.sees(a, c) {
		return c, nil
	}
	return nil, notFound(number)
}

// wake tells who waits that there are new events, or that something about the streams is different.
func (s *Server) wake() {
	close(s.changed)
	s.changed = make(chan struct{})
}

func readKeys(text []byte) ([]ssh.PublicKey, error) {
	var out []ssh.PublicKey
	for line := range strings.Lines(string(text)) {
		if line = strings.TrimSpace(line); line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		key, _, _, _, err := ssh.ParseAuthorizedKey([]byte(line))
		if err != nil {
			return nil, fmt.Errorf("read the user's public key: %w", err)
		}
		out = append(out, key)
	}
	return out, nil
}

// knows says whether a key is the user's.
func (s *Server) knows(key ssh.PublicKey) bool {
	return slices.ContainsFunc(s.keys, func(k ssh.PublicKey) bool { return bytes.Equal(k.Marshal(), key.Marshal()) })
}
