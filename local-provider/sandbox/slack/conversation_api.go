package slack

import (
	"slices"
	"strings"
)

// scopeOf is the scope that a kind of conversation needs: "channels" + ":read".
func scopeOf(kind Kind, what string) string {
	return map[Kind]string{Public: "channels", Private: "groups", Direct: "im", Several: "mpim"}[kind] + ":" + what
}

// conversation finds the conversation that a call is about, if the bot can know of it and the app may do this with its kind.
func (s *Server) conversation(c *call, what string) (*Channel, error) {
	c.channel = c.text("channel")
	ch := s.channels[c.channel] // by id only: a name is never found
	if ch == nil || !ch.Visible(s.bot.ID) {
		return nil, refuse("channel_not_found")
	}
	return ch, s.need(c, scopeOf(ch.Kind, what))
}

// conversationInfo is conversations.info.
func conversationInfo(s *Server, c *call) (object, error) {
	ch, err := s.conversation(c, "read")
	if err != nil {
		return nil, err
	}
	out := s.channelObject(ch)
	if c.truth("include_num_members") {
		out["num_members"] = len(ch.Members)
	}
	return object{"channel": out}, nil
}

// channelObject is a conversation as Slack's answers have it.
func (s *Server) channelObject(c *Channel) object {
	out := object{
		"id": c.ID, "created": c.Created, "is_archived": c.Archived, "is_im": c.Kind == Direct, "is_mpim": c.Kind == Several,
		"is_org_shared": false, "is_shared": c.Shared(), "is_ext_shared": c.Shared(), "context_team_id": s.team.ID,
		"updated": c.Created * 1000,
	}
	if c.Kind == Direct {
		out["user"], out["is_open"], out["is_user_deleted"] = c.partner(s.bot.ID), true, false
		if u := s.users[c.partner(s.bot.ID)]; u != nil {
			out["is_user_deleted"] = u.Deleted
		}
		return out
	}
	out["name"], out["name_normalized"] = c.Name, c.Name
	out["is_channel"], out["is_group"] = c.Kind == Public, false
	out["is_private"], out["is_general"] = c.Kind != Public, c.General
	out["is_member"], out["is_pending_ext_shared"], out["pending_shared"] = c.Has(s.bot.ID), false, []string{}
	out["creator"], out["unlinked"], out["previous_names"] = c.Creator, 0, []string{}
	out["topic"] = object{"value": c.Topic, "creator": c.Creator, "last_set": 0}
	out["purpose"] = object{"value": c.Purpose, "creator": c.Creator, "last_set": 0}
	if c.Shared() {
		out["shared_team_ids"], out["conversation_host_id"] = c.Teams, s.team.ID
		out["connected_team_ids"] = slices.DeleteFunc(slices.Clone(c.Teams), func(t string) bool { return t == s.team.ID })
	}
	return out
}

// kindsByName are the kinds as conversations.list names them.
var kindsByName = map[string]Kind{
	"public_channel": Public, "private_channel": Private, "im": Direct, "mpim": Several,
}

// conversationList is conversations.list: what the bot can know of.
func conversationList(s *Server, c *call) (object, error) {
	return s.listed(c, "list", func(ch *Channel, out object) bool {
		out["num_members"] = len(ch.Members)
		return true
	})
}

// userConversations is users.conversations: those in which a user is, the bot itself unless another one is named. These know
// neither how many members they have nor whether the bot is one (docs.slack.dev/reference/methods/users.conversations).
func userConversations(s *Server, c *call) (object, error) {
	user := c.text("user")
	if user == "" {
		user = s.bot.ID
	}
	if s.users[user] == nil && user != s.bot.ID {
		return nil, refuse("user_not_found")
	}
	return s.listed(c, "member", func(ch *Channel, out object) bool {
		delete(out, "is_member")
		return ch.Has(user)
	})
}

// listed are the conversations that are wanted, of those that the bot can know of, page by page. It needs the scope of every kind
// that is asked for.
func (s *Server) listed(c *call, what string, wanted func(*Channel, object) bool) (object, error) {
	names := c.list("types")
	if len(names) == 0 {
		names = []string{"public_channel"}
	}
	var kinds []Kind
	for _, name := range names {
		kind, ok := kindsByName[name]
		if !ok {
			return nil, refuse("invalid_types")
		}
		if err := s.needAll(c, scopeOf(kind, "read")); err != nil {
			return nil, err
		}
		kinds = append(kinds, kind)
	}
	var all []object
	for _, id := range sortedKeys(s.channels) {
		ch := s.channels[id]
		if slices.Contains(kinds, ch.Kind) && ch.Visible(s.bot.ID) && (!ch.Archived || !c.truth("exclude_archived")) {
			if one := s.channelObject(ch); wanted(ch, one) {
				all = append(all, one)
			}
		}
	}
	page, next, err := paged(c, all, defaultPage, maxPage, what)
	if err != nil {
		return nil, err
	}
	return object{"channels": page, "response_metadata": object{"next_cursor": next}}, nil
}

// conversationMembers is conversations.members.
func conversationMembers(s *Server, c *call) (object, error) {
	ch, err := s.conversation(c, "read")
	if err != nil {
		return nil, err
	}
	page, next, err := paged(c, ch.Members, defaultPage, maxPage, "user")
	if err != nil {
		return nil, err
	}
	return object{"members": page, "response_metadata": object{"next_cursor": next}}, nil
}

// joinConversation is conversations.join: only public channels let a bot in by itself.
func joinConversation(s *Server, c *call) (object, error) {
	c.channel = c.text("channel")
	ch := s.channels[c.channel]
	switch {
	case ch == nil || !ch.Visible(s.bot.ID):
		return nil, refuse("channel_not_found")
	case ch.Kind != Public:
		return nil, refuse("method_not_supported_for_channel_type")
	case ch.Archived:
		return nil, refuse("is_archived")
	}
	out := object{}
	if !s.join(ch, s.bot.ID) {
		out["warning"] = "already_in_channel"
		out["response_metadata"] = object{"warnings": []string{"already_in_channel"}}
	}
	out["channel"] = s.channelObject(ch)
	return out, nil
}

// maxTogether is how many others can be in one direct message.
const maxTogether = 8

// openConversation is conversations.open: a direct message with one user or several, or one that is there by its id.
func openConversation(s *Server, c *call) (object, error) {
	if id := c.text("channel"); id != "" {
		return s.reopen(c, id)
	}
	users := slices.Compact(slices.Sorted(slices.Values(c.list("users"))))
	if err := s.mayOpen(c, users); err != nil {
		return nil, err
	}
	if len(users) == 1 {
		ch, now := s.direct(s.bot.ID, users[0])
		return s.opened(c, ch, now), nil
	}
	ch, now := s.several(append([]string{s.bot.ID}, users...))
	return s.opened(c, ch, now), nil
}

func (s *Server) mayOpen(c *call, users []string) error {
	switch {
	case len(users) == 0:
		return refuse("users_list_not_supplied")
	case len(users) > maxTogether:
		return refuse("too_many_users")
	}
	kind := Direct
	if len(users) > 1 {
		kind = Several
	}
	if err := s.need(c, scopeOf(kind, "write")); err != nil {
		return err
	}
	for _, id := range users {
		u := s.users[strings.TrimSpace(id)]
		if u == nil {
			return refuse("user_not_found")
		}
		if err := s.mayWrite(u); err != nil {
			return err
		}
	}
	return nil
}

// reopen takes up a direct message that is there.
func (s *Server) reopen(c *call, id string) (object, error) {
	c.channel = id
	ch := s.channels[id]
	switch {
	case ch == nil || !ch.Has(s.bot.ID):
		return nil, refuse("channel_not_found")
	case !ch.Personal():
		return nil, refuse("method_not_supported_for_channel_type")
	}
	if err := s.need(c, scopeOf(ch.Kind, "write")); err != nil {
		return nil, err
	}
	return s.opened(c, ch, false), nil
}

func (s *Server) opened(c *call, ch *Channel, now bool) object {
	c.channel = ch.ID
	out := object{"channel": object{"id": ch.ID}}
	if !now {
		out["no_op"], out["already_open"] = true, true
	}
	if c.truth("return_im") {
		out["channel"] = s.channelObject(ch)
	}
	return out
}
