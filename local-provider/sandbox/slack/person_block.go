package slack

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// A field is an interactive element and the block that it stands in.
type field struct {
	block   object
	element object
	input   bool // it stands in an input block, so it is answered on submit
}

func (f field) action() string { return str(f.element, "action_id") }
func (f field) blockID() string {
	return str(f.block, "block_id")
}
func (f field) kind() string { return str(f.element, "type") }

// label is what a person reads on it or beside it.
func (f field) label() string {
	for _, from := range []object{sub(f.element, "text"), sub(f.block, "label"), sub(f.element, "placeholder")} {
		if text := str(from, "text"); text != "" {
			return text
		}
	}
	return f.action()
}

// tells says whether using it is told to the app at once.
func (f field) tells() bool { return !f.input || f.block["dispatch_action"] == true }

// fields are the interactive elements of blocks, in reading order.
func fields(blocks []object) []field {
	var out []field
	for _, b := range blocks {
		for _, e := range elements(b) {
			if str(e, "action_id") != "" {
				out = append(out, field{block: b, element: e, input: str(b, "type") == "input"})
			}
		}
	}
	return out
}

// elements are the parts of a block that can be interactive.
func elements(block object) []object {
	var out []object
	switch str(block, "type") {
	case "actions":
		out = objects(block["elements"])
	case "section":
		out = append(out, sub(block, "accessory"))
	case "input":
		out = append(out, sub(block, "element"))
	}
	return slices.DeleteFunc(out, func(e object) bool { return len(e) == 0 })
}

// find is the field with an action_id, else the only one with that label.
func find(all []field, wanted string) (field, error) {
	var labelled []field
	for _, f := range all {
		if f.action() == wanted {
			return f, nil
		}
		if strings.EqualFold(f.label(), wanted) {
			labelled = append(labelled, f)
		}
	}
	switch len(labelled) {
	case 1:
		return labelled[0], nil
	case 0:
		return field{}, fmt.Errorf("%w: nothing here is called %q; there is %s", ErrTooLate, wanted, strings.Join(labels(all), ", "))
	default:
		return field{}, fmt.Errorf("%w: %d things here are called %q; name the action_id", ErrUnusable, len(labelled), wanted)
	}
}

func labels(all []field) []string {
	if len(all) == 0 {
		return []string{"nothing to use"}
	}
	out := make([]string, len(all))
	for i, f := range all {
		out[i] = fmt.Sprintf("%q", f.label())
	}
	return out
}

// blocksOf reads blocks as they were sent.
func blocksOf(raw json.RawMessage) []object {
	var out []object
	if len(raw) == 0 || json.Unmarshal(raw, &out) != nil {
		return nil
	}
	return out
}

// messageBlocks are all blocks of a message, those of its attachments too.
func messageBlocks(m *Message) []object {
	out := blocksOf(m.Blocks)
	for _, a := range blocksOf(m.Attachments) {
		out = append(out, objects(a["blocks"])...)
	}
	return out
}

// str is a string of an object; empty when there is none.
func str(o object, name string) string {
	text, _ := o[name].(string)
	return text
}

// sub is an object in an object; nil when there is none.
func sub(o object, name string) object {
	inner, _ := o[name].(object)
	return inner
}

// objects are the objects of a list.
func objects(v any) []object {
	list, _ := v.([]any)
	var out []object
	for _, one := range list {
		if o, ok := one.(object); ok {
			out = append(out, o)
		}
	}
	return out
}
