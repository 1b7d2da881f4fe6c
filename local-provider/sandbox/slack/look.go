package slack

import "slices"

// Messages are what a channel holds now, oldest first, replies among them; nil when there is no such channel.
func (s *Server) Messages(channel string) []Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.channel(channel)
	if c == nil {
		return nil
	}
	out := make([]Message, 0, len(c.messages))
	for _, m := range c.messages {
		out = append(out, *m)
	}
	return out
}

// DirectMessages are what the bot and a user said to each other, oldest first.
func (s *Server) DirectMessages(user string) []Message {
	s.mu.Lock()
	var id string
	for _, c := range s.channels {
		if c.Kind == Direct && c.Has(user) && c.Has(s.bot.ID) {
			id = c.ID
		}
	}
	s.mu.Unlock()
	return s.Messages(id)
}

// Channels are all conversations without their messages, by id.
func (s *Server) Channels() []Channel {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []Channel
	for _, id := range sortedKeys(s.channels) {
		c := *s.channels[id]
		c.messages, c.Members = nil, slices.Clone(c.Members)
		out = append(out, c)
	}
	return out
}

// Users are all people and bots, by id.
func (s *Server) Users() []User {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []User
	for _, id := range sortedKeys(s.users) {
		out = append(out, *s.users[id])
	}
	return out
}

// Modals are the modals that a user sees, the lowest first.
func (s *Server) Modals(user string) []View {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []View
	for _, v := range s.stack(user) {
		out = append(out, *v)
	}
	return out
}

// Home is the App Home that a user sees; false when nothing was published for them yet.
func (s *Server) Home(user string) (View, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if v := s.homes[user]; v != nil {
		return *v, true
	}
	return View{}, false
}
