package session

import (
	"strconv"
	"time"

	"github.com/ergochat/irc-go/ircmsg"

	"github.com/handsoff/handsoff/shared/irc"
)

const (
	// targetsBatch is the kind of batch that names with whom there is history.
	targetsBatch = "draft/chathistory-targets"
	// mostPeople is of how many people it is read what they said to us alone.
	mostPeople = 50
)

// private is what was said to us alone in a gap.
type private struct {
	asked  time.Time        // it was asked who said something; zero when no answer is awaited
	people map[string]*room // who did, folded, and what they said
	held   []Line           // said since, while it is not known who
}

// reading reports whether there may be more.
func (p *private) reading() bool {
	for _, r := range p.people {
		if !r.ready {
			return true
		}
	}
	return !p.asked.IsZero()
}

// askPrivate asks who said something to us alone since we heard last.
func (s *Session) askPrivate() {
	if !s.keepsHistory() || s.Since.IsZero() {
		return
	}
	s.private.asked = s.now
	stamp := func(at time.Time) string { return "timestamp=" + at.UTC().Format(timeForm) }
	s.request("CHATHISTORY", "TARGETS", stamp(s.from()), stamp(s.now.Add(overlap)), strconv.Itoa(mostPeople))
}

// privately is one of those who did; channels are read when we are in them.
func (s *Session) privately(m *ircmsg.Message) {
	name := param(m, 1)
	if param(m, 0) != "TARGETS" || s.private.asked.IsZero() || name == "" || irc.IsChannel(name) || s.Roster.IsMe(name) || len(s.private.people) >= mostPeople {
		return
	}
	if s.private.people == nil {
		s.private.people = map[string]*room{}
	}
	s.private.people[s.Roster.Fold(name)] = &room{name: name, in: true, person: true}
}

// readPrivate asks what they said, and lets others be heard.
func (s *Session) readPrivate() {
	if s.private.asked.IsZero() {
		return
	}
	s.private.asked = time.Time{}
	for _, r := range s.private.people {
		s.askHistory(r, s.from().UTC().Format(timeForm), "timestamp=")
	}
	held := s.private.held
	s.private.held = nil
	for _, line := range held {
		s.handPrivate(line)
	}
	s.reach(nil)
}

// handPrivate hands in what somebody said to us alone, behind what they said before.
func (s *Session) handPrivate(line Line) {
	if !s.private.asked.IsZero() && len(s.private.held) < longestHeld {
		s.private.held = append(s.private.held, line)
		return
	}
	s.hand(s.private.people[s.Roster.Fold(line.Nick)], line, false)
}

// failedPrivate is that the server does not tell: who it was, or what they said.
func (s *Session) failedPrivate(m *ircmsg.Message) {
	if !s.private.asked.IsZero() && s.mentions(m, "TARGETS") {
		s.readPrivate()
	}
	for _, r := range s.private.people {
		if !r.ready && s.mentions(m, r.name) {
			s.complete(r)
		}
	}
}

// checkPrivate waits for it no longer than it may take.
func (s *Session) checkPrivate() {
	if s.tooLong(s.private.asked, historyLimit) && len(s.requests) == 0 {
		s.Log.Warn("the server does not tell who said something to us alone")
		s.readPrivate()
	}
	for _, r := range s.private.people {
		s.checkHistory(r)
	}
}
