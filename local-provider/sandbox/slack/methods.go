package slack

// methods are the Web API's methods that this Slack has, by name. Tiers and scopes are those on each method's page at
// docs.slack.dev/reference/methods; a method without scopes here either needs none or asks for that of the conversation.
var methods = table(
	method{name: "api.test", tier: tier4, open: true, do: apiTest},
	method{name: "auth.test", tier: tests, do: authTest},
	method{name: "bots.info", tier: tier3, scopes: []string{"users:read"}, do: botInfo},

	method{name: "chat.postMessage", scopes: []string{"chat:write"}, do: postMessage}, // limited by channel
	method{name: "chat.postEphemeral", tier: tier4, scopes: []string{"chat:write"}, do: postEphemeral},
	method{name: "chat.update", tier: tier3, scopes: []string{"chat:write"}, do: updateMessage},
	method{name: "chat.delete", tier: tier3, scopes: []string{"chat:write"}, do: deleteMessage},
	method{name: "chat.unfurl", tier: tier3, scopes: []string{"links:write"}, do: unfurl},
	method{name: "chat.getPermalink", tier: tests, do: permalink},

	method{name: "conversations.open", tier: tier3, do: openConversation},
	method{name: "conversations.info", tier: tier3, do: conversationInfo},
	method{name: "conversations.list", tier: tier2, do: conversationList},
	method{name: "conversations.history", tier: tier3, do: conversationHistory},
	method{name: "conversations.replies", tier: tier3, do: conversationReplies},
	method{name: "conversations.members", tier: tier4, do: conversationMembers},
	method{name: "conversations.join", tier: tier3, scopes: []string{"channels:join"}, do: joinConversation},

	method{name: "users.conversations", tier: tier3, do: userConversations},
	method{name: "users.info", tier: tier4, scopes: []string{"users:read"}, do: userInfo},
	method{name: "users.list", tier: tier2, scopes: []string{"users:read"}, do: userList},
	method{name: "usergroups.list", tier: tier2, scopes: []string{"usergroups:read"}, do: groupList},
	method{name: "usergroups.users.list", tier: tier2, scopes: []string{"usergroups:read"}, do: groupUsers},
	method{name: "files.info", tier: tier4, scopes: []string{"files:read"}, do: fileInfo},

	method{name: "views.open", tier: tier4, do: openView},
	method{name: "views.push", tier: tier4, do: pushView},
	method{name: "views.update", tier: tier4, do: updateView},
	method{name: "views.publish", tier: tier4, do: publishView},
)

func table(all ...method) map[string]method {
	out := make(map[string]method, len(all))
	for _, m := range all {
		out[m.name] = m
	}
	return out
}

// apiTest answers with what it was asked; an argument `error` makes it fail.
func apiTest(_ *Server, c *call) (object, error) {
	given := object{}
	for name := range c.form {
		given[name] = c.form.Get(name)
	}
	for name := range c.json {
		given[name] = c.text(name)
	}
	delete(given, "token")
	if code := c.text("error"); code != "" {
		return nil, refuse(code).with("args", given)
	}
	if len(given) == 0 {
		return object{}, nil
	}
	return object{"args": given}, nil
}

func authTest(s *Server, _ *call) (object, error) {
	return object{
		"url": s.workspaceURL(), "team": s.team.Name, "user": s.bot.Name, "team_id": s.team.ID, "user_id": s.bot.ID,
		"bot_id": s.bot.BotID, "is_enterprise_install": false,
	}, nil
}

// workspaceURL is the root of the workspace's own links.
func (s *Server) workspaceURL() string { return s.base + "/" }
