package slack

import (
	"encoding/json"
	"slices"
	"strings"
)

// A Message is one line of a conversation. Its JSON is what Slack shows of it, but for Files, which are ids here.
type Message struct {
	Subtype   string `json:"subtype,omitempty"` // "", "thread_broadcast", "me_message", "channel_join", "tombstone", "file_share" …
	User      string `json:"user,omitempty"`
	BotID     string `json:"bot_id,omitempty"`
	AppID     string `json:"app_id,omitempty"`
	Team      string `json:"team,omitempty"`
	Text      string `json:"text"` // mrkdwn as it was sent
	TS        string `json:"ts"`
	ThreadTS  string `json:"thread_ts,omitempty"` // the root's; equal to TS on a root that has replies
	ClientID  string `json:"client_msg_id,omitempty"`
	Username  string `json:"username,omitempty"` // chat:write.customize
	IconEmoji string `json:"icon_emoji,omitempty"`

	Blocks      json.RawMessage `json:"blocks,omitempty"`
	Attachments json.RawMessage `json:"attachments,omitempty"`
	Metadata    json.RawMessage `json:"metadata,omitempty"`
	Files       []string        `json:"files,omitempty"`
	Edited      *Edited         `json:"edited,omitempty"`
}

// Edited says who changed a message last, and when.
type Edited struct {
	User string `json:"user"`
	TS   string `json:"ts"`
}

// IsReply says whether it stands in a thread, below the root.
func (m *Message) IsReply() bool { return m.ThreadTS != "" && m.ThreadTS != m.TS }

// inChannel says whether it is seen in the channel itself.
func (m *Message) inChannel() bool { return !m.IsReply() || m.Subtype == "thread_broadcast" }

// size is about how many bytes a message takes.
func (m *Message) size() int {
	const fixed = 400
	return fixed + len(m.Text) + len(m.Blocks) + len(m.Attachments) + len(m.Metadata)
}

// message is the message with a ts; nil for none.
func (c *Channel) message(ts string) *Message {
	if i, ok := c.search(ts); ok {
		return c.messages[i]
	}
	return nil
}

func (c *Channel) search(ts string) (int, bool) {
	return slices.BinarySearchFunc(c.messages, ts, func(m *Message, ts string) int { return compareTS(m.TS, ts) })
}

// replies are the messages of a thread without its root, oldest first.
func (c *Channel) replies(root string) []*Message {
	var out []*Message
	i, _ := c.search(root)
	for _, m := range c.messages[i:] {
		if m.ThreadTS == root && m.TS != root {
			out = append(out, m)
		}
	}
	return out
}

// compareTS orders timestamps such as "1700000000.000100", also ones with fewer digits, as people type them.
func compareTS(a, b string) int {
	aSec, aSub, _ := strings.Cut(a, ".")
	bSec, bSub, _ := strings.Cut(b, ".")
	aSec, bSec = strings.TrimLeft(aSec, "0"), strings.TrimLeft(bSec, "0")
	if len(aSec) != len(bSec) {
		return len(aSec) - len(bSec)
	}
	if by := strings.Compare(aSec, bSec); by != 0 {
		return by
	}
	const zeros = "000000"
	return strings.Compare((aSub + zeros)[:len(zeros)], (bSub + zeros)[:len(zeros)])
}
