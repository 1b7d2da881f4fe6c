package blockkit

import (
	"maps"
	"slices"
	"strings"
	"unicode/utf8"
)

// block is a layout block: what all have, and what it has of its own.
func block(own fields, also ...func(r *report, at string, o map[string]any)) check {
	known := fields{"type": must(nil), "block_id": may(length(1, maxID))}
	maps.Copy(known, own)
	return object(known, also...)
}

// blocks are the layout blocks by type, with docs.slack.dev/reference/block-kit/blocks as their source.
var blocks = map[string]check{
	"section": block(fields{
		"text": may(anyText(maxText)), "fields": may(array(1, maxFields, anyText(maxFieldText))),
		"accessory": may(typed(elements, inAccessory...)), "expand": may(boolean),
	}, func(r *report, at string, o map[string]any) {
		if o["text"] == nil && o["fields"] == nil {
			r.addf(at, "missing required field: text or fields")
		}
	}),
	"divider": block(nil),
	"header":  block(fields{"text": must(plain(maxHeader)), "level": may(whole(1, 4))}),
	"context": block(fields{"elements": must(array(1, maxContext, contextElement))}),
	"actions": block(fields{"elements": must(array(1, maxActions, typed(elements, inActions...)))}),
	"context_actions": block(fields{
		"elements": must(array(1, maxContextAct, typed(elements, "feedback_buttons", "icon_button"))),
	}),
	"image": block(fields{
		"image_url": may(picture), "slack_file": may(slackFile), "alt_text": must(length(1, maxLabel)), "title": may(plain(maxLabel)),
	}, imageSource),
	"input": block(fields{
		"label": must(plain(maxLabel)), "element": must(typed(elements, inInput...)), "hint": may(plain(maxLabel)),
		"optional": may(boolean), "dispatch_action": may(boolean),
	}, func(r *report, at string, o map[string]any) { r.inputs = true; onlyInModals(r, at, o) }),
	"markdown": block(fields{"text": must(counted(maxMarkdown))}, func(r *report, at string, o map[string]any) {
		text, _ := o["text"].(string)
		if r.markdown += utf8.RuneCountInString(text); r.markdown > maxMarkdown && len(text) <= maxMarkdown {
			r.addf(at+"/text", "all markdown blocks together must be less than %d characters", maxMarkdown+1)
		}
	}),
	"rich_text": block(fields{"elements": must(array(0, maxOptions, typed(richElements, richBlocks...)))}),
	"table":     block(fields{"rows": must(array(1, maxRows, row)), "column_settings": may(array(1, maxCells, column))}, oneTable),
	"video": block(fields{
		"title": must(plain(maxVideoTitle)), "title_url": may(link), "description": may(plain(maxVideoTitle)),
		"video_url": must(picture), "thumbnail_url": must(picture), "alt_text": must(length(1, maxLabel)),
		"author_name": may(length(1, maxVideoAuthor)), "provider_name": may(id), "provider_icon_url": may(picture),
	}),
}

// where are the blocks that are not allowed everywhere ("Available in surfaces").
var where = map[string][]Surface{
	"markdown": {Message}, "table": {Message}, "context_actions": {Message},
}

// contextElement is an image or a text.
func contextElement(r *report, at string, v any) {
	if o, ok := v.(map[string]any); ok && o["type"] == "image" {
		elements["image"](r, at, v)
		return
	}
	if o, ok := v.(map[string]any); ok && o["type"] != "plain_text" && o["type"] != "mrkdwn" {
		r.addf(at+"/type", "unsupported type: %v", o["type"])
		return
	}
	anyText(maxText)(r, at, v)
}

// onlyInModals: files cannot be taken elsewhere (block-elements/file-input-element).
func onlyInModals(r *report, at string, o map[string]any) {
	e, _ := o["element"].(map[string]any)
	if e["type"] == "file_input" && r.surface != Modal {
		r.addf(at+"/element/type", "unsupported type: file_input")
	}
}

var (
	cell = typed(map[string]check{
		"raw_text":   object(fields{"type": must(nil), "text": must(counted(maxTable))}),
		"raw_number": object(fields{"type": must(nil), "value": must(anyNumber), "text": may(counted(maxTable))}),
		"rich_text":  richText,
	})
	row    = array(1, maxCells, cell)
	column = nullable(object(fields{"align": may(oneOf("left", "center", "right")), "is_wrapped": may(boolean)}))
)

func anyNumber(r *report, at string, v any) {
	if _, ok := v.(interface{ Float64() (float64, error) }); !ok {
		r.addf(at, "must provide a number")
	}
}

func nullable(c check) check {
	return func(r *report, at string, v any) {
		if v != nil {
			c(r, at, v)
		}
	}
}

// oneTable: there is one table in a message, and it is not too large.
func oneTable(r *report, at string, o map[string]any) {
	if r.tables++; r.tables > 1 {
		r.addf(at, "only one table is allowed")
	}
	if n := textLength(o["rows"]); n > maxTable {
		r.addf(at+"/rows", "must be less than %d characters", maxTable+1)
	}
}

// textLength counts the characters of all texts in a value.
func textLength(v any) int {
	n := 0
	switch v := v.(type) {
	case []any:
		for _, item := range v {
			n += textLength(item)
		}
	case map[string]any:
		for name, item := range v {
			if s, ok := item.(string); ok && name == "text" {
				n += utf8.RuneCountInString(s)
				continue
			}
			n += textLength(item)
		}
	}
	return n
}

// one looks at one block on a surface.
func one(r *report, at string, v any) {
	clear(r.actions)
	o, _ := v.(map[string]any)
	kind, _ := o["type"].(string)
	if surfaces := where[kind]; surfaces != nil && !slices.Contains(surfaces, r.surface) {
		r.addf(at+"/type", "unsupported type: %s", kind)
		return
	}
	typed(blocks)(r, at, v)
	name, ok := o["block_id"].(string)
	if !ok {
		return
	}
	if r.blockIDs[name] {
		r.addf(at+"/block_id", "duplicate block_id: %s", strings.ToValidUTF8(name, ""))
	}
	r.blockIDs[name] = true
}
