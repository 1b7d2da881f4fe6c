package slack

// maxEphemeral is how many ephemeral messages are kept.
const maxEphemeral = 200

// An Ephemeral is a message that one person sees, until they reload.
type Ephemeral struct {
	Channel string  `json:"channel"`
	For     string  `json:"for"` // the user who sees it
	Message Message `json:"message"`
}

// whisper shows somebody a message that nobody else sees, and returns its ts.
func (s *Server) whisper(c *Channel, user string, m Message) string {
	m.TS = s.newTS()
	s.ephemerals = append(s.ephemerals, &Ephemeral{Channel: c.ID, For: user, Message: m})
	if over := len(s.ephemerals) - maxEphemeral; over > 0 {
		s.ephemerals = append([]*Ephemeral(nil), s.ephemerals[over:]...)
	}
	return m.TS
}

// Ephemerals are the messages that only one user sees, oldest first; in all channels when channel is empty.
func (s *Server) Ephemerals(channel, user string) []Ephemeral {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []Ephemeral
	for _, e := range s.ephemerals {
		if e.For == user && (channel == "" || e.Channel == channel) {
			out = append(out, *e)
		}
	}
	return out
}
