package slack

import (
	"encoding/json"
	"slices"
)

// post puts a message into a channel, stamps it, and tells who listens. A reply makes its root a thread.
func (s *Server) post(c *Channel, m Message) *Message {
	m.TS = s.newTS()
	kept := &m
	if root := c.message(m.ThreadTS); root != nil && root.ThreadTS == "" {
		root.ThreadTS = root.TS
		s.touchMessage(c, root)
	}
	c.messages = append(c.messages, kept)
	s.bytes += kept.size()
	s.touchMessage(c, kept)
	s.trim(c)
	s.happened(Happening{Type: "message", Channel: c, User: m.User, Event: s.messageEvent(c, kept), TS: m.TS})
	return kept
}

// edit changes a message and tells who listens. mark says that it counts as edited, as a person would see.
func (s *Server) edit(c *Channel, m *Message, user string, mark bool, change func(*Message)) {
	before := s.messageMap(c, m)
	s.bytes -= m.size()
	change(m)
	s.bytes += m.size()
	ts := s.newTS()
	if mark {
		m.Edited = &Edited{User: user, TS: ts}
	}
	s.touchMessage(c, m)
	s.happened(Happening{Type: "message", Channel: c, User: user, TS: ts, Event: map[string]any{
		"subtype": "message_changed", "hidden": true, "channel": c.ID, "channel_type": string(c.Kind), "ts": ts,
		"message": s.messageMap(c, m), "previous_message": before,
	}})
}

// remove deletes a message. Of a root with replies a tombstone stays, as in Slack.
func (s *Server) remove(c *Channel, m *Message, user string) {
	before := s.messageMap(c, m)
	if m.ThreadTS == m.TS && len(c.replies(m.TS)) > 0 {
		s.bytes -= m.size()
		*m = Message{Subtype: "tombstone", User: "USLACKBOT", Text: "This message was deleted.", TS: m.TS, ThreadTS: m.TS}
		s.bytes += m.size()
		s.touchMessage(c, m)
	} else if i, ok := c.search(m.TS); ok {
		s.forget(c, i)
		s.unthread(c, m.ThreadTS)
	}
	ts := s.newTS()
	s.happened(Happening{Type: "message", Channel: c, User: user, TS: ts, Event: map[string]any{
		"subtype": "message_deleted", "hidden": true, "channel": c.ID, "channel_type": string(c.Kind), "ts": ts,
		"deleted_ts": m.TS, "previous_message": before,
	}})
}

// unthread makes a root that has no replies any more an ordinary message; a tombstone goes.
func (s *Server) unthread(c *Channel, root string) {
	m := c.message(root)
	if m == nil || len(c.replies(root)) > 0 {
		return
	}
	if m.Subtype == "tombstone" {
		i, _ := c.search(root)
		s.forget(c, i)
		return
	}
	m.ThreadTS = ""
	s.touchMessage(c, m)
}

// forget drops the i-th message of a channel without telling anybody.
func (s *Server) forget(c *Channel, i int) {
	m := c.messages[i]
	s.bytes -= m.size()
	c.messages = slices.Delete(c.messages, i, i+1)
	s.touchMessage(c, m)
}

// trim drops the oldest messages of a channel that has too many, and the oldest of all when all are too many.
func (s *Server) trim(c *Channel) {
	for len(c.messages) > s.options.Kept {
		s.forget(c, 0)
	}
	for s.bytes > s.options.Bytes {
		var oldest *Channel
		for _, other := range s.channels {
			if len(other.messages) > 0 && (oldest == nil || compareTS(other.messages[0].TS, oldest.messages[0].TS) < 0) {
				oldest = other
			}
		}
		if oldest == nil || (oldest == c && len(c.messages) == 1) {
			return
		}
		s.forget(oldest, 0)
	}
}

// messageEvent is a new message as an event tells of it.
func (s *Server) messageEvent(c *Channel, m *Message) map[string]any {
	out := s.messageMap(c, m)
	out["channel"], out["channel_type"] = c.ID, string(c.Kind)
	return out
}

// messageMap is a message as Slack shows it, as an object that can be added to.
func (s *Server) messageMap(c *Channel, m *Message) map[string]any {
	text, err := json.Marshal(s.show(c, m))
	if err != nil {
		return map[string]any{}
	}
	var out map[string]any
	if json.Unmarshal(text, &out) != nil {
		return map[string]any{}
	}
	return out
}
