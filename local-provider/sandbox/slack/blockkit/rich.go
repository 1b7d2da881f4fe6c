package blockkit

import "maps"

// style is how a piece of rich text looks.
var style = object(fields{
	"bold": may(boolean), "italic": may(boolean), "strike": may(boolean), "code": may(boolean), "underline": may(boolean),
	"highlight": may(boolean), "client_highlight": may(boolean), "unlink": may(boolean),
})

// piece is an element within a line of rich text.
func piece(own fields) check {
	known := fields{"type": must(nil), "style": may(style)}
	maps.Copy(known, own)
	return object(known)
}

// richBlocks are the elements that make lines.
var richBlocks = []string{"rich_text_section", "rich_text_list", "rich_text_preformatted", "rich_text_quote"}

// richElements are the elements of rich text by type (docs.slack.dev/reference/block-kit/blocks/rich-text-block).
var richElements = map[string]check{
	"rich_text_section": object(fields{"type": must(nil), "elements": must(pieces)}),
	"rich_text_preformatted": object(fields{
		"type": must(nil), "elements": must(pieces), "border": may(whole(0, 1)), "language": may(id),
	}),
	"rich_text_quote": object(fields{"type": must(nil), "elements": must(pieces), "border": may(whole(0, 1))}),
	"rich_text_list": object(fields{
		"type": must(nil), "style": must(oneOf("bullet", "ordered")), "indent": may(whole(0, 8)), "offset": may(whole(0, maxText)),
		"border":   may(whole(0, 1)),
		"elements": must(array(0, maxOptions, object(fields{"type": must(oneOf("rich_text_section")), "elements": must(pieces)}))),
	}),
}

var richPieces = map[string]check{
	"text":      piece(fields{"text": must(counted(maxText))}),
	"link":      piece(fields{"url": must(link), "text": may(length(0, maxText)), "unsafe": may(boolean)}),
	"emoji":     piece(fields{"name": must(id), "unicode": may(id), "url": may(link), "skin_tone": may(whole(1, 6))}),
	"user":      piece(fields{"user_id": must(id)}),
	"channel":   piece(fields{"channel_id": must(id)}),
	"usergroup": piece(fields{"usergroup_id": must(id)}),
	"team":      piece(fields{"team_id": must(id)}),
	"broadcast": piece(fields{"range": must(oneOf("here", "channel", "everyone"))}),
	"color":     piece(fields{"value": must(id)}),
	"date": piece(fields{
		"timestamp": must(anyNumber), "format": must(length(1, maxText)), "url": may(link), "fallback": may(length(1, maxText)),
	}),
}

// pieces is what stands in a line.
func pieces(r *report, at string, v any) { array(0, maxText, typed(richPieces))(r, at, v) }

// richText is a whole rich_text block, such as a table's cell.
func richText(r *report, at string, v any) {
	object(fields{
		"type": must(oneOf("rich_text")), "block_id": may(id),
		"elements": must(array(0, maxOptions, typed(richElements, richBlocks...))),
	})(r, at, v)
}
