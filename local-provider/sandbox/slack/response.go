package slack

import "time"

// What a response URL allows (docs.slack.dev/interactivity/handling-user-interaction: "up to 5 times within 30 minutes").
const (
	responseLife = 30 * time.Minute
	responseUses = 5
)

// A reply is what a response URL answers to.
type responseURL struct {
	User    string    `json:"user"`
	Channel string    `json:"channel"`
	Message string    `json:"message,omitempty"` // ts of the message that was acted on
	Hidden  bool      `json:"hidden,omitempty"`  // that message is an ephemeral one
	Thread  string    `json:"thread,omitempty"`
	Made    time.Time `json:"made"`
	Uses    int       `json:"uses"`
}

// newResponseURL makes a response URL for something that a user did in a channel, on a message when ts is not empty.
func (s *Server) newResponseURL(user, channel, ts, thread string, ephemeral bool) string {
	now := s.clock.Now()
	for id, u := range s.responses {
		if now.Sub(u.Made) > 2*responseLife {
			delete(s.responses, id)
			s.touch("response", id)
		}
	}
	id := s.team.ID + "/" + digits(13) + "/" + randomHex(12)
	s.responses[id] = &responseURL{User: user, Channel: channel, Message: ts, Hidden: ephemeral, Thread: thread, Made: now}
	s.touch("response", id)
	return s.base + responsePath + id
}

const responsePath = "/actions/"
