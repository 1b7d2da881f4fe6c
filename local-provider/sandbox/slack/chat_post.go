package slack

import (
	"strings"
	"unicode"
)

// postMessage is chat.postMessage.
func postMessage(s *Server, c *call) (object, error) {
	ch, err := s.target(c)
	if err != nil {
		return nil, err
	}
	if err := s.limitPosting(ch); err != nil {
		return nil, err
	}
	m, err := s.compose(c, ch, 0)
	if err != nil {
		return nil, err
	}
	if m.ThreadTS != "" && c.truth("reply_broadcast") {
		m.Subtype = "thread_broadcast"
	}
	kept := s.post(ch, m)
	c.did(ch, kept, c.truth("link_names") || c.text("parse") == "full")
	return object{"channel": ch.ID, "ts": kept.TS, "message": s.show(ch, kept)}, nil
}

// limitPosting counts a message against its channel and the workspace.
func (s *Server) limitPosting(ch *Channel) error {
	if err := s.limit("chat.postMessage "+ch.ID, posting); err != nil {
		return err
	}
	return s.limit("chat.postMessage", postings)
}

// target is the channel to which a call wants to post: an id, a name, or a user's id for their direct messages.
func (s *Server) target(c *call) (*Channel, error) {
	to := c.text("channel")
	c.channel = to
	ch := s.channel(to)
	if u := s.users[to]; ch == nil && u != nil {
		if err := s.mayWrite(u); err != nil {
			return nil, err
		}
		ch, _ = s.direct(s.bot.ID, u.ID)
	}
	if ch == nil || to == "" || !ch.Visible(s.bot.ID) {
		return nil, refuse("channel_not_found")
	}
	c.channel = ch.ID
	switch {
	case ch.Archived:
		return nil, refuse("is_archived")
	case ch.Kind == Direct && !s.messagesTab():
		return nil, refuse("messages_tab_disabled")
	case !ch.Has(s.bot.ID) && !s.granted("chat:write.public"):
		return nil, refuse("not_in_channel")
	}
	return ch, nil
}

// messagesTab says whether people and the bot may write to each other.
func (s *Server) messagesTab() bool { return s.options.Manifest == nil || s.options.Manifest.Messages }

// mayWrite says whether a bot can have a conversation with a user.
func (s *Server) mayWrite(u *User) error {
	switch {
	case u.Deleted:
		return refuse("user_disabled")
	case u.Bot:
		return refuse("cannot_dm_bot")
	case u.TeamID != s.team.ID && !s.meets(u.ID):
		return refuse("user_not_found")
	}
	return nil
}

// meets says whether the bot shares a channel with somebody.
func (s *Server) meets(user string) bool {
	for _, c := range s.channels {
		if c.Kind != Direct && c.Has(user) && c.Has(s.bot.ID) {
			return true
		}
	}
	return false
}

// compose makes the message that a call wants to post.
func (s *Server) compose(c *call, ch *Channel, limit int) (Message, error) {
	parts, err := c.readContent(limit)
	if err != nil {
		return Message{}, err
	}
	if parts.empty() {
		return Message{}, refuse("no_text")
	}
	m := Message{User: s.bot.ID, BotID: s.bot.BotID, AppID: s.bot.AppID, Team: s.team.ID}
	parts.put(&m)
	if s.granted("chat:write.customize") {
		m.Username, m.IconEmoji = c.text("username"), c.text("icon_emoji")
	}
	if m.ThreadTS = c.text("thread_ts"); m.ThreadTS == "" {
		return m, nil
	}
	if !validTS(m.ThreadTS) {
		return m, refuse("invalid_thread_ts")
	}
	root := ch.message(m.ThreadTS)
	switch {
	case root == nil:
		return m, refuse("thread_not_found")
	case root.IsReply():
		return m, refuse("cannot_reply_to_message")
	}
	return m, nil
}

// validTS says whether a text can be a message's timestamp.
func validTS(text string) bool {
	seconds, sub, dot := strings.Cut(text, ".")
	digit := func(r rune) bool { return !unicode.IsDigit(r) }
	return dot && seconds != "" && sub != "" && !strings.ContainsFunc(seconds+sub, digit)
}

// did notes what a call made, for the ledger.
func (c *call) did(ch *Channel, m *Message, linkNames bool) {
	c.channel, c.ts, c.pings = ch.ID, m.TS, pings(m, linkNames)
}

// postEphemeral is chat.postEphemeral. Slack never says whether anybody saw it.
func postEphemeral(s *Server, c *call) (object, error) {
	ch, err := s.target(c)
	if err != nil {
		return nil, err
	}
	user := c.text("user")
	if s.users[user] == nil || !ch.Has(user) {
		return nil, refuse("user_not_in_channel")
	}
	m, err := s.compose(c, ch, maxUpdate)
	if err != nil {
		return nil, err
	}
	m.Metadata = nil
	m.TS = s.whisper(ch, user, m)
	c.did(ch, &m, c.truth("link_names"))
	return object{"message_ts": m.TS}, nil
}
