package slack

import "slices"

// A Client is what a person's client shows at one moment.
type Client struct {
	Me        Member         `json:"me"`
	Team      Team           `json:"team"`
	Bot       Member         `json:"bot"`
	Command   string         `json:"command"` // "/handsoff"
	Shortcuts []ShortcutItem `json:"shortcuts"`
	People    []Member       `json:"people"`
	Groups    []Member       `json:"groups"`
	Places    []Place        `json:"places"`
	Channel   string         `json:"channel,omitempty"` // the id of the conversation that is shown
	Messages  []Seen         `json:"messages"`
	Thread    []Seen         `json:"thread"`
	Home      *SeenView      `json:"home,omitempty"`
	Modals    []SeenView     `json:"modals"`
}

// A Member is somebody whom the person can see, or a group.
type Member struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	Full string `json:"full,omitempty"`
	// Kind is "member", "guest", "stranger" (of another team), "deactivated", "bot", or "group".
	Kind string `json:"kind"`
}

// A Place is a conversation at the left of the window.
type Place struct {
	ID       string `json:"id"`
	Name     string `json:"name"` // "#ops", "@ann"
	Kind     Kind   `json:"kind"`
	Topic    string `json:"topic,omitempty"`
	Member   bool   `json:"member"`
	Bot      bool   `json:"bot"` // the app's bot is in it
	Archived bool   `json:"archived,omitempty"`
	Shared   bool   `json:"shared,omitempty"`
	Partner  string `json:"partner,omitempty"` // in direct messages
	Latest   string `json:"latest,omitempty"`  // ts of the last message that stands in it
	By       string `json:"by,omitempty"`      // whose that is
}

// A ShortcutItem is a shortcut in the client's menu.
type ShortcutItem struct {
	Name string `json:"name"`
	ID   string `json:"id"` // callback id
}

// Client is all that the person's window shows, with one conversation open, and one thread in it.
func (p *Person) Client(channel, thread string) (out Client, err error) {
	p.s.do(func() {
		out = p.client()
		if channel == "" {
			return
		}
		var c *Channel
		if c, err = p.open(channel); err != nil {
			return
		}
		out.Channel, out.Messages = c.ID, p.look(c, "")
		if thread != "" {
			out.Thread = p.look(c, thread)
		}
		out.Places = p.places() // a conversation may just have been opened
	})
	return out, err
}

func (p *Person) client() Client {
	s := p.s
	out := Client{
		Me: s.member(p.id), Team: s.team, Bot: s.member(s.bot.ID), Command: "/" + s.bot.Name, Messages: []Seen{}, Thread: []Seen{},
		Modals: p.modals(), Places: p.places(),
	}
	if s.options.Manifest != nil && len(s.options.Manifest.Commands) > 0 {
		out.Command = s.options.Manifest.Commands[0].Command
	}
	for _, one := range s.shortcuts() {
		out.Shortcuts = append(out.Shortcuts, ShortcutItem{Name: one.Name, ID: one.CallbackID})
	}
	for _, id := range sortedKeys(s.users) {
		out.People = append(out.People, s.member(id))
	}
	for _, id := range sortedKeys(s.groups) {
		out.Groups = append(out.Groups, Member{ID: id, Name: s.groups[id].Handle, Full: s.groups[id].Name, Kind: "group"})
	}
	if v := s.homes[p.id]; v != nil {
		home := p.seenView(v)
		out.Home = &home
	}
	return out
}

func (s *Server) member(id string) Member {
	u := s.users[id]
	kind := "member"
	switch {
	case u.Deleted:
		kind = "deactivated"
	case u.Bot:
		kind = "bot"
	case u.TeamID != s.team.ID:
		kind = "stranger"
	case u.Restricted, u.UltraRestricted:
		kind = "guest"
	}
	return Member{ID: u.ID, Name: u.Name, Full: u.RealName, Kind: kind}
}

// places are the conversations that the person sees, those with the bot first, by name.
func (p *Person) places() []Place {
	var out []Place
	for _, id := range sortedKeys(p.s.channels) {
		c := p.s.channels[id]
		if !p.sees(c) {
			continue
		}
		place := Place{
			ID: c.ID, Name: p.s.placeName(c, p.id), Kind: c.Kind, Topic: c.Topic, Member: c.Has(p.id), Bot: c.Has(p.s.bot.ID),
			Archived: c.Archived, Shared: c.Shared(), Partner: c.partner(p.id),
		}
		for _, m := range slices.Backward(c.messages) {
			if m.inChannel() {
				place.Latest, place.By = m.TS, m.User
				break
			}
		}
		out = append(out, place)
	}
	return out
}
