package slack

// methods are the Web API's methods that this Slack has, by name.
//
//nolint:gochecknoglobals // a table that never changes
var methods = table(
	method{name: "api.test", tier: tier4, open: true, do: apiTest},
	method{name: "auth.test", tier: tests, do: authTest},
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
