package slack

import (
	"encoding/base64"
	"net/url"
	"slices"
	"strings"
)

// eventScopes are the scopes that events need (docs.slack.dev/reference/events). Of several, any one is enough.
var eventScopes = map[string][]string{
	"app_mention":             {"app_mentions:read"},
	"message.channels":        {"channels:history"},
	"message.groups":          {"groups:history"},
	"message.im":              {"im:history"},
	"message.mpim":            {"mpim:history"},
	"link_shared":             {"links:read"},
	"user_change":             {"users:read"},
	"subteam_created":         {"usergroups:read"},
	"subteam_updated":         {"usergroups:read"},
	"subteam_members_changed": {"usergroups:read"},
	"member_joined_channel":   {"channels:read", "groups:read"},
	"member_left_channel":     {"channels:read", "groups:read"},
}

// wants says whether the app hears of an event: it subscribed to it and has the scope.
func (s *Server) wants(name string) bool {
	scopes := eventScopes[name]
	return s.subscribed(name) && (len(scopes) == 0 || slices.ContainsFunc(scopes, s.granted))
}

// subscription is the name under which an app subscribes to what happened.
func subscription(h Happening) string {
	if h.Type != "message" {
		return h.Type
	}
	return map[Kind]string{
		Public: "message.channels", Private: "message.groups", Direct: "message.im", Several: "message.mpim",
	}[h.Channel.Kind]
}

// hear sends what happened to the app, if the app may know of it.
func (s *Server) hear(h Happening) {
	var out []*event
	inside := h.Channel == nil || h.Channel.Has(s.bot.ID)
	if inside && s.wants(subscription(h)) {
		out = append(out, s.callback(h.Type, s.complete(h)))
	}
	if h.Type == "message" {
		if inside && !h.Channel.Personal() && s.wants("app_mention") && s.mentions(h) {
			out = append(out, s.callback("app_mention", s.appMention(h)))
		}
		if shared := s.linkShared(h); shared != nil {
			out = append(out, s.callback("link_shared", shared))
		}
	}
	lane := "team"
	if h.Channel != nil {
		lane = h.Channel.ID
	}
	s.people.sender.deliver(lane, out...)
}

// complete adds to a message what only events have.
func (s *Server) complete(h Happening) object {
	if h.Type != "message" {
		return h.Event
	}
	if h.Event["subtype"] == "thread_broadcast" {
		if root, _ := h.Event["thread_ts"].(string); root != "" {
			if m := h.Channel.message(root); m != nil {
				h.Event["root"] = s.messageMap(h.Channel, m)
			}
		}
	}
	if u := s.users[h.User]; u != nil && u.TeamID != s.team.ID {
		h.Event["user_team"], h.Event["source_team"] = u.TeamID, u.TeamID
	}
	return h.Event
}

// callback wraps an inner event.
func (s *Server) callback(what string, inner object) *event {
	shared := false
	channel, _ := inner["channel"].(string)
	if c := s.channels[channel]; c != nil {
		shared = c.Shared()
	}
	id := newID("Ev")
	body := mustJSON(object{
		"token": verificationToken, "team_id": s.team.ID, "context_team_id": s.team.ID, "context_enterprise_id": nil,
		"api_app_id": AppID, "event": inner, "type": "event_callback", "event_id": id, "event_time": s.clock.Now().Unix(),
		"authorizations": []object{{
			"enterprise_id": nil, "team_id": s.team.ID, "user_id": s.bot.ID, "is_bot": true, "is_enterprise_install": false,
		}},
		"is_ext_shared_channel": shared,
		"event_context":         "4-" + base64.RawURLEncoding.EncodeToString([]byte(id+channel)),
	})
	return &event{id: id, what: what, body: body}
}

// verificationToken is what Slack used before signatures, and still sends. Nobody should look at it.
const verificationToken = "sandbox-verification-token"

// mentions says whether the app is newly mentioned by somebody else.
func (s *Server) mentions(h Happening) bool {
	if h.Event["app_id"] == AppID {
		return false
	}
	switch h.Event["subtype"] {
	case nil, "file_share", "thread_broadcast", "bot_message":
		return s.names(h.Event)
	case "message_changed":
		now, _ := h.Event["message"].(object)
		before, _ := h.Event["previous_message"].(object)
		return now["app_id"] != AppID && s.names(now) && !s.names(before)
	}
	return false
}

func (s *Server) names(message object) bool {
	text, _ := message["text"].(string)
	return strings.Contains(text, "<@"+s.bot.ID+">") || strings.Contains(text, "<@"+s.bot.ID+"|")
}

// appMention is the second event about a message that mentions the app.
func (s *Server) appMention(h Happening) object {
	from := h.Event
	if changed, ok := h.Event["message"].(object); ok {
		from = changed
	}
	out := object{"type": "app_mention", "channel": h.Channel.ID, "event_ts": h.TS}
	for _, name := range []string{
		"user", "text", "ts", "thread_ts", "parent_user_id", "team", "blocks", "attachments", "files", "upload", "client_msg_id",
		"bot_id", "edited", "user_team", "source_team",
	} {
		if value, ok := from[name]; ok {
			out[name] = value
		}
	}
	return out
}

// linkShared tells of links to the domains that the app unfurls; nil when there are none.
func (s *Server) linkShared(h Happening) object {
	public := h.Channel.Kind == Public || h.Channel.Has(s.bot.ID)
	subtype := h.Event["subtype"]
	fresh := subtype == nil || subtype == "thread_broadcast" || subtype == "file_share" || subtype == "bot_message"
	if !public || !fresh || h.Event["app_id"] == AppID || !s.wants("link_shared") {
		return nil
	}
	text, _ := h.Event["text"].(string)
	found := s.unfurlable(text)
	if len(found) == 0 {
		return nil
	}
	ts, _ := h.Event["ts"].(string)
	id := h.Channel.ID + "." + ts + "." + randomHex(32)
	s.offer(id, unfurling{channel: h.Channel.ID, ts: ts})
	out := object{
		"type": "link_shared", "channel": h.Channel.ID, "is_bot_user_member": h.Channel.Has(s.bot.ID), "user": h.User,
		"message_ts": ts, "unfurl_id": id, "source": "conversations_history", "links": found, "event_ts": h.TS,
	}
	if thread, _ := h.Event["thread_ts"].(string); thread != "" && thread != ts {
		out["thread_ts"] = thread
	}
	return out
}

// unfurlable are the links in a text to domains that the app registered, and to hosts below them.
func (s *Server) unfurlable(text string) []object {
	var out []object
	for _, link := range links(text) {
		if !s.unfurls(link) {
			continue
		}
		if at, err := url.Parse(link); err == nil {
			out = append(out, object{"url": link, "domain": at.Hostname()})
		}
	}
	return out
}
