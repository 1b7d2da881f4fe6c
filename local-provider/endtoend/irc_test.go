package endtoend

import (
	"net"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/handsoff/handsoff/irc-gateway/irctest"
	"github.com/handsoff/handsoff/shared/irc"
)

// network is the sandbox's IRC, seen by the people on it. Each of them has one client for as long as the system is up.
type network struct {
	*system

	mu      sync.Mutex
	clients map[string]*client
}

// client is somebody's: what they say goes out no faster than is taken of one person.
type client struct {
	*irctest.Client

	mu    sync.Mutex
	lines int
}

// withIRC is a configuration, with the sandbox's network in it, whose server takes lines as fast as they come.
func withIRC(t *testing.T, configuration string) string {
	t.Helper()
	section := strings.Replace(sandboxSection(t, "irc"), "{burst: 20, per_second: 5}", "{burst: 1000, per_second: 1000}", 1)
	return configuration + section
}

// awaitIRC waits until the bot is in the event's channel: whoever comes first is the channel's operator.
func (s *system) awaitIRC() {
	s.Helper()
	s.eventually("the bot is in the channel", func() bool {
		return s.redis.SIsMember(s.Context(), irc.ChannelsKey("sandbox"), "#ptg").Val()
	})
}

// client is that of somebody.
func (n *network) client(name string) *client {
	n.Helper()
	n.awaitIRC()
	n.mu.Lock()
	defer n.mu.Unlock()
	if c := n.clients[name]; c != nil {
		return c
	}
	conn, err := (&net.Dialer{}).DialContext(n.Context(), "tcp", n.ports.IRCAddress())
	n.must(err)
	c := &client{Client: irctest.Open(n.TB, conn, name)}
	n.clients[name] = c
	return c
}

// speak says a line, as soon as one more is taken of one person.
func (c *client) speak(target, line string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	const atOnce = 18
	if c.lines++; c.lines > atOnce {
		time.Sleep(time.Second) // the gateway's pace, which is that of people
	}
	c.Say(target, line)
}

// chatter talks to the bot on IRC: alone, or in a channel.
type chatter struct {
	*system

	client    *client
	place     string
	principal string
	from      int // what the bot had said before the last line
}

// irc has somebody talk to the bot alone.
func (s *system) irc(name string) door {
	s.Helper()
	return &chatter{system: s, client: s.network.client(name), place: bot, principal: irc.Nick("sandbox", name)}
}

// goTo has somebody speak in a channel from now on, or to the bot alone again.
func (c *chatter) goTo(place string) {
	c.Helper()
	if c.place = place; irc.IsChannel(place) {
		c.client.Send("JOIN " + place)
		c.client.Wait(" 366 ", "the names")
	}
}

// bot is its nick.
const bot = "handsoff"

func (c *chatter) Say(line string) {
	c.from = len(c.client.Told(bot))
	c.client.speak(c.place, line)
}

// ofJob is what stands before what comes of a job by itself.
var ofJob = regexp.MustCompile(`(?m)^@(\w{4,}) `)

func (c *chatter) Heard() string { return c.told(c.from) }

func (c *chatter) told(from int) string {
	return ofJob.ReplaceAllString(strings.Join(c.client.Told(bot)[from:], "\n"), "$1 ")
}

// About is everything from where the job is first spoken of.
func (c *chatter) About(job string) string {
	all := c.told(0)
	return all[max(0, strings.Index(all, job)):]
}

func (c *chatter) Principal() string { return c.principal }
func (c *chatter) Called() string    { return c.principal }

// Begun is that the job was accepted, or is over already: then nothing but that is said.
func (c *chatter) Begun(line string) string {
	return `^(?P<JOB>\w{4,}) (?:accepted|failed at once|(?:succeeded|failed) (?:in|after) [^:]+): ` + line + `$`
}
