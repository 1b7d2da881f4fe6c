package session

import (
	"strconv"
	"time"

	"github.com/ergochat/irc-go/ircmsg"
)

// bucket is how many lines may be sent now.
type bucket struct {
	tokens, burst, rate float64
	at                  time.Time
}

// fill adds what the time has brought.
func (b *bucket) fill(now time.Time) {
	if d := now.Sub(b.at); d > 0 {
		b.tokens = min(b.burst, b.tokens+b.rate*d.Seconds())
		b.at = now
	}
}

func (b *bucket) has() bool { return b.tokens >= 1 }

// take spends a token, also one that is not there: what had to be sent is paid for later.
func (b *bucket) take() { b.tokens = max(b.tokens-1, -b.burst) }

// Slower halves how fast it writes.
func (s *Session) Slower(times int) {
	for range times {
		s.bucket.rate /= 2
		s.bucket.burst = max(1, s.bucket.burst/2)
	}
}

const fencePrefix = "fence-"

// fence is a PING behind lines: its answer says that the server has read them.
type fence struct {
	number int64
	passed func(missing map[string]string)
}

// MaySpeak reports whether a line can be said now.
func (s *Session) MaySpeak() bool {
	return s.ended == nil && s.stage == settled && len(s.requests) == 0 && s.bucket.has()
}

// Speak says a line. target is whom or where; it must fit, see roster.Room.
func (s *Session) Speak(target, text string) {
	s.send("PRIVMSG", target, text)
}

// Fence calls passed when the server has read all that was sent before, with the targets that it could not reach and why.
func (s *Session) Fence(passed func(missing map[string]string)) {
	s.count++
	s.fences = append(s.fences, fence{s.count, passed})
	s.send("PING", fencePrefix+strconv.FormatInt(s.count, 10))
}

func (s *Session) passed(number int64) {
	for len(s.fences) > 0 && s.fences[0].number <= number {
		missing := s.missing
		s.missing = map[string]string{}
		s.fences[0].passed(missing)
		s.fences = s.fences[1:]
	}
}

// unreached is that something could not be said to somebody.
func (s *Session) unreached(m *ircmsg.Message) {
	target := param(m, 1)
	if m.Command == "401" {
		s.Roster.Gone(target)
	}
	s.missing[s.Roster.Fold(target)] = m.Command + " " + param(m, len(m.Params)-1)
}
