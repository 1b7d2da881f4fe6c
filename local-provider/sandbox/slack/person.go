package slack

import (
	"errors"
	"fmt"
	"strings"
)

// slackbot is Slack's own voice.
const slackbot = "USLACKBOT"

// A crowd is what people do that Slack itself does not keep: what they typed into forms, and what is told to the app.
type crowd struct {
	sender *sender
	forms  map[string]formState // by view id, or by channel and ts
	flaws  map[string]object    // by view id: what the app found wrong, by block id
}

// startPeople lets people act and the app hear of it.
func (s *Server) startPeople() *crowd {
	p := &crowd{sender: newSender(s.options), forms: map[string]formState{}, flaws: map[string]object{}}
	s.listen(s.hear)
	return p
}

// close ends all sending. The server's lock must not be held.
func (p *crowd) close() { p.sender.close() }

// A Person is somebody who uses this Slack with its client: types, clicks, uploads, looks. What a person cannot do fails
// with a sentence that says why. All methods may be called at any time from anywhere.
type Person struct {
	s  *Server
	id string
}

// What people are refused, so that who plays them can tell.
var (
	ErrNoSuch    = errors.New("there is no such thing")
	ErrNotYours  = errors.New("that is not yours to do")
	ErrTooLate   = errors.New("that is not there any more")
	ErrUnusable  = errors.New("that cannot be used like this")
	ErrNoAnswer  = errors.New("the app did not take it")
	errUnconfirm = fmt.Errorf("%w: it asks first; say that it is confirmed", ErrUnusable)
)

// Person finds somebody by id or by name. Deactivated people and bots use no client.
func (s *Server) Person(idOrName string) (*Person, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	u := s.user(idOrName)
	switch {
	case u == nil:
		return nil, fmt.Errorf("%w: nobody is called %q", ErrNoSuch, idOrName)
	case u.Bot:
		return nil, fmt.Errorf("%w: %s is a bot", ErrUnusable, u.Name)
	case u.Deleted:
		return nil, fmt.Errorf("%w: %s is deactivated", ErrUnusable, u.Name)
	}
	return &Person{s: s, id: u.ID}, nil
}

// ID is the person's user id.
func (p *Person) ID() string { return p.id }

// user finds a user by id, or by name with or without "@".
func (s *Server) user(idOrName string) *User {
	if u := s.users[idOrName]; u != nil {
		return u
	}
	name := strings.TrimPrefix(idOrName, "@")
	for _, id := range sortedKeys(s.users) {
		if strings.EqualFold(s.users[id].Name, name) {
			return s.users[id]
		}
	}
	return nil
}

// open is the conversation that a person means: an id, "#name", or "@name" for the direct messages with somebody.
func (p *Person) open(place string) (*Channel, error) {
	s := p.s
	c := s.channel(place)
	if c == nil && !strings.HasPrefix(place, "#") {
		if u := s.user(place); u != nil {
			c, _ = s.direct(p.id, u.ID)
		}
	}
	if c == nil || !p.sees(c) {
		return nil, fmt.Errorf("%w: %s sees no conversation %q", ErrNoSuch, s.nameOf(p.id), place)
	}
	return c, nil
}

// sees says whether a person may look into a conversation. Guests and people of other teams see only where they are.
func (p *Person) sees(c *Channel) bool {
	u := p.s.users[p.id]
	if u.Restricted || u.UltraRestricted || u.TeamID != p.s.team.ID {
		return c.Has(p.id)
	}
	return c.Visible(p.id)
}

// writable is a conversation in which the person may write.
func (p *Person) writable(place string) (*Channel, error) {
	c, err := p.open(place)
	switch {
	case err != nil:
		return nil, err
	case c.Archived:
		return nil, fmt.Errorf("%w: %s is archived", ErrUnusable, p.s.placeName(c, p.id))
	case !c.Has(p.id):
		return nil, fmt.Errorf("%w: %s has not joined %s", ErrNotYours, p.s.nameOf(p.id), p.s.placeName(c, p.id))
	}
	return c, nil
}

// message is a message that the person sees, ephemeral ones among them.
func (p *Person) message(c *Channel, ts string) (m *Message, ephemeral bool, err error) {
	if m := c.message(ts); m != nil {
		return m, false, nil
	}
	for _, e := range p.s.ephemerals {
		if e.Channel == c.ID && e.For == p.id && e.Message.TS == ts {
			return &e.Message, true, nil
		}
	}
	return nil, false, fmt.Errorf("%w: %s has no message %s", ErrTooLate, p.s.placeName(c, p.id), ts)
}

// nameOf is a user's name; the id of one who is not there.
func (s *Server) nameOf(id string) string {
	if id == slackbot {
		return "Slackbot"
	}
	if u := s.users[id]; u != nil {
		return u.Name
	}
	return id
}

// placeName is how somebody reads the name of a conversation: "#ops", "@ann".
func (s *Server) placeName(c *Channel, reader string) string {
	switch c.Kind {
	case Direct:
		return "@" + s.nameOf(c.partner(reader))
	case Several:
		return c.Name
	default:
		return "#" + c.Name
	}
}

// book is what names mean to a person who types.
func (p *Person) book() book {
	s := p.s
	return book{
		user: func(name string) (string, bool) {
			for _, u := range s.users {
				if u.Name == name && !u.Deleted {
					return u.ID, true
				}
			}
			return "", false
		},
		channel: func(name string) (string, bool) {
			for _, c := range s.channels {
				if !c.Personal() && c.Name == name && p.sees(c) {
					return c.ID, true
				}
			}
			return "", false
		},
		group: func(name string) (string, bool) {
			for _, g := range s.groups {
				if g.Handle == name && !g.Disabled {
					return g.ID, true
				}
			}
			return "", false
		},
	}
}
