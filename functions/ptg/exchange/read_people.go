package exchange

import (
	"slices"
	"strings"
	"time"

	"github.com/handsoff/handsoff/functions/ptg/gathering"
)

// motd reads the messages: a list, or the single one that old files have.
func (r *reader) motd(v value) {
	if v.kind == object {
		v = value{kind: array, items: []value{v}}
		if m := find(v.items[0], "message"); m == nil || m.text == "" {
			v.items = nil
		}
	}
	if !r.is(v, array, keyMotd) || !r.few(len(v.items), gathering.MaxBanners, keyMotd) {
		return
	}
	for i, one := range v.items {
		path := item(keyMotd, i)
		if !r.is(one, object, path) {
			continue
		}
		b := gathering.Banner{}
		for _, m := range one.members {
			switch where := at(path, m.name); m.name {
			case "level":
				b.Level = r.fitting(m.value, where, asIs(gathering.CheckLevel))
			case "message":
				b.Text = r.sentence(m.value, where)
			default:
				r.leavef("%s means nothing here.", where)
			}
		}
		if b.Text == "" {
			r.leavef("%s: it says nothing.", path)
			continue
		}
		if b.Level == "" {
			b.Level = gathering.Levels[0]
			r.amendf(path, "is taken as one of the level %s", b.Level)
		}
		r.Banners = append(r.Banners, b)
	}
}

// find is a member of an object; nil for none.
func find(v value, name string) *value {
	for i := range v.members {
		if v.members[i].name == name {
			return &v.members[i].value
		}
	}
	return nil
}

func (r *reader) lastCheckIn(v value) {
	if !r.is(v, object, keyLastCheckIn) || !r.few(len(v.members), gathering.MaxPeople, keyLastCheckIn) {
		return
	}
	for _, m := range v.members {
		path := at(keyLastCheckIn, m.name)
		if m.kind == null || !r.is(m.value, object, path) {
			continue
		}
		in := gathering.CheckIn{Name: m.name}
		for _, one := range m.members {
			where := at(path, one.name)
			switch {
			case one.kind == null:
			case one.name == "nick" && r.is(one.value, text, where):
				in.Name = one.text
			case one.name == "location":
				in.Place = r.sentence(one.value, where)
			case one.name == "in":
				in.In = stampOf(r.fitting(one.value, where, asIs(checkStamp)))
			case one.name == "out":
				in.Out = stampOf(r.fitting(one.value, where, asIs(checkStamp)))
			case one.name != "nick":
				r.leavef("%s means nothing here.", where)
			}
		}
		in.Name = r.name(in.Name, path)
		switch {
		case in.Name == "":
		case in.In.IsZero() || in.Place == "":
			r.leavef("%s: a check-in has a location and a time in.", path)
		default:
			r.Present = append(r.Present, in)
		}
	}
}

// checkStamp refuses what is no time as ptgbot writes one.
func checkStamp(text string) error {
	if t, err := time.Parse(timeForm, text); err != nil || !sensible(t) {
		return Mistakes{"is no time: one looks like 2026-03-02 09:00:00"}
	}
	return nil
}

// stampOf is the time of a text that was checked; zero for an empty one.
func stampOf(text string) time.Time {
	t, _ := time.Parse(timeForm, text)
	return t
}

// subscriptions reads patterns by nick. One that was cancelled is null; one that RE2 does not know is left.
func (r *reader) subscriptions(v value) {
	if !r.is(v, object, keySubscriptions) || !r.few(len(v.members), gathering.MaxPeople, keySubscriptions) {
		return
	}
	for _, m := range v.members {
		path := at(keySubscriptions, m.name)
		if m.kind == null || !r.is(m.value, text, path) {
			continue
		}
		nick := r.name(m.name, path)
		if nick == "" || m.text == "" {
			continue
		}
		if _, err := gathering.CompilePattern(m.text); err != nil {
			r.leavef("The subscription of %s is left out: %s", nick, err)
			continue
		}
		r.Wanted = append(r.Wanted, Subscription{Nick: nick, Pattern: m.text})
	}
}

func (r *reader) eventID(v value) {
	r.About.EventID = r.fitting(v, keyEventID, asIs(gathering.CheckEventID))
}

// gathering reads what only our own files have.
func (r *reader) gathering(v value) {
	if !r.is(v, object, keyGathering) {
		return
	}
	words := []struct {
		name  string
		into  *string
		check func(string) error
	}{
		{"name", &r.About.Name, gathering.CheckName},
		{"zone", &r.About.Zone, gathering.CheckZone},
		{"starts", &r.About.Starts, gathering.CheckDate},
		{"ends", &r.About.Ends, gathering.CheckDate},
		{"etherpad", &r.About.Etherpad, checkURL},
		{"url", &r.About.URL, checkURL},
	}
	for _, m := range v.members {
		path := at(keyGathering, m.name)
		if m.name == "dates" {
			r.dates(m.value, path)
			continue
		}
		if reads := r.said()[m.name]; reads != nil {
			reads(m.value, path)
			continue
		}
		known := false
		for _, w := range words {
			if known = w.name == m.name; known {
				*w.into = r.maybe(m.value, path, asIs(w.check))
				break
			}
		}
		if !known {
			r.leavef("%s means nothing here.", path)
		}
	}
}

func checkURL(address string) error {
	_, err := gathering.CheckURL(address)
	return err
}

// dates reads those of days.
func (r *reader) dates(v value, path string) {
	if !r.is(v, object, path) {
		return
	}
	for _, m := range v.members {
		i := slices.IndexFunc(r.Days, func(d gathering.Day) bool { return strings.EqualFold(d.Name, m.name) })
		date := r.word(m.value, at(path, m.name), asIs(gathering.CheckDate))
		if i < 0 {
			r.wrongf(at(path, m.name), "there is no such day")
			continue
		}
		r.Days[i].Date = date
	}
}
