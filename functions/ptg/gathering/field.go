package gathering

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// The fields of a gathering's hash that stand by themselves. The others are a kind and a name, with a slash between.
const (
	aboutField   = "about"
	daysField    = "days"
	roomsField   = "rooms"
	linksField   = "links"
	bannersField = "banners"
	voiceField   = "voice"
	statusField  = "status"
)

// The kinds of fields that there are many of: of a track, a spot, a person, a number, a principal.
const (
	trackKind        = "track"
	nowKind          = "now"
	nextKind         = "next"
	placeKind        = "place"
	moderatorsKind   = "moderators"
	bookKind         = "book"
	inKind           = "in"
	subscriptionKind = "subscription"
	successKind      = "success"
	thanksKind       = "thanks"
	linkKind         = "link"
)

// ofTracks are the kinds of fields that a track has beside its own.
var ofTracks = []string{nowKind, nextKind, placeKind, moderatorsKind}

func field(kind, name string) string { return kind + "/" + name }

// isTie reports whether a field says who somebody is.
func isTie(name string) bool { return strings.HasPrefix(name, field(linkKind, "")) }

func bookField(s Spot) string { return field(bookKind, s.Room+"/"+s.Slot) }

// Empty is a gathering of which nothing is set.
func Empty(id string) *Gathering {
	return &Gathering{
		ID:            id,
		Tracks:        make(map[string]*Track),
		Now:           make(map[string]*Note),
		Next:          make(map[string][]Note),
		Places:        make(map[string]*Place),
		Moderators:    make(map[string][]string),
		Bookings:      make(map[Spot]*Booking),
		Present:       make(map[string]*CheckIn),
		Subscriptions: make(map[string]*Subscription),
		People:        make(map[string]string),
		fields:        make(map[string]string),
	}
}

// clone is a copy of which fields can be set. What hangs on it is shared until then, and replaced, never changed.
func (g *Gathering) clone() *Gathering {
	c := *g
	c.Tracks, c.Now, c.Next = maps.Clone(g.Tracks), maps.Clone(g.Now), maps.Clone(g.Next)
	c.Places, c.Moderators, c.Bookings = maps.Clone(g.Places), maps.Clone(g.Moderators), maps.Clone(g.Bookings)
	c.Present, c.Subscriptions, c.People = maps.Clone(g.Present), maps.Clone(g.Subscriptions), maps.Clone(g.People)
	c.fields = maps.Clone(g.fields)
	return &c
}

// put sets a field to a JSON text; an empty one takes it away. A field that is not known is kept and means nothing: a later
// handsoff may have written it.
func (g *Gathering) put(name, text string) error {
	if err := g.parse(name, text); err != nil {
		return fmt.Errorf("gathering %s: the field %s: %w", g.ID, name, err)
	}
	if text == "" {
		delete(g.fields, name)
	} else {
		g.fields[name] = text
	}
	return nil
}

func (g *Gathering) parse(name, text string) error {
	kind, of, _ := strings.Cut(name, "/")
	switch kind {
	case aboutField:
		return into(&g.About, text)
	case daysField:
		return into(&g.Days, text)
	case roomsField:
		return into(&g.Rooms, text)
	case linksField:
		return into(&g.Links, text)
	case bannersField:
		return into(&g.Banners, text)
	case voiceField:
		return into(&g.Voice, text)
	case statusField:
		return into(&g.Status, text)
	case trackKind:
		return among(g.Tracks, of, text)
	case nowKind:
		return among(g.Now, of, text)
	case nextKind:
		return among(g.Next, of, text)
	case placeKind:
		return among(g.Places, of, text)
	case moderatorsKind:
		return among(g.Moderators, of, text)
	case bookKind:
		room, slot, _ := strings.Cut(of, "/")
		return among(g.Bookings, Spot{Room: room, Slot: slot}, text)
	case inKind:
		return among(g.Present, of, text)
	case subscriptionKind:
		return among(g.Subscriptions, of, text)
	case successKind:
		return remark(&g.Success, of, text)
	case thanksKind:
		return remark(&g.Thanks, of, text)
	case linkKind:
		return among(g.People, of, text)
	}
	return nil
}

// into sets a value that stands by itself, anew: nothing of what it was shines through.
func into[T any](value *T, text string) error {
	var fresh T
	if text != "" {
		if err := json.Unmarshal([]byte(text), &fresh); err != nil {
			return err
		}
	}
	*value = fresh
	return nil
}

// among sets a value that is one of many.
func among[K comparable, T any](all map[K]T, key K, text string) error {
	if text == "" {
		delete(all, key)
		return nil
	}
	var fresh T
	if err := json.Unmarshal([]byte(text), &fresh); err != nil {
		return err
	}
	all[key] = fresh
	return nil
}

// remark sets one of those that are numbered, in their order.
func remark(all *[]Remark, number, text string) error {
	n, err := strconv.ParseInt(number, 10, 64)
	if err != nil {
		return err
	}
	fresh := Remark{Number: n}
	if text != "" {
		if err := json.Unmarshal([]byte(text), &fresh); err != nil {
			return err
		}
	}
	list := slices.Clone(*all)
	at, found := slices.BinarySearchFunc(list, n, func(r Remark, n int64) int { return int(r.Number - n) })
	switch {
	case found && text == "":
		list = slices.Delete(list, at, at+1)
	case found:
		list[at] = fresh
	case text != "":
		list = slices.Insert(list, at, fresh)
	}
	*all = list
	return nil
}

// read makes a gathering of a hash.
func read(id string, hash map[string]string) (*Gathering, error) {
	g := Empty(id)
	for name, text := range hash {
		if name == versionField || name == changedField {
			continue
		}
		if err := g.put(name, text); err != nil {
			return nil, err
		}
	}
	if err := g.stamp(hash[versionField], hash[changedField]); err != nil {
		return nil, fmt.Errorf("gathering %s: its version: %w", id, err)
	}
	return g, nil
}

// dropKinds takes all fields of kinds away.
func (d *Draft) dropKinds(kinds ...string) {
	for name := range maps.Clone(d.fields) {
		if kind, _, many := strings.Cut(name, "/"); many && slices.Contains(kinds, kind) {
			d.drop(name)
		}
	}
}

func numberField(kind string, number int64) string { return field(kind, strconv.FormatInt(number, 10)) }
