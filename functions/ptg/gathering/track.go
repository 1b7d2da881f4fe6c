package gathering

import (
	"maps"
	"slices"
)

// Track is the track of a name, in any case and with or without #. It refuses a name that is none's.
func (g *Gathering) Track(name string) (key string, t *Track, err error) {
	key = Key(name)
	if t = g.Tracks[key]; t == nil {
		return "", nil, refuse(ErrNoTrack, "Unknown track '%s'", short(Key(name)))
	}
	return key, t, nil
}

// Keys are those of all tracks, in order.
func (g *Gathering) Keys() []string { return slices.Sorted(maps.Keys(g.Tracks)) }

// track is the track that an edit is about; it must stay while the edit is made.
func (d *Draft) track(name string) (string, *Track, error) {
	key, t, err := d.Track(name)
	if err == nil {
		d.rely(field(trackKind, key))
	}
	return key, t, err
}

// SetNow says what a track talks of now; what came next is over. Where nobody said where the track is, it is now where the
// schedule says, see [Gathering.RoomOf].
func (d *Draft) SetNow(track, text string) error {
	key, note, err := d.note(track, "now", text)
	if err != nil {
		return err
	}
	d.set(field(nowKind, key), note)
	d.drop(field(nextKind, key))
	if place := d.Places[key]; place == nil || !place.Own {
		if room, _, _ := d.RoomOf(key, d.At); room != nil {
			d.rely(roomsField, daysField)
			d.set(field(placeKind, key), Place{Text: room.Name, By: d.By, At: d.At})
		}
	}
	return nil
}

// AddNext says what a track talks of after that and after what was said to come next before.
func (d *Draft) AddNext(track, text string) error {
	key, note, err := d.note(track, "next", text)
	if err != nil {
		return err
	}
	if len(d.Next[key]) >= MaxNext {
		return refuse(ErrFull, "%d things come next for #%s already; '#%s clean' begins anew", MaxNext, key, key)
	}
	d.set(field(nextKind, key), append(slices.Clip(d.Next[key]), note))
	return nil
}

func (d *Draft) note(track, verb, text string) (key string, n Note, err error) {
	if key, _, err = d.track(track); err != nil {
		return "", n, err
	}
	if text, err = CheckText(text); err != nil {
		return "", n, err
	}
	if text == "" {
		return "", n, refuse(ErrInvalid, "Missing sentence (#TRACK %s ...)", verb)
	}
	return key, Note{Text: text, By: d.By, At: d.At}, nil
}

// Clean takes away what a track talks of now and next.
func (d *Draft) Clean(track string) error {
	key, _, err := d.track(track)
	if err == nil {
		d.drop(field(nowKind, key), field(nextKind, key))
	}
	return err
}

// SetEtherpad says where a track's etherpad is; an empty address means the one that is made of the gathering's.
func (d *Draft) SetEtherpad(track, address string) error {
	return d.address(track, address, func(t *Track, checked string) { t.Etherpad = checked })
}

// SetURL says where a track's meeting is; an empty address means that of its room.
func (d *Draft) SetURL(track, address string) error {
	return d.address(track, address, func(t *Track, checked string) { t.URL = checked })
}

func (d *Draft) address(track, address string, enter func(t *Track, checked string)) error {
	key, t, err := d.track(track)
	if err != nil {
		return err
	}
	if address != "" {
		if address, err = CheckURL(address); err != nil {
			return err
		}
	}
	changed := *t
	enter(&changed, address)
	d.set(field(trackKind, key), changed)
	return nil
}

// SetColor gives a track a colour as CSS has it; an empty one means one of the palette again.
func (d *Draft) SetColor(track, css string) error {
	key, t, err := d.track(track)
	if err != nil {
		return err
	}
	if css == "" {
		css = d.NextColor()
	} else if css, err = CheckColor(css); err != nil {
		return err
	}
	changed := *t
	changed.Color = css
	d.set(field(trackKind, key), changed)
	return nil
}

// SetPlace says where a track is, until the day is over; an empty text means where the schedule says again.
func (d *Draft) SetPlace(track, text string) error {
	key, _, err := d.track(track)
	if err != nil {
		return err
	}
	if text, err = CheckText(text); err != nil {
		return err
	}
	if text == "" {
		d.drop(field(placeKind, key))
		return nil
	}
	d.set(field(placeKind, key), Place{Text: text, By: d.By, At: d.At, Own: true})
	return nil
}

// AddModerator has somebody, a principal or a person, moderate a track.
func (d *Draft) AddModerator(track, who string) error {
	key, _, err := d.track(track)
	switch list := d.Moderators[key]; {
	case err != nil:
		return err
	case who == "" || len(who) > MaxText:
		return refuse(ErrInvalid, "%s is nobody", quote(who))
	case slices.Contains(list, who):
		return nil
	case len(list) >= MaxModerators:
		return refuse(ErrFull, "#%s has %d moderators already", key, MaxModerators)
	default:
		d.set(field(moderatorsKind, key), append(slices.Clip(list), who))
	}
	return nil
}

// DelModerator has somebody moderate a track no more.
func (d *Draft) DelModerator(track, who string) error {
	key, _, err := d.track(track)
	if err != nil {
		return err
	}
	list := slices.Clone(d.Moderators[key])
	at := slices.Index(list, who)
	if at < 0 {
		return refuse(ErrNone, "%s is no moderator of #%s", short(who), key)
	}
	if list = slices.Delete(list, at, at+1); len(list) == 0 {
		d.drop(field(moderatorsKind, key))
		return nil
	}
	d.set(field(moderatorsKind, key), list)
	return nil
}
