package slack

import "slices"

// A shown is a message as Slack's answers and events have it.
type shown struct {
	Type string `json:"type"`
	Message
	Files        []object       `json:"files,omitempty"` // instead of the ids
	Upload       bool           `json:"upload,omitempty"`
	BotProfile   *botProfile    `json:"bot_profile,omitempty"`
	ParentUser   string         `json:"parent_user_id,omitempty"`
	ReplyCount   int            `json:"reply_count,omitempty"`
	ReplyUsers   []string       `json:"reply_users,omitempty"`
	UsersCount   int            `json:"reply_users_count,omitempty"`
	LatestReply  string         `json:"latest_reply,omitempty"`
	Locked       *bool          `json:"is_locked,omitempty"`
	Subscribed   *bool          `json:"subscribed,omitempty"`
	MessageIcons map[string]any `json:"icons,omitempty"`
}

type botProfile struct {
	ID      string `json:"id"`
	Deleted bool   `json:"deleted"`
	Name    string `json:"name"`
	Updated int64  `json:"updated"`
	AppID   string `json:"app_id"`
	TeamID  string `json:"team_id"`
}

// object is a JSON object in an answer.
type object = map[string]any

// show is a message as Slack's answers have it.
func (s *Server) show(c *Channel, m *Message) shown {
	out := shown{Type: "message", Message: *m}
	for _, id := range m.Files {
		if f := s.files[id]; f != nil {
			out.Files = append(out.Files, s.fileObject(f))
		}
	}
	if u := s.users[m.User]; m.BotID != "" && u != nil {
		out.BotProfile = &botProfile{ID: m.BotID, Name: u.Name, Updated: u.Updated, AppID: m.AppID, TeamID: u.TeamID}
	}
	if m.IconEmoji != "" {
		out.MessageIcons = object{"emoji": m.IconEmoji}
	}
	if m.IsReply() {
		if root := c.message(m.ThreadTS); root != nil {
			out.ParentUser = root.User
		}
	} else if m.ThreadTS != "" {
		s.showThread(c, &out)
	}
	return out
}

// showThread adds to a root what is said of its replies. Slack names the first five who replied.
func (s *Server) showThread(c *Channel, out *shown) {
	replies := c.replies(out.TS)
	var users []string
	for _, r := range replies {
		if !slices.Contains(users, r.User) {
			users = append(users, r.User)
		}
	}
	out.ReplyCount, out.UsersCount = len(replies), len(users)
	out.ReplyUsers = users[:min(len(users), 5)]
	if len(replies) > 0 {
		out.LatestReply = replies[len(replies)-1].TS
	}
	no := false
	out.Locked, out.Subscribed = &no, &no
}

// fileObject is a file as Slack's answers have it.
func (s *Server) fileObject(f *File) object {
	if f.Deleted {
		return object{"id": f.ID, "mode": "tombstone"}
	}
	u := s.users[f.User]
	team := s.team.ID
	if u != nil {
		team = u.TeamID
	}
	link := s.base + filePath + team + "-" + f.ID + "/"
	return object{
		"id": f.ID, "created": f.Created, "timestamp": f.Created, "name": f.Name, "title": f.Title, "mimetype": f.Mimetype,
		"filetype": f.Filetype, "pretty_type": f.Filetype, "user": f.User, "user_team": team, "size": len(f.Content),
		"mode": "hosted", "editable": false, "is_external": false, "external_type": "", "is_public": true,
		"public_url_shared": false, "display_as_bot": false, "username": "", "url_private": link + f.Name,
		"url_private_download": link + "download/" + f.Name, "permalink": s.base + "/files/" + f.User + "/" + f.ID + "/" + f.Name,
		"channels": f.Channels, "groups": []string{}, "ims": []string{}, "comments_count": 0, "has_rich_preview": false,
		"file_access": "visible",
	}
}

const filePath = "/files-pri/"

// addFile keeps what a user uploaded; who shares it posts a message with its id.
func (s *Server) addFile(f *File) *File {
	if f.ID == "" {
		f.ID = newID("F")
	}
	if f.Title == "" {
		f.Title = f.Name
	}
	f.Created = s.clock.Now().Unix()
	s.files[f.ID] = f
	s.touch("file", f.ID)
	return f
}
