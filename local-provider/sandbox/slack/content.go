package slack

import (
	"encoding/json"
	"errors"
	"strings"
	"unicode/utf8"

	"github.com/handsoff/handsoff/local-provider/sandbox/slack/blockkit"
)

// Limits of what a message may carry.
const (
	// maxText cuts a new message's text (docs.slack.dev/reference/methods/chat.postMessage: "truncated at 40,000").
	maxText = 40_000
	// maxUpdate is what chat.update refuses (its msg_too_long: "cannot exceed 4,000 characters"). That chat.postEphemeral
	// does so at the same length is our guess: it has the code, and no number.
	maxUpdate = 4000
	// maxAttachments is from too_many_attachments.
	maxAttachments = 100
	// maxMetadata is from docs.slack.dev/messaging/message-metadata: 8 kB.
	maxMetadata = 8000
)

// A content is what a message is to carry. What was not sent is nil; "sent empty" is an empty list.
type content struct {
	text                          *string
	blocks, attachments, metadata json.RawMessage
}

// readContent reads and checks what a message is to carry. limit is for the text; zero cuts it at maxText instead.
func (c *call) readContent(limit int) (content, error) {
	var out content
	if c.has("text") {
		text := c.text("text")
		if n := utf8.RuneCountInString(text); limit > 0 && n > limit {
			return out, refuse("msg_too_long")
		} else if n > maxText {
			text = string([]rune(text)[:maxText])
			c.warn = append(c.warn, "message_truncated")
		}
		out.text = &text
	}
	var err error
	if out.blocks, err = c.readBlocks(); err != nil {
		return out, err
	}
	if out.attachments, err = c.readAttachments(); err != nil {
		return out, err
	}
	out.metadata, err = c.readMetadata()
	return out, err
}

// empty says that there is nothing to show.
func (c content) empty() bool {
	return (c.text == nil || strings.TrimSpace(*c.text) == "") && noItems(c.blocks) && noItems(c.attachments)
}

func noItems(list json.RawMessage) bool { return len(list) == 0 || string(list) == "[]" }

// put makes it a message's.
func (c content) put(m *Message) {
	if c.text != nil {
		m.Text = *c.text
	}
	if c.blocks != nil {
		m.Blocks = orNil(c.blocks)
	}
	if c.attachments != nil {
		m.Attachments = orNil(c.attachments)
	}
	if c.metadata != nil {
		m.Metadata = orNil(c.metadata)
	}
}

func orNil(v json.RawMessage) json.RawMessage {
	if noItems(v) || string(v) == "{}" {
		return nil
	}
	return v
}

func (c *call) readBlocks() (json.RawMessage, error) {
	if !c.has("blocks") {
		return nil, nil
	}
	return checkBlocks(c.raw("blocks"), blockkit.Message)
}

// checkBlocks checks blocks and fills in the ids that were left out.
func checkBlocks(raw json.RawMessage, surface blockkit.Surface) (json.RawMessage, error) {
	result, err := blockkit.Blocks(raw, surface, newBlockID)
	switch {
	case err != nil:
		return nil, refuse("invalid_blocks_format")
	case len(result.Problems) > 0:
		return nil, detailed("invalid_blocks", result.Problems)
	case result.Text > blockkit.MaxMessageText:
		return nil, refuse("msg_blocks_too_long")
	}
	return result.JSON, nil
}

// detailed is a refusal that says what is wrong where, in both places where Slack says it.
func detailed(code string, problems []string) *refusal {
	messages := make([]string, len(problems))
	for i, p := range problems {
		messages[i] = "[ERROR] " + p
	}
	return refuse(code, messages...).with("errors", problems)
}

func newBlockID() string {
	return pick("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", 5)
}

// readAttachments checks attachments: their number, and the blocks in them.
func (c *call) readAttachments() (json.RawMessage, error) {
	if !c.has("attachments") {
		return nil, nil
	}
	var list []map[string]json.RawMessage
	raw := c.raw("attachments")
	if json.Unmarshal(raw, &list) != nil {
		return nil, refuse("invalid_attachments")
	}
	if len(list) > maxAttachments {
		return nil, refuse("too_many_attachments")
	}
	for i, a := range list {
		checked, err := checkAttachment(a)
		if err != nil {
			return nil, err
		}
		list[i] = checked
	}
	out, err := json.Marshal(list)
	return out, err
}

func checkAttachment(a map[string]json.RawMessage) (map[string]json.RawMessage, error) {
	raw, there := a["blocks"]
	if !there || string(raw) == "null" {
		return a, nil
	}
	blocks, err := checkBlocks(raw, blockkit.Message)
	if no := (*refusal)(nil); errors.As(err, &no) {
		no.code = "invalid_attachments"
		return nil, no
	}
	a["blocks"] = blocks
	return a, err
}

// readMetadata checks metadata: {"event_type": "…", "event_payload": {…}}; an empty object removes it.
func (c *call) readMetadata() (json.RawMessage, error) {
	if !c.has("metadata") {
		return nil, nil
	}
	raw := c.raw("metadata")
	var fields map[string]json.RawMessage
	if json.Unmarshal(raw, &fields) != nil || fields == nil {
		return nil, refuse("invalid_metadata_format")
	}
	if len(raw) > maxMetadata {
		return nil, refuse("metadata_too_large")
	}
	if len(fields) == 0 {
		return raw, nil
	}
	var kind string
	var payload map[string]any
	if json.Unmarshal(fields["event_type"], &kind) != nil || kind == "" ||
		json.Unmarshal(fields["event_payload"], &payload) != nil || payload == nil {
		return nil, refuse("invalid_metadata_format")
	}
	out, err := json.Marshal(object{"event_type": kind, "event_payload": payload})
	return out, err
}

// pings says whether a message calls everybody in a channel.
func pings(m *Message, linkNames bool) bool {
	for _, who := range []string{"channel", "here", "everyone"} {
		called := strings.Contains(m.Text, "<!"+who+">") || strings.Contains(m.Text, "<!"+who+"|") ||
			(linkNames && strings.Contains(m.Text, "@"+who))
		in := string(m.Blocks) + string(m.Attachments)
		if called || strings.Contains(in, `\u003c!`+who) || strings.Contains(in, `"range":"`+who+`"`) {
			return true
		}
	}
	return false
}
