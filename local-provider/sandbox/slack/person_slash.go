package slack

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"unicode"
)

// Slash types a line that begins with "/" in a channel. It returns when the app has answered. A failure is what Slackbot
// tells the person, whom it also shows it.
func (p *Person) Slash(ctx context.Context, channel, line string) error {
	var fields url.Values
	var c *Channel
	var err error
	p.s.do(func() { c, fields, err = p.slash(channel, line) })
	if err != nil {
		return err
	}
	command := fields.Get("command")
	took := reception{reason: reasonConnection}
	if p.s.people.sender.url != "" {
		took = p.s.people.sender.form(ctx, "slash command", fields)
	}
	p.s.do(func() { err = p.slashed(c, command, fields.Get("response_url"), took) })
	return err
}

// slash is what the app is sent (docs.slack.dev/interactivity/implementing-slash-commands).
func (p *Person) slash(channel, line string) (*Channel, url.Values, error) {
	s := p.s
	c, err := p.writable(channel)
	if err != nil {
		return nil, nil, err
	}
	line = strings.TrimSpace(line)
	name, text := line, ""
	if i := strings.IndexFunc(line, unicode.IsSpace); i >= 0 {
		name, text = line[:i], line[i:]
	}
	command, known := s.command(name)
	if !known {
		return nil, nil, p.told(c, fmt.Sprintf("%s is not a valid command. In Slack, all messages that start with the \"/\" "+
			"character are interpreted as commands.", name))
	}
	text = strings.TrimSpace(text)
	if command.Escape {
		text = wireText(text, p.book(), true)
	} else {
		text = escape(text)
	}
	u := s.users[p.id]
	return c, url.Values{
		"token": {verificationToken}, "team_id": {s.team.ID}, "team_domain": {s.team.Domain}, "channel_id": {c.ID},
		"channel_name": {c.toldName()}, "user_id": {u.ID}, "user_name": {u.Name}, "command": {command.Command}, "text": {text},
		"api_app_id": {AppID}, "is_enterprise_install": {"false"}, "trigger_id": {s.newTrigger(p.id)},
		"response_url": {s.newResponseURL(p.id, c.ID, "", "", false)},
	}, nil
}

// command is one of the app's slash commands. Without a manifest there is one, and its text is escaped.
func (s *Server) command(name string) (Command, bool) {
	if s.options.Manifest == nil {
		return Command{Command: name, Escape: true}, name == "/"+s.bot.Name
	}
	for _, c := range s.options.Manifest.Commands {
		if c.Command == name {
			return c, true
		}
	}
	return Command{}, false
}

// slashed shows what the app answered: nothing, a text, or a message.
func (p *Person) slashed(c *Channel, command, responseURL string, took reception) error {
	switch {
	case took.reason == reasonTimeout:
		return p.told(c, command+` failed with the error "operation_timeout"`)
	case !took.ok():
		return p.told(c, command+` failed with the error "dispatch_failed"`)
	case len(strings.TrimSpace(string(took.body))) == 0:
		return nil
	}
	if err := p.s.answerAtOnce(responseURL, took.kind, took.body); err != nil {
		return p.told(c, command+` failed with the error "invalid_command_response"`)
	}
	return nil
}

// told shows the person what Slackbot says, and is the error of it.
func (p *Person) told(c *Channel, text string) error {
	p.s.whisper(c, p.id, Message{User: slackbot, Text: escape(text)})
	return fmt.Errorf("%w: %s", ErrNoAnswer, text)
}

// Shortcut runs one of the app's global shortcuts, by callback id or name, from Slack's menu.
func (p *Person) Shortcut(ctx context.Context, name string) error {
	var payload object
	var err error
	p.s.do(func() {
		shortcut, known := p.s.shortcut(name)
		if !known {
			err = fmt.Errorf("%w: the app has no shortcut %q", ErrNoSuch, name)
			return
		}
		payload = p.payload("shortcut")
		payload["callback_id"], payload["action_ts"] = shortcut.CallbackID, p.s.newTS()
		payload["trigger_id"] = p.s.newTrigger(p.id)
	})
	if err != nil {
		return err
	}
	if took := p.s.interact(ctx, payload); !took.ok() {
		return fmt.Errorf("%w: %s", ErrNoAnswer, took.why())
	}
	return nil
}

// shortcuts are the app's global ones.
func (s *Server) shortcuts() []Shortcut {
	if s.options.Manifest == nil {
		return []Shortcut{{Name: "Run a command", Type: "global", CallbackID: "run"}}
	}
	var out []Shortcut
	for _, one := range s.options.Manifest.Shortcuts {
		if one.Type == "global" {
			out = append(out, one)
		}
	}
	return out
}

func (s *Server) shortcut(name string) (Shortcut, bool) {
	for _, one := range s.shortcuts() {
		if one.CallbackID == name || strings.EqualFold(one.Name, name) {
			return one, true
		}
	}
	return Shortcut{}, false
}

// OpenHome looks at the App Home, of which the app is told.
func (p *Person) OpenHome() (err error) {
	p.s.do(func() {
		s := p.s
		if s.options.Manifest != nil && !s.options.Manifest.Home {
			err = fmt.Errorf("%w: the app has no home", ErrNoSuch)
			return
		}
		c, _ := s.direct(p.id, s.bot.ID)
		inner := object{"user": p.id, "channel": c.ID, "tab": "home"}
		if v := s.homes[p.id]; v != nil {
			inner["view"] = s.viewNow(v)
		}
		s.happened(Happening{Type: "app_home_opened", User: p.id, Event: inner})
	})
	return err
}
