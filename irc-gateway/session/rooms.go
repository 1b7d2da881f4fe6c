package session

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/ergochat/irc-go/ircmsg"

	"github.com/handsoff/handsoff/irc-gateway/roster"
)

const (
	// firstRejoin and longestRejoin bound the wait before a channel is joined again from which we were kicked, or which does
	// not let us in; it doubles between them, and begins anew when we were in it for a while.
	firstRejoin   = 5 * time.Second
	longestRejoin = 10 * time.Minute
	inForAWhile   = 10 * time.Minute
	// joinLimit is how long a JOIN may have no answer.
	joinLimit = time.Minute
	// joinLine bounds the channels of one JOIN, in bytes.
	joinLine = 400
)

// room is a channel of the configuration.
type room struct {
	name  string
	in    bool
	tried time.Time     // when it was asked for; zero when no answer is awaited
	next  time.Time     // when to ask for it again
	wait  time.Duration // before the next try
	since time.Time     // in it since
	from  time.Time     // what was said before is not for us, who were not to be there; zero for what always was ours
	why   string        // why we are not in it

	ready   bool      // names and history are known; until then what is said waits
	past    []Line    // of the history
	held    []Line    // said since we came
	asked   time.Time // history was asked for
	pages   int       // of it
	most    int       // lines of a page
	person  bool      // it is no channel, but somebody alone
	topic   topicState
	reached bool // it was ready, or refused us, once on this connection
}

// longestHeld bounds the lines that wait for a channel's history.
const longestHeld = 1000

// SetChannels says which channels to be in; others are left.
func (s *Session) SetChannels(names []string) {
	if slices.Equal(names, s.Network.Channels) {
		return
	}
	s.Network.Channels = names
	var gone []*room
	for name, r := range s.rooms {
		if slices.Contains(names, name) {
			continue
		}
		delete(s.rooms, name)
		gone = append(gone, r)
		if r.in {
			s.Desk.Left(name)
		}
	}
	s.restore(gone, func(r *room) { s.request("PART", r.name) })
	for _, name := range names {
		if s.rooms[name] == nil {
			s.rooms[name] = &room{name: name, wait: firstRejoin, from: s.now}
		}
	}
	if s.stage == settled {
		s.reach(nil) // it may have been one that is left whose history was awaited
	}
}

func (s *Session) room(name string) *room { return s.rooms[s.lower(name)] }

// lower is a channel's name as the configuration has it.
func (s *Session) lower(name string) string {
	if r := s.rooms[name]; r != nil {
		return name
	}
	for _, r := range s.rooms {
		if s.Roster.Same(r.name, name) {
			return r.name
		}
	}
	return name
}

// checkRooms joins what is to be joined.
func (s *Session) checkRooms() {
	if s.stage != settled {
		return
	}
	var names []string
	length := 0
	for _, name := range s.Network.Channels {
		r := s.rooms[name]
		if s.tooLong(r.tried, joinLimit) {
			r.tried = time.Time{}
			s.refuse(r, "the server does not say whether we may join it")
		}
		if r.in || !r.tried.IsZero() || s.now.Before(r.next) {
			s.checkHistory(r)
			continue
		}
		if length += len(name) + 1; length > joinLine {
			break // with the next tick
		}
		r.tried = s.now
		names = append(names, name)
	}
	if len(names) > 0 {
		s.send("JOIN", strings.Join(names, ","))
	}
}

// joined is when we are in a channel.
func (s *Session) joined(name string) {
	r := s.room(name)
	if r == nil {
		s.request("PART", name) // somebody had us join it
		return
	}
	r.in, r.tried, r.since, r.why, r.ready, r.asked, r.pages = true, time.Time{}, s.now, "", false, time.Time{}, 0
	r.past, r.held, r.topic = nil, nil, topicState{}
	s.Desk.Joined(r.name)
}

// named is when we know who is in it.
func (s *Session) named(name string) {
	r := s.room(name)
	if r == nil || !r.in || r.ready || !r.asked.IsZero() {
		return
	}
	if _, offered := s.support["WHOX"]; offered { // before the history, in which accounts count
		s.request("WHO", r.name, roster.WhoFields)
	}
	if s.keepsHistory() && !s.Since.IsZero() {
		s.askHistory(r, s.fromOf(r).UTC().Format(timeForm), "timestamp=")
	}
	if r.asked.IsZero() {
		s.complete(r)
	}
}

// whoOver is nothing to act on: the roster has seen each answer.
func (s *Session) whoOver(*ircmsg.Message) {}

// left is when we are in a channel no more.
func (s *Session) left(name, why string) {
	r := s.room(name)
	if r == nil {
		return
	}
	if s.now.Sub(r.since) >= inForAWhile {
		r.wait = firstRejoin
	}
	if why == "" {
		why = "we were made to leave it"
	}
	r.in, r.ready, r.held, r.past = false, false, nil, nil
	s.Desk.Left(r.name)
	s.refuse(r, why)
}

// unjoined is when a channel does not let us in. 477 is also that somebody takes no lines from who has no account.
func (s *Session) unjoined(m *ircmsg.Message) {
	r := s.room(param(m, 1))
	if r == nil || r.tried.IsZero() {
		s.unreached(m)
		return
	}
	r.tried = time.Time{}
	s.refuse(r, fmt.Sprintf("%s %.200s", m.Command, param(m, len(m.Params)-1)))
}

// refuse has a channel wait before it is tried again.
func (s *Session) refuse(r *room, why string) {
	r.why, r.next = why, s.now.Add(r.wait)
	s.Log.Warn("a channel is not joined", "channel", r.name, "why", why, "again_in", r.wait)
	if r.wait >= longestRejoin/2 {
		s.Desk.Tell("channel "+r.name, fmt.Sprintf("I am not in %s of the IRC network %s: %s. I try again every %s.", r.name, s.Network.Name, why, longestRejoin))
	}
	r.wait = min(2*r.wait, longestRejoin)
	s.reach(r)
}

// Wrong says what keeps us from a channel, a sentence each.
func (s *Session) Wrong() []string {
	var wrong []string
	for _, name := range s.Network.Channels {
		if r := s.rooms[name]; !r.in && r.why != "" {
			wrong = append(wrong, fmt.Sprintf("%s of %s is not joined: %s", r.name, s.Network.Name, r.why))
		}
	}
	return wrong
}

// reach notes that a channel has come as far as it can, and tells when all have.
func (s *Session) reach(r *room) {
	if r != nil {
		r.reached = true
	}
	for _, other := range s.rooms {
		if !other.reached {
			return
		}
	}
	if s.private.reading() {
		return
	}
	if !s.caughtUp {
		s.caughtUp = true
		s.Desk.CaughtUp(s.catching, s.keepsHistory())
	}
}
