package slack

import (
	"encoding/json"
	"errors"
)

// viewObject is a view as the API shows it, without what was entered.
func (s *Server) viewObject(v *View) object {
	var out object
	if json.Unmarshal(v.Payload, &out) != nil || out == nil {
		out = object{}
	}
	out["id"], out["team_id"], out["type"], out["hash"] = v.ID, s.team.ID, v.Type, v.Hash
	out["callback_id"], out["external_id"], out["private_metadata"] = v.CallbackID, v.ExternalID, v.Private
	out["root_view_id"], out["app_id"], out["bot_id"], out["app_installed_team_id"] = v.Root, s.bot.AppID, s.bot.BotID, s.team.ID
	out["previous_view_id"] = nil
	if v.Previous != "" {
		out["previous_view_id"] = v.Previous
	}
	for _, name := range []string{"title", "submit", "close"} {
		if _, ok := out[name]; !ok {
			out[name] = nil
		}
	}
	for _, name := range []string{"clear_on_close", "notify_on_close"} {
		if _, ok := out[name]; !ok {
			out[name] = false
		}
	}
	return out
}

// answerView puts a view in the place of a modal, or on it.
func (s *Server) answerView(v *View, action string, payload json.RawMessage) error {
	if action != "update" {
		return errors.New("push_limit_reached")
	}
	v.Payload, v.Hash = payload, randomHex(8)
	return nil
}

// answerAtOnce shows what a slash command was answered with.
func (s *Server) answerAtOnce(responseURL, contentType string, body []byte) error {
	return errors.New("invalid_payload")
}
