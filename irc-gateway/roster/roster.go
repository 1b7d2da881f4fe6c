package roster

import (
	"strings"
	"sync"
	"time"

	"github.com/ergochat/irc-go/ircmsg"
)

const (
	// mostStrangers is how many people are remembered that are in no channel of ours and spoke to us.
	mostStrangers = 500
	// strangerLife is for how long after that it is believed that a nick is still theirs.
	strangerLife = 5 * time.Minute
)

// Roster is that of one connection. Handle is called by one goroutine; the other methods by any.
type Roster struct {
	multi bool // the capability multi-prefix is on

	mu        sync.RWMutex
	support   support
	me        string
	mask      string // user@host of ours as others see it; empty while it is unknown
	people    map[string]*person
	channels  map[string]*channel
	strangers []*person // the last to speak is the last
}

// person is somebody who shares a channel with us, or spoke to us.
type person struct {
	nick    string
	account string // as the server writes it; empty for none
	shares  int    // channels
	spoke   int64  // counts up with every line; who of an account's nicks spoke last
	at      int64  // when they did, in Unix seconds
}

// channel is one in which we are.
type channel struct {
	name    string
	topic   string
	members map[*person]rank
	names   map[*person]rank // a list of names that is not complete yet; nil for none
}

// New makes an empty one.
func New(me string) *Roster {
	return &Roster{support: usualSupport(), me: me, people: map[string]*person{}, channels: map[string]*channel{}}
}

// MultiPrefix says that the server tells all ranks.
func (r *Roster) MultiPrefix() { r.multi = true }

// News is what a message changed that somebody must do something about.
type News struct {
	Joined  string // the channel that we joined
	Left    string // the channel in which we are no more
	Why     string // why, when it was not our wish: who kicked us, and what they said
	Ask     string // the channel whose names are to be asked for anew
	Named   string // the channel whose names are complete
	Topic   string // the channel whose topic was told or changed
	Renamed bool   // we have another nick
	Freed   string // the nick that somebody has given up
	Came    bool   // somebody came, or logged in: what could not be said to them can perhaps be now
}

// handlers are the messages that change the roster.
var handlers = map[string]func(*Roster, *ircmsg.Message, *News){
	"005": (*Roster).isupport, "JOIN": (*Roster).join, "PART": (*Roster).part, "QUIT": (*Roster).quit, "KICK": (*Roster).kick,
	"NICK": (*Roster).rename, "MODE": (*Roster).mode, "353": (*Roster).name, "366": (*Roster).named, "352": (*Roster).who,
	"354": (*Roster).whox, "ACCOUNT": (*Roster).login, "CHGHOST": (*Roster).rehost, "396": (*Roster).hidden,
	"331": (*Roster).topicIs, "332": (*Roster).topicIs, "TOPIC": (*Roster).retopic, "001": (*Roster).welcome,
}

// Handle takes a message of the server.
func (r *Roster) Handle(m *ircmsg.Message) News {
	var news News
	if handle := handlers[m.Command]; handle != nil {
		r.mu.Lock()
		defer r.mu.Unlock()
		handle(r, m, &news)
	}
	return news
}

// param is a parameter, or empty.
func param(m *ircmsg.Message, i int) string {
	if i < len(m.Params) {
		return m.Params[i]
	}
	return ""
}

func (r *Roster) welcome(m *ircmsg.Message, _ *News) {
	if nick := param(m, 0); nick != "" && nick != "*" {
		r.me = nick
	}
}

func (r *Roster) isupport(m *ircmsg.Message, _ *News) {
	for i, token := range m.Params {
		if i > 0 && i < len(m.Params)-1 && !strings.HasPrefix(token, "-") {
			r.support.learn(token)
		}
	}
}

func (r *Roster) isMe(nick string) bool { return r.support.fold(nick) == r.support.fold(r.me) }

// source is who sent a message, as a nick.
func source(m *ircmsg.Message) string { return m.Nick() }

// meet finds somebody, or makes them known.
func (r *Roster) meet(nick string) *person {
	key := r.support.fold(nick)
	p := r.people[key]
	if p == nil {
		p = &person{nick: strings.Clone(nick)} // not the whole line that it was part of
		r.people[key] = p
	}
	return p
}

// add puts somebody into a channel.
func (r *Roster) add(c *channel, p *person, rank rank) {
	if _, there := c.members[p]; !there {
		p.shares++
	}
	c.members[p] = rank
}

// drop takes somebody out of a channel; who shares none any more is forgotten, unless they spoke to us.
func (r *Roster) drop(c *channel, p *person) {
	if p == nil {
		return
	}
	if _, there := c.members[p]; !there {
		return
	}
	delete(c.members, p)
	delete(c.names, p)
	if p.shares--; p.shares == 0 {
		r.forget(p)
	}
}

// forget is for who can be told nothing any more: without a shared channel nobody tells us of their log-out or new nick.
func (r *Roster) forget(p *person) {
	if key := r.support.fold(p.nick); r.people[key] == p {
		delete(r.people, key)
	}
}

func (r *Roster) leave(c *channel) {
	for p := range c.members {
		r.drop(c, p)
	}
	delete(r.channels, r.support.fold(c.name))
}
