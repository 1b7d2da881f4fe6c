package slack

import (
	"slices"
	"strings"
)

// channel finds a conversation by id, or by name with or without "#".
func (s *Server) channel(idOrName string) *Channel {
	if c := s.channels[idOrName]; c != nil {
		return c
	}
	name := strings.TrimPrefix(idOrName, "#")
	for _, c := range s.channels {
		if !c.Personal() && c.Name == name {
			return c
		}
	}
	return nil
}

// addChannel adds a conversation, or changes one with the same id.
func (s *Server) addChannel(c *Channel) *Channel {
	if c.ID == "" {
		c.ID = newID(map[Kind]string{Direct: "D", Private: "G", Several: "G"}[c.Kind])
		if c.Kind == Public || c.Kind == Private {
			c.ID = newID("C")
		}
	}
	if c.Created == 0 {
		c.Created = s.clock.Now().Unix()
	}
	s.channels[c.ID] = c
	s.touch("channel", c.ID)
	return c
}

// direct is the conversation of two users, opened when there is none; a user's notes when they are the same.
func (s *Server) direct(a, b string) (c *Channel, opened bool) {
	members := []string{a, b}
	if a == b {
		members = []string{a}
	}
	for _, c := range s.channels {
		if c.Kind == Direct && sameMembers(c.Members, members) {
			return c, false
		}
	}
	return s.addChannel(&Channel{Kind: Direct, Members: members, Creator: a}), true
}

// several is the conversation of three users or more, opened when there is none.
func (s *Server) several(members []string) (c *Channel, opened bool) {
	var names []string
	for _, m := range members {
		if u := s.users[m]; u != nil {
			names = append(names, u.Name)
		}
	}
	for _, c := range s.channels {
		if c.Kind == Several && sameMembers(c.Members, members) {
			return c, false
		}
	}
	return s.addChannel(&Channel{
		Kind: Several, Name: "mpdm-" + strings.Join(names, "--") + "-1", Members: members, Creator: members[0],
	}), true
}

func sameMembers(a, b []string) bool {
	if len(a) != len(b) {
		return false
	}
	for _, m := range a {
		if !slices.Contains(b, m) {
			return false
		}
	}
	return true
}

// join makes a user a member; false when they are already.
func (s *Server) join(c *Channel, user string) bool {
	if c.Has(user) {
		return false
	}
	c.Members = append(slices.Clip(c.Members), user)
	s.touch("channel", c.ID)
	s.happened(Happening{Type: "member_joined_channel", Channel: c, User: user, Event: map[string]any{
		"user": user, "channel": c.ID, "channel_type": c.letter(), "team": s.team.ID,
	}})
	return true
}

// leave takes a member out; false when they are none.
func (s *Server) leave(c *Channel, user string) bool {
	i := slices.Index(c.Members, user)
	if i < 0 {
		return false
	}
	c.Members = slices.Delete(slices.Clone(c.Members), i, i+1)
	s.touch("channel", c.ID)
	s.happened(Happening{Type: "member_left_channel", Channel: c, User: user, Event: map[string]any{
		"user": user, "channel": c.ID, "channel_type": c.letter(), "team": s.team.ID,
	}})
	return true
}

// archive puts a channel away, or takes it back.
func (s *Server) archive(c *Channel, user string, away bool) {
	if c.Archived == away {
		return
	}
	c.Archived = away
	s.touch("channel", c.ID)
	kind := map[bool]string{true: "archive", false: "unarchive"}[away]
	s.happened(Happening{Type: string(c.Kind) + "_" + kind, Channel: c, User: user, Event: map[string]any{
		"user": user, "channel": c.ID,
	}})
}

// letter is the channel_type of events about membership: C for public, G for private.
func (c *Channel) letter() string {
	if c.Kind == Public {
		return "C"
	}
	return "G"
}
