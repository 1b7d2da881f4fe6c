package endtoend

import (
	"fmt"
	"os/exec"
	"regexp"
	"sync"
	"testing"

	"github.com/handsoff/handsoff/irc-gateway/irctest"
	"github.com/handsoff/handsoff/shared/irc"
	"github.com/handsoff/handsoff/shared/need"
)

// lab is a network of IRC whose services vouch for people, beside that of the sandbox, where everybody is only a nick.
type lab struct {
	testing.TB

	server *irctest.Server

	mu      sync.Mutex
	clients map[string]*client
}

// labPassword is that of every account.
const labPassword = "a-password-of-all"

// newLab starts it. Everybody who speaks there has the account of their name; the bot's is made first. It is nil where there is no such
// server.
func newLab(t *testing.T) *lab {
	t.Helper()
	for _, program := range labPrograms {
		if _, err := exec.LookPath(program); err != nil {
			return nil
		}
	}
	l := &lab{TB: t, server: irctest.InspIRCd(t, 0), clients: map[string]*client{}}
	l.server.Atheme(t)
	l.server.Account(t, bot, labPassword)
	return l
}

// labPrograms are what it is made of.
var labPrograms = []string{"inspircd", "atheme-services"}

// tests are those on it.
func (l *lab) tests(t *testing.T, s *system, site string) {
	t.Run("lab", func(t *testing.T) {
		t.Parallel()
		for _, program := range labPrograms {
			need.Program(t, program)
		}
		s.must(s.home.WriteSecret("irc-lab-password", labPassword))
		open := func(s *system, name string) door { return l.open(s, name) }
		t.Run("accounts", func(t *testing.T) { t.Parallel(); l.accountsDecide(t, s) })
		t.Run("channel", func(t *testing.T) { t.Parallel(); s.converse(t, "testdata/lab", "irc", open) })
		t.Run("gathering", func(t *testing.T) {
			t.Parallel()
			s.converse(t, gatherings, "irc", open, "SITE="+site, "SECOND=irc:lab/second")
		})
	})
}

// with is a configuration that ends with the section irc, with the lab in it as well.
func (l *lab) with(configuration string) string {
	if l == nil {
		return configuration
	}
	return configuration + fmt.Sprintf("    - {name: lab, server: %q, ca: %q, nick: handsoff, sasl: plain, channels: [\"#lab\", \"#halt\"], pace: {burst: 1000, per_second: 1000}}\n",
		irctest.Address(l.server.TLS), l.server.CA())
}

// await waits until the bot is in a channel.
func (l *lab) await(s *system, channel string) {
	s.Helper()
	s.eventually("the bot is in "+channel, func() bool {
		return s.redis.SIsMember(s.Context(), irc.ChannelsKey("lab"), channel).Val()
	})
}

// client is that of somebody, logged in.
func (l *lab) client(name string) *client {
	l.mu.Lock()
	defer l.mu.Unlock()
	if c := l.clients[name]; c != nil {
		return c
	}
	c := &client{Client: l.server.Client(l.TB, name)}
	c.Register(labPassword)
	l.clients[name] = c
	return c
}

// open has somebody talk to the bot alone, by their account.
func (l *lab) open(s *system, name string) door {
	s.Helper()
	l.await(s, "#halt")
	return &chatter{system: s, client: l.client(name), place: bot, principal: irc.Account("lab", name)}
}

// accountsDecide: a role is an account's. Whoever has its nick and not the account is refused, and so is who has another one; what
// somebody is logged in to counts as soon as they are, and no longer.
func (l *lab) accountsDecide(t *testing.T, s *system) {
	t.Helper()
	s = s.in(t)
	l.await(s, "#lab")
	for _, account := range []string{"ann", "zoe"} {
		l.server.Account(t, account, labPassword)
	}
	answer := func(c *irctest.Client, want string) {
		t.Helper()
		c.Say("#lab", "handsoff: jenkins build "+queuedJob) // which is not over before anybody is told of it
		said := c.Wait("PRIVMSG #lab :"+c.Nick+": ", "an answer")[0]
		if !regexp.MustCompile(want).MatchString(said) {
			t.Errorf("%s is told %q, and should %q", c.Nick, said, want)
		}
	}
	const permitted, refused = `: \w{4,} accepted`, `: jenkins build needs the role operator; you have viewer\.`
	come := func(nick string) *irctest.Client {
		t.Helper()
		c := l.server.Client(t, nick)
		c.Send("JOIN #lab")
		c.Wait(" 366 ", "the names")
		return c
	}
	login := func(c *irctest.Client, account string) {
		t.Helper()
		c.Send("PRIVMSG NickServ :IDENTIFY " + account + " " + labPassword)
		c.Wait(" 900 ", "the log-in")
	}
	ann := come("ann")
	answer(ann, refused)
	login(ann, "ann")
	answer(ann, permitted)
	ann.Send("PRIVMSG NickServ :LOGOUT")
	ann.Wait(" 901 ", "the log-out")
	answer(ann, refused)
	login(ann, "zoe")
	answer(ann, refused)
	somebody := come("somebody")
	login(somebody, "ann")
	answer(somebody, permitted)
}
