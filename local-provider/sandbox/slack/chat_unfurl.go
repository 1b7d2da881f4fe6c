package slack

import (
	"encoding/json"
	"html"
	"net/url"
	"slices"
	"strings"
)

// An unfurling is a link that the app was told of and may say more about.
type unfurling struct{ channel, ts string }

// maxUnfurlings is how many links can be answered by the id of their event. Their channel and ts work for ever.
const maxUnfurlings = 500

// offer remembers what the app is told of a link.
func (s *Server) offer(id string, u unfurling) {
	for old := range s.unfurlings {
		if len(s.unfurlings) < maxUnfurlings {
			break
		}
		delete(s.unfurlings, old)
	}
	s.unfurlings[id] = u
}

// unfurl is chat.unfurl: it hangs attachments on a message for links that stand in it.
func unfurl(s *Server, c *call) (object, error) {
	ch, m, err := s.unfurled(c)
	if err != nil {
		return nil, err
	}
	var unfurls map[string]map[string]json.RawMessage
	raw := c.raw("unfurls")
	if len(raw) == 0 {
		return nil, refuse("missing_unfurls")
	}
	if json.Unmarshal(raw, &unfurls) != nil || unfurls == nil {
		return nil, refuse("invalid_unfurls_format")
	}
	var hang []object
	for _, link := range sortedKeys(unfurls) {
		one, err := s.unfurlOne(m, link, unfurls[link])
		if err != nil {
			return nil, err
		}
		hang = append(hang, one)
	}
	s.edit(ch, m, m.User, false, func(m *Message) { m.Attachments = hangOn(m.Attachments, hang) })
	c.did(ch, m, false)
	return object{}, nil
}

// unfurled finds the message whose links are meant: by channel and ts, or by what the event said.
func (s *Server) unfurled(c *call) (*Channel, *Message, error) {
	channel, ts := c.text("channel"), c.text("ts")
	if id := c.text("unfurl_id"); id != "" {
		if c.text("source") == "" {
			return nil, nil, refuse("missing_source")
		}
		at, ok := s.unfurlings[id]
		if !ok {
			return nil, nil, refuse("invalid_unfurl_id")
		}
		channel, ts = at.channel, at.ts
	}
	switch {
	case channel == "":
		return nil, nil, refuse("missing_channel")
	case ts == "":
		return nil, nil, refuse("missing_ts")
	}
	c.channel = channel
	ch := s.channels[channel]
	if ch == nil || !ch.Visible(s.bot.ID) {
		return nil, nil, refuse("cannot_find_channel")
	}
	m := ch.message(ts)
	if m == nil {
		return nil, nil, refuse("cannot_find_message")
	}
	return ch, m, nil
}

// unfurlOne checks what is said of one link. The link must stand in the message and belong to the app's domains.
func (s *Server) unfurlOne(m *Message, link string, a map[string]json.RawMessage) (object, error) {
	if !slices.Contains(links(m.Text), link) {
		return nil, refuse("cannot_unfurl_message")
	}
	if !s.unfurls(link) {
		return nil, refuse("cannot_unfurl_url")
	}
	a, err := checkAttachment(a)
	if err != nil {
		no := refuse("cannot_parse_attachment")
		if why, ok := err.(*refusal); ok { //nolint:errorlint // checkAttachment wraps nothing
			no.messages, no.extra = why.messages, why.extra
		}
		return nil, no
	}
	out := object{"from_url": link, "app_unfurl_url": link, "is_app_unfurl": true, "app_id": s.bot.AppID, "bot_id": s.bot.BotID}
	for name, value := range a {
		out[name] = value
	}
	return out, nil
}

// unfurls says whether a link's domain, or one above it, is the app's.
func (s *Server) unfurls(link string) bool {
	u, err := url.Parse(link)
	if err != nil || u.Host == "" {
		return false
	}
	if s.options.Manifest == nil {
		return true
	}
	for _, domain := range s.options.Manifest.Unfurl {
		if u.Hostname() == domain || strings.HasSuffix(u.Hostname(), "."+domain) {
			return true
		}
	}
	return false
}

// links are the links in a message's text, as people and events see them.
func links(text string) []string {
	var out []string
	for {
		_, rest, found := strings.Cut(text, "<")
		if !found {
			return out
		}
		inner, after, closed := strings.Cut(rest, ">")
		if !closed {
			return out
		}
		text = after
		inner, _, _ = strings.Cut(inner, "|")
		if strings.HasPrefix(inner, "http://") || strings.HasPrefix(inner, "https://") {
			out = append(out, html.UnescapeString(inner))
		}
	}
}

// hangOn adds attachments to those of a message. What was said of a link before is said anew.
func hangOn(before json.RawMessage, more []object) json.RawMessage {
	var list []object
	_ = json.Unmarshal(before, &list) // none before
	list = slices.DeleteFunc(list, func(a object) bool {
		return slices.ContainsFunc(more, func(b object) bool { return a["from_url"] == b["from_url"] })
	})
	list = append(list, more...)
	for i, a := range list {
		a["id"] = i + 1
	}
	out, err := json.Marshal(list)
	if err != nil {
		return before
	}
	return out
}
