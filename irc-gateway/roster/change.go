package roster

import (
	"strings"

	"github.com/ergochat/irc-go/ircmsg"
)

func (r *Roster) join(m *ircmsg.Message, news *News) {
	nick, name := source(m), param(m, 0)
	if name == "" || nick == "" {
		return
	}
	key := r.support.fold(name)
	if r.isMe(nick) {
		if c := r.channels[key]; c != nil {
			r.leave(c)
		}
		r.channels[key] = &channel{name: strings.Clone(name), members: map[*person]rank{}}
		r.know(m.Source)
		news.Joined = name
	}
	c := r.channels[key]
	if c == nil {
		return
	}
	p := r.meet(nick)
	if len(m.Params) >= 2 { // extended-join
		p.account = account(m.Params[1])
	}
	r.add(c, p, 0)
	news.Came = !r.isMe(nick)
}

// account is an account's name as messages have it: * and 0 are none.
func account(word string) string {
	if word == "*" || word == "0" {
		return ""
	}
	return strings.Clone(word)
}

func (r *Roster) part(m *ircmsg.Message, news *News) {
	for name := range strings.SplitSeq(param(m, 0), ",") {
		r.goes(name, source(m), "", news)
	}
}

func (r *Roster) kick(m *ircmsg.Message, news *News) {
	r.goes(param(m, 0), param(m, 1), "kicked by "+source(m)+": "+param(m, 2), news)
}

// goes takes somebody out of a channel.
func (r *Roster) goes(name, nick, why string, news *News) {
	c := r.channels[r.support.fold(name)]
	if c == nil {
		return
	}
	if r.isMe(nick) {
		r.leave(c)
		news.Left, news.Why = c.name, why
		return
	}
	r.drop(c, r.people[r.support.fold(nick)])
}

func (r *Roster) quit(m *ircmsg.Message, news *News) {
	news.Freed = source(m)
	p := r.people[r.support.fold(news.Freed)]
	if p == nil {
		return
	}
	for _, c := range r.channels {
		r.drop(c, p)
	}
	r.forget(p)
}

func (r *Roster) rename(m *ircmsg.Message, news *News) {
	old, next := source(m), param(m, 0)
	if old == "" || next == "" {
		return
	}
	if r.isMe(old) {
		r.me, news.Renamed = strings.Clone(next), true
	}
	news.Freed, news.Came = old, true
	p := r.people[r.support.fold(old)]
	if p == nil {
		return
	}
	delete(r.people, r.support.fold(old))
	p.nick = strings.Clone(next)
	r.people[r.support.fold(next)] = p
}

func (r *Roster) login(m *ircmsg.Message, news *News) {
	if p := r.people[r.support.fold(source(m))]; p != nil {
		p.account = account(param(m, 0))
		news.Came = true
	}
}

// mode follows who is given a rank, or loses it.
func (r *Roster) mode(m *ircmsg.Message, news *News) {
	c := r.channels[r.support.fold(param(m, 0))]
	if c == nil {
		return
	}
	at, set := 2, true
	for i := range len(param(m, 1)) {
		letter := m.Params[1][i]
		switch {
		case letter == '+' || letter == '-':
			set = letter == '+'
		case r.support.bit(letter) != 0:
			r.promote(c, param(m, at), r.support.bit(letter), set, news)
			at++
		case strings.IndexByte(r.support.lists, letter) >= 0 || set && strings.IndexByte(r.support.setting, letter) >= 0:
			at++
		}
	}
}

func (r *Roster) promote(c *channel, nick string, bit rank, set bool, news *News) {
	p := r.people[r.support.fold(nick)]
	if p == nil {
		return
	}
	had, there := c.members[p]
	if !there {
		return
	}
	if set {
		c.members[p] = had | bit
		return
	}
	c.members[p] = had &^ bit
	if !r.multi && had&bit != 0 {
		news.Ask = c.name // there may be a lower rank that nobody told us of
	}
}

// name takes a part of a list of names.
func (r *Roster) name(m *ircmsg.Message, _ *News) {
	c := r.channels[r.support.fold(param(m, 2))]
	if c == nil {
		return
	}
	if c.names == nil {
		c.names = map[*person]rank{}
	}
	for name := range strings.FieldsSeq(param(m, 3)) {
		rank, nick := r.support.ranked(name)
		nick, _, _ = strings.Cut(nick, "!") // userhost-in-names, which some servers do unasked
		if nick != "" {
			c.names[r.meet(nick)] = rank
		}
	}
}

// named completes it: who is not in it is not in the channel.
func (r *Roster) named(m *ircmsg.Message, news *News) {
	c := r.channels[r.support.fold(param(m, 1))]
	if c == nil || c.names == nil {
		return
	}
	for p, rank := range c.names {
		r.add(c, p, rank)
	}
	var gone []*person
	for p := range c.members {
		if _, there := c.names[p]; !there {
			gone = append(gone, p)
		}
	}
	c.names = nil
	for _, p := range gone {
		r.drop(c, p)
	}
	news.Named, news.Came = c.name, true
}

// who is told of our own host by WHO.
func (r *Roster) who(m *ircmsg.Message, _ *News) {
	if r.isMe(param(m, 5)) {
		r.mask = strings.Clone(param(m, 2) + "@" + param(m, 3))
	}
}

// WhoToken marks the answers to our WHOX; WhoFields is what is asked for.
const (
	WhoToken  = "152"
	WhoFields = "%tna," + WhoToken
)

func (r *Roster) whox(m *ircmsg.Message, news *News) {
	if param(m, 1) != WhoToken || len(m.Params) < 4 {
		return
	}
	if p := r.people[r.support.fold(m.Params[2])]; p != nil {
		p.account, news.Came = account(m.Params[3]), true
	}
}

func (r *Roster) rehost(m *ircmsg.Message, _ *News) {
	if r.isMe(source(m)) {
		r.mask = strings.Clone(param(m, 0) + "@" + param(m, 1))
	}
}

// hidden is RPL_HOSTHIDDEN: the host, or user@host, that others see from now on.
func (r *Roster) hidden(m *ircmsg.Message, _ *News) {
	host := param(m, 1)
	if user, _, ok := strings.Cut(r.mask, "@"); ok && !strings.Contains(host, "@") {
		host = user + "@" + host
	}
	if strings.Contains(host, "@") {
		r.mask = strings.Clone(host)
	}
}

// know takes our own source: how long the beginning of our lines is for others.
func (r *Roster) know(source string) {
	if _, mask, ok := strings.Cut(source, "!"); ok {
		r.mask = strings.Clone(mask)
	}
}

func (r *Roster) topicIs(m *ircmsg.Message, news *News) {
	text := param(m, 2)
	if m.Command == "331" { // no topic is set
		text = ""
	}
	r.setTopic(param(m, 1), text, news)
}

func (r *Roster) retopic(m *ircmsg.Message, news *News) { r.setTopic(param(m, 0), param(m, 1), news) }

func (r *Roster) setTopic(name, text string, news *News) {
	if c := r.channels[r.support.fold(name)]; c != nil {
		c.topic, news.Topic = strings.Clone(text), c.name
	}
}
