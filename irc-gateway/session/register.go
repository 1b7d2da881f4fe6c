package session

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"github.com/ergochat/irc-go/ircmsg"
	"github.com/ergochat/irc-go/ircutils"

	"github.com/handsoff/handsoff/shared/irc"
)

// wanted are the capabilities that are asked for where a server offers them, besides sasl.
var wanted = []string{
	"account-notify", "account-tag", "batch", "cap-notify", "chghost", "draft/chathistory", "extended-join", "message-tags",
	"multi-prefix", "server-time",
}

// capLine bounds a request for capabilities, in bytes.
const capLine = 300

// capabilities is how the negotiation stands.
type capabilities struct {
	offered map[string]string
	on      map[string]bool
	asked   int  // requests that were not answered yet
	over    bool // the negotiation is
	single  bool // each was asked for by itself, since the server refused all
}

// register writes the first lines. The nick and the rest go out at once: a server that knows no capabilities goes on with
// them, and any other waits for the end of the negotiation.
func (s *Session) register() {
	s.caps = capabilities{offered: map[string]string{}, on: map[string]bool{}}
	s.send("CAP", "LS", "302")
	s.send("NICK", s.Network.Nick)
	s.send("USER", s.Network.User, "0", "*", s.Network.Realname)
}

func (s *Session) capability(m *ircmsg.Message) {
	list := strings.Fields(param(m, len(m.Params)-1))
	switch strings.ToUpper(param(m, 1)) {
	case "LS":
		s.offer(list)
		if param(m, 2) != "*" || len(m.Params) < 4 { // the last line of the list
			s.askFor(s.wishes())
		}
	case "NEW":
		s.offer(list)
		s.askFor(slices.DeleteFunc(s.wishes(), func(name string) bool { return s.caps.on[name] }))
	case "DEL":
		for _, name := range list {
			delete(s.caps.offered, name)
			delete(s.caps.on, name)
		}
	case "ACK":
		s.acknowledged(list)
	case "NAK":
		s.refused(list)
	}
}

func (s *Session) offer(list []string) {
	for _, item := range list {
		name, value, _ := strings.Cut(item, "=")
		if len(s.caps.offered) < 200 {
			s.caps.offered[name] = value
		}
	}
}

// wishes are the capabilities that are offered and of use.
func (s *Session) wishes() []string {
	var list []string
	for _, name := range wanted {
		if _, offered := s.caps.offered[name]; offered {
			list = append(list, name)
		}
	}
	if mechanisms, offered := s.caps.offered["sasl"]; offered && s.Network.SASL != irc.SASLNone && !s.login.done {
		if mechanisms == "" || slices.Contains(strings.Split(mechanisms, ","), strings.ToUpper(s.Network.SASL)) {
			list = append(list, "sasl")
		}
	}
	return list
}

// askFor asks for capabilities, in as few lines as they fit into.
func (s *Session) askFor(names []string) {
	for len(names) > 0 {
		n, length := 0, 0
		for n < len(names) && (n == 0 || length+1+len(names[n]) <= capLine) && (n == 0 || !s.caps.single) {
			length += 1 + len(names[n])
			n++
		}
		s.caps.asked++
		s.send("CAP", "REQ", strings.Join(names[:n], " "))
		names = names[n:]
	}
	s.negotiated()
}

func (s *Session) acknowledged(list []string) {
	s.caps.asked--
	for _, name := range list {
		if off, isOff := strings.CutPrefix(name, "-"); isOff {
			delete(s.caps.on, off)
			continue
		}
		s.caps.on[name] = true
		switch name {
		case "multi-prefix":
			s.Roster.MultiPrefix()
		case "sasl":
			s.authenticateBegins()
		}
	}
	s.negotiated()
}

// refused asks for each by itself: a server refuses a request as a whole.
func (s *Session) refused(list []string) {
	s.caps.asked--
	if len(list) > 1 && !s.caps.single {
		s.caps.single = true
		s.askFor(list)
		return
	}
	s.negotiated()
}

// negotiated ends the negotiation when nothing of it is awaited.
func (s *Session) negotiated() {
	if s.caps.asked <= 0 && !s.login.under && !s.caps.over && s.stage == registering {
		s.caps.over = true
		s.send("CAP", "END")
	}
}

// login is how we stand with the network's services.
type login struct {
	account string    // that we are logged in to; empty for none
	under   bool      // SASL is under way
	began   time.Time // when
	done    bool      // SASL was tried on this connection
	asked   time.Time // when NickServ was told the password
}

// saslLimit is how long SASL may take.
const saslLimit = 20 * time.Second

func (s *Session) authenticateBegins() {
	if s.login.under || s.login.done {
		return
	}
	if s.Network.SASL == irc.SASLPlain && s.Password == "" {
		s.login.done = true
		return
	}
	s.login.under, s.login.done, s.login.began = true, true, s.now
	s.send("AUTHENTICATE", strings.ToUpper(s.Network.SASL))
}

// authenticate answers the server's request for what proves who we are: the account, and for PLAIN (RFC 4616) the password.
func (s *Session) authenticate(m *ircmsg.Message) {
	if !s.login.under || param(m, 0) != "+" {
		return
	}
	var proof []byte
	if s.Network.SASL == irc.SASLPlain {
		proof = []byte("\x00" + s.Network.Account + "\x00" + s.Password)
	}
	for _, chunk := range ircutils.EncodeSASLResponse(proof) {
		s.send("AUTHENTICATE", chunk)
	}
}

func (s *Session) loggedIn(m *ircmsg.Message) {
	s.login.account = param(m, 2)
	s.settle()
}

func (s *Session) loggedOut(*ircmsg.Message) { s.login.account = "" }

func (s *Session) saslDone(*ircmsg.Message) {
	s.login.under = false
	s.negotiated()
	s.settle()
}

func (s *Session) saslFailed(m *ircmsg.Message) {
	if !s.login.under {
		return
	}
	s.login.under = false
	why := param(m, len(m.Params)-1)
	s.Log.Warn("the network's services do not accept our account", "account", s.Network.Account, "why", why)
	s.Desk.Tell("sasl", fmt.Sprintf("The services of the IRC network %s do not accept my account %s: %.200s. I am there without it; "+
		"channels and people that want one are out of my reach until somebody mends the secret %s.", s.Network.Name, s.Network.Account, why, s.secret()))
	s.negotiated()
}

func (s *Session) secret() string {
	if s.Network.SASL == irc.SASLExternal {
		return s.Network.CertificateSecret()
	}
	return s.Network.PasswordSecret()
}

// saslOther is the list of mechanisms that the server has instead; 904 follows.
func (s *Session) saslOther(*ircmsg.Message) {}

// nickState is how we stand with our nick.
type nickState struct {
	tries  int       // names that were taken, while registering
	next   time.Time // when ours is asked for again
	rounds int       // how often it was
}

// nickTaken takes another name while registering, and says nothing when the one that we want is still taken.
func (s *Session) nickTaken(m *ircmsg.Message) {
	if s.stage != registering {
		return
	}
	s.nick.tries++
	const longest, few, many = 9, 3, 20
	if s.nick.tries > many {
		s.end(fmt.Errorf("no nick is free or allowed: %s %.200s", param(m, 1), param(m, len(m.Params)-1)))
		return
	}
	name := s.Network.Nick + strings.Repeat("_", s.nick.tries)
	if s.nick.tries > few { // all of those are taken, or too long
		name = fmt.Sprintf("%.5s%04d", s.Network.Nick, rand.IntN(10_000))[:min(longest, 5+4)]
	}
	s.send("NICK", name)
}

func (s *Session) welcome(m *ircmsg.Message) {
	s.stage = welcomed
	s.caps.over = true
	s.bucket.tokens = 0 // the registration was a burst of its own
	if !s.Roster.Same(param(m, 0), s.Network.Nick) {
		s.Log.Warn("our nick is taken; it is asked for again", "nick", s.Network.Nick, "instead", param(m, 0))
	}
	s.Desk.Ready(param(m, 0))
}

// tooLong reports whether something has taken longer than it may.
func (s *Session) tooLong(since time.Time, limit time.Duration) bool {
	return !since.IsZero() && s.now.Sub(since) > limit
}
