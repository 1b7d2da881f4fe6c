package exchange

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/handsoff/handsoff/functions/ptg/gathering"
)

// View says who a file is for.
type View int

// Who a file is for.
const (
	Whole  View = iota // the organisers: everything
	Public             // everybody: nobody's subscription, and of who checked in only those who are there
)

// pair and pairs are an object whose members keep their order.
type pair struct {
	name  string
	value any
}

type pairs []pair

// MarshalJSON writes the members in their order.
func (p pairs) MarshalJSON() ([]byte, error) {
	var out bytes.Buffer
	out.WriteByte('{')
	for i, one := range p {
		if i > 0 {
			out.WriteByte(',')
		}
		name, err := json.Marshal(one.name)
		if err != nil {
			return nil, err
		}
		value, err := json.Marshal(one.value)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", one.name, err)
		}
		out.Write(name)
		out.WriteByte(':')
		out.Write(value)
	}
	out.WriteByte('}')
	return out.Bytes(), nil
}

// Write is a gathering as a file that [Read] reads, and ptgbot too; for the organisers it is indented. Tracks are in order;
// its timestamp is that of the last change, UTC like all its times.
func Write(g *gathering.Gathering, view View) ([]byte, error) {
	shown := func(text string) string { return text }
	if view == Public {
		shown = g.Names().In // accounts are nobody's business
	}
	out := pairs{
		{keyEventID, g.About.EventID},
		{keyVoice, voice(g.Voice)},
		{keyLinks, links(g)},
		{keyMotd, motd(g, shown)},
		{keyNow, perTrack(g, func(key string) (string, bool) {
			note := g.Now[key]
			return shown(textOf(note)), note != nil
		})},
		{keyNext, perTrack(g, func(key string) ([]string, bool) {
			list := []string{}
			for _, note := range g.Next[key] {
				list = append(list, shown(note.Text))
			}
			return list, len(list) > 0
		})},
		{keyEtherpads, perTrack(g, func(key string) (string, bool) { u := g.Tracks[key].Etherpad; return u, u != "" })},
		{keyURLs, perTrack(g, func(key string) (string, bool) { u := g.Tracks[key].URL; return u, u != "" })},
		{keyColors, perTrack(g, func(key string) (string, bool) { c := g.Tracks[key].Color; return c, c != "" })},
		{keyLocation, perTrack(g, func(key string) (string, bool) {
			place := g.Places[key]
			if place == nil {
				return "", false
			}
			return place.Text, true
		})},
		{keyLastCheckIn, present(g, view)},
		{keySubscriptions, subscriptions(g, view)},
		{keySlots, slots(g)},
		{keyTracks, trackNames(g)},
		{keySchedule, schedule(g)},
		{keyTimestamp, g.Changed.UTC().Format(timeForm)},
		{keyGathering, ours(g, view, shown)},
	}
	var data []byte
	var err error
	if view == Whole {
		data, err = json.MarshalIndent(out, "", "    ")
	} else {
		data, err = json.Marshal(out)
	}
	if err != nil {
		return nil, fmt.Errorf("exchange: write %s: %w", g.ID, err)
	}
	return append(data, '\n'), nil
}

func voice(required bool) int {
	if required {
		return 1
	}
	return 0
}

func textOf(note *gathering.Note) string {
	if note == nil {
		return ""
	}
	return note.Text
}

// perTrack is what tracks have of something, under their names.
func perTrack[T any](g *gathering.Gathering, of func(key string) (T, bool)) pairs {
	all := pairs{}
	for _, key := range g.Keys() {
		if value, there := of(key); there {
			all = append(all, pair{g.Tracks[key].Name, value})
		}
	}
	return all
}

func trackNames(g *gathering.Gathering) []string {
	names := []string{}
	for _, key := range g.Keys() {
		names = append(names, g.Tracks[key].Name)
	}
	return names
}

func links(g *gathering.Gathering) pairs {
	all := pairs{}
	for _, link := range g.Links {
		all = append(all, pair{link.Title, link.URL})
	}
	return all
}

func motd(g *gathering.Gathering, shown func(string) string) []pairs {
	all := []pairs{}
	for _, b := range g.Banners {
		all = append(all, pairs{{"level", b.Level}, {"message", shown(b.Text)}})
	}
	return all
}

// present is who checked in, under their names in lower case; of several with one name, who came last.
func present(g *gathering.Gathering, view View) pairs {
	all := pairs{}
	seen := make(map[string]bool)
	for _, person := range slices.Sorted(maps.Keys(g.Present)) {
		nick := strings.ToLower(g.Present[person].Name)
		if seen[nick] {
			continue
		}
		seen[nick] = true
		in := g.Seen(g.Present[person].Name)
		if view == Public && !in.Out.IsZero() {
			continue
		}
		place := in.Place
		if t := g.Tracks[in.Track]; t != nil {
			place = "#" + t.Name
		}
		var out any
		if !in.Out.IsZero() {
			out = in.Out.UTC().Format(timeForm)
		}
		all = append(all, pair{nick, pairs{{"nick", in.Name}, {"location", place}, {"in", in.In.UTC().Format(timeForm)}, {"out", out}}})
	}
	return all
}

// subscriptions are the patterns by name; tracks are a pattern of their own.
func subscriptions(g *gathering.Gathering, view View) pairs {
	all := pairs{}
	if view == Public {
		return all
	}
	seen := make(map[string]bool)
	for _, person := range slices.Sorted(maps.Keys(g.Subscriptions)) {
		sub := g.Subscriptions[person]
		if sub.Name == "" || seen[sub.Name] {
			continue
		}
		seen[sub.Name] = true
		all = append(all, pair{sub.Name, sub.Regexp()})
	}
	return all
}
