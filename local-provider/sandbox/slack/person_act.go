package slack

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"slices"
)

// An Act is something done to an interactive element: a button clicked, a menu chosen from, a field filled in.
type Act struct {
	// Channel and Message say where a message is, the newest one there that has the element when Message is empty; View is
	// "home" or "modal" (the topmost) instead.
	Channel string `json:"channel,omitempty"`
	Message string `json:"message,omitempty"`
	View    string `json:"view,omitempty"`
	// Action is the element's action_id, or its text or label.
	Action string `json:"action"`
	// Value is what is chosen or typed: an option's value or text, a name, a text. Several are separated by commas.
	Value string `json:"value,omitempty"`
	// Confirmed answers the dialog of an element that asks first.
	Confirmed bool `json:"confirmed,omitempty"`
}

// A stage is where an act happens, and what the app is told of it.
type stage struct {
	key       string // of the form's state
	blocks    []object
	channel   *Channel
	message   *Message
	ephemeral bool
	view      *View
}

// stage finds where an act happens.
func (p *Person) stage(a Act) (stage, error) {
	s := p.s
	switch a.View {
	case "home":
		if v := s.homes[p.id]; v != nil {
			return stage{key: v.ID, blocks: viewBlocks(v), view: v}, nil
		}
		return stage{}, fmt.Errorf("%w: the app has published no home for %s", ErrTooLate, s.nameOf(p.id))
	case "modal":
		stack := s.stack(p.id)
		if len(stack) == 0 {
			return stage{}, fmt.Errorf("%w: %s has no modal open", ErrTooLate, s.nameOf(p.id))
		}
		v := stack[len(stack)-1]
		return stage{key: v.ID, blocks: viewBlocks(v), view: v}, nil
	case "":
	default:
		return stage{}, fmt.Errorf("%w: a view is \"home\" or \"modal\", not %q", ErrUnusable, a.View)
	}
	c, err := p.open(a.Channel)
	if err != nil {
		return stage{}, err
	}
	if a.Message == "" {
		if a.Message = newestWith(c, a.Action); a.Message == "" {
			return stage{}, fmt.Errorf("%w: nothing in %s is called %q", ErrTooLate, s.placeName(c, p.id), a.Action)
		}
	}
	m, ephemeral, err := p.message(c, a.Message)
	if err != nil {
		return stage{}, err
	}
	return stage{key: c.ID + ":" + m.TS, blocks: messageBlocks(m), channel: c, message: m, ephemeral: ephemeral}, nil
}

// newestWith is the ts of the newest message in a channel that has an element of that name; empty when none has.
func newestWith(c *Channel, action string) string {
	for _, m := range slices.Backward(c.messages) {
		if _, err := find(fields(messageBlocks(m)), action); err == nil {
			return m.TS
		}
	}
	return ""
}

// viewBlocks are the blocks of a modal or an App Home.
func viewBlocks(v *View) []object {
	var payload struct {
		Blocks json.RawMessage `json:"blocks"`
	}
	if json.Unmarshal(v.Payload, &payload) != nil {
		return nil
	}
	return blocksOf(payload.Blocks)
}

// Do clicks a button, chooses from a menu, or fills a field in. It returns when the app has answered. A field of a form
// is told to the app only when the form is submitted, so then there is no answer to wait for.
func (p *Person) Do(ctx context.Context, a Act) error {
	offered, err := p.offered(ctx, a)
	if err != nil {
		return err
	}
	var payload object
	p.s.do(func() { payload, err = p.act(a, offered) })
	if err != nil || payload == nil {
		return err
	}
	if took := p.s.interact(ctx, payload); !took.ok() {
		return fmt.Errorf("%w: %s", ErrNoAnswer, took.why())
	}
	return nil
}

// act does something to an element and returns what the app must be told; nil when nothing.
func (p *Person) act(a Act, offered []object) (object, error) {
	at, err := p.stage(a)
	if err != nil {
		return nil, err
	}
	f, err := find(fields(at.blocks), a.Action)
	if err != nil {
		return nil, err
	}
	if f.element["confirm"] != nil && !a.Confirmed {
		return nil, fmt.Errorf("%q: %w", f.label(), errUnconfirm)
	}
	action := object{
		"action_id": f.action(), "block_id": f.blockID(), "type": f.kind(), "action_ts": p.s.newTS(),
	}
	switch f.kind() {
	case "button", "workflow_button":
		for _, name := range []string{"text", "value", "style", "url", "confirm"} {
			if value, ok := f.element[name]; ok {
				action[name] = value
			}
		}
	case "overflow":
		if action["selected_option"], err = choice(f, a.Value, nil); err != nil {
			return nil, err
		}
	default:
		state, err := p.value(f, a.Value, offered)
		if err != nil {
			return nil, err
		}
		p.s.enter(at.key, f, state)
		maps.Copy(action, state)
	}
	if !f.tells() {
		return nil, nil
	}
	return p.blockActions(at, action), nil
}

// blockActions tells of an act (docs.slack.dev/reference/interaction-payloads/block_actions-payload).
func (p *Person) blockActions(at stage, action object) object {
	out := p.payload("block_actions")
	out["trigger_id"] = p.s.newTrigger(p.id)
	out["actions"] = []object{action}
	p.place(out, at)
	if at.channel != nil {
		thread := at.message.ThreadTS
		if thread == at.message.TS { // it has replies, but stands in the channel itself
			thread = ""
		}
		out["response_url"] = p.s.newResponseURL(p.id, at.channel.ID, at.message.TS, thread, at.ephemeral)
	}
	return out
}

// place adds to a payload where it happened.
func (p *Person) place(out object, at stage) {
	s := p.s
	if at.view != nil {
		out["container"] = object{"type": "view", "view_id": at.view.ID}
		out["view"] = s.viewNow(at.view)
		return
	}
	container := object{
		"type": "message", "message_ts": at.message.TS, "channel_id": at.channel.ID, "is_ephemeral": at.ephemeral,
	}
	if at.message.ThreadTS != "" {
		container["thread_ts"] = at.message.ThreadTS
	}
	out["container"] = container
	out["channel"] = object{"id": at.channel.ID, "name": at.channel.toldName()}
	out["state"] = object{"values": s.formOf(at.key, at.blocks)}
	if !at.ephemeral { // of an ephemeral message the app is told only where it was
		out["message"] = s.messageMap(at.channel, at.message)
	}
}

// toldName is the name of a conversation as payloads have it.
func (c *Channel) toldName() string {
	switch c.Kind {
	case Direct:
		return "directmessage"
	case Private:
		return "privategroup"
	default:
		return c.Name
	}
}

// payload is what all interactions have.
func (p *Person) payload(kind string) object {
	s := p.s
	u := s.users[p.id]
	return object{
		"type": kind, "token": verificationToken, "api_app_id": AppID, "is_enterprise_install": false, "enterprise": nil,
		"team": object{"id": s.team.ID, "domain": s.team.Domain},
		"user": object{"id": u.ID, "username": u.Name, "name": u.Name, "team_id": u.TeamID},
	}
}

// interact tells the app of an interaction. The lock must not be held.
func (s *Server) interact(ctx context.Context, payload object) reception {
	if s.people.sender.url == "" {
		return reception{reason: reasonConnection, detail: errNoURL.Error()}
	}
	return s.people.sender.form(ctx, str(payload, "type"), url.Values{"payload": {string(mustJSON(payload))}})
}

// why is what a person is told of an app that failed.
func (r *reception) why() string {
	if r.reason == reasonTimeout {
		return "it did not answer within three seconds"
	}
	if r.status != 0 {
		return fmt.Sprintf("it answered HTTP %d", r.status)
	}
	return "it cannot be reached"
}
