package slack

import "encoding/json"

// richText is the block that Slack's composer makes beside a message's text.
func richText(parts []piece, blockID string) json.RawMessage {
	var elements []map[string]any
	var section []map[string]any
	flush := func() {
		if len(section) > 0 {
			elements = append(elements, map[string]any{"type": "rich_text_section", "elements": section})
			section = nil
		}
	}
	for _, p := range parts {
		if p.kind != pieceBlock {
			section = append(section, p.rich())
			continue
		}
		flush()
		elements = append(elements, map[string]any{
			"type": "rich_text_preformatted", "border": 0, "elements": []map[string]any{{"type": "text", "text": p.text}},
		})
	}
	flush()
	block := map[string]any{"type": "rich_text", "block_id": blockID, "elements": elements}
	return mustJSON([]any{block})
}

// rich is a piece as an element of rich text.
func (p piece) rich() map[string]any {
	switch p.kind {
	case pieceCode:
		return map[string]any{"type": "text", "text": p.text, "style": map[string]bool{"code": true}}
	case pieceUser:
		return map[string]any{"type": "user", "user_id": p.value}
	case pieceChannel:
		return map[string]any{"type": "channel", "channel_id": p.value}
	case pieceGroup:
		return map[string]any{"type": "usergroup", "usergroup_id": p.value}
	case pieceBroadcast:
		return map[string]any{"type": "broadcast", "range": p.value}
	case pieceLink:
		if p.text == p.value {
			return map[string]any{"type": "link", "url": p.value}
		}
		return map[string]any{"type": "link", "url": p.value, "text": p.text}
	default:
		return map[string]any{"type": "text", "text": p.text}
	}
}
