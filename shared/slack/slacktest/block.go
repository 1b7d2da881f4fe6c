package slacktest

import (
	"fmt"

	"github.com/handsoff/handsoff/shared/slack"
)

// blocks checks a list of blocks.
func (c *checker) blocks(path string, value any, most int) {
	blocks := list(value)
	if len(blocks) > most {
		c.badf(path, "%d blocks, there may be %d", len(blocks), most)
	}
	ids := map[string]bool{}
	for i, item := range blocks {
		at, block := fmt.Sprintf("%s[%d]", path, i), object(item)
		if block == nil {
			c.badf(at, "not an object")
			continue
		}
		if id := str(block["block_id"]); id != "" {
			c.length(at+".block_id", id, 1, slack.MaxID)
			if ids[id] {
				c.badf(at+".block_id", "%q is there twice", id)
			}
			ids[id] = true
		}
		c.block(at, block)
	}
}

func (c *checker) block(at string, block map[string]any) {
	switch kind := str(block["type"]); kind {
	case "divider":
	case "section":
		c.section(at, block)
	case "header":
		c.text(at+".text", block["text"], slack.MaxHeader, plainOnly)
	case "context":
		c.context(at, list(block["elements"]))
	case "actions":
		c.actions(at, list(block["elements"]))
	case "input":
		c.text(at+".label", block["label"], slack.MaxInputLabel, plainOnly)
		if block["hint"] != nil {
			c.text(at+".hint", block["hint"], slack.MaxInputLabel, plainOnly)
		}
		c.element(at+".element", object(block["element"]), forInput)
	case "image":
		c.length(at+".image_url", str(block["image_url"]), 1, slack.MaxURL)
		c.length(at+".alt_text", str(block["alt_text"]), 1, 2000)
	default:
		c.badf(at, "the block type %q is not one that is checked here", kind)
	}
}

func (c *checker) section(at string, block map[string]any) {
	fields := list(block["fields"])
	if block["text"] == nil && len(fields) == 0 {
		c.badf(at, "needs text or fields")
	}
	if block["text"] != nil {
		c.text(at+".text", block["text"], slack.MaxSection, anyText)
	}
	if len(fields) > slack.MaxFields {
		c.badf(at+".fields", "%d fields, there may be %d", len(fields), slack.MaxFields)
	}
	for i, field := range fields {
		c.text(fmt.Sprintf("%s.fields[%d]", at, i), field, slack.MaxField, anyText)
	}
	if block["accessory"] != nil {
		c.element(at+".accessory", object(block["accessory"]), forSection)
	}
}

func (c *checker) context(at string, elements []any) {
	if len(elements) == 0 || len(elements) > slack.MaxContext {
		c.badf(at+".elements", "%d elements, must be 1 to %d", len(elements), slack.MaxContext)
	}
	for i, element := range elements {
		here := fmt.Sprintf("%s.elements[%d]", at, i)
		if object(element)["type"] == "image" {
			c.length(here+".alt_text", str(object(element)["alt_text"]), 1, 2000)
			continue
		}
		c.text(here, element, slack.MaxSection, anyText)
	}
}

func (c *checker) actions(at string, elements []any) {
	if len(elements) == 0 || len(elements) > slack.MaxActions {
		c.badf(at+".elements", "%d elements, must be 1 to %d", len(elements), slack.MaxActions)
	}
	ids := map[string]bool{}
	for i, element := range elements {
		here := fmt.Sprintf("%s.elements[%d]", at, i)
		c.element(here, object(element), forActions)
		if id := str(object(element)["action_id"]); id != "" {
			if ids[id] {
				c.badf(here+".action_id", "%q is there twice in the block", id)
			}
			ids[id] = true
		}
	}
}

// What kind of text object may stand somewhere.
const (
	anyText   = false
	plainOnly = true
)

// text checks a text object.
func (c *checker) text(at string, value any, most int, plain bool) {
	text := object(value)
	switch kind := str(text["type"]); {
	case text == nil:
		c.badf(at, "a text object is needed")
		return
	case kind != "plain_text" && (plain || kind != "mrkdwn"):
		c.badf(at+".type", "%q may not stand here", kind)
	case kind == "mrkdwn" && text["emoji"] != nil:
		c.badf(at+".emoji", "belongs to plain_text")
	case kind == "plain_text" && text["verbatim"] != nil:
		c.badf(at+".verbatim", "belongs to mrkdwn")
	}
	c.length(at, str(text["text"]), 1, most)
}
