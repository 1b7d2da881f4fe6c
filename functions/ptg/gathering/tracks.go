package gathering

import "strings"

// AddTracks adds those that are not there yet, each with a colour of the palette.
func (d *Draft) AddTracks(names ...string) error {
	fresh := make(map[string]bool)
	for _, name := range names {
		if err := CheckTrack(name); err != nil {
			return err
		}
		if key := Key(name); d.Tracks[key] == nil {
			fresh[key] = true
		}
	}
	if len(fresh) > 0 && len(d.Tracks)+len(fresh) > MaxTracks {
		return refuse(ErrFull, "There are %d tracks already; %d are as many as there may be", len(d.Tracks), MaxTracks)
	}
	for _, name := range names {
		if key := Key(name); d.Tracks[key] == nil {
			d.set(field(trackKind, key), Track{Name: strings.TrimPrefix(name, "#"), Color: d.NextColor(), By: d.By, At: d.At})
		}
	}
	return nil
}

// DelTracks takes tracks away with all that was theirs: what they said, their places, moderators and bookings. Names that
// are nobody's are passed over.
func (d *Draft) DelTracks(names ...string) {
	d.Whole()
	for _, name := range names {
		key := Key(name)
		for _, kind := range ofTracks {
			d.drop(field(kind, key))
		}
		d.drop(field(trackKind, key))
		for _, spot := range d.Booked(key) {
			d.drop(bookField(spot))
		}
	}
}

// CleanTracks takes away what tracks talk of now and next. Names that are nobody's are passed over.
func (d *Draft) CleanTracks(names ...string) {
	for _, name := range names {
		key := Key(name)
		d.drop(field(nowKind, key), field(nextKind, key))
	}
}

// NewDay begins a day: what was said, where tracks are and who was there is over. Bookings, banners, subscriptions and what
// tracks are stay.
func (d *Draft) NewDay() {
	d.Whole()
	d.dropKinds(nowKind, nextKind, placeKind, inKind)
}

// Empty takes everything away but what the gathering is called, and who is who.
func (d *Draft) Empty() {
	d.Whole()
	d.drop(daysField, roomsField, linksField, bannersField, voiceField, statusField)
	d.dropKinds(trackKind, nowKind, nextKind, placeKind, moderatorsKind, bookKind, inKind, subscriptionKind, successKind, thanksKind)
}
