package exchange

import (
	"fmt"

	"github.com/handsoff/handsoff/functions/ptg/gathering"
	"github.com/handsoff/handsoff/shared/chat"
)

// reader checks a file and makes one of ours of it.
type reader struct {
	*File
	mistakes Mistakes
	codes    map[string]string // a slot's code in lower case → where it is
}

// Read reads a file of at most [MaxBytes]. It gives [Mistakes] when something in it is wrong. What is not there is not
// [File.Given]; what is there and means nothing to us is passed over and told of in [File.Left].
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
	r := &reader{File: &File{Given: make(map[string]bool)}, codes: make(map[string]string)}
	known := r.known()
	for _, m := range top.members {
		if m.name == keySlots && m.kind != null { // what is booked is checked against them
			r.slots(m.value)
		}
	}
	for _, m := range top.members {
		switch reads := known[m.name]; {
		case m.kind == null: // as if it were not there
		case reads != nil:
			r.Given[m.name] = true
			reads(m.value)
		case m.name == keySlots:
			r.Given[m.name] = true
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
		keyTracks:        r.tracks,
		keySchedule:      r.schedule,
		keyNow:           func(v value) { r.Now = r.sentences(v, keyNow) },
		keyNext:          r.next,
		keyLocation:      func(v value) { r.Places = r.sentences(v, keyLocation) },
		keyEtherpads:     func(v value) { r.Etherpads = r.perTrack(v, keyEtherpads, gathering.CheckURL) },
		keyURLs:          func(v value) { r.URLs = r.perTrack(v, keyURLs, gathering.CheckURL) },
		keyColors:        func(v value) { r.Colors = r.perTrack(v, keyColors, gathering.CheckColor) },
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
	seen := make(map[string]string)
	for i, one := range v.items {
		path := item(keyTracks, i)
		name := r.word(one, path, asIs(gathering.CheckTrack))
		key := gathering.Key(name)
		if other := seen[key]; other != "" && name != "" {
			r.wrongf(path, "'%s' is the same track as %s", name, other)
		}
		seen[key] = path
		r.Tracks = append(r.Tracks, name)
	}
}

// perTrack are texts by track. One that is empty is not there.
func (r *reader) perTrack(v value, path string, check func(string) (string, error)) map[string]string {
	all := make(map[string]string)
	if !r.is(v, object, path) {
		return all
	}
	for _, m := range v.members {
		key, ok := r.key(m.name, at(path, m.name), all[gathering.Key(m.name)] != "")
		if !ok || m.kind == null || m.kind == text && m.text == "" {
			continue
		}
		all[key] = r.word(m.value, at(path, m.name), check)
	}
	return all
}

func (r *reader) sentences(v value, path string) map[string]string {
	return r.perTrack(v, path, gathering.CheckText)
}

// key is that of a track by which something else is named.
func (r *reader) key(name, path string, taken bool) (string, bool) {
	if err := gathering.CheckTrack(name); err != nil {
		r.wrongf(path, "%s", err)
		return "", false
	}
	if taken {
		r.wrongf(path, "the same track is there twice")
	}
	return gathering.Key(name), !taken
}

func (r *reader) next(v value) {
	r.Next = make(map[string][]string)
	if !r.is(v, object, keyNext) {
		return
	}
	for _, m := range v.members {
		path := at(keyNext, m.name)
		key, ok := r.key(m.name, path, r.Next[gathering.Key(m.name)] != nil)
		if !ok || m.kind == null || !r.is(m.value, array, path) || !r.few(len(m.items), gathering.MaxNext, path) {
			continue
		}
		for i, one := range m.items {
			r.Next[key] = append(r.Next[key], r.word(one, item(path, i), gathering.CheckText))
		}
	}
}

func (r *reader) links(v value) {
	if !r.is(v, object, keyLinks) || !r.few(len(v.members), gathering.MaxLinks, keyLinks) {
		return
	}
	for _, m := range v.members {
		path := at(keyLinks, m.name)
		title := chat.OneLine(m.name)
		if title == "" || len(title) > gathering.MaxText {
			r.wrongf(path, "a link's title has 1 to %d bytes", gathering.MaxText)
		}
		r.Links = append(r.Links, gathering.Link{Title: title, URL: r.word(m.value, path, gathering.CheckURL)})
	}
}
