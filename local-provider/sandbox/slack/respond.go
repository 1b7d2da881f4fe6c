package slack

import (
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"strings"
)

// serveResponse answers a response URL: whoever has it may write, without a token, five times within half an hour
// (docs.slack.dev/interactivity/handling-user-interaction#message_responses). Answers are plain text, as Slack's are.
func (s *Server) serveResponse(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	id := r.PathValue("team") + "/" + r.PathValue("number") + "/" + r.PathValue("secret")
	s.perform(w, r, job{method: "response_url", channel: s.responseChannel(id), do: func() answer {
		if err != nil {
			return plain(http.StatusRequestEntityTooLarge, "request_too_large")
		}
		return s.respond(id, body)
	}})
}

func (s *Server) responseChannel(id string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if u := s.responses[id]; u != nil {
		return u.Channel
	}
	return ""
}

// A responseBody is what may be sent to a response URL beside a message.
type responseBody struct {
	Type     string `json:"response_type"` // "ephemeral", or "in_channel"
	Replace  bool   `json:"replace_original"`
	Delete   bool   `json:"delete_original"`
	ThreadTS string `json:"thread_ts"`
}

// respond does what was sent to a response URL.
func (s *Server) respond(id string, body []byte) answer {
	u := s.responses[id]
	switch {
	case u == nil:
		return plain(http.StatusNotFound, "no_such_url")
	case s.clock.Now().Sub(u.Made) > responseLife:
		return plain(http.StatusNotFound, "expired_url")
	case u.Uses >= responseUses:
		return plain(http.StatusNotFound, "used_url")
	}
	c := &call{}
	if err := c.readJSON(body); err != nil {
		return plain(http.StatusBadRequest, "invalid_payload")
	}
	u.Uses++
	s.touch("response", id)
	a, err := s.answerTo(u, c, body)
	if no := (*refusal)(nil); errors.As(err, &no) {
		return plain(http.StatusBadRequest, no.code)
	}
	a.channel, a.ts, a.pings = u.Channel, c.ts, c.pings
	return a
}

// answerAtOnce does what a slash command was answered with directly: text, or a message as JSON. It costs no use of the
// response URL.
func (s *Server) answerAtOnce(url, contentType string, body []byte) error {
	u := s.responses[strings.TrimPrefix(url, s.base+responsePath)]
	if u == nil {
		return refuse("no_such_url")
	}
	c := &call{}
	if kind, _, _ := mime.ParseMediaType(contentType); kind != "application/json" {
		c.form = map[string][]string{"text": {string(body)}}
		body = []byte("{}")
	} else if err := c.readJSON(body); err != nil {
		return err
	}
	_, err := s.answerTo(u, c, body)
	return err
}

// answerTo shows, replaces or deletes.
func (s *Server) answerTo(u *responseURL, c *call, body []byte) (answer, error) {
	var how responseBody
	if err := json.Unmarshal(body, &how); err != nil {
		return answer{}, refuse("invalid_payload")
	}
	ch := s.channels[u.Channel]
	if ch == nil {
		return answer{}, refuse("channel_not_found")
	}
	parts, err := c.readContent(0)
	if err != nil {
		return answer{}, err
	}
	done := plain(http.StatusOK, "ok")
	switch {
	case how.Delete:
		return done, s.deleteOriginal(u, ch)
	case parts.empty():
		return answer{}, refuse("no_text")
	case how.Replace && u.Message != "":
		return done, s.replaceOriginal(u, ch, parts)
	case ch.Archived:
		return answer{}, refuse("is_archived")
	}
	m := Message{User: s.bot.ID, BotID: s.bot.BotID, AppID: s.bot.AppID, Team: s.team.ID, ThreadTS: how.ThreadTS}
	parts.put(&m)
	if how.Type == "in_channel" {
		c.did(ch, s.post(ch, m), false)
		return done, nil
	}
	if m.ThreadTS == "" {
		m.ThreadTS = u.Thread
	}
	m.TS = s.whisper(ch, u.User, m)
	c.did(ch, &m, false)
	return done, nil
}

// deleteOriginal takes away the message that was acted on.
func (s *Server) deleteOriginal(u *responseURL, ch *Channel) error {
	if u.Hidden {
		s.unwhisper(u.Message)
		return nil
	}
	m := ch.message(u.Message)
	if m == nil {
		return refuse("message_not_found")
	}
	s.remove(ch, m, s.bot.ID)
	return nil
}

// replaceOriginal puts something else into the message that was acted on. What was not sent goes.
func (s *Server) replaceOriginal(u *responseURL, ch *Channel, parts content) error {
	put := func(m *Message) {
		m.Text, m.Blocks, m.Attachments = "", nil, nil
		parts.put(m)
	}
	if u.Hidden {
		for _, e := range s.ephemerals {
			if e.Message.TS == u.Message {
				put(&e.Message)
			}
		}
		return nil
	}
	m := ch.message(u.Message)
	if m == nil {
		return refuse("message_not_found")
	}
	s.edit(ch, m, s.bot.ID, false, put)
	return nil
}

// unwhisper takes an ephemeral message away.
func (s *Server) unwhisper(ts string) {
	for i, e := range s.ephemerals {
		if e.Message.TS == ts {
			s.ephemerals = append(s.ephemerals[:i:i], s.ephemerals[i+1:]...)
			return
		}
	}
}

func plain(status int, text string) answer {
	outcome := text
	return answer{status: status, body: []byte(text), outcome: outcome}.with("Content-Type", "text/plain; charset=utf-8")
}
