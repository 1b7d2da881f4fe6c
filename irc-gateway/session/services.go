package session

import (
	"time"

	"github.com/ergochat/irc-go/ircmsg"

	"github.com/handsoff/handsoff/shared/irc"
)

const (
	nickServ = "NickServ"
	chanServ = "ChanServ"
	// settleLimit is how long channels wait for the services to know us.
	settleLimit = 10 * time.Second
	// regainEvery is how often a nick that somebody else has is asked for.
	regainEvery = 30 * time.Second
)

// motdOver is when the server has said all of itself: now the services are told who we are.
func (s *Session) motdOver(*ircmsg.Message) {
	if s.stage != welcomed {
		return
	}
	s.stage = settling
	if mode := s.support["BOT"]; len(mode) == 1 {
		s.request("MODE", s.Roster.Me(), "+"+mode) // so that other bots leave us alone
	}
	if s.login.account != "" || !s.identify() {
		s.settle()
	}
}

// identify tells NickServ our password, where that is wished. It reports whether an answer is to be waited for.
func (s *Session) identify() bool {
	if !s.Network.NickServ || s.Password == "" {
		return false
	}
	s.login.asked = s.now
	s.request("PRIVMSG", nickServ, "IDENTIFY "+s.Network.Account+" "+s.Password)
	return true
}

// settle begins to join channels.
func (s *Session) settle() {
	if s.stage != settling {
		return
	}
	s.stage = settled
	s.nick.next = s.now
	s.checkNick()
	s.askPrivate()
	s.checkRooms()
	s.Desk.Changed()
}

// checkLogin ends what takes too long.
func (s *Session) checkLogin() {
	if s.login.under && s.tooLong(s.login.began, saslLimit) {
		s.login.under = false
		s.Log.Warn("SASL is not answered", "account", s.Network.Account)
		s.negotiated()
	}
	if s.stage == settling && s.tooLong(s.login.asked, settleLimit) {
		s.Log.Warn("NickServ does not say that it knows us", "account", s.Network.Account)
		if s.Network.SASL == irc.SASLNone {
			s.Desk.Tell("nickserv", "NickServ of the IRC network "+s.Network.Name+" has not said that it knows my account "+s.Network.Account+
				". I am there without it. The secret "+s.Network.PasswordSecret()+" may be wrong, or the services may be away.")
		}
		s.settle()
	}
}

func (s *Session) hasNick() bool { return s.Roster.Same(s.Roster.Me(), s.Network.Nick) }

// checkNick asks for our nick while somebody else has it: the services, where they know us, first to send that one away.
// Some know REGAIN for it, some GHOST.
func (s *Session) checkNick() {
	if s.stage != settled || s.hasNick() || s.now.Before(s.nick.next) {
		return
	}
	s.nick.next = s.now.Add(regainEvery)
	s.nick.rounds++
	if s.login.account != "" || (s.Network.NickServ && s.Password != "") {
		word := "GHOST "
		if s.nick.rounds%2 == 0 {
			word = "REGAIN "
		}
		text := word + s.Network.Nick
		if s.login.account == "" {
			text += " " + s.Password
		}
		s.request("PRIVMSG", nickServ, text)
	}
	s.request("NICK", s.Network.Nick)
}

// notice is what services and others say of themselves: nothing is ever answered to it.
func (s *Session) notice(m *ircmsg.Message) {
	if s.stage > registering && s.Roster.Same(m.Nick(), nickServ) && s.Roster.IsMe(param(m, 0)) {
		s.Log.Info("NickServ says", "text", param(m, 1))
		if !s.hasNick() && s.nick.rounds > 0 { // it may have sent away who had our nick
			s.request("NICK", s.Network.Nick)
		}
	}
}
