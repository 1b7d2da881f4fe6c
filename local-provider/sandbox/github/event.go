package github

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
)

// A happening is something that hooks may have subscribed to.
type happening struct {
	event  string // "issue_comment"
	action string // "created"; empty for events without one
	repo   *Repo  // nil for what happens to an organisation or to the App
	org    string // its login, when it has no repository
	sender string // a login
	body   object
	// appOnly is for what only the App is told: buttons of its check runs, its installations.
	appOnly bool
}

// happened tells an event to the hooks of its repository, of the organisation and of the App, each in a delivery of its own.
func (s *Server) happened(h happening) {
	if h.body == nil {
		h.body = object{}
	}
	if h.action != "" {
		h.body["action"] = h.action
	}
	h.body["sender"] = s.showLogin(h.sender)
	owner := h.org
	if h.repo != nil {
		h.body["repository"] = s.showRepo(h.repo)
		owner = h.repo.Owner
	}
	if a := s.account(owner); a != nil && a.Type == "Organization" {
		h.body["organization"] = s.showOrg(a)
	}
	for _, hook := range s.hooks.pick(func(k *Hook) int64 { return k.ID }, func(k *Hook) bool { return s.hears(k, h, owner) }) {
		s.dispatch(hook, h, owner)
	}
}

// hears says whether a hook is told an event.
func (s *Server) hears(k *Hook, h happening, owner string) bool {
	if k.Off || (h.appOnly && k.Kind != HookOfApp) {
		return false
	}
	if !slices.Contains(k.Events, "*") && !slices.Contains(k.Events, h.event) && !alwaysTold(k, h.event) {
		return false
	}
	switch k.Kind {
	case HookOfRepo:
		return h.repo != nil && strings.EqualFold(k.Of, h.repo.FullName())
	case HookOfOrg:
		return strings.EqualFold(k.Of, owner)
	default:
		return s.installedAt(owner) != nil
	}
}

// alwaysTold are the events that an App gets without subscribing.
func alwaysTold(k *Hook, event string) bool {
	return k.Kind == HookOfApp && (event == "installation" || event == "installation_repositories")
}

// dispatch makes a delivery of an event for a hook, and sends it.
func (s *Server) dispatch(k *Hook, h happening, owner string) {
	body := maps.Clone(h.body)
	d := &Delivery{ID: s.newID(), Hook: k.ID, GUID: newGUID(), Event: h.event, Action: h.action}
	if h.repo != nil {
		d.Repo = h.repo.ID
	}
	if k.Kind == HookOfApp {
		if in := s.installedAt(owner); in != nil {
			d.Installation = in.ID
			if body["installation"] == nil {
				body["installation"] = object{"id": in.ID, "node_id": nodeID("INST", in.ID)}
			}
		}
	}
	text, err := json.Marshal(body)
	if err != nil {
		return // nothing that happens here can fail to be written
	}
	d.Body = string(text)
	s.send(k, d)
}
