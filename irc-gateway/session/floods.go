package session

import (
	"time"

	"github.com/ergochat/irc-go/ircmsg"
)

const (
	// floodBurst and floodRate are how many lines of one person are taken at once (an organiser pastes a few), and a second after that.
	floodBurst, floodRate = 20, 1.0
	// mostFloods bounds who is counted.
	mostFloods = 10_000
	// warnEvery is how often somebody is told that they are too fast.
	warnEvery = 30 * time.Second
)

// floods are those who said something of late, by their account or host.
type floods map[string]*flood

type flood struct {
	bucket

	warned time.Time
}

// allow counts a line.
func (f floods) allow(who string, now time.Time) bool {
	one := f[who]
	if one == nil {
		if len(f) >= mostFloods {
			return false
		}
		one = &flood{bucket: bucket{tokens: floodBurst, burst: floodBurst, rate: floodRate, at: now}}
		f[who] = one
	}
	one.fill(now)
	if !one.has() {
		return false
	}
	one.take()
	return true
}

// allowed counts a line against whoever said it, and tells them when it is one too many. Other names from the same host are
// the same person, but for those with an account.
func (s *Session) allowed(m *ircmsg.Message, line Line) bool {
	who := line.Principal
	if nuh, err := m.NUH(); err == nil && s.account(m) == "" && nuh.Host != "" {
		who = nuh.User + "@" + nuh.Host
	}
	if s.floods.allow(who, s.now) {
		return true
	}
	if one := s.floods[who]; one != nil && (one.warned.IsZero() || s.now.Sub(one.warned) >= warnEvery) {
		one.warned = s.now
		s.Log.Warn("somebody says more than is taken", "who", line.Principal)
		s.request("NOTICE", line.Nick, "That is too fast for me: what you say now is not carried out. Wait a moment, then say it again.")
	}
	return false
}

// checkFloods forgets those who were silent.
func (s *Session) checkFloods() {
	for who, one := range s.floods {
		if s.now.Sub(one.at) > time.Minute {
			delete(s.floods, who)
		}
	}
}
