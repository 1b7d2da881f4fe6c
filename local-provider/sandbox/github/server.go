package github

import (
	"crypto/rsa"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/handsoff/handsoff/local-provider/sandbox/clock"
	"github.com/handsoff/handsoff/local-provider/sandbox/consent"
	"github.com/handsoff/handsoff/local-provider/sandbox/fault"
	"github.com/handsoff/handsoff/local-provider/sandbox/journal"
)

// A Server is one GitHub. It is an http.Handler; all its methods may be called at any time from anywhere.
//
// Inside the package: whatever stands under mu is read and changed inside do, which saves the changes before it returns.
// Methods that start with a small letter expect the lock to be held, unless they say otherwise.
type Server struct {
	options Options
	appKey  *rsa.PublicKey // nil without an App
	api     router
	pages   *http.ServeMux

	consent *consent.Desk

	mu      sync.Mutex
	err     error
	clock   *clock.Clock
	base    string // root URL without a slash at its end
	journal *journal.Journal
	shelves map[string]shelf
	kinds   []string

	world         *table[world]
	accounts      *table[Account] // by login in lower case
	installations *table[Installation]
	grants        *table[grant] // by the token
	repos         *table[Repo]  // by full name in lower case
	commits       *table[Commit]
	issues        *table[Issue] // by "acme/app#12"
	comments      *table[Comment]
	reviews       *table[Review]
	reactions     *table[Reaction]
	statuses      *table[Status]
	runs          *table[CheckRun]
	suites        *table[Suite]
	hooks         *table[Hook]
	deliveries    *table[Delivery]

	faults   fault.Orders[Fault]
	webhooks fault.Orders[WebhookFault]
	limits   limits
	ledger   ledger
	sender   *sender
}

var _ http.Handler = (*Server)(nil)

// New starts a GitHub. It never fails: when the state in Options.Dir or the App's key cannot be read every call is answered
// with 500, and Err says why. Close it after use.
func New(options Options) *Server {
	s := &Server{
		options: options.withDefaults(), pages: http.NewServeMux(), shelves: map[string]shelf{},
		ledger: newLedger(), limits: limits{windows: map[string]*window{}},
	}
	s.base = strings.TrimSuffix(s.options.URL, "/")
	s.clock = clock.New(time.Now(), s.options.Speed, s.options.Frozen)
	s.makeTables()
	s.journal = &journal.Journal{}
	opened, err := journal.Open(s.options.Dir, "github.jsonl", s.restore)
	s.journal = opened
	var keyErr error
	s.appKey, keyErr = readKey(s.options.AppKey)
	s.err = errors.Join(err, keyErr)
	if s.the().Now.After(s.clock.Now()) { // the clock was ahead of the world's
		s.clock.Set(s.the().Now)
	}
	s.sender = newSender(s)
	if s.err == nil {
		s.do(s.settle)
	}
	s.routes()
	return s
}

func (s *Server) makeTables() {
	s.world = newTable[world](s, "world")
	s.accounts = newTable[Account](s, "account")
	s.installations = newTable[Installation](s, "installation")
	s.grants = newTable[grant](s, "grant")
	s.repos = newTable[Repo](s, "repo")
	s.commits = newTable[Commit](s, "commit")
	s.issues = newTable[Issue](s, "issue")
	s.comments = newTable[Comment](s, "comment")
	s.reviews = newTable[Review](s, "review")
	s.reactions = newTable[Reaction](s, "reaction")
	s.statuses = newTable[Status](s, "status")
	s.runs = newTable[CheckRun](s, "run")
	s.suites = newTable[Suite](s, "suite")
	s.hooks = newTable[Hook](s, "hook")
	s.deliveries = newTable[Delivery](s, "delivery")
}

// the is what there is one of.
func (s *Server) the() *world {
	w := s.world.get("")
	if w == nil {
		w = &world{Last: 1_000_000}
		s.world.rows[""] = w
	}
	return w
}

// newID is a number that nothing else has.
func (s *Server) newID() int64 {
	w := s.the()
	w.Last++
	s.world.put("", w)
	return w.Last
}

// now is the sandbox's time in whole seconds, as GitHub tells times.
func (s *Server) now() time.Time { return s.clock.Now().UTC().Truncate(time.Second) }

// Err says why the server could not start or save, nil when all is well.
func (s *Server) Err() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := errors.Join(s.err, s.journal.Err()); err != nil {
		return fmt.Errorf("the sandbox's GitHub: %w", err)
	}
	return nil
}

// Close ends the deliveries that are under way.
func (s *Server) Close() {
	s.sender.close()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.journal.Close()
}

// Handler serves the REST API, the pages and the sandbox's control. It is the server itself.
func (s *Server) Handler() http.Handler { return s }

// SetURL tells the server under which root URL it is reached.
func (s *Server) SetURL(url string) {
	s.do(func() { s.base = strings.TrimSuffix(url, "/") })
}

// do changes the state and saves it; then what has happened is sent.
func (s *Server) do(change func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	before := s.the().Last
	change()
	if w := s.the(); w.Last != before {
		w.Now = s.clock.Now()
		s.world.put("", w)
	}
	s.flush()
}

// Now is the sandbox's time.
func (s *Server) Now() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.clock.Now()
}

// Advance moves the sandbox's clock ahead.
func (s *Server) Advance(d time.Duration) { s.do(func() { s.clock.Advance(d) }) }

// SetSpeed is how many seconds of the sandbox's clock pass in one real second from now on; zero makes it stand still.
func (s *Server) SetSpeed(speed float64) { s.do(func() { s.clock.SetSpeed(speed) }) }
