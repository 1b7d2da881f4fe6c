// Package slacktest says in tests what Slack would refuse of a message or a view: it reads the JSON that would be sent and
// holds it against the limits of https://docs.slack.dev/reference/block-kit/, not against the types of a library.
package slacktest

import (
	"encoding/json"
	"errors"
	"fmt"
	"unicode/utf16"

	goslack "github.com/slack-go/slack"

	"github.com/handsoff/handsoff/shared/slack"
)

// CheckMessage says what Slack would refuse of a message, all of it; nil when it would take it.
func CheckMessage(blocks []goslack.Block, text string) error {
	c := &checker{}
	c.length("text", text, 0, slack.MaxText)
	if text == "" && len(blocks) == 0 {
		c.badf("", "no_text: neither text nor blocks")
	}
	list := c.decode(blocks)
	c.blocks("blocks", list, slack.MaxBlocks)
	if size := total(list); size > slack.MaxBlocksText {
		c.badf("blocks", "msg_blocks_too_long: %d characters in all, we allow ourselves %d", size, slack.MaxBlocksText)
	}
	return errors.Join(c.found...)
}

// CheckView says what Slack would refuse of a modal or a Home tab, given as what would be sent as "view".
func CheckView(view any) error {
	c := &checker{}
	v, ok := c.decode(view).(map[string]any)
	if !ok {
		c.badf("", "not an object")
		return errors.Join(c.found...)
	}
	c.blocks("blocks", v["blocks"], slack.MaxViewBlocks)
	for _, key := range []string{"callback_id", "external_id"} {
		c.length(key, str(v[key]), 0, slack.MaxID)
	}
	c.length("private_metadata", str(v["private_metadata"]), 0, slack.MaxPrivateMetadata)
	switch v["type"] {
	case "home":
	case "modal":
		c.text("title", v["title"], slack.MaxViewTitle, plainOnly)
		for _, key := range []string{"submit", "close"} {
			if v[key] != nil {
				c.text(key, v[key], slack.MaxViewTitle, plainOnly)
			}
		}
		if v["submit"] == nil && hasInput(v["blocks"]) {
			c.badf("submit", "a modal with inputs needs it")
		}
	default:
		c.badf("type", "%v is neither modal nor home", v["type"])
	}
	return errors.Join(c.found...)
}

// checker collects what is wrong.
type checker struct{ found []error }

func (c *checker) badf(path, format string, args ...any) {
	c.found = append(c.found, fmt.Errorf("%s: %s", path, fmt.Sprintf(format, args...)))
}

// decode is a value as its reader sees it.
func (c *checker) decode(value any) any {
	text, err := json.Marshal(value)
	if err != nil {
		c.badf("", "cannot be written as JSON: %v", err)
		return nil
	}
	var read any
	if err := json.Unmarshal(text, &read); err != nil {
		c.badf("", "cannot be read: %v", err)
	}
	return read
}

// length checks a string's length, in UTF-16 units: no reading of "characters" but bytes counts more.
func (c *checker) length(path, text string, least, most int) {
	if n := units(text); n < least || n > most {
		c.badf(path, "%d characters, must be %d to %d", n, least, most)
	}
}

func units(text string) int { return len(utf16.Encode([]rune(text))) }

// total is how long everything in a value is that Slack keeps: texts, ids and addresses, and a little for each thing.
func total(value any) int {
	n := 0
	switch v := value.(type) {
	case string:
		n = units(v) + 3
	case map[string]any:
		for key, inner := range v {
			n += len(key) + 3 + total(inner)
		}
	case []any:
		for _, inner := range v {
			n += total(inner)
		}
	default:
		n = 4
	}
	return n
}

func str(value any) string {
	text, _ := value.(string)
	return text
}

func list(value any) []any {
	items, _ := value.([]any)
	return items
}

func object(value any) map[string]any {
	fields, _ := value.(map[string]any)
	return fields
}

func hasInput(blocks any) bool {
	for _, block := range list(blocks) {
		if object(block)["type"] == "input" {
			return true
		}
	}
	return false
}
