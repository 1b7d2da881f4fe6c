package page

import (
	"cmp"
	"strings"

	"github.com/handsoff/handsoff/functions/ptg/gathering"
	"github.com/handsoff/handsoff/shared/command"
)

// names are what people are called, by principal: those who said or did something that all see, or checked in. Who only
// subscribed told that to nobody but the bot, and is not among them.
func names(g *gathering.Gathering) map[string]string {
	all := make(map[string]string)
	learn := func(by gathering.Author) {
		if by.Name != "" && by.Name != command.NameOf(by.Principal) {
			all[by.Principal] = by.Name
		}
	}
	for _, t := range g.Tracks {
		learn(t.By)
	}
	for _, b := range g.Bookings {
		learn(b.By)
	}
	for _, b := range g.Banners {
		learn(b.By)
	}
	for _, p := range g.Places {
		learn(p.By)
	}
	for _, r := range [][]gathering.Remark{g.Success, g.Thanks} {
		for i := range r {
			learn(r[i].By)
		}
	}
	for person, in := range g.Present {
		learn(gathering.Author{Principal: person, Name: in.Name})
	}
	for _, list := range g.Next {
		for i := range list {
			learn(list[i].By)
		}
	}
	for _, note := range g.Now {
		learn(note.By)
	}
	for principal, person := range g.People {
		if all[principal] == "" && all[person] != "" {
			all[principal] = all[person]
		}
	}
	return all
}

// called is what somebody is called who is named by a principal, such as a member of Slack whom a text mentions; empty for
// others.
func (s *scene) called(principal string) string {
	if !strings.Contains(principal, ":") {
		return ""
	}
	if s.names == nil {
		s.names = names(s.g)
	}
	return s.names[principal]
}

// author is how whoever said something is shown.
func (s *scene) author(by gathering.Author) string {
	if by.Name == "" || by.Name == command.NameOf(by.Principal) {
		return cmp.Or(s.called(by.Principal), by.Name)
	}
	return by.Name
}

// plainly is a text as it is shown, without its links.
func plainly(spans []span) string {
	var b strings.Builder
	for _, one := range spans {
		b.WriteString(one.Text)
	}
	return b.String()
}
