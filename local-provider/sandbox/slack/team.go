package slack

import "slices"

// A Team is a workspace.
type Team struct {
	ID     string `json:"id"`
	Name   string `json:"name"`
	Domain string `json:"domain"`
}

// A User is a person or a bot. Its fields are those that a client may rely on; the rest of Slack's is made on the way out.
type User struct {
	ID       string `json:"id"`
	TeamID   string `json:"team_id"`
	Name     string `json:"name"` // never an identity: people change it
	RealName string `json:"real_name,omitempty"`
	Email    string `json:"email,omitempty"`
	Deleted  bool   `json:"deleted,omitempty"`
	Admin    bool   `json:"is_admin,omitempty"`
	Owner    bool   `json:"is_owner,omitempty"`
	// Restricted is a multi-channel guest, UltraRestricted a single-channel guest (who is Restricted too).
	Restricted      bool  `json:"is_restricted,omitempty"`
	UltraRestricted bool  `json:"is_ultra_restricted,omitempty"`
	Bot             bool  `json:"is_bot,omitempty"`
	Updated         int64 `json:"updated,omitempty"` // Unix seconds
	// BotID and AppID are a bot's.
	BotID string `json:"bot_id,omitempty"`
	AppID string `json:"app_id,omitempty"`
}

// A Group is a Slack user group: @ops.
type Group struct {
	ID       string   `json:"id"`
	TeamID   string   `json:"team_id"`
	Handle   string   `json:"handle"`
	Name     string   `json:"name"`
	Users    []string `json:"users"`
	Disabled bool     `json:"disabled,omitempty"`
	Updated  int64    `json:"updated,omitempty"` // Unix seconds
}

// A Kind is what sort of conversation a channel is, by Slack's word for it in events (channel_type).
type Kind string

// The kinds of conversations.
const (
	Public  Kind = "channel"
	Private Kind = "group"
	Direct  Kind = "im"
	Several Kind = "mpim"
)

// A Channel is a conversation of any kind. Members are in the order in which they came.
type Channel struct {
	ID       string   `json:"id"`
	Name     string   `json:"name,omitempty"`
	Kind     Kind     `json:"kind"`
	Creator  string   `json:"creator,omitempty"`
	Created  int64    `json:"created"` // Unix seconds
	Topic    string   `json:"topic,omitempty"`
	Purpose  string   `json:"purpose,omitempty"`
	General  bool     `json:"general,omitempty"`
	Archived bool     `json:"archived,omitempty"`
	Teams    []string `json:"teams,omitempty"` // the teams that share it, the home team among them; empty when it is not shared
	Members  []string `json:"members"`

	messages []*Message // by ts, thread replies among them
}

// Has says whether a user is a member.
func (c *Channel) Has(user string) bool { return slices.Contains(c.Members, user) }

// Visible says whether a user can know that the channel exists.
func (c *Channel) Visible(user string) bool { return c.Kind == Public || c.Has(user) }

// Shared says whether another team sees the channel (Slack Connect).
func (c *Channel) Shared() bool { return len(c.Teams) > 1 }

// Personal says whether it is a direct message, of two or of several.
func (c *Channel) Personal() bool { return c.Kind == Direct || c.Kind == Several }

// partner is whom a user talks to in a direct message; empty elsewhere.
func (c *Channel) partner(user string) string {
	if c.Kind != Direct {
		return ""
	}
	for _, m := range c.Members {
		if m != user {
			return m
		}
	}
	return user
}
