package slack

import (
	"fmt"
	"strings"
)

// maxTyped is how many characters a person's message may have (Slack's client cuts longer ones into a text file).
const maxTyped = 12000

// A Saying is something that a person types and sends.
type Saying struct {
	Channel   string `json:"channel"` // an id, "#name" or "@name"
	Text      string `json:"text"`    // as typed
	Thread    string `json:"thread,omitempty"`
	Broadcast bool   `json:"broadcast,omitempty"` // a reply that is also sent to the channel
	Smart     bool   `json:"smart,omitempty"`     // typed on a keyboard that makes quotes curly
	// Legacy makes it a message of an old integration, which has the subtype bot_message and no user.
	Legacy bool `json:"legacy,omitempty"`
}

// Say sends a message and returns its ts.
func (p *Person) Say(what Saying) (ts string, err error) {
	p.s.do(func() { ts, err = p.say(what) })
	return ts, err
}

func (p *Person) say(what Saying) (string, error) {
	c, err := p.writable(what.Channel)
	if err != nil {
		return "", err
	}
	m, err := p.typed(what.Text, what.Smart)
	if err != nil {
		return "", err
	}
	if err := p.reply(c, &m, what); err != nil {
		return "", err
	}
	if what.Legacy {
		m.Subtype, m.Username, m.BotID, m.User, m.ClientID = "bot_message", p.s.nameOf(p.id), "B0LEGACY", "", ""
	}
	return p.s.post(c, m).TS, nil
}

// typed is a message of what a person typed.
func (p *Person) typed(text string, smartly bool) (Message, error) {
	text = strings.TrimSpace(text)
	if smartly {
		text = smart(text)
	}
	switch {
	case text == "":
		return Message{}, fmt.Errorf("%w: nothing was typed", ErrUnusable)
	case len(text) > maxTyped:
		return Message{}, fmt.Errorf("%w: a message has at most %d characters", ErrUnusable, maxTyped)
	}
	parts := pieces(text, p.book())
	return Message{
		User: p.id, Team: p.s.users[p.id].TeamID, Text: wireText(text, p.book(), false), ClientID: newUUID(),
		Blocks: richText(parts, blockID()),
	}, nil
}

// reply puts a message into a thread, if that is where it goes. A reply to a reply goes to its root, as in the client.
func (p *Person) reply(c *Channel, m *Message, what Saying) error {
	if what.Thread == "" {
		return nil
	}
	root := c.message(what.Thread)
	if root == nil {
		return fmt.Errorf("%w: %s has no message %s", ErrTooLate, p.s.placeName(c, p.id), what.Thread)
	}
	m.ThreadTS = root.TS
	if root.IsReply() {
		m.ThreadTS = root.ThreadTS
	}
	if what.Broadcast {
		m.Subtype = "thread_broadcast"
	}
	return nil
}

// Edit changes a message of the person's own.
func (p *Person) Edit(channel, ts, text string) (err error) {
	p.s.do(func() {
		var c *Channel
		var m *Message
		if c, m, err = p.own(channel, ts); err != nil {
			return
		}
		var now Message
		if now, err = p.typed(text, false); err == nil {
			p.s.edit(c, m, p.id, true, func(m *Message) { m.Text, m.Blocks = now.Text, now.Blocks })
		}
	})
	return err
}

// Typed is a message of the person's own as they could have typed it, for editing.
func (p *Person) Typed(channel, ts string) (text string, err error) {
	p.s.do(func() {
		var m *Message
		if _, m, err = p.own(channel, ts); err == nil {
			text = p.s.untyped(m.Text, p.id)
		}
	})
	return text, err
}

// untyped is the reverse of wireText.
func (s *Server) untyped(text, reader string) string {
	var out strings.Builder
	for _, t := range tokens(text) {
		switch {
		case t.kind == tokenText:
			out.WriteString(unescape(t.target))
		case t.kind == tokenLink && t.label != "":
			out.WriteString(unescape(t.label))
		default:
			out.WriteString(s.spoken(t, reader))
		}
	}
	return out.String()
}

// Delete takes a message of the person's own away.
func (p *Person) Delete(channel, ts string) (err error) {
	p.s.do(func() {
		var c *Channel
		var m *Message
		if c, m, err = p.own(channel, ts); err == nil {
			p.s.remove(c, m, p.id)
		}
	})
	return err
}

func (p *Person) own(channel, ts string) (*Channel, *Message, error) {
	c, err := p.writable(channel)
	if err != nil {
		return nil, nil, err
	}
	m := c.message(ts)
	switch {
	case m == nil:
		return nil, nil, fmt.Errorf("%w: %s has no message %s", ErrTooLate, p.s.placeName(c, p.id), ts)
	case m.User != p.id:
		return nil, nil, fmt.Errorf("%w: that message is by %s", ErrNotYours, p.s.nameOf(m.User))
	}
	return c, m, nil
}

// Join makes the person a member of a channel that they see.
func (p *Person) Join(channel string) (err error) {
	p.s.do(func() {
		var c *Channel
		if c, err = p.open(channel); err != nil {
			return
		}
		if c.Archived || c.Personal() {
			err = fmt.Errorf("%w: %s cannot be joined", ErrUnusable, p.s.placeName(c, p.id))
			return
		}
		p.s.join(c, p.id)
	})
	return err
}

// Invite brings somebody, the bot too, into a channel.
func (p *Person) Invite(channel, user string) (err error) {
	p.s.do(func() {
		var c *Channel
		if c, err = p.writable(channel); err != nil {
			return
		}
		u := p.s.user(user)
		if u == nil || c.Personal() {
			err = fmt.Errorf("%w: %q cannot be brought into %s", ErrNoSuch, user, p.s.placeName(c, p.id))
			return
		}
		p.s.join(c, u.ID)
	})
	return err
}

// newUUID is a client_msg_id.
func newUUID() string {
	h := randomHex(16)
	return h[:8] + "-" + h[8:12] + "-4" + h[13:16] + "-a" + h[17:20] + "-" + h[20:]
}

// blockID is an id as Slack gives to blocks that have none.
func blockID() string { return pick(letters+"abcdefghijklmnopqrstuvwxyz", 5) }
