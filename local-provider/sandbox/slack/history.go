package slack

import (
	"encoding/base64"
	"slices"
	"strconv"
	"strings"
)

// maxHistory is how many messages a page has at most; without a limit it is defaultPage
// (docs.slack.dev/reference/methods/conversations.history: "Maximum of 999").
const maxHistory = 999

// A span is the part of a conversation that is asked for.
type span struct {
	oldest, latest string
	inclusive      bool
	limit          int
}

func readSpan(c *call) (span, error) {
	out := span{oldest: c.text("oldest"), latest: c.text("latest"), inclusive: c.truth("inclusive")}
	if !isTime(out.oldest) {
		return out, refuse("invalid_ts_oldest")
	}
	if !isTime(out.latest) {
		return out, refuse("invalid_ts_latest")
	}
	limit, err := c.number("limit", defaultPage)
	if err != nil || limit < 0 {
		return out, refuse("invalid_limit")
	}
	if out.limit = min(limit, maxHistory); limit == 0 {
		out.limit = defaultPage
	}
	return out, nil
}

// isTime says whether a text is a time as these methods take it: seconds with or without a fraction, or nothing.
func isTime(text string) bool {
	if text == "" || text == "now" {
		return true
	}
	_, err := strconv.ParseFloat(text, 64)
	return err == nil && strings.Trim(text, "0123456789.") == ""
}

// has says whether a message lies in the span.
func (s span) has(ts string) bool {
	if s.oldest != "" {
		if by := compareTS(ts, s.oldest); by < 0 || (by == 0 && !s.inclusive) {
			return false
		}
	}
	if s.latest != "" && s.latest != "now" {
		if by := compareTS(ts, s.latest); by > 0 || (by == 0 && !s.inclusive) {
			return false
		}
	}
	return true
}

// readable finds the conversation that a call wants to read: the bot must be in it.
func (s *Server) readable(c *call) (*Channel, error) {
	ch, err := s.conversation(c, "history")
	if err != nil {
		return nil, err
	}
	if !ch.Has(s.bot.ID) {
		return nil, refuse("not_in_channel")
	}
	return ch, nil
}

// conversationHistory is conversations.history: the latest messages first, without replies in threads.
func conversationHistory(s *Server, c *call) (object, error) {
	ch, err := s.readable(c)
	if err != nil {
		return nil, err
	}
	part, err := readSpan(c)
	if err != nil {
		return nil, err
	}
	before, err := readTSCursor(c.text("cursor"))
	if err != nil {
		return nil, err
	}
	var found []*Message
	for _, m := range slices.Backward(ch.messages) {
		if m.inChannel() && part.has(m.TS) && (before == "" || compareTS(m.TS, before) < 0) {
			found = append(found, m)
		}
	}
	return s.messagesPage(c, ch, found, part), nil
}

// conversationReplies is conversations.replies: the root of a thread and its replies, the oldest first. The root is on
// every page, as in Slack.
func conversationReplies(s *Server, c *call) (object, error) {
	ch, err := s.readable(c)
	if err != nil {
		return nil, err
	}
	part, err := readSpan(c)
	if err != nil {
		return nil, err
	}
	after, err := readTSCursor(c.text("cursor"))
	if err != nil {
		return nil, err
	}
	m := ch.message(c.text("ts"))
	if m == nil {
		return nil, refuse("thread_not_found")
	}
	if m.IsReply() { // by a reply only that one is found
		return object{"messages": []shown{s.forReader(c, ch, m)}, "has_more": false}, nil
	}
	var found []*Message
	for _, r := range ch.replies(m.TS) {
		if part.has(r.TS) && compareTS(r.TS, after) > 0 {
			found = append(found, r)
		}
	}
	out := s.messagesPage(c, ch, found, part)
	messages, _ := out["messages"].([]shown)
	out["messages"] = append([]shown{s.forReader(c, ch, m)}, messages...)
	delete(out, "pin_count")
	return out, nil
}

// messagesPage makes the answer with as many messages as were asked for.
func (s *Server) messagesPage(c *call, ch *Channel, found []*Message, part span) object {
	more := len(found) > part.limit
	if more {
		found = found[:part.limit]
	}
	messages := make([]shown, 0, len(found))
	for _, m := range found {
		messages = append(messages, s.forReader(c, ch, m))
	}
	out := object{"messages": messages, "has_more": more, "pin_count": 0}
	if part.latest != "" {
		out["latest"] = part.latest
	}
	if part.oldest != "" {
		out["oldest"] = part.oldest
	}
	if more {
		out["response_metadata"] = object{"next_cursor": tsCursor(found[len(found)-1].TS)}
	}
	return out
}

// forReader is a message as the app may see it: metadata only when it asks for it and has the scope.
func (s *Server) forReader(c *call, ch *Channel, m *Message) shown {
	out := s.show(ch, m)
	if !c.truth("include_all_metadata") || !s.granted("metadata.message:read") {
		out.Metadata = nil
	}
	return out
}

const tsCursorPrefix = "next_ts:"

func tsCursor(ts string) string {
	return base64.StdEncoding.EncodeToString([]byte(tsCursorPrefix + ts))
}

func readTSCursor(text string) (string, error) {
	raw, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return "", refuse("invalid_cursor")
	}
	ts, ok := strings.CutPrefix(string(raw), tsCursorPrefix)
	if text != "" && (!ok || !validTS(ts)) {
		return "", refuse("invalid_cursor")
	}
	return ts, nil
}
