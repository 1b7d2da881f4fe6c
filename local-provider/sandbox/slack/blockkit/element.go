package blockkit

import "maps"

// element is an interactive element: what all have, and what it has of its own.
func element(own fields, also ...func(r *report, at string, o map[string]any)) check {
	known := fields{"type": must(nil), "action_id": may(length(1, maxID))}
	maps.Copy(known, own)
	return object(known, append(also, uniqueAction, oneFocus)...)
}

// uniqueAction demands that action ids differ within a block.
func uniqueAction(r *report, at string, o map[string]any) {
	id, ok := o["action_id"].(string)
	if !ok {
		return
	}
	if r.actions[id] {
		r.addf(at+"/action_id", "duplicate action_id: %.255s", id)
	}
	r.actions[id] = true
}

// oneFocus demands that one element at most has the focus from the start.
func oneFocus(r *report, at string, o map[string]any) {
	if o["focus_on_load"] != true {
		return
	}
	if r.focused++; r.focused > 1 {
		r.addf(at+"/focus_on_load", "only one element can have focus_on_load")
	}
}

// menu is a select menu: one that picks one or, with many, several.
func menu(many bool, own fields, also ...func(r *report, at string, o map[string]any)) check {
	known := fields{"placeholder": may(plain(maxPlaceholder)), "confirm": may(confirm), "focus_on_load": may(boolean)}
	if many {
		known["max_selected_items"] = may(whole(1, maxOptions))
	}
	maps.Copy(known, own)
	return element(known, also...)
}

// input is an element that takes what is typed.
func input(own fields, also ...func(r *report, at string, o map[string]any)) check {
	known := fields{
		"placeholder": may(plain(maxPlaceholder)), "focus_on_load": may(boolean), "initial_value": may(length(0, maxInput)),
		"dispatch_action_config": may(object(fields{
			"trigger_actions_on": may(array(1, 2, oneOf("on_enter_pressed", "on_character_entered"))),
		})),
	}
	maps.Copy(known, own)
	return element(known, also...)
}

var (
	id         = length(1, maxID)
	ids        = array(0, maxOptions, id)
	staticData = fields{"options": may(array(1, maxOptions, plainOption)), "option_groups": may(array(1, maxOptions, optionGroup))}
	onlyOne    = exactlyOne("options", "option_groups")
	filter     = object(fields{
		"include": may(array(1, 4, oneOf("im", "mpim", "private", "public"))), "exclude_bot_users": may(boolean),
		"exclude_external_shared_channels": may(boolean),
	})
	chosen      = fields{"initial_option": may(plainOption)}
	manyChosen  = fields{"initial_options": may(array(1, maxOptions, plainOption))}
	typing      = fields{"min_query_length": may(whole(0, maxOptions))}
	optionBoxes = fields{
		"options": must(array(1, maxBoxes, boxOption)), "confirm": may(confirm), "focus_on_load": may(boolean),
	}
)

func with(all ...fields) fields {
	out := fields{}
	for _, f := range all {
		maps.Copy(out, f)
	}
	return out
}

// elements are the block elements by type, with docs.slack.dev/reference/block-kit/block-elements as their source.
var elements = map[string]check{
	"button": element(fields{
		"text": must(plain(maxButton)), "url": may(link), "value": may(length(0, maxValue)),
		"style": may(oneOf("primary", "danger")), "confirm": may(confirm), "accessibility_label": may(length(1, maxButton)),
	}),
	"workflow_button": element(fields{
		"text": must(plain(maxButton)), "style": may(oneOf("primary", "danger")), "accessibility_label": may(length(1, maxButton)),
		"workflow": must(object(fields{"trigger": must(object(fields{
			"url": must(link), "customizable_input_parameters": may(array(0, maxOptions, object(fields{
				"name": must(id), "value": must(length(0, maxInput)),
			}))),
		}))})),
	}),
	"overflow": element(fields{
		"options": must(array(1, maxOverflow, option(plain(maxOptionText), true))), "confirm": may(confirm),
	}, distinctValues),
	"checkboxes":    element(with(optionBoxes, fields{"initial_options": may(array(1, maxBoxes, boxOption))}), initialAmong, distinctValues),
	"radio_buttons": element(with(optionBoxes, fields{"initial_option": may(boxOption)}), initialAmong, distinctValues),
	"image": object(fields{
		"type": must(nil), "image_url": may(picture), "slack_file": may(slackFile), "alt_text": must(length(1, maxLabel)),
	}, imageSource),

	"static_select":              menu(false, with(staticData, chosen), onlyOne, initialAmong, distinctValues),
	"multi_static_select":        menu(true, with(staticData, manyChosen), onlyOne, initialAmong, distinctValues),
	"external_select":            menu(false, with(typing, chosen)),
	"multi_external_select":      menu(true, with(typing, manyChosen)),
	"users_select":               menu(false, fields{"initial_user": may(id)}),
	"multi_users_select":         menu(true, fields{"initial_users": may(ids)}),
	"channels_select":            menu(false, fields{"initial_channel": may(id), "response_url_enabled": may(boolean)}, answering),
	"multi_channels_select":      menu(true, fields{"initial_channels": may(ids)}),
	"conversations_select":       menu(false, with(conversations, fields{"initial_conversation": may(id), "response_url_enabled": may(boolean)}), answering),
	"multi_conversations_select": menu(true, with(conversations, fields{"initial_conversations": may(ids)})),

	"datepicker": menu(false, fields{"initial_date": may(matching(`^\d{4}-\d\d-\d\d$`, "date"))}),
	"timepicker": menu(false, fields{"initial_time": may(matching(`^([01]\d|2[0-3]):[0-5]\d$`, "time")), "timezone": may(id)}),
	"datetimepicker": element(fields{
		"initial_date_time": may(whole(1_000_000_000, 9_999_999_999)), "confirm": may(confirm), "focus_on_load": may(boolean),
	}),

	"plain_text_input": input(fields{
		"multiline": may(boolean), "min_length": may(whole(0, maxInput)), "max_length": may(whole(1, maxInput)),
	}, lengthsFit),
	"email_text_input": input(nil),
	"url_text_input":   input(nil),
	"number_input": input(fields{
		"is_decimal_allowed": must(boolean), "initial_value": may(numeral), "min_value": may(numeral), "max_value": may(numeral),
	}),
	"rich_text_input": input(fields{"initial_value": may(richText)}),
	"file_input": element(fields{
		"filetypes": may(array(1, maxOptions, id)), "max_files": may(whole(1, maxFiles)),
	}),

	"feedback_buttons": element(fields{"positive_button": must(feedback), "negative_button": must(feedback)}),
	"icon_button": element(fields{
		"icon": must(oneOf("trash")), "text": must(plain(maxButton)), "value": may(length(0, maxValue)),
		"confirm": may(confirm), "accessibility_label": may(length(1, maxButton)), "visible_to_user_ids": may(ids),
	}),
}

var (
	conversations = fields{"default_to_current_conversation": may(boolean), "filter": may(filter)}
	numeral       = matching(`^-?\d+(\.\d+)?$`, "number")
	feedback      = object(fields{
		"text": must(plain(maxButton)), "value": must(length(1, maxValue)), "accessibility_label": may(length(1, maxButton)),
	})
)

// answering: a menu that gives a response URL stands only in an input block of a modal.
func answering(r *report, at string, o map[string]any) {
	if o["response_url_enabled"] == true && r.surface != Modal {
		r.addf(at+"/response_url_enabled", "response_url_enabled is only available in modals")
	}
}

// lengthsFit: what is there from the start must be allowed, and the least no more than the most.
func lengthsFit(r *report, at string, o map[string]any) {
	least, hasLeast := number(o["min_length"])
	most, hasMost := number(o["max_length"])
	if hasLeast && hasMost && least > most {
		r.addf(at+"/min_length", "must be less than %d", most+1)
	}
	if s, ok := o["initial_value"].(string); ok && hasMost && len([]rune(s)) > most {
		r.addf(at+"/initial_value", "must be less than %d characters", most+1)
	}
}

// Where elements may stand (the same pages: "Works with block types").
var (
	selects     = []string{"static_select", "external_select", "users_select", "channels_select", "conversations_select"}
	multi       = []string{"multi_static_select", "multi_external_select", "multi_users_select", "multi_channels_select", "multi_conversations_select"}
	inAccessory = join(selects, multi, []string{
		"button", "workflow_button", "overflow", "checkboxes", "radio_buttons", "image", "datepicker", "timepicker",
	})
	inActions = join(selects, []string{
		"button", "workflow_button", "overflow", "checkboxes", "radio_buttons", "datepicker", "timepicker", "datetimepicker",
	})
	inInput = join(selects, multi, []string{
		"checkboxes", "radio_buttons", "datepicker", "timepicker", "datetimepicker", "plain_text_input", "email_text_input",
		"url_text_input", "number_input", "rich_text_input", "file_input",
	})
)

func join(lists ...[]string) []string {
	var out []string
	for _, l := range lists {
		out = append(out, l...)
	}
	return out
}
