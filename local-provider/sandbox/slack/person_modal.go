package slack

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// noConnection is what a person reads in a modal whose app failed.
const noConnection = "We had some trouble connecting. Try again?"

// viewNow is a view as payloads have it, with what was entered so far.
func (s *Server) viewNow(v *View) object {
	out := s.viewObject(v)
	out["state"] = object{"values": s.formOf(v.ID, viewBlocks(v))}
	return out
}

// Submit presses a modal's button. Nil means that the modal was taken: it closed, or another one stands in its place.
// Mistakes come back as a FormError.
func (p *Person) Submit(ctx context.Context) error {
	var payload object
	var id string
	var err error
	p.s.do(func() { id, payload, err = p.submission() })
	if err != nil {
		return err
	}
	took := p.s.interact(ctx, payload)
	p.s.do(func() { err = p.submitted(id, took) })
	return err
}

// A FormError is what is wrong in a form, by block id. In its text the label of a block stands before its mistake.
type FormError struct {
	Flaws map[string]string
	text  string
}

// Error names the fields and what is wrong with them.
func (f *FormError) Error() string { return f.text }

func newFormError(blocks []object, flaws object) *FormError {
	out := &FormError{Flaws: map[string]string{}}
	var lines []string
	for _, id := range slices.Sorted(maps.Keys(flaws)) {
		text, _ := flaws[id].(string)
		out.Flaws[id] = text
		label := id
		for _, f := range fields(blocks) {
			if f.blockID() == id {
				label = f.label()
			}
		}
		lines = append(lines, label+": "+text)
	}
	out.text = strings.Join(lines, "; ")
	return out
}

// submission is what the app is told (docs.slack.dev/reference/interaction-payloads/view-interactions-payload).
func (p *Person) submission() (string, object, error) {
	at, err := p.stage(Act{View: "modal"})
	if err != nil {
		return "", nil, err
	}
	v := at.view
	delete(p.s.people.flaws, v.ID)
	if flaws := missing(at.blocks, p.s.formOf(v.ID, at.blocks)); len(flaws) > 0 {
		p.s.people.flaws[v.ID] = flaws
		return "", nil, newFormError(at.blocks, flaws)
	}
	out := p.payload("view_submission")
	out["trigger_id"] = p.s.newTrigger(p.id)
	out["view"] = p.s.viewNow(v)
	out["response_urls"] = []object{}
	return v.ID, out, nil
}

// submitted does what the app answered.
func (p *Person) submitted(id string, took reception) error {
	s := p.s
	v := s.views[id]
	if v == nil {
		return nil // it was closed meanwhile
	}
	if !took.ok() {
		return p.unconnected(v, took.why())
	}
	var answer struct {
		Action string          `json:"response_action"`
		Errors object          `json:"errors"`
		View   json.RawMessage `json:"view"`
	}
	if text := strings.TrimSpace(string(took.body)); text != "" && text != "null" {
		if err := json.Unmarshal(took.body, &answer); err != nil {
			return p.unconnected(v, "its answer is no JSON")
		}
	}
	switch answer.Action {
	case "", "clear":
		s.shut(p.id, answer.Action == "clear")
		return nil
	case "errors":
		return p.mistaken(v, answer.Errors)
	case "update", "push":
		if err := s.answerView(v, answer.Action, answer.View); err != nil {
			return p.unconnected(v, "its view is refused: "+err.Error())
		}
		return nil
	default:
		return p.unconnected(v, fmt.Sprintf("its response_action %q is none", answer.Action))
	}
}

// mistaken shows mistakes at their fields. A block that is not there, or is no input, is the app's mistake.
func (p *Person) mistaken(v *View, flaws object) error {
	blocks := viewBlocks(v)
	for id := range flaws {
		known := slices.ContainsFunc(fields(blocks), func(f field) bool { return f.input && f.blockID() == id })
		if !known {
			return p.unconnected(v, fmt.Sprintf("its errors name the block %q, which is no input of the modal", id))
		}
	}
	if len(flaws) == 0 {
		return p.unconnected(v, "its errors are empty")
	}
	p.s.people.flaws[v.ID] = flaws
	return newFormError(blocks, flaws)
}

// unconnected is what is seen of any mistake of the app: the modal stays, with Slack's sentence.
func (p *Person) unconnected(v *View, why string) error {
	p.s.people.flaws[v.ID] = object{"": noConnection}
	return fmt.Errorf("%w: %s (%s)", ErrNoAnswer, noConnection, why)
}

// shut closes the topmost modal, or all, and forgets what was typed into it.
func (s *Server) shut(user string, all bool) {
	before := slices.Clone(s.modals[user])
	s.closeModal(user, all)
	for _, id := range before {
		if s.views[id] == nil {
			delete(s.people.forms, id)
			delete(s.people.flaws, id)
		}
	}
}

// Close closes the topmost modal without submitting it; all of them when all. The app is told if it asked for it.
func (p *Person) Close(ctx context.Context, all bool) error {
	var payload object
	var err error
	p.s.do(func() {
		var at stage
		if at, err = p.stage(Act{View: "modal"}); err != nil {
			return
		}
		view := p.s.viewNow(at.view)
		if view["notify_on_close"] == true {
			payload = p.payload("view_closed")
			payload["view"], payload["is_cleared"] = view, all
		}
		p.s.shut(p.id, all)
	})
	if payload == nil || err != nil {
		return err
	}
	if took := p.s.interact(ctx, payload); !took.ok() {
		return fmt.Errorf("%w: %s", ErrNoAnswer, took.why())
	}
	return nil
}
