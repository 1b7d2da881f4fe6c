package gathering

import (
	"cmp"
	"strings"

	"github.com/handsoff/handsoff/shared/command"
)

// Names are what people are called, by principal.
type Names map[string]string

// Names are those of who said or did something that all see, or checked in. Who only subscribed told that to nobody but the bot,
// and is not among them.
func (g *Gathering) Names() Names {
	all := make(Names)
	for _, t := range g.Tracks {
		all.learn(t.By)
	}
	for _, b := range g.Bookings {
		all.learn(b.By)
	}
	for _, b := range g.Banners {
		all.learn(b.By)
	}
	for _, p := range g.Places {
		all.learn(p.By)
	}
	for _, r := range [][]Remark{g.Success, g.Thanks} {
		for i := range r {
			all.learn(r[i].By)
		}
	}
	for person, in := range g.Present {
		all.learn(Author{Principal: person, Name: in.Name})
	}
	for _, list := range g.Next {
		for i := range list {
			all.learn(list[i].By)
		}
	}
	for _, note := range g.Now {
		all.learn(note.By)
	}
	for principal, person := range g.People {
		if all[principal] == "" && all[person] != "" {
			all[principal] = all[person]
		}
	}
	return all
}

func (n Names) learn(by Author) {
	if by.Name != "" && by.Name != command.NameOf(by.Principal) {
		n[by.Principal] = by.Name
	}
}

// Of is how whoever did something is shown.
func (n Names) Of(by Author) string {
	if by.Name == "" || by.Name == command.NameOf(by.Principal) {
		return cmp.Or(n[by.Principal], by.Name)
	}
	return by.Name
}

// What may stand around a word.
const (
	Opening = `([{<"'`
	Closing = `.,;:!?)]}>"'`
)

// In is a text with the names of those whom it mentions by their principals, as members of Slack are mentioned.
func (n Names) In(text string) string {
	words := strings.Split(text, " ")
	for i, word := range words {
		principal := strings.TrimRight(strings.TrimLeft(word, Opening), Closing)
		if name := n[principal]; name != "" {
			words[i] = strings.Replace(word, principal, name, 1)
		}
	}
	return strings.Join(words, " ")
}
