package slacktest

import (
	"fmt"
	"slices"
	"strings"

	"github.com/handsoff/handsoff/shared/slack"
)

// Where an element stands.
const (
	forSection = "section"
	forActions = "actions"
	forInput   = "input"
)

// everywhere are the elements that may stand in sections, actions and inputs alike; the others are named with where they
// may stand (https://docs.slack.dev/reference/block-kit/block-elements/).
var (
	everywhere = []string{
		"checkboxes", "datepicker", "radio_buttons", "timepicker", "static_select", "external_select", "users_select",
		"conversations_select", "channels_select", "multi_static_select", "multi_external_select", "multi_users_select",
		"multi_conversations_select", "multi_channels_select",
	}
	elsewhere = map[string][]string{
		"button": {forSection, forActions}, "overflow": {forSection, forActions}, "image": {forSection},
		"datetimepicker": {forActions, forInput}, "plain_text_input": {forInput}, "number_input": {forInput},
		"email_text_input": {forInput}, "url_text_input": {forInput}, "file_input": {forInput}, "rich_text_input": {forInput},
	}
)

func (c *checker) element(at string, element map[string]any, where string) {
	kind := str(element["type"])
	if strings.HasPrefix(kind, "multi_") && where == forActions ||
		!slices.Contains(everywhere, kind) && !slices.Contains(elsewhere[kind], where) {
		c.badf(at+".type", "%q may not stand in %s", kind, where)
		return
	}
	c.length(at+".action_id", str(element["action_id"]), 0, slack.MaxID)
	if element["confirm"] != nil {
		c.confirm(at+".confirm", object(element["confirm"]))
	}
	if element["placeholder"] != nil {
		c.text(at+".placeholder", element["placeholder"], 150, plainOnly)
	}
	switch kind {
	case "button":
		c.button(at, element)
	case "static_select", "multi_static_select":
		c.menu(at, element, slack.MaxOptions, plainOnly)
	case "overflow":
		c.menu(at, element, 5, plainOnly)
	case "checkboxes", "radio_buttons":
		c.menu(at, element, 10, anyText)
	case "plain_text_input", "email_text_input", "url_text_input":
		c.length(at+".initial_value", str(element["initial_value"]), 0, 3000)
		if most, ok := element["max_length"].(float64); ok && (most < 1 || most > 3000) {
			c.badf(at+".max_length", "%v, must be 1 to 3000", most)
		}
	}
}

func (c *checker) button(at string, button map[string]any) {
	c.text(at+".text", button["text"], slack.MaxLabel, plainOnly)
	c.length(at+".value", str(button["value"]), 0, slack.MaxValue)
	c.length(at+".url", str(button["url"]), 0, slack.MaxURL)
	c.length(at+".accessibility_label", str(button["accessibility_label"]), 0, slack.MaxLabel)
	c.style(at, button)
}

func (c *checker) style(at string, element map[string]any) {
	if style := element["style"]; style != nil && style != "primary" && style != "danger" {
		c.badf(at+".style", "%v is neither primary nor danger", style)
	}
}

func (c *checker) confirm(at string, dialog map[string]any) {
	c.text(at+".title", dialog["title"], slack.MaxConfirmTitle, plainOnly)
	c.text(at+".text", dialog["text"], slack.MaxConfirmText, anyText)
	c.text(at+".confirm", dialog["confirm"], slack.MaxConfirmLabel, plainOnly)
	c.text(at+".deny", dialog["deny"], slack.MaxConfirmLabel, plainOnly)
	c.style(at, dialog)
}

// menu checks the options of a menu, and that what is chosen at first is one of them, letter for letter.
func (c *checker) menu(at string, element map[string]any, most int, plain bool) {
	options := list(element["options"])
	groups := list(element["option_groups"])
	if len(groups) > slack.MaxOptions || (len(groups) > 0 && len(options) > 0) {
		c.badf(at+".option_groups", "%d groups beside %d options", len(groups), len(options))
	}
	for i, group := range groups {
		here := fmt.Sprintf("%s.option_groups[%d]", at, i)
		c.text(here+".label", object(group)["label"], slack.MaxOption, plainOnly)
		inner := list(object(group)["options"])
		c.options(here, inner, most, plain)
		options = append(options, inner...)
	}
	if len(groups) == 0 {
		c.options(at, options, most, plain)
	}
	first := list(element["initial_options"])
	if element["initial_option"] != nil {
		first = append(first, element["initial_option"])
	}
	for _, chosen := range first {
		if !slices.ContainsFunc(options, func(option any) bool { return fmt.Sprint(option) == fmt.Sprint(chosen) }) {
			c.badf(at+".initial_option", "is none of the options")
		}
	}
}

func (c *checker) options(at string, options []any, most int, plain bool) {
	if len(options) == 0 || len(options) > most {
		c.badf(at+".options", "%d options, must be 1 to %d", len(options), most)
	}
	values := map[string]bool{}
	for i, item := range options {
		here, option := fmt.Sprintf("%s.options[%d]", at, i), object(item)
		c.text(here+".text", option["text"], slack.MaxOption, plain)
		c.length(here+".value", str(option["value"]), 1, slack.MaxOptionValue)
		c.length(here+".url", str(option["url"]), 0, slack.MaxURL)
		if option["description"] != nil {
			c.text(here+".description", option["description"], slack.MaxOption, plain)
		}
		if value := str(option["value"]); values[value] {
			c.badf(here+".value", "%q is there twice", value)
		}
		values[str(option["value"])] = true
	}
}
