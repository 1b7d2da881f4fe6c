package session

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/ergochat/irc-go/ircmsg"

	"github.com/handsoff/handsoff/irc-gateway/words"
	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/irc"
)

// Line is something that was said to the bot, or may have been.
type Line struct {
	ID        string    `json:"id"`        // the same line has the same one, also when history brings it again
	Principal string    `json:"principal"` // who
	Groups    []string  `json:"groups"`    // by what else roles know them
	Nick      string    `json:"nick"`      // as what they call themselves
	Person    string    `json:"person"`    // the address at which they are told something alone
	Where     string    `json:"where"`     // the address at which it was said, and is answered
	Text      string    `json:"text"`
	Overheard bool      `json:"overheard"` // said among people
	At        time.Time `json:"at"`        // when, by the server's clock where it tells
}

// privmsg is something that was said.
func (s *Session) privmsg(m *ircmsg.Message) {
	nick, text := m.Nick(), param(m, 1)
	if verb, rest, ok := words.CTCP(text); ok {
		s.ctcp(nick, param(m, 0), verb, rest)
		return
	}
	line, ok := s.line(m)
	if !ok || !s.allowed(m, line) {
		return
	}
	s.count++
	account := ""
	if strings.HasPrefix(line.Principal, irc.Door+":") {
		account = s.account(m)
	}
	s.Roster.Spoke(nick, account, s.count, s.now)
	if s.Roster.IsMe(param(m, 0)) {
		s.handPrivate(line)
		return
	}
	s.hand(s.room(param(m, 0)), line, false)
}

// line makes one of a message; ok is false when it is not for the bot.
func (s *Session) line(m *ircmsg.Message) (line Line, ok bool) {
	nick, target, text := m.Nick(), param(m, 0), words.Plain(param(m, 1))
	if s.ignored(m, nick) || text == "" || strings.HasPrefix(param(m, 1), "\x01") {
		return Line{}, false
	}
	network := s.Network.Name
	line = Line{Nick: nick, Principal: irc.Nick(network, nick), Person: irc.NickAddress(network, nick), Text: text, At: sent(m)}
	if account := s.account(m); account != "" {
		line.Principal, line.Person = irc.Account(network, account), irc.AccountAddress(network, account)
	}
	line.Where = line.Person
	if !s.Roster.IsMe(target) {
		r := s.room(target)
		if r == nil {
			return Line{}, false
		}
		line.Where = irc.ChannelAddress(network, r.name)
		said, addressed := s.addressed(text)
		switch {
		case addressed && said == "":
			said = "help"
			fallthrough
		case addressed:
			line.Text = said
		case command.PrefixedAmongPeople(text):
			line.Overheard = true
		default:
			return Line{}, false
		}
	}
	line.Groups = s.Roster.Groups(network, nick, s.Network.Halfop)
	line.ID = s.identity(m)
	return line, command.IsPrincipal(line.Principal)
}

// addressed is what was said to us by name: by our own, and by the one that we should have while nobody else has it.
func (s *Session) addressed(text string) (said string, ok bool) {
	said, ok = words.Addressed(text, s.Roster.Me(), s.Roster.Same)
	if !ok && !s.hasNick() && !s.Roster.Knows(s.Network.Nick) {
		said, ok = words.Addressed(text, s.Network.Nick, s.Roster.Same)
	}
	return said, ok
}

// ignored are those to whom nothing is answered: ourselves, servers, services, other bots, and who has a name that is no
// text.
func (s *Session) ignored(m *ircmsg.Message, nick string) bool {
	bot, _ := m.GetTag("bot")
	return nick == "" || s.Roster.IsMe(nick) || !strings.Contains(m.Source, "!") || bot || !utf8.ValidString(nick) ||
		s.Roster.Same(nick, nickServ) || s.Roster.Same(nick, chanServ)
}

// account is the account of whoever sent a message; empty for none. With account-tag each message says it, and one that
// does not comes from nobody with an account. Else it is what JOIN, WHO and ACCOUNT told, as long as changes are told:
// without account-notify it might be somebody else's by now.
func (s *Session) account(m *ircmsg.Message) string {
	if s.caps.on["account-tag"] {
		return tag(m, "account")
	}
	if s.caps.on["account-notify"] {
		return s.Roster.Account(m.Nick())
	}
	return ""
}

// longestID is how long a server's id may be to be taken as it is.
const longestID = 64

// identity is what makes a message the same one when it is told again: the server's id; without one, who said what and in
// which second. A server that tells neither never tells a message again.
func (s *Session) identity(m *ircmsg.Message) string {
	id := tag(m, "msgid")
	if plain := id != "" && len(id) <= longestID && !strings.ContainsFunc(id, func(r rune) bool { return r <= ' ' || r >= 0x7f }); plain {
		return "irc:" + s.Network.Name + ":" + id
	}
	if at := sent(m); id == "" && !at.IsZero() {
		id = m.Source + "\x00" + strconv.FormatInt(at.Unix(), 10) + "\x00" + strings.Join(m.Params, "\x00")
	}
	if id == "" {
		return "irc:" + s.Network.Name + ":" + rand.Text()
	}
	sum := sha256.Sum256([]byte(id))
	return "irc:" + s.Network.Name + ":" + hex.EncodeToString(sum[:16])
}

// ctcp answers what clients ask one another. ACTION, a line in the third person, is for people.
func (s *Session) ctcp(nick, target, verb, rest string) {
	if !s.Roster.IsMe(target) || nick == "" || !s.floods.allow("ctcp", s.now) {
		return
	}
	answer := ""
	switch verb {
	case "VERSION":
		answer = "VERSION handsoff " + s.Version
	case "PING":
		answer = "PING " + rest
	case "CLIENTINFO":
		answer = "CLIENTINFO CLIENTINFO PING VERSION"
	}
	const most = 300
	if answer != "" && len(answer) <= most {
		s.request("NOTICE", nick, "\x01"+answer+"\x01")
	}
}
