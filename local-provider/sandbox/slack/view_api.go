package slack

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/handsoff/handsoff/local-provider/sandbox/slack/blockkit"
)

// openView is views.open: a modal for whoever just did something.
func openView(s *Server, c *call) (object, error) {
	user, err := s.exchange(c)
	if err != nil {
		return nil, err
	}
	v, err := s.readView(c.raw("view"), "modal", nil)
	if err != nil {
		return nil, err
	}
	v.User = user
	s.closeModal(user, true)
	s.push(v)
	return object{"view": s.viewObject(v)}, nil
}

// pushView is views.push: a modal on top of the one in which somebody clicked.
func pushView(s *Server, c *call) (object, error) {
	user, err := s.exchange(c)
	if err != nil {
		return nil, err
	}
	v, err := s.readView(c.raw("view"), "modal", nil)
	if err != nil {
		return nil, err
	}
	switch n := len(s.modals[user]); {
	case n == 0:
		return nil, refuse("not_found")
	case n >= maxStack:
		return nil, refuse("push_limit_reached")
	}
	v.User = user
	s.push(v)
	return object{"view": s.viewObject(v)}, nil
}

// exchange takes a trigger id for the user who made it. It works once.
func (s *Server) exchange(c *call) (user string, err error) {
	id, err := c.want("trigger_id")
	if err != nil {
		return "", err
	}
	t := s.triggers[id]
	switch {
	case t == nil:
		return "", refuse("invalid_trigger_id")
	case t.used:
		return "", refuse("exchanged_trigger_id")
	case s.clock.Now().Sub(t.made) > s.people.sender.patience():
		return "", refuse("expired_trigger_id")
	}
	t.used = true
	return t.user, nil
}

// readView checks a view that the app sent and makes it one of Slack's. known is the one that it replaces.
func (s *Server) readView(raw json.RawMessage, kind string, known *View) (*View, error) {
	if len(raw) == 0 {
		return nil, refuse("invalid_arguments", "[ERROR] missing required field: view")
	}
	result, err := blockkit.View(raw, newBlockID)
	switch {
	case errors.Is(err, blockkit.ErrLarge):
		return nil, refuse("view_too_large")
	case err != nil:
		return nil, refuse("invalid_arguments", "[ERROR] must provide an object [json-pointer:/view]")
	case len(result.Problems) > 0:
		no := detailed("invalid_arguments", result.Problems)
		delete(no.extra, "errors") // views name them in one place only
		return nil, no
	}
	var head struct {
		Type       string `json:"type"`
		CallbackID string `json:"callback_id"`
		ExternalID string `json:"external_id"`
		Private    string `json:"private_metadata"`
	}
	if err := json.Unmarshal(result.JSON, &head); err != nil {
		return nil, fmt.Errorf("read a view: %w", err)
	}
	if head.Type != kind {
		return nil, refuse("invalid_arguments", "[ERROR] must be a valid enum value [json-pointer:/view/type]")
	}
	if s.externalTaken(head.ExternalID, known) {
		return nil, refuse("duplicate_external_id")
	}
	v := &View{ID: newID("V"), Type: kind}
	if known != nil {
		*v = *known
	} else {
		v.Root = v.ID
	}
	v.CallbackID, v.ExternalID, v.Private, v.Payload = head.CallbackID, head.ExternalID, head.Private, result.JSON
	v.Hash = s.newHash()
	return v, nil
}

func (s *Server) newHash() string { return s.newTS() + "." + randomHex(4) }

// externalTaken says whether another view has the app's own id already.
func (s *Server) externalTaken(id string, known *View) bool {
	v := s.external(id)
	return v != nil && (known == nil || v.ID != known.ID)
}

func (s *Server) external(id string) *View {
	if id == "" {
		return nil
	}
	for _, all := range []map[string]*View{s.views, s.homes} {
		for _, v := range all {
			if v.ExternalID == id {
				return v
			}
		}
	}
	return nil
}

// push lays a modal on top of its user's stack.
func (s *Server) push(v *View) {
	if below := s.modals[v.User]; len(below) > 0 {
		v.Previous = below[len(below)-1]
		v.Root = s.views[below[0]].ID
	}
	s.views[v.ID] = v
	s.modals[v.User] = append(s.modals[v.User], v.ID)
	s.touch("view", v.ID)
}

// updateView is views.update.
func updateView(s *Server, c *call) (object, error) {
	id, external := c.text("view_id"), c.text("external_id")
	if id == "" && external == "" {
		return nil, refuse("invalid_arguments", "[ERROR] missing required field: view_id")
	}
	known := s.views[id]
	if id == "" {
		known = s.external(external)
	}
	if known == nil {
		known = s.homeByID(id)
	}
	if known == nil {
		return nil, refuse("not_found")
	}
	if hash := c.text("hash"); hash != "" && hash != known.Hash {
		return nil, refuse("hash_conflict")
	}
	v, err := s.readView(c.raw("view"), known.Type, known)
	if err != nil {
		return nil, err
	}
	*known = *v
	s.touchView(known)
	return object{"view": s.viewObject(known)}, nil
}

func (s *Server) homeByID(id string) *View {
	for _, v := range s.homes {
		if v.ID == id {
			return v
		}
	}
	return nil
}

func (s *Server) touchView(v *View) {
	if v.Type == "home" {
		s.touch("home", v.User)
		return
	}
	s.touch("view", v.ID)
}

// publishView is views.publish: what a person sees in the app's Home.
func publishView(s *Server, c *call) (object, error) {
	user, err := c.want("user_id")
	if err != nil {
		return nil, err
	}
	u := s.users[user]
	switch {
	case s.options.Manifest != nil && !s.options.Manifest.Home:
		return nil, refuse("not_enabled")
	case u == nil || u.Deleted || u.Bot || (u.TeamID != s.team.ID && !s.meets(u.ID)):
		return nil, refuse("invalid_arguments", "[ERROR] invalid `user_id`: `"+user+"`")
	}
	known := s.homes[user]
	if hash := c.text("hash"); hash != "" && known != nil && hash != known.Hash {
		return nil, refuse("hash_conflict")
	}
	v, err := s.readView(c.raw("view"), "home", known)
	if err != nil {
		return nil, err
	}
	v.User = user
	s.homes[user] = v
	s.touch("home", user)
	return object{"view": s.viewObject(v)}, nil
}

// answerView does what an app answers to a submission: "update" puts a view in the place of v, "push" lays one on top.
func (s *Server) answerView(v *View, action string, raw json.RawMessage) error {
	switch action {
	case "update":
		changed, err := s.readView(raw, "modal", v)
		if err != nil {
			return err
		}
		*v = *changed
		s.touchView(v)
	case "push":
		if len(s.modals[v.User]) >= maxStack {
			return refuse("push_limit_reached")
		}
		top, err := s.readView(raw, "modal", nil)
		if err != nil {
			return err
		}
		top.User = v.User
		s.push(top)
	}
	return nil
}

// viewObject is a view as answers and payloads have it.
func (s *Server) viewObject(v *View) object {
	out := object{
		"title": nil, "close": nil, "submit": nil, "private_metadata": "", "callback_id": "", "external_id": "",
		"clear_on_close": false, "notify_on_close": false,
	}
	_ = json.Unmarshal(v.Payload, &out) // it was written by us
	out["id"], out["team_id"], out["app_installed_team_id"] = v.ID, s.team.ID, s.team.ID
	out["app_id"], out["bot_id"] = s.bot.AppID, s.bot.BotID
	out["hash"], out["root_view_id"], out["previous_view_id"] = v.Hash, v.Root, nil
	if v.Previous != "" {
		out["previous_view_id"] = v.Previous
	}
	out["state"] = object{"values": object{}}
	return out
}
