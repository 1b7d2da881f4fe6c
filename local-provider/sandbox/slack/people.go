package slack

// addUser adds a person or a bot, or changes one with the same id, and tells who listens of a change.
func (s *Server) addUser(u *User) *User {
	before := s.users[u.ID]
	u.Updated = s.clock.Now().Unix()
	s.users[u.ID] = u
	s.touch("user", u.ID)
	if before != nil {
		s.happened(Happening{Type: "user_change", User: u.ID, Event: object{
			"user": s.userObject(u), "cache_ts": u.Updated,
		}})
	}
	return u
}

// addGroup adds a user group, or changes one with the same id, and tells who listens.
func (s *Server) addGroup(g *Group) *Group {
	kind := "subteam_created"
	if s.groups[g.ID] != nil {
		kind = "subteam_updated"
	}
	g.Updated = s.clock.Now().Unix()
	s.groups[g.ID] = g
	s.touch("group", g.ID)
	s.happened(Happening{Type: kind, Event: object{"subteam": s.groupObject(g, true)}})
	return g
}

// userObject is a user as users.info has it.
func (s *Server) userObject(u *User) object {
	return object{
		"id": u.ID, "team_id": u.TeamID, "name": u.Name, "deleted": u.Deleted, "color": "9f69e7", "real_name": u.RealName,
		"tz": "Europe/Amsterdam", "tz_label": "Central European Time", "tz_offset": 3600,
		"profile": object{
			"real_name": u.RealName, "real_name_normalized": u.RealName, "display_name": u.Name,
			"display_name_normalized": u.Name, "team": u.TeamID, "avatar_hash": "g" + u.ID, "status_text": "",
			"status_emoji": "", "title": "", "api_app_id": u.AppID, "bot_id": u.BotID,
		},
		"is_admin": u.Admin, "is_owner": u.Owner, "is_primary_owner": u.Owner, "is_restricted": u.Restricted,
		"is_ultra_restricted": u.UltraRestricted, "is_bot": u.Bot, "is_app_user": false, "updated": u.Updated,
		"is_email_confirmed": !u.Bot, "who_can_share_contact_card": "EVERYONE", "is_stranger": u.TeamID != s.team.ID,
	}
}

// groupObject is a user group as usergroups.list has it; its members only when they are asked for.
func (s *Server) groupObject(g *Group, users bool) object {
	out := object{
		"id": g.ID, "team_id": g.TeamID, "is_usergroup": true, "is_subteam": true, "name": g.Name, "description": "",
		"handle": g.Handle, "is_external": false, "date_create": g.Updated, "date_update": g.Updated, "date_delete": 0,
		"auto_type": nil, "auto_provision": false, "enterprise_subteam_id": "", "created_by": s.bot.ID,
		"updated_by": s.bot.ID, "deleted_by": nil, "user_count": len(g.Users), "channel_count": 0,
		"prefs": object{"channels": []string{}, "groups": []string{}},
	}
	if g.Disabled {
		out["date_delete"] = g.Updated
	}
	if users {
		out["users"] = append([]string{}, g.Users...)
	}
	return out
}
