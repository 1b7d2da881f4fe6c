package session

import (
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/ergochat/irc-go/ircmsg"
)

// A dead connection is noticed within a minute: a sign of life is asked for after half the silence that is one.
const (
	// quiet is after how much silence the server is asked whether it is there.
	quiet = 20 * time.Second
	// silence is after how much of it the server is not.
	silence = 45 * time.Second
	// registrationLimit is how long the server may take to welcome us.
	registrationLimit = time.Minute
)

var (
	// ErrSilent says that the server has said nothing for too long.
	ErrSilent = errors.New("the server has said nothing for 45 seconds")
	// ErrUnwelcome says that it has not let us in.
	ErrUnwelcome = errors.New("the server has not welcomed us within a minute")
)

// alive is whether the server is there.
type alive struct {
	heard  time.Time // the last line
	server time.Time // the same, by the server's clock; zero where it does not tell
	asked  bool      // since then it was asked for one
}

func (a *alive) sign(now time.Time) { a.heard, a.asked = now, false }

// LastHeard is when the server said something last: by its own clock, by which it keeps history, where it tells that.
func (s *Session) LastHeard() time.Time {
	if !s.alive.server.IsZero() {
		return s.alive.server
	}
	return s.alive.heard
}

func (s *Session) checkAlive() {
	quietFor := s.now.Sub(s.alive.heard)
	switch {
	case s.stage == registering && s.now.Sub(s.began) > registrationLimit:
		s.end(ErrUnwelcome)
	case quietFor >= silence:
		s.end(ErrSilent)
	case quietFor >= quiet && !s.alive.asked && s.stage > registering:
		s.alive.asked = true
		s.send("PING", "alive")
	}
}

func (s *Session) ping(m *ircmsg.Message) { s.send("PONG", param(m, len(m.Params)-1)) }

// pong is the answer to one of ours: a fence's, or only a sign of life.
func (s *Session) pong(m *ircmsg.Message) {
	number, ours := strings.CutPrefix(param(m, len(m.Params)-1), fencePrefix)
	n, err := strconv.ParseInt(number, 10, 64)
	if ours && err == nil {
		s.passed(n)
	}
}
