package exchange

import (
	"fmt"

	"github.com/handsoff/handsoff/functions/ptg/gathering"
)

// reader checks a file and makes one of ours of it.
type reader struct {
	*File
	mistakes Mistakes
	codes    map[string]string // a slot's code in lower case → where it is
	slotOf   map[string]string // a slot's code as it stands there → ours
	names    map[string]string // a track's name as it stands there, in lower case → ours
	keys     map[string]bool   // of the tracks that have been named
}

// Read reads a file of at most [MaxBytes]. It gives [Mistakes] when it is not what such a file is. What is not there is not
// [File.Given]; what is there and means nothing to us, or is nothing that we take, is passed over and told of in [File.Left], or
// taken otherwise and told of in [File.Amended].
func Read(data []byte) (*File, error) {
	if len(data) > MaxBytes {
		return nil, Mistakes{fmt.Sprintf("the file has %d bytes; %d are the most", len(data), MaxBytes)}
	}
	top, err := decode(data)
	if err != nil {
		return nil, err
	}
	if top.kind != object {
		return nil, Mistakes{fmt.Sprintf("the file is %s, not an object", top.kind)}
	}
	r := &reader{
		File: &File{Given: make(map[string]bool)}, codes: make(map[string]string), slotOf: make(map[string]string),
		names: make(map[string]string), keys: make(map[string]bool),
	}
	for _, first := range []struct {
		name  string
		reads func(value)
	}{{keySlots, r.slots}, {keyTracks, r.tracks}} { // others name what is in them
		if v := find(top, first.name); v != nil && v.kind != null {
			r.Given[first.name] = true
			first.reads(*v)
		}
	}
	known := r.known()
	for _, m := range top.members {
		switch reads := known[m.name]; {
		case m.kind == null, r.Given[m.name]: // as if it were not there, or read already
		case reads != nil:
			r.Given[m.name] = true
			reads(m.value)
		case m.name != keyTimestamp:
			r.leavef("The key %s means nothing here.", at("", m.name))
		}
	}
	if len(r.mistakes) > 0 {
		return nil, r.mistakes
	}
	return r.File, nil
}

// known are the keys of a file but for the slots, and what reads them.
func (r *reader) known() map[string]func(value) {
	return map[string]func(value){
		keySchedule:      r.schedule,
		keyNow:           func(v value) { r.Now = r.perTrack(v, keyNow, r.sentence) },
		keyNext:          r.next,
		keyLocation:      func(v value) { r.Places = r.perTrack(v, keyLocation, r.sentence) },
		keyEtherpads:     func(v value) { r.Etherpads = r.perTrack(v, keyEtherpads, r.address) },
		keyURLs:          func(v value) { r.URLs = r.perTrack(v, keyURLs, r.address) },
		keyColors:        func(v value) { r.Colors = r.perTrack(v, keyColors, r.color) },
		keyMotd:          r.motd,
		keyLinks:         r.links,
		keyEventID:       r.eventID,
		keyVoice:         func(v value) { r.Voice = r.yes(v, keyVoice) },
		keyLastCheckIn:   r.lastCheckIn,
		keySubscriptions: r.subscriptions,
		keyGathering:     r.gathering,
	}
}

func (r *reader) wrongf(path, format string, args ...any) {
	r.mistakes = append(r.mistakes, path+": "+fmt.Sprintf(format, args...))
}

func (r *reader) leavef(format string, args ...any) {
	r.Left = append(r.Left, fmt.Sprintf(format, args...))
}

func (r *reader) amendf(path, format string, args ...any) {
	r.Amended = append(r.Amended, path+": "+fmt.Sprintf(format, args...)+".")
}

// is checks that a value is what it must be.
func (r *reader) is(v value, wanted kind, path string) bool {
	if v.kind != wanted {
		r.wrongf(path, "is %s, not %s", v.kind, wanted)
	}
	return v.kind == wanted
}

// few checks that there are not too many of something.
func (r *reader) few(n, most int, path string) bool {
	if n > most {
		r.wrongf(path, "%d are too many; %d are the most", n, most)
	}
	return n <= most
}

// word is a text as it stands, checked.
func (r *reader) word(v value, path string, check func(string) (string, error)) string {
	if !r.is(v, text, path) {
		return ""
	}
	checked, err := check(v.text)
	if err != nil {
		r.wrongf(path, "%s", err)
	}
	return checked
}

// asIs makes a check of one that only refuses.
func asIs(check func(string) error) func(string) (string, error) {
	return func(word string) (string, error) { return word, check(word) }
}

// yes is what ptgbot writes as 0 or 1.
func (r *reader) yes(v value, path string) bool {
	if (v.kind == number && (v.text == "0" || v.text == "1")) || v.kind == boolean {
		return v.text == "1" || v.text == "true"
	}
	r.wrongf(path, "is neither 0 nor 1")
	return false
}

func (r *reader) tracks(v value) {
	if !r.is(v, array, keyTracks) || !r.few(len(v.items), gathering.MaxTracks, keyTracks) {
		return
	}
	for _, one := range v.items { // before another name is made one of these
		if one.kind == text && gathering.CheckTrack(one.text) == nil {
			r.names[gathering.Key(one.text)] = gathering.Key(one.text)
			r.keys[gathering.Key(one.text)] = true
		}
	}
	seen := make(map[string]string)
	for i, one := range v.items {
		path := item(keyTracks, i)
		if !r.is(one, text, path) {
			continue
		}
		name := r.track(one.text, path)
		if other := seen[gathering.Key(name)]; other != "" {
			r.amendf(path, "'%s' is the same track as %s", short(name), other)
			continue
		}
		seen[gathering.Key(name)] = path
		r.Tracks = append(r.Tracks, name)
	}
}

// perTrack are texts by track, as read reads them. One that is empty is not there.
func (r *reader) perTrack(v value, path string, read func(v value, path string) string) map[string]string {
	all := make(map[string]string)
	if !r.is(v, object, path) {
		return all
	}
	for _, m := range v.members {
		where := at(path, m.name)
		if m.kind == null || m.kind == text && m.text == "" {
			continue
		}
		key := gathering.Key(r.track(m.name, where))
		if all[key] != "" {
			r.leavef("%s: the same track is there twice.", where)
			continue
		}
		if said := read(m.value, where); said != "" {
			all[key] = said
		}
	}
	return all
}

func (r *reader) next(v value) {
	r.Next = make(map[string][]string)
	if !r.is(v, object, keyNext) {
		return
	}
	for _, m := range v.members {
		path := at(keyNext, m.name)
		if m.kind == null || !r.is(m.value, array, path) {
			continue
		}
		key := gathering.Key(r.track(m.name, path))
		if len(r.Next[key]) > 0 {
			r.leavef("%s: the same track is there twice.", path)
			continue
		}
		for i, one := range m.items {
			if said := r.sentence(one, item(path, i)); said != "" {
				r.Next[key] = append(r.Next[key], said)
			}
		}
		if n := len(r.Next[key]); n > gathering.MaxNext {
			r.amendf(path, "is of %d texts, of which the first %d are taken", n, gathering.MaxNext)
			r.Next[key] = r.Next[key][:gathering.MaxNext]
		}
	}
}

func (r *reader) links(v value) {
	if !r.is(v, object, keyLinks) || !r.few(len(v.members), gathering.MaxLinks, keyLinks) {
		return
	}
	for _, m := range v.members {
		path := at(keyLinks, m.name)
		link := gathering.Link{Title: gathering.FitText(m.name), URL: r.address(m.value, path)}
		switch {
		case link.URL == "":
		case link.Title == "":
			r.leavef("%s: a link has a title.", path)
		default:
			r.Links = append(r.Links, link)
		}
	}
}
