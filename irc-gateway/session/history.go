package session

import (
	"strconv"
	"strings"
	"time"

	"github.com/ergochat/irc-go/ircmsg"

	"github.com/handsoff/handsoff/shared/irc"
)

const (
	// overlap is how much of what was heard is read again: what was heard is known, and a moment may have more than one line.
	overlap = 2 * time.Second
	// oldest is how old a command may be that history brings: what is on at an event changes by the hour.
	oldest = time.Hour
	// page is how many lines of history are asked for at a time, and mostPages how often.
	page, mostPages = 100, 10
	// historyLimit is how long the server may take for a page.
	historyLimit = 15 * time.Second
	// mostBatches and mostInBatch bound what is kept of batches that are not over.
	mostBatches, mostInBatch = 20, 2000
	// timeForm is the form of server-time.
	timeForm = "2006-01-02T15:04:05.000Z"
)

// batch is a batch of history that is not over.
type batch struct {
	room    *room
	lines   []*ircmsg.Message
	other   bool // not history: its messages count one by one
	targets bool // they name who said something to us alone
}

// keepsHistory reports whether the server can be asked for what was said.
func (s *Session) keepsHistory() bool {
	on := s.caps.on
	return s.Network.CatchesUp() && on["draft/chathistory"] && on["batch"] && on["server-time"] && on["message-tags"]
}

// from is since when history is read.
func (s *Session) from() time.Time {
	from := s.Since.Add(-overlap)
	if first := s.began.Add(-oldest); from.Before(first) {
		from = first
	}
	return from
}

// fromOf is since when what was said in a channel, or by somebody alone, is for us.
func (s *Session) fromOf(r *room) time.Time {
	if from := s.from(); from.After(r.from) {
		return from
	}
	return r.from
}

func (s *Session) askHistory(r *room, mark, kind string) {
	most := page
	if n, err := strconv.Atoi(s.support["CHATHISTORY"]); err == nil && n > 0 {
		most = min(most, n)
	}
	r.asked, r.most = s.now, most
	r.pages++
	s.request("CHATHISTORY", "AFTER", r.name, kind+mark, strconv.Itoa(most))
}

// batch begins or ends one.
func (s *Session) batch(m *ircmsg.Message) {
	name := param(m, 0)
	if len(name) < 2 {
		return
	}
	if name[0] == '+' && len(s.batches) < mostBatches {
		history := strings.EqualFold(param(m, 1), "chathistory")
		s.batches[name[1:]] = batch{room: s.talk(param(m, 2)), other: !history, targets: strings.EqualFold(param(m, 1), targetsBatch)}
		return
	}
	b, known := s.batches[name[1:]]
	delete(s.batches, name[1:])
	switch {
	case known && b.targets:
		s.readPrivate()
	case known && !b.other && b.room != nil:
		s.past(b.room, b.lines)
	}
}

// talk is what history is of: a channel, or somebody alone; nil for neither.
func (s *Session) talk(name string) *room {
	if r := s.room(name); r != nil {
		return r
	}
	return s.private.people[s.Roster.Fold(name)]
}

// inBatch keeps a message that is part of history, which has happened before and changes nothing now.
func (s *Session) inBatch(m *ircmsg.Message) bool {
	_, name := m.GetTag("batch")
	b, known := s.batches[name]
	if name == "" || !known || b.other {
		return false
	}
	if len(b.lines) < mostInBatch {
		b.lines = append(b.lines, m)
		s.batches[name] = b
	}
	return true
}

// past takes a page of history, and asks for the next one after a full one.
func (s *Session) past(r *room, lines []*ircmsg.Message) {
	for _, m := range lines {
		at := sent(m)
		if s.Since.IsZero() || at.IsZero() || at.Before(s.fromOf(r)) || m.Command != "PRIVMSG" {
			continue
		}
		if m = s.about(r, m); m == nil {
			continue
		}
		if line, ok := s.line(m); ok {
			s.catching++
			s.hand(r, line, true)
		}
	}
	if r.asked.IsZero() {
		return // the server told it unasked
	}
	if len(lines) >= r.most && r.pages < mostPages {
		last := lines[len(lines)-1]
		mark, kind := tag(last, "msgid"), "msgid="
		if mark == "" {
			mark, kind = tag(last, "time"), "timestamp="
		}
		if mark != "" {
			s.askHistory(r, mark, kind)
			return
		}
	}
	s.complete(r)
}

// about is a message of the history of a channel or of somebody as it counts now; nil for one that does not.
func (s *Session) about(r *room, m *ircmsg.Message) *ircmsg.Message {
	if !r.person {
		if s.Roster.Same(param(m, 0), r.name) {
			return m
		}
		return nil
	}
	if !s.Roster.Same(m.Nick(), r.name) || len(m.Params) < 2 {
		return nil // what we said ourselves
	}
	ours := *m
	ours.Params = []string{s.Roster.Me(), m.Params[1]} // we may have had another name then
	return &ours
}

// ranked gives a line of history the ranks of whoever said it. Which ones they had then nobody tells, and a nick may have been
// somebody else's: they are those of who has the nick now, if the line was said with the account to which that one is logged in.
func (s *Session) ranked(line Line) Line {
	account := s.Roster.Account(line.Nick)
	line.Groups = nil
	if account != "" && line.Principal == irc.Account(s.Network.Name, account) {
		line.Groups = s.Roster.Groups(s.Network.Name, line.Nick, s.Network.Halfop)
	}
	return line
}

// failed is that a request for history failed.
func (s *Session) failed(m *ircmsg.Message) {
	if strings.EqualFold(param(m, 0), "CHATHISTORY") {
		s.Log.Warn("the server does not tell what was said", "why", strings.Join(m.Params, " "))
		for _, r := range s.rooms {
			if !r.asked.IsZero() && !r.ready && s.mentions(m, r.name) {
				s.complete(r)
			}
		}
		s.failedPrivate(m)
	}
}

func (s *Session) mentions(m *ircmsg.Message, name string) bool {
	for _, word := range m.Params {
		if s.Roster.Same(word, name) {
			return true
		}
	}
	return false
}

// checkHistory waits for it no longer than it may take.
func (s *Session) checkHistory(r *room) {
	if r.in && !r.ready && s.tooLong(r.asked, historyLimit) && len(s.requests) == 0 {
		s.Log.Warn("the server does not tell what was said", "where", r.name)
		s.complete(r)
	}
}

// complete is when a channel's names and history are known: what was said is handed in, the oldest first.
func (s *Session) complete(r *room) {
	r.ready, r.asked = true, time.Time{}
	s.give(r)
	s.reach(r)
}

// give hands in what waited.
func (s *Session) give(r *room) {
	for _, line := range r.past {
		s.Desk.Heard(s.ranked(line))
	}
	for _, line := range r.held {
		s.Desk.Heard(line)
	}
	r.past, r.held = nil, nil
}

// Leave is when the connection is over: what waits for more history is handed in, since it counts as heard.
func (s *Session) Leave() {
	for _, r := range s.private.people {
		s.give(r)
	}
	for _, line := range s.private.held {
		s.Desk.Heard(line)
	}
	s.private.held = nil
	for _, r := range s.rooms {
		s.give(r)
	}
}

// hand hands a line in, or keeps it until it is its turn.
func (s *Session) hand(r *room, line Line, past bool) {
	switch {
	case past && r.ready:
		s.Desk.Heard(s.ranked(line))
	case r == nil || r.ready:
		s.Desk.Heard(line)
	case past && len(r.past) < longestHeld:
		r.past = append(r.past, line)
	case !past && len(r.held) < longestHeld:
		r.held = append(r.held, line)
	}
}

// sent is when a message was sent, by the server's clock; zero when it does not say.
func sent(m *ircmsg.Message) time.Time {
	at, err := time.Parse(time.RFC3339, tag(m, "time"))
	if err != nil {
		return time.Time{}
	}
	return at
}

func tag(m *ircmsg.Message, name string) string {
	_, value := m.GetTag(name)
	return value
}
