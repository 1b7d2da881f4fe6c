package slack

import (
	"errors"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/handsoff/handsoff/local-provider/sandbox/clock"
	"github.com/handsoff/handsoff/local-provider/sandbox/consent"
	"github.com/handsoff/handsoff/local-provider/sandbox/fault"
	"github.com/handsoff/handsoff/local-provider/sandbox/journal"
)

// A Server is one Slack. It is an http.Handler; all its methods may be called at any time from anywhere.
//
// Inside the package: whatever stands under mu is read and changed inside do, which saves the changes before it returns.
// Methods that start with a small letter expect the lock to be held, unless they say otherwise.
type Server struct {
	options Options
	mux     *http.ServeMux

	mu    sync.Mutex
	err   error
	clock *clock.Clock
	base  string // root URL without a slash at its end

	team       Team
	bot        *User // the app's
	teams      map[string]*Team
	users      map[string]*User
	groups     map[string]*Group
	channels   map[string]*Channel
	files      map[string]*File
	views      map[string]*View
	homes      map[string]*View    // App Homes by user
	modals     map[string][]string // view ids by user, the lowest first
	triggers   map[string]*trigger
	responses  map[string]*responseURL
	unfurlings map[string]unfurling // by the id that the event told
	ephemerals []*Ephemeral
	lastTS     time.Time
	bytes      int // of all messages

	revoked string // why the token is refused; empty when it is good
	faults  fault.Orders[Fault]
	limits  limits
	ledger  ledger
	journal *journal.Journal

	people    *crowd
	consent   *consent.Desk
	listeners []func(Happening)

	done    chan struct{}
	closing sync.Once
}

var _ http.Handler = (*Server)(nil)

// New starts a Slack. It never fails: when the state in Options.Dir cannot be read every call is answered with
// fatal_error, and Err says why. Close it after use.
func New(options Options) *Server {
	s := &Server{
		options: options.withDefaults(), mux: http.NewServeMux(),
		teams: map[string]*Team{}, users: map[string]*User{}, groups: map[string]*Group{}, channels: map[string]*Channel{},
		files: map[string]*File{}, views: map[string]*View{}, homes: map[string]*View{}, modals: map[string][]string{},
		triggers: map[string]*trigger{}, responses: map[string]*responseURL{},
		unfurlings: map[string]unfurling{}, ledger: newLedger(),
		done: make(chan struct{}),
	}
	s.base = strings.TrimSuffix(s.options.URL, "/")
	s.clock = clock.New(time.Now(), s.options.Speed, s.options.Frozen)
	s.limits = newLimits()
	s.journal, s.err = journal.Open(s.options.Dir, "slack.jsonl", s.restore)
	if s.lastTS.After(s.clock.Now()) { // the clock was ahead of the world's
		s.clock.Set(s.lastTS)
	}
	s.settle()
	s.flush()
	s.people = s.startPeople()
	s.routes()
	return s
}

// settle puts everything there that must be, unless it was found in the state.
func (s *Server) settle() {
	if s.err != nil {
		return
	}
	s.addApp()
	if !s.options.Empty {
		s.addDemo()
	}
}

// Err says why the server could not start or save, nil when all is well.
func (s *Server) Err() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return errors.Join(s.err, s.journal.Err())
}

// Close ends what the server does by itself.
func (s *Server) Close() {
	s.closing.Do(func() {
		close(s.done)
		s.people.close()
		s.mu.Lock()
		defer s.mu.Unlock()
		s.journal.Close()
	})
}

// SetURL tells the server under which root URL it is reached.
func (s *Server) SetURL(url string) {
	s.do(func() { s.base = strings.TrimSuffix(url, "/") })
}

// do changes the state and saves it.
func (s *Server) do(change func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change()
	s.flush()
}

// A Happening is something that Slack's Events API could tell the app. Who listens decides whether it is told: what the
// app subscribed to, what it may see.
type Happening struct {
	// Type is the event's: "message", "member_joined_channel", "user_change", "subteam_updated", "channel_archive" …
	Type string
	// Channel is where it happened; nil for what happens to a team.
	Channel *Channel
	// User is who did it; empty for what nobody did.
	User string
	// Event is the inner event, complete but for event_ts, which is TS.
	Event map[string]any
	TS    string
}

// listen calls back for everything that happens from now on. The lock is held then: the listener must not block.
func (s *Server) listen(hear func(Happening)) { s.listeners = append(s.listeners, hear) }

func (s *Server) happened(h Happening) {
	if h.TS == "" {
		h.TS = s.newTS()
	}
	h.Event["type"], h.Event["event_ts"] = h.Type, h.TS
	for _, hear := range s.listeners {
		hear(h)
	}
}
