package exchange

import (
	"time"

	"github.com/handsoff/handsoff/functions/ptg/gathering"
)

// said is what was said that ptgbot has no word for. Who moderates, and who somebody is beside their name, is for the organisers.
func said(g *gathering.Gathering, view View, shown func(string) string) pairs {
	all := pairs{}
	if g.Status != nil {
		all = append(all, pair{nameStatus, append(pairs{{"kind", g.Status.Kind}}, by(shown(g.Status.Text), g.Status.By, g.Status.At, view)...)})
	}
	if moderators := perTrack(g, func(key string) ([]string, bool) {
		return g.Moderators[key], len(g.Moderators[key]) > 0
	}); view == Whole && len(moderators) > 0 {
		all = append(all, pair{nameModerators, moderators})
	}
	for _, kind := range []struct {
		name string
		list []gathering.Remark
	}{{nameSuccess, g.Success}, {nameThanks, g.Thanks}} {
		remarks := []pairs{}
		for _, r := range kind.list {
			one := by(shown(r.Text), r.By, r.At, view)
			if view == Whole && r.Where != "" {
				one = append(one, pair{"where", r.Where})
			}
			remarks = append(remarks, one)
		}
		if len(remarks) > 0 {
			all = append(all, pair{kind.name, remarks})
		}
	}
	return all
}

// by is a text with who said it, and when.
func by(text string, author gathering.Author, at time.Time, view View) pairs {
	one := pairs{{"text", text}, {"name", author.Name}, {"at", at.UTC().Format(timeForm)}}
	if view == Whole && author.Principal != "" {
		one = append(one, pair{"principal", author.Principal})
	}
	return one
}
