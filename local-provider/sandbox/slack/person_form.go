package slack

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// maxForms is how many forms what was entered is kept of; then all of it is forgotten.
const maxForms = 1000

// A formState is what was typed and chosen so far: block id → action id → state.
type formState map[string]map[string]object

func (f formState) set(at field, state object) {
	if f[at.blockID()] == nil {
		f[at.blockID()] = map[string]object{}
	}
	f[at.blockID()][at.action()] = state
}

func (f formState) get(at field) object { return f[at.blockID()][at.action()] }

// stateKeys are, by kind of element, the names under which its state stands, and under which its first state is given
// (docs.slack.dev/reference/block-kit/block-elements).
var stateKeys = map[string][2]string{
	"plain_text_input":           {"value", "initial_value"},
	"rich_text_input":            {"rich_text_value", "initial_value"},
	"number_input":               {"value", "initial_value"},
	"email_text_input":           {"value", "initial_value"},
	"url_text_input":             {"value", "initial_value"},
	"static_select":              {"selected_option", "initial_option"},
	"external_select":            {"selected_option", "initial_option"},
	"radio_buttons":              {"selected_option", "initial_option"},
	"multi_static_select":        {"selected_options", "initial_options"},
	"multi_external_select":      {"selected_options", "initial_options"},
	"checkboxes":                 {"selected_options", "initial_options"},
	"users_select":               {"selected_user", "initial_user"},
	"multi_users_select":         {"selected_users", "initial_users"},
	"conversations_select":       {"selected_conversation", "initial_conversation"},
	"multi_conversations_select": {"selected_conversations", "initial_conversations"},
	"channels_select":            {"selected_channel", "initial_channel"},
	"multi_channels_select":      {"selected_channels", "initial_channels"},
	"datepicker":                 {"selected_date", "initial_date"},
	"timepicker":                 {"selected_time", "initial_time"},
	"datetimepicker":             {"selected_date_time", "initial_date_time"},
}

// state is the whole state of a form: what was entered, else what it began with.
func (s *Server) formOf(key string, blocks []object) formState {
	entered := s.people.forms[key]
	out := formState{}
	for _, f := range fields(blocks) {
		keys, known := stateKeys[f.kind()]
		if !known {
			continue
		}
		if state := entered.get(f); state != nil && state["type"] == f.kind() {
			out.set(f, state)
			continue
		}
		value := f.element[keys[1]]
		if value == nil && (strings.HasPrefix(f.kind(), "multi_") || f.kind() == "checkboxes") {
			value = []any{}
		}
		out.set(f, object{"type": f.kind(), keys[0]: value})
	}
	return out
}

// enter remembers what was typed or chosen.
func (s *Server) enter(key string, f field, state object) {
	if s.people.forms[key] == nil {
		if len(s.people.forms) == maxForms {
			clear(s.people.forms)
		}
		s.people.forms[key] = formState{}
	}
	s.people.forms[key].set(f, state)
}

// value is the state of an element after a person typed or chose something. Several choices are split by commas. Choices
// of an external menu are found in offered.
func (p *Person) value(f field, chosen string, offered []object) (object, error) {
	keys, known := stateKeys[f.kind()]
	if !known {
		return nil, fmt.Errorf("%w: %q is a %s", ErrUnusable, f.label(), f.kind())
	}
	state := object{"type": f.kind(), keys[0]: nil}
	if chosen == "" {
		return state, nil
	}
	var err error
	switch keys[0] {
	case "selected_option":
		state[keys[0]], err = choice(f, chosen, offered)
	case "selected_options":
		state[keys[0]], err = choices(f, chosen, offered)
	case "selected_user", "selected_conversation", "selected_channel":
		state[keys[0]], err = p.someone(keys[0], chosen)
	case "selected_users", "selected_conversations", "selected_channels":
		list := []string{}
		for name := range strings.SplitSeq(chosen, ",") {
			id, wrong := p.someone(strings.TrimSuffix(keys[0], "s"), strings.TrimSpace(name))
			if wrong != nil {
				return nil, wrong
			}
			list = append(list, id)
		}
		state[keys[0]] = list
	case "selected_date_time":
		state[keys[0]], err = strconv.ParseInt(chosen, 10, 64)
	default:
		state[keys[0]] = chosen
	}
	return state, err
}

// someone is the id of a user or of a conversation that a person chose.
func (p *Person) someone(key, name string) (string, error) {
	if key == "selected_user" {
		if u := p.s.user(name); u != nil {
			return u.ID, nil
		}
		return "", fmt.Errorf("%w: nobody is called %q", ErrNoSuch, name)
	}
	c, err := p.open(name)
	if err != nil {
		return "", err
	}
	return c.ID, nil
}

// options are what a menu offers.
func options(f field) []object {
	out := objects(f.element["options"])
	for _, group := range objects(f.element["option_groups"]) {
		out = append(out, objects(group["options"])...)
	}
	return out
}

func choice(f field, wanted string, offered []object) (object, error) {
	all := append(options(f), offered...)
	var texts []string
	for _, o := range all {
		text := str(sub(o, "text"), "text")
		if str(o, "value") == wanted || strings.EqualFold(text, wanted) {
			return o, nil
		}
		texts = append(texts, strconv.Quote(text))
	}
	return nil, fmt.Errorf("%w: %q does not offer %q, but %s", ErrUnusable, f.label(), wanted, strings.Join(texts, ", "))
}

func choices(f field, wanted string, offered []object) ([]object, error) {
	out := []object{}
	for one := range strings.SplitSeq(wanted, ",") {
		o, err := choice(f, strings.TrimSpace(one), offered)
		if err != nil {
			return nil, err
		}
		out = append(out, o)
	}
	return out, nil
}

// missing are the mistakes that Slack's client finds itself, before anything is submitted, by block id.
func missing(blocks []object, form formState) object {
	flaws := object{}
	for _, f := range fields(blocks) {
		if !f.input {
			continue
		}
		if flaw := flawOf(f, form.get(f)); flaw != "" {
			flaws[f.blockID()] = flaw
		}
	}
	return flaws
}

func flawOf(f field, state object) string {
	value := state[stateKeys[f.kind()][0]]
	text, isText := value.(string)
	list, isList := value.([]object)
	some, isAny := value.([]any)
	if value == nil || isText && text == "" || isList && len(list) == 0 || isAny && len(some) == 0 {
		if f.block["optional"] == true {
			return ""
		}
		return "Please complete this required field."
	}
	if !isText {
		return ""
	}
	if f.kind() == "number_input" {
		return numberFlaw(f, text)
	}
	if least, ok := f.element["min_length"].(float64); ok && utf8.RuneCountInString(text) < int(least) {
		return fmt.Sprintf("Please use at least %d characters.", int(least))
	}
	if most, ok := f.element["max_length"].(float64); ok && utf8.RuneCountInString(text) > int(most) {
		return fmt.Sprintf("Please use at most %d characters.", int(most))
	}
	return ""
}

func numberFlaw(f field, text string) string {
	number, err := strconv.ParseFloat(text, 64)
	switch {
	case err != nil:
		return "Please enter a number."
	case f.element["is_decimal_allowed"] != true && strings.Contains(text, "."):
		return "Please enter a whole number."
	}
	if least, err := strconv.ParseFloat(str(f.element, "min_value"), 64); err == nil && number < least {
		return "Please enter a number of at least " + str(f.element, "min_value") + "."
	}
	if most, err := strconv.ParseFloat(str(f.element, "max_value"), 64); err == nil && number > most {
		return "Please enter a number of at most " + str(f.element, "max_value") + "."
	}
	return ""
}
