package slack

import (
	"encoding/json"
	"slices"

	"github.com/handsoff/handsoff/local-provider/sandbox/journal"
)

// touch marks a thing as changed, so that it is saved.
func (s *Server) touch(kind, id string) { s.journal.Touch(kind, id) }

func (s *Server) touchMessage(c *Channel, m *Message) { s.journal.TouchPart("message", c.ID, m.TS) }

// flush saves what was touched.
func (s *Server) flush() {
	s.journal.Flush(s.value, s.entries)
}

// value is what a thing is now, nil when it is not there.
func (s *Server) value(e journal.Entry) any {
	switch e.Kind {
	case "team":
		return found(s.teams[e.ID])
	case "user":
		return found(s.users[e.ID])
	case "group":
		return found(s.groups[e.ID])
	case "channel":
		return found(s.channels[e.ID])
	case "message":
		if c := s.channels[e.ID]; c != nil {
			return found(c.message(e.Sub))
		}
	case "file":
		return found(s.files[e.ID])
	case "view":
		return found(s.views[e.ID])
	case "home":
		return found(s.homes[e.ID])
	case "response":
		return found(s.responses[e.ID])
	}
	return nil
}

func found[T any](v *T) any {
	if v == nil {
		return nil
	}
	return v
}

// entries are all things that are kept, each after what it needs.
func (s *Server) entries() []journal.Entry {
	var out []journal.Entry
	out = named(out, "team", s.teams)
	out = named(out, "user", s.users)
	out = named(out, "group", s.groups)
	out = named(out, "channel", s.channels)
	for _, c := range s.channels {
		for _, m := range c.messages {
			out = append(out, journal.Entry{Kind: "message", ID: c.ID, Sub: m.TS})
		}
	}
	out = named(out, "file", s.files)
	for _, user := range sortedKeys(s.modals) {
		for _, id := range s.modals[user] {
			out = append(out, journal.Entry{Kind: "view", ID: id})
		}
	}
	out = named(out, "home", s.homes)
	return named(out, "response", s.responses)
}

func named[T any](out []journal.Entry, kind string, all map[string]T) []journal.Entry {
	for _, id := range sortedKeys(all) {
		out = append(out, journal.Entry{Kind: kind, ID: id})
	}
	return out
}

// restore takes up one line of the journal.
func (s *Server) restore(l journal.Line) error {
	switch l.Kind {
	case "team":
		return restoreIn(s.teams, l)
	case "user":
		return restoreIn(s.users, l)
	case "group":
		return restoreIn(s.groups, l)
	case "channel":
		kept := s.channels[l.ID]
		err := restoreIn(s.channels, l)
		if c := s.channels[l.ID]; c != nil && kept != nil {
			c.messages = kept.messages
		}
		return err
	case "message":
		return s.restoreMessage(l)
	case "file":
		return restoreIn(s.files, l)
	case "view":
		return s.restoreView(l)
	case "home":
		return restoreIn(s.homes, l)
	case "response":
		return restoreIn(s.responses, l)
	}
	return nil
}

func restoreIn[T any](all map[string]*T, l journal.Line) error {
	if string(l.Value) == "null" {
		delete(all, l.ID)
		return nil
	}
	v := new(T)
	if err := json.Unmarshal(l.Value, v); err != nil {
		return err
	}
	all[l.ID] = v
	return nil
}

func (s *Server) restoreMessage(l journal.Line) error {
	c := s.channels[l.ID]
	if c == nil {
		return nil
	}
	i, known := c.search(l.Sub)
	if known {
		s.bytes -= c.messages[i].size()
		c.messages = slices.Delete(c.messages, i, i+1)
	}
	if string(l.Value) == "null" {
		return nil
	}
	m := &Message{}
	if err := json.Unmarshal(l.Value, m); err != nil {
		return err
	}
	c.messages = slices.Insert(c.messages, i, m)
	s.lastTS = later(s.lastTS, m.TS)
	s.bytes += m.size()
	return nil
}

func (s *Server) restoreView(l journal.Line) error {
	before := s.views[l.ID]
	if err := restoreIn(s.views, l); err != nil {
		return err
	}
	now := s.views[l.ID]
	switch {
	case now == nil && before != nil:
		s.modals[before.User] = slices.DeleteFunc(s.modals[before.User], func(id string) bool { return id == l.ID })
	case now != nil && before == nil:
		s.modals[now.User] = append(s.modals[now.User], l.ID)
	}
	return nil
}
