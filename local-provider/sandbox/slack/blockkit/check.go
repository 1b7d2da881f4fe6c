package blockkit

import (
	"bytes"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strconv"
)

// A Result is what came of a check.
type Result struct {
	// Problems are what is wrong, in Slack's words; empty when all is well.
	Problems []string
	// JSON is what was checked, with the ids filled in that an app may leave out.
	JSON json.RawMessage
	// Text is how many characters all texts have together.
	Text int
}

// ErrFormat says that blocks are no list of objects at all.
var ErrFormat = errors.New("blocks must be a list of objects")

// Blocks checks a list of blocks for a surface. name makes the ids that are left out. The error is ErrFormat.
func Blocks(text []byte, surface Surface, name func() string) (Result, error) {
	v, err := decode(text)
	if err != nil {
		return Result{}, ErrFormat
	}
	list, ok := v.([]any)
	if !ok {
		return Result{}, ErrFormat
	}
	for _, b := range list {
		if _, ok := b.(map[string]any); !ok {
			return Result{}, ErrFormat
		}
	}
	r := newReport(surface)
	array(0, maxMessageBlocks, one)(r, "/blocks", v)
	return r.result(v, list, name)
}

// View checks a modal or a Home as views.open and its siblings do. The error is ErrFormat, or ErrLarge.
func View(text []byte, name func() string) (Result, error) {
	if len(text) > maxView {
		return Result{}, ErrLarge
	}
	v, err := decode(text)
	if err != nil {
		return Result{}, ErrFormat
	}
	o, ok := v.(map[string]any)
	if !ok {
		return Result{}, ErrFormat
	}
	kind, _ := o["type"].(string)
	r := newReport(Surface(kind))
	typed(views)(r, "/view", v)
	list, _ := o["blocks"].([]any)
	return r.result(v, list, name)
}

// ErrLarge says that a view is larger than 250 kB.
var ErrLarge = errors.New("the view is larger than 250 kB")

// views are the surfaces that an app makes (docs.slack.dev/reference/views).
var views = map[string]check{
	"modal": object(fields{
		"type": must(nil), "title": must(plain(maxViewTitle)), "blocks": must(array(0, maxViewBlocks, one)),
		"close": may(nullable(plain(maxViewTitle))), "submit": may(nullable(plain(maxViewTitle))),
		"private_metadata": may(length(0, maxPrivate)), "callback_id": may(length(0, maxID)),
		"external_id": may(length(0, maxID)), "clear_on_close": may(boolean), "notify_on_close": may(boolean),
		"submit_disabled": may(boolean),
	}, func(r *report, at string, o map[string]any) {
		if r.inputs && o["submit"] == nil {
			r.addf(at, "missing required field: submit")
		}
	}),
	"home": object(fields{
		"type": must(nil), "blocks": must(array(0, maxViewBlocks, one)), "private_metadata": may(length(0, maxPrivate)),
		"callback_id": may(length(0, maxID)), "external_id": may(length(0, maxID)),
	}),
}

func newReport(surface Surface) *report {
	return &report{surface: surface, blockIDs: map[string]bool{}, actions: map[string]bool{}}
}

func (r *report) result(v any, list []any, name func() string) (Result, error) {
	if len(r.problems) > 0 {
		return Result{Problems: r.problems}, nil
	}
	for _, b := range list {
		if block, ok := b.(map[string]any); ok {
			fill(block, name)
		}
	}
	text, err := json.Marshal(v)
	if err != nil {
		return Result{}, ErrFormat
	}
	return Result{JSON: text, Text: r.text}, nil
}

// fill gives a block and its elements the ids that were left out, as Slack does.
func fill(block map[string]any, name func() string) {
	if block["block_id"] == nil {
		block["block_id"] = name()
	}
	if block["type"] == "rich_text" || block["type"] == "table" {
		return
	}
	all, _ := block["elements"].([]any)
	for _, v := range append(slices.Clip(all), block["accessory"], block["element"]) {
		e, ok := v.(map[string]any)
		if !ok || e["action_id"] != nil || e["type"] == "image" || e["type"] == "mrkdwn" || e["type"] == "plain_text" {
			continue
		}
		e["action_id"] = name()
	}
}

func decode(text []byte) (any, error) {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return nil, err
	}
	if d.More() {
		return nil, errors.New("more after the end at " + strconv.FormatInt(d.InputOffset(), 10))
	}
	return v, nil
}

func sortedKeys[T any](m map[string]T) []string { return slices.Sorted(maps.Keys(m)) }
