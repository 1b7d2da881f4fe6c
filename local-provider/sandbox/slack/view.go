package slack

import (
	"encoding/json"
	"time"
)

// A View is a modal or an App Home as a person sees it.
type View struct {
	ID         string          `json:"id"`
	User       string          `json:"user"` // who sees it
	Type       string          `json:"type"` // "modal" or "home"
	CallbackID string          `json:"callback_id,omitempty"`
	ExternalID string          `json:"external_id,omitempty"`
	Private    string          `json:"private_metadata,omitempty"`
	Hash       string          `json:"hash"`
	Previous   string          `json:"previous_view_id,omitempty"` // below it in the stack of modals
	Root       string          `json:"root_view_id"`
	Payload    json.RawMessage `json:"payload"` // as the app sent it, with ids filled in
	Closed     bool            `json:"closed,omitempty"`
}

// maxStack is how many modals can lie on each other (docs.slack.dev/surfaces/modals: "up to 3 views").
const maxStack = 3

// A trigger is a person's act that allows one modal to be opened.
type trigger struct {
	user string
	made time.Time
	used bool
}

// newTrigger makes a trigger id for something that a user just did.
func (s *Server) newTrigger(user string) string {
	now := s.clock.Now()
	for id, t := range s.triggers {
		if now.Sub(t.made) > time.Minute {
			delete(s.triggers, id)
		}
	}
	id := itoa(int(now.Unix())) + "." + itoa(now.Nanosecond()) + "." + randomHex(16)
	s.triggers[id] = &trigger{user: user, made: now}
	return id
}

// stack are the modals that a user sees, the lowest first.
func (s *Server) stack(user string) []*View {
	var out []*View
	for _, id := range s.modals[user] {
		if v := s.views[id]; v != nil {
			out = append(out, v)
		}
	}
	return out
}

// closeModal takes the topmost modal away, all of them when clear.
func (s *Server) closeModal(user string, all bool) {
	ids := s.modals[user]
	keep := max(len(ids)-1, 0)
	if all {
		keep = 0
	}
	for _, id := range ids[keep:] {
		delete(s.views, id)
		s.touch("view", id)
	}
	s.modals[user] = ids[:keep]
}
