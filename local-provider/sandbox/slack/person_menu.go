package slack

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"unicode/utf8"
)

// maxOptions is how many choices the answer to a block_suggestion may have (docs.slack.dev/reference/block-kit/block-elements).
const maxOptions = 100

// minQuery is how many characters must be typed before an external menu asks the app, unless the menu says otherwise.
const minQuery = 3

// Suggest types into a menu whose choices the app provides, and returns what it offers.
func (p *Person) Suggest(ctx context.Context, a Act) ([]json.RawMessage, error) {
	offered, err := p.suggest(ctx, a)
	out := make([]json.RawMessage, len(offered))
	for i, o := range offered {
		out[i] = mustJSON(o)
	}
	return out, err
}

func (p *Person) suggest(ctx context.Context, a Act) ([]object, error) {
	var payload object
	var err error
	p.s.do(func() { payload, err = p.suggestion(a) })
	if err != nil || payload == nil {
		return nil, err
	}
	took := p.s.interact(ctx, payload)
	if !took.ok() {
		return nil, fmt.Errorf("%w: %s", ErrNoAnswer, took.why())
	}
	return optionsIn(took.body)
}

// suggestion is what the app is asked; nil while too little is typed.
func (p *Person) suggestion(a Act) (object, error) {
	at, err := p.stage(a)
	if err != nil {
		return nil, err
	}
	f, err := find(fields(at.blocks), a.Action)
	if err != nil {
		return nil, err
	}
	if !f.external() {
		return nil, fmt.Errorf("%w: the choices of %q are not the app's to provide", ErrUnusable, f.label())
	}
	least := minQuery
	if n, ok := f.element["min_query_length"].(float64); ok {
		least = int(n)
	}
	if utf8.RuneCountInString(a.Value) < least {
		return nil, nil
	}
	out := p.payload("block_suggestion")
	out["action_id"], out["block_id"], out["value"] = f.action(), f.blockID(), a.Value
	p.place(out, at)
	return out, nil
}

func (f field) external() bool { return strings.HasSuffix(f.kind(), "external_select") }

// optionsIn reads what the app offers. More than Slack shows, or none at all, is the app's mistake.
func optionsIn(body []byte) ([]object, error) {
	var answer object
	if err := json.Unmarshal(body, &answer); err != nil {
		return nil, fmt.Errorf("%w: its answer is no JSON", ErrNoAnswer)
	}
	out := objects(answer["options"])
	for _, group := range objects(answer["option_groups"]) {
		out = append(out, objects(group["options"])...)
	}
	if answer["options"] == nil && answer["option_groups"] == nil {
		return nil, fmt.Errorf("%w: its answer has neither options nor option_groups", ErrNoAnswer)
	}
	if len(out) > maxOptions {
		return nil, fmt.Errorf("%w: it offers %d options, Slack shows at most %d", ErrNoAnswer, len(out), maxOptions)
	}
	for _, o := range out {
		if text := str(sub(o, "text"), "text"); text == "" || utf8.RuneCountInString(text) > 75 || str(o, "value") == "" {
			return nil, fmt.Errorf("%w: an option has a text of at most 75 characters and a value, not %s", ErrNoAnswer, mustJSON(o))
		}
	}
	return out, nil
}

// offered are the app's choices for an act on an external menu: those that it offers for what is chosen.
func (p *Person) offered(ctx context.Context, a Act) ([]object, error) {
	external := false
	var err error
	p.s.do(func() {
		at, bad := p.stage(a)
		if bad != nil {
			err = bad
			return
		}
		if f, bad := find(fields(at.blocks), a.Action); bad == nil {
			external = f.external()
		}
	})
	if err != nil || !external || a.Value == "" {
		return nil, err
	}
	return p.suggest(ctx, a)
}
