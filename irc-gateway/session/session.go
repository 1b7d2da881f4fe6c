package session

import (
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"github.com/ergochat/irc-go/ircmsg"

	"github.com/handsoff/handsoff/irc-gateway/roster"
	"github.com/handsoff/handsoff/shared/irc"
)

// Desk is what a session leaves to others. Nothing of it waits; then is called later, where Handle and Tick are.
type Desk interface {
	// Heard takes a line for the bot.
	Heard(line Line)
	// Ready says who we are there.
	Ready(nick string)
	// Joined says that we are in a channel, and Left that we are not any more.
	Joined(channel string)
	Left(channel string)
	// CaughtUp says that all that was said in a gap has been had from all channels; lines counts what was for the bot, and
	// whole is false where the server keeps no history.
	CaughtUp(lines int, whole bool)
	// KeepTopic keeps a channel's topic from before the alert; with replace also when one is kept.
	KeepTopic(channel, topic string, replace bool, then func())
	// Topics brings the kept topics, by channel.
	Topics(then func(map[string]string))
	// DropTopic forgets one.
	DropTopic(channel string)
	// Tell tells those who run the bot something, once a day for the same key.
	Tell(key, text string)
	// Changed says that what could not be said to somebody can perhaps be said now.
	Changed()
}

// Options of a Session.
type Options struct {
	Network  *irc.Network
	Version  string
	Password string    // of the account; empty for none
	Since    time.Time // when something was heard last; zero for never
	Ours     []string  // channels in which we were then: of the others nothing that was said before is for us
	Roster   *roster.Roster
	Desk     Desk
	Log      *slog.Logger
	Now      time.Time // the time at its beginning
	// Write sends a line; it never waits. An error ends the connection.
	Write func(command string, params ...string) error
}

// Session is one connection's. Its methods are called by one goroutine.
type Session struct {
	Options

	now   time.Time
	began time.Time
	ended error // why it is over

	caps     capabilities
	stage    stage
	login    login
	nick     nickState
	alive    alive
	rooms    map[string]*room
	private  private
	bucket   bucket
	requests []request
	fences   []fence
	missing  map[string]string // targets that could not be reached, since the last fence
	support  map[string]string // what RPL_ISUPPORT told
	batches  map[string]batch
	topics   topics
	floods   floods
	count    int64 // lines for the bot

	restoring int  // channels that are left and whose topics are being looked up
	catching  int  // lines for the bot that history brought
	caughtUp  bool // it was told
}

// stage is how far a connection has come.
type stage int

const (
	registering stage = iota // the server has not welcomed us
	welcomed                 // it has, and tells of itself
	settling                 // it has done so; services may still have to know us
	settled                  // channels are joined
)

// request is a line that can wait its turn.
type request struct {
	command string
	params  []string
}

// New begins a conversation: its first lines are written.
func New(o Options) *Session {
	s := &Session{
		Options: o, now: o.Now, began: o.Now, rooms: map[string]*room{}, missing: map[string]string{},
		support: map[string]string{}, batches: map[string]batch{}, floods: floods{},
	}
	s.alive.heard = o.Now
	s.bucket = bucket{burst: float64(o.Network.Pace.Burst), rate: o.Network.Pace.PerSecond, at: o.Now}
	for _, name := range o.Network.Channels {
		r := &room{name: name, wait: firstRejoin}
		if !slices.Contains(o.Ours, name) {
			r.from = o.Now
		}
		s.rooms[name] = r
	}
	s.register()
	return s
}

// Err says why the conversation is over; nil while it is not.
func (s *Session) Err() error { return s.ended }

// Settled reports whether we are registered and have tried to be known to the services.
func (s *Session) Settled() bool { return s.stage == settled }

// handlers are the messages that the session answers to. The roster has seen them before.
var handlers = map[string]func(*Session, *ircmsg.Message){
	"PING": (*Session).ping, "PONG": (*Session).pong, "ERROR": (*Session).errorLine, "CAP": (*Session).capability,
	"AUTHENTICATE": (*Session).authenticate, "900": (*Session).loggedIn, "901": (*Session).loggedOut, "903": (*Session).saslDone,
	"902": (*Session).saslFailed, "904": (*Session).saslFailed, "905": (*Session).saslFailed, "906": (*Session).saslFailed,
	"908": (*Session).saslOther, "001": (*Session).welcome, "005": (*Session).isupport, "376": (*Session).motdOver,
	"422": (*Session).motdOver, "432": (*Session).nickTaken, "433": (*Session).nickTaken, "436": (*Session).nickTaken,
	"437": (*Session).nickTaken, "PRIVMSG": (*Session).privmsg, "NOTICE": (*Session).notice, "BATCH": (*Session).batch, "CHATHISTORY": (*Session).privately,
	"315": (*Session).whoOver, "401": (*Session).unreached, "403": (*Session).unjoined, "404": (*Session).unreached,
	"405": (*Session).unjoined, "471": (*Session).unjoined, "473": (*Session).unjoined, "474": (*Session).unjoined,
	"475": (*Session).unjoined, "476": (*Session).unjoined, "477": (*Session).unjoined, "480": (*Session).unjoined, "489": (*Session).unjoined,
	"520": (*Session).unjoined, "482": (*Session).notOperator, "486": (*Session).unreached, "531": (*Session).unreached,
	"716": (*Session).unreached, "FAIL": (*Session).failed, "TOPIC": (*Session).topicChanged, "332": (*Session).topicChanged,
}

// Handle takes a message of the server.
func (s *Session) Handle(m *ircmsg.Message) error {
	s.alive.sign(s.now)
	if at := sent(m); at.After(s.alive.server) && tag(m, "batch") == "" {
		s.alive.server = at
	}
	if s.inBatch(m) {
		return s.ended
	}
	news := s.Roster.Handle(m)
	if handle := handlers[m.Command]; handle != nil {
		handle(s, m)
	}
	s.tidings(m, news)
	s.pump()
	return s.ended
}

// tidings acts on what the roster saw.
func (s *Session) tidings(_ *ircmsg.Message, news roster.News) {
	if news.Joined != "" {
		s.joined(news.Joined)
	}
	if news.Left != "" {
		s.left(news.Left, news.Why)
	}
	if news.Ask != "" {
		s.request("NAMES", news.Ask)
	}
	if news.Named != "" {
		s.named(news.Named)
	}
	if news.Renamed {
		s.Desk.Ready(s.Roster.Me())
	}
	if news.Freed != "" && !s.hasNick() && s.Roster.Same(news.Freed, s.Network.Nick) && s.stage > registering {
		s.send("NICK", s.Network.Nick)
	}
	if news.Came {
		s.Desk.Changed()
	}
}

// Tick tells the time. It must come at least once a second, and four times for a smooth pace.
func (s *Session) Tick(now time.Time) error {
	if now.After(s.now) {
		s.now = now
	}
	s.bucket.fill(s.now)
	s.checkAlive()
	if s.ended == nil {
		s.checkLogin()
		s.checkNick()
		s.checkRooms()
		s.checkPrivate()
		s.checkTopics()
		s.checkFloods()
		s.Roster.Forget(s.now)
		s.pump()
	}
	return s.ended
}

// send sends a line at once: what the server waits for, or what is worth more than the pace.
func (s *Session) send(command string, params ...string) {
	s.bucket.take()
	if err := s.Write(command, params...); err != nil {
		s.end(err)
	}
}

// request sends a line when its turn comes, before all that people are told.
func (s *Session) request(command string, params ...string) {
	for _, r := range s.requests {
		if r.command == command && strings.Join(r.params, " ") == strings.Join(params, " ") {
			return
		}
	}
	s.requests = append(s.requests, request{command, params})
}

// pump sends what has its turn.
func (s *Session) pump() {
	for s.ended == nil && len(s.requests) > 0 && s.bucket.has() {
		r := s.requests[0]
		s.requests = s.requests[1:]
		s.send(r.command, r.params...)
	}
}

// end ends the conversation; the first reason counts.
func (s *Session) end(err error) {
	if s.ended == nil {
		s.ended = err
	}
}

// ErrFlood is why a server ended the connection that thought us too fast.
var ErrFlood = errors.New("the server says that we write too fast")

func (s *Session) errorLine(m *ircmsg.Message) {
	text := strings.Join(m.Params, " ")
	err := fmt.Errorf("the server ended the connection: %.300s", text)
	if strings.Contains(strings.ToLower(text), "flood") {
		err = fmt.Errorf("%w: %.300s", ErrFlood, text)
	}
	s.end(err)
}

// isupport remembers what the server says of itself.
func (s *Session) isupport(m *ircmsg.Message) {
	for i, token := range m.Params {
		if i == 0 || i == len(m.Params)-1 || len(s.support) > 200 {
			continue
		}
		name, value, _ := strings.Cut(token, "=")
		s.support[name] = value
	}
}

// param is a parameter, or empty.
func param(m *ircmsg.Message, i int) string {
	if i >= 0 && i < len(m.Params) {
		return m.Params[i]
	}
	return ""
}
