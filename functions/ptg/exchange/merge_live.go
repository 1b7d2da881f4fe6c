package exchange

import (
	"maps"
	"slices"
	"strings"

	"github.com/handsoff/handsoff/functions/ptg/gathering"
)

// bookings takes what the file books. What another file had booked follows it; what people booked stays, unless everything is
// replaced. Nothing stays booked of what the schedule does not have any more.
func (m *merge) bookings() error {
	for spot := range m.Bookings {
		if m.CheckSpot(spot) != nil {
			m.PutBooking(spot, nil)
		}
	}
	if !m.file.Given[keySchedule] {
		return nil
	}
	wanted := make(map[gathering.Spot]string)
	for _, b := range m.file.Bookings {
		if room := m.Room(b.Room); room != nil && room.Has(b.Slot) { // else it was left out
			wanted[gathering.Spot{Room: room.Code, Slot: b.Slot}] = gathering.Key(b.Track)
		}
	}
	for spot := range m.Bookings {
		if _, booked := wanted[spot]; !booked {
			wanted[spot] = ""
		}
	}
	for spot, track := range wanted {
		m.booking(spot, track)
	}
	slices.Sort(m.plan.Kept)
	return nil
}

func (m *merge) booking(spot gathering.Spot, track string) {
	live := m.Bookings[spot]
	switch {
	case live != nil && live.Track == track:
	case live != nil && !live.File && !m.rules.Replace:
		if track != "" {
			m.keepf("%s is %s; the file has %s", m.Reference(spot), live, track)
		}
	case track == "":
		m.PutBooking(spot, nil)
	default:
		m.PutBooking(spot, &gathering.Booking{Track: track, By: m.By, At: m.At, File: true})
	}
}

// said takes what tracks talk of, and where they are. It carries no author and no time: the file does not say.
func (m *merge) said() {
	live(m, keyNow, m.file.Now, m.Now, func(key string, said *string) {
		m.PutNow(key, made(said, func(text string) *gathering.Note { return &gathering.Note{Text: text} }))
	})
	next := make(map[string][]string)
	maps.Copy(next, m.file.Next)
	live(m, keyNext, next, m.Next, func(key string, said *[]string) {
		var notes []gathering.Note
		if said != nil {
			for _, text := range *said {
				notes = append(notes, gathering.Note{Text: text})
			}
		}
		m.PutNext(key, notes)
	})
	live(m, keyLocation, m.file.Places, m.Places, func(key string, said *string) {
		m.PutPlace(key, made(said, func(text string) *gathering.Place {
			return &gathering.Place{Text: text, Own: m.Room(text) == nil}
		}))
	})
}

// made is something made of a text that is there.
func made[T any](text *string, of func(string) *T) *T {
	if text == nil {
		return nil
	}
	return of(*text)
}

// live takes what a file says of tracks: for those of which nothing is said here; for all, when everything is replaced, and
// what it does not say is over then.
func live[F, T any](m *merge, key string, said map[string]F, here map[string]T, enter func(key string, said *F)) {
	if !m.file.Given[key] {
		return
	}
	for _, track := range slices.Sorted(maps.Keys(said)) {
		_, is := here[track]
		text := said[track]
		switch {
		case m.Tracks[track] == nil:
			m.leavef("%s: there is no such track.", at(key, track))
		case !is || m.rules.Replace:
			enter(track, &text)
		default:
			m.keepf("%s of #%s stays as it is", key, track)
		}
	}
	if !m.rules.Replace {
		return
	}
	for _, track := range slices.Sorted(maps.Keys(here)) {
		if _, stays := said[track]; !stays {
			enter(track, nil)
		}
	}
}

// banners takes the messages, and whether voice is required: where there is none yet, or when everything is replaced.
func (m *merge) banners() {
	switch {
	case !m.file.Given[keyMotd]:
	case len(m.Banners) == 0 || m.rules.Replace:
		var list []gathering.Banner
		for _, b := range m.file.Banners {
			list = append(list, gathering.Banner{Level: b.Level, Text: b.Text, By: m.By, At: m.At})
		}
		if !slices.EqualFunc(list, m.Banners, func(a, b gathering.Banner) bool { return a.Level == b.Level && a.Text == b.Text }) {
			m.PutBanners(list)
		}
	case len(m.file.Banners) > 0:
		m.keepf("the messages stay as they are")
	}
	switch {
	case !m.file.Given[keyVoice] || m.Voice == m.file.Voice:
	case m.file.Voice || m.rules.Replace:
		m.RequireVoice(m.file.Voice)
	default:
		m.keepf("voice stays required")
	}
}

// people takes who is there and who is told of what. A nick means who is called so here, else whoever has it on the network.
func (m *merge) people() {
	if m.file.Given[keyLastCheckIn] {
		here, called := make(map[string]bool), m.present()
		for _, in := range m.file.Present {
			person := m.person(in.Name, called)
			here[person] = true
			if old := m.Present[person]; old != nil && !m.rules.Replace {
				continue
			}
			if key := gathering.Key(in.Place); strings.HasPrefix(in.Place, "#") && m.Tracks[key] != nil {
				in.Place, in.Track = "#"+key, key
			}
			m.PutPresence(person, &in)
		}
		m.clear(here, slices.Collect(maps.Keys(m.Present)), func(person string) { m.PutPresence(person, nil) })
	}
	if m.file.Given[keySubscriptions] {
		told, called := make(map[string]bool), m.subscribed()
		for _, wanted := range m.file.Wanted {
			m.subscription(wanted, m.person(wanted.Nick, called), told)
		}
		m.clear(told, slices.Collect(maps.Keys(m.Subscriptions)), func(person string) { m.PutSubscription(person, nil) })
	}
}

// clear takes away those whom the file does not have, when everything is replaced.
func (m *merge) clear(stay map[string]bool, all []string, remove func(person string)) {
	if !m.rules.Replace {
		return
	}
	for _, person := range all {
		if !stay[person] {
			remove(person)
		}
	}
}

func (m *merge) subscription(wanted Subscription, person string, told map[string]bool) {
	old := m.Subscriptions[person]
	told[person] = true
	sub := gathering.Subscription{Name: wanted.Nick, Pattern: wanted.Pattern, At: m.At}
	switch {
	case old != nil && !m.rules.Replace:
		return
	case old != nil:
		sub.Address = old.Address
	case m.rules.Network != "":
		sub.Address = "irc:" + m.rules.Network + "/" + wanted.Nick
	default:
		m.leavef("The subscription of %s is left out: nobody knows where they are.", wanted.Nick)
		return
	}
	m.PutSubscription(person, &sub)
}

// person is who has a nick: who is called so already, else whoever has it on the network.
func (m *merge) person(nick string, called map[string]string) string {
	low := strings.ToLower(nick)
	if person := called[low]; person != "" {
		return person
	}
	if m.rules.Network == "" {
		return m.Gathering.Person("nick:" + low)
	}
	return m.Gathering.Person("irc-nick:" + m.rules.Network + "/" + low)
}

// present and subscribed are persons by what they are called.
func (m *merge) present() map[string]string {
	return names(m.Present, func(in *gathering.CheckIn) string { return in.Name })
}

func (m *merge) subscribed() map[string]string {
	return names(m.Subscriptions, func(s *gathering.Subscription) string { return s.Name })
}

func names[T any](all map[string]T, name func(T) string) map[string]string {
	persons := make(map[string]string)
	for _, person := range slices.Sorted(maps.Keys(all)) {
		if low := strings.ToLower(name(all[person])); persons[low] == "" {
			persons[low] = person
		}
	}
	return persons
}
