package slack

import (
	"encoding/json"
	"strings"
)

// own finds the message that a call is about, which must be the bot's.
func (s *Server) own(c *call, denied string) (*Channel, *Message, error) {
	c.channel = c.text("channel")
	ch := s.channels[c.channel]
	if ch == nil || !ch.Visible(s.bot.ID) {
		return nil, nil, refuse("channel_not_found")
	}
	m := ch.message(c.text("ts"))
	switch {
	case m == nil || m.Subtype == "tombstone":
		return nil, nil, refuse("message_not_found")
	case m.BotID != s.bot.BotID:
		return nil, nil, refuse(denied)
	}
	return ch, m, nil
}

// updateMessage is chat.update. Text without blocks takes the blocks away; metadata and attachments stay unless they are
// sent.
func updateMessage(s *Server, c *call) (object, error) {
	ch, m, err := s.own(c, "cant_update_message")
	if err != nil {
		return nil, err
	}
	if ch.Archived {
		return nil, refuse("is_inactive")
	}
	parts, err := c.readContent(maxUpdate)
	if err != nil {
		return nil, err
	}
	if parts.text != nil && parts.blocks == nil {
		parts.blocks = json.RawMessage("[]")
	}
	changed := *m
	parts.put(&changed)
	if parts.text == nil && parts.blocks == nil && parts.attachments == nil && parts.metadata == nil && !c.has("reply_broadcast") ||
		strings.TrimSpace(changed.Text) == "" && changed.Blocks == nil && changed.Attachments == nil {
		return nil, refuse("no_text")
	}
	if c.truth("reply_broadcast") {
		if !m.IsReply() {
			return nil, refuse("cant_broadcast_message")
		}
		changed.Subtype = "thread_broadcast"
	}
	s.edit(ch, m, s.bot.ID, changed.Text != m.Text, func(m *Message) { *m = changed })
	c.did(ch, m, c.truth("link_names"))
	return object{"channel": ch.ID, "ts": m.TS, "text": m.Text, "message": s.show(ch, m)}, nil
}

// deleteMessage is chat.delete.
func deleteMessage(s *Server, c *call) (object, error) {
	ch, m, err := s.own(c, "cant_delete_message")
	if err != nil {
		return nil, err
	}
	c.ts = m.TS
	s.remove(ch, m, s.bot.ID)
	return object{"channel": ch.ID, "ts": c.ts}, nil
}

// permalink is chat.getPermalink.
func permalink(s *Server, c *call) (object, error) {
	c.channel = c.text("channel")
	ch := s.channels[c.channel]
	if ch == nil || !ch.Visible(s.bot.ID) {
		return nil, refuse("channel_not_found")
	}
	m := ch.message(c.text("message_ts"))
	if m == nil {
		return nil, refuse("message_not_found")
	}
	return object{"channel": ch.ID, "permalink": s.permalink(ch, m)}, nil
}

// permalink is where a message is seen by itself.
func (s *Server) permalink(ch *Channel, m *Message) string {
	link := s.workspaceURL() + "archives/" + ch.ID + "/p" + strings.ReplaceAll(m.TS, ".", "")
	if m.IsReply() {
		link += "?thread_ts=" + m.ThreadTS + "&cid=" + ch.ID
	}
	return link
}
