package slack

// userInfo is users.info.
func userInfo(s *Server, c *call) (object, error) {
	u := s.users[c.text("user")]
	switch {
	case u == nil:
		return nil, refuse("user_not_found")
	case u.TeamID != s.team.ID && !s.meets(u.ID):
		return nil, refuse("user_not_visible")
	}
	return object{"user": s.userForReader(u)}, nil
}

// userForReader is a user as the app may see them: the address only with its scope.
func (s *Server) userForReader(u *User) object {
	out := s.userObject(u)
	if profile, ok := out["profile"].(object); ok && s.granted("users:read.email") && u.Email != "" {
		profile["email"] = u.Email
	}
	return out
}

// userList is users.list: all of the home team, also deactivated ones, and those met in shared channels.
func userList(s *Server, c *call) (object, error) {
	var all []object
	for _, id := range sortedKeys(s.users) {
		if u := s.users[id]; u.TeamID == s.team.ID || s.meets(id) {
			all = append(all, s.userForReader(u))
		}
	}
	page, next, err := paged(c, all, maxPage, maxPage, "user")
	if err != nil {
		return nil, err
	}
	return object{
		"members": page, "cache_ts": s.clock.Now().Unix(), "response_metadata": object{"next_cursor": next},
	}, nil
}

// groupList is usergroups.list.
func groupList(s *Server, c *call) (object, error) {
	out := []object{}
	for _, id := range sortedKeys(s.groups) {
		g := s.groups[id]
		if g.Disabled && !c.truth("include_disabled") {
			continue
		}
		one := s.groupObject(g, c.truth("include_users"))
		if !c.truth("include_count") {
			delete(one, "user_count")
		}
		out = append(out, one)
	}
	return object{"usergroups": out}, nil
}

// groupUsers is usergroups.users.list.
func groupUsers(s *Server, c *call) (object, error) {
	g := s.groups[c.text("usergroup")]
	if g == nil || (g.Disabled && !c.truth("include_disabled")) {
		return nil, refuse("no_such_subteam")
	}
	return object{"users": append([]string{}, g.Users...)}, nil
}

// botInfo is bots.info.
func botInfo(s *Server, c *call) (object, error) {
	id := c.text("bot")
	if id == "" {
		return object{"bot": object{}}, nil
	}
	for _, u := range s.users {
		if u.Bot && u.BotID == id {
			return object{"bot": object{
				"id": u.BotID, "deleted": u.Deleted, "name": u.Name, "updated": u.Updated, "app_id": u.AppID, "user_id": u.ID,
				"icons": object{},
			}}, nil
		}
	}
	return nil, refuse("bot_not_found")
}

// fileInfo is files.info.
func fileInfo(s *Server, c *call) (object, error) {
	f := s.files[c.text("file")]
	switch {
	case f == nil || !s.sees(f):
		return nil, refuse("file_not_found")
	case f.Deleted:
		return nil, refuse("file_deleted")
	}
	return object{"file": s.fileObject(f), "comments": []object{}, "response_metadata": object{"next_cursor": ""}}, nil
}

// sees says whether the bot is in a channel to which a file was shared.
func (s *Server) sees(f *File) bool {
	for _, id := range f.Channels {
		if c := s.channels[id]; c != nil && c.Has(s.bot.ID) {
			return true
		}
	}
	return false
}
