package gathering

import (
	"fmt"
	"strings"

	"github.com/handsoff/handsoff/shared/chat"
)

func describeTrack(t *Track) string {
	text := t.Name + ", " + t.Color
	if t.URL != "" {
		text += ", meeting " + t.URL
	}
	if t.Etherpad != "" {
		text += ", etherpad " + t.Etherpad
	}
	return text
}

func describeIn(in *CheckIn) string {
	return fmt.Sprint(in.Name, in.Place, in.In.UTC(), in.Out.UTC())
}

func describeSubscription(s *Subscription) string { return fmt.Sprint(s.Pattern, s.Tracks, s.Address) }

func slotNames(g *Gathering) []string {
	var list []string
	for _, day := range g.Days {
		for _, slot := range day.Slots {
			text := strings.TrimSpace(day.Name+" "+day.Date) + " " + slot.Code + " " + slot.Label
			if !slot.Start.IsZero() {
				text += " from " + slot.Start.UTC().Format("2006-01-02 15:04 UTC")
			}
			if slot.Minutes > 0 {
				text += " for " + chat.Count(slot.Minutes, "minute")
			}
			list = append(list, strings.TrimSpace(text))
		}
	}
	return list
}

func roomNames(g *Gathering) []string {
	var list []string
	for _, r := range g.Rooms {
		text := []string{r.Name + " (" + r.Code + "): " + strings.Join(r.Slots, " ")}
		for _, more := range []string{r.URL, r.Note, r.Icon, r.Tip} {
			if more != "" {
				text = append(text, more)
			}
		}
		list = append(list, strings.Join(text, ", "))
	}
	return list
}

func bannerNames(g *Gathering) []string {
	var list []string
	for _, b := range g.Banners {
		list = append(list, b.Level+": "+b.Text)
	}
	return list
}

func linkNames(g *Gathering) []string {
	var list []string
	for _, l := range g.Links {
		list = append(list, l.Title+" "+l.URL)
	}
	return list
}

func joined[T any](list []T, text func(T) string) string {
	texts := make([]string, len(list))
	for i, one := range list {
		texts[i] = text(one)
	}
	return strings.Join(texts, "; ")
}
