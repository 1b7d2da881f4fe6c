package session

import (
	"context"
	"net"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"github.com/handsoff/handsoff/telnet-gateway/lineedit"
	"github.com/handsoff/handsoff/telnet-gateway/terminal"
)

// prompt stands before each line.
const prompt = "handsoff> "

// A client may negotiate without being asked this often; more is no telnet client.
const (
	unaskedRate  = 20 // a second
	unaskedBurst = 200
)

// session is one connection. All of its fields belong to the goroutine that runs it.
type session struct {
	door     *Door
	term     *terminal.Terminal
	source   string
	address  string // the client's, for the audit trail
	knocking bool   // it has a place among its source's logins
	unasked  *rate.Limiter
	mute     bool             // the client said nothing of itself
	early    []terminal.Event // events that came while the client was still being asked what it is

	user      string // empty before the login
	principal string // also the address of the outbox
	entry     string // the print of the user's entry
	checked   time.Time
	over      string // why the session ends; empty while it goes on
	reason    string // the same for the audit trail

	posts chan func() // results of background work
	work  sync.WaitGroup

	queue   []string // lines typed and not handed in yet
	flight  *flight  // the line handed in and not answered yet
	ended   bool     // the client sends no more
	listens bool     // it is counted among those that show output
	closed  bool     // the process ends: no line is taken any more
	leaves  bool     // the session ends as soon as it is known what goes on without it

	typed  time.Time // when a key was last pressed
	warned bool      // that the session is about to end

	history *lineedit.History
	unkept  unkept // of it
	jobs    board
	arm     arm
	confirm confirm
	backlog *backlog
	filled  map[string]bool // the ends of gaps that were shown or dropped
	shown   milestone
	finder  finder
}

func newSession(d *Door, conn net.Conn, source string) *session {
	s := &session{
		door: d, source: source, address: conn.RemoteAddr().String(), knocking: true,
		unasked: rate.NewLimiter(unaskedRate, unaskedBurst), posts: make(chan func()), typed: time.Now(),
	}
	s.term = terminal.New(conn, terminal.Options{
		Stall: d.Settings.Stall, NoColour: d.Settings.Colour == "never",
		Hello: "[" + lineedit.Clean(d.Settings.Bot) + " is here]",
	})
	return s
}

// run is the whole conversation.
func (s *session) run(ctx context.Context) {
	if s.login(ctx) {
		s.live(ctx)
		return
	}
	if s.over != "" {
		s.say(s.over)
		s.term.Close()
		return
	}
	s.term.Cut()
}

// say shows what the gateway itself has to say.
func (s *session) say(text string) {
	s.term.Print(s.term.Paint(lineedit.Quiet, lineedit.Clean(text)), "")
}

// background does work in a goroutine of its own, and then calls what it returns in the session's.
func (s *session) background(ctx context.Context, work func(ctx context.Context) (then func())) {
	s.work.Go(func() {
		then := work(ctx)
		select {
		case s.posts <- then:
		case <-ctx.Done():
		}
	})
}

// end makes the session end when its loop comes round.
func (s *session) end(text, reason string) {
	if s.over == "" {
		s.over, s.reason = text, reason
	}
}
