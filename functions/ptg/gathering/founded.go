package gathering

import (
	"slices"
	"strings"
)

// founded refuses sets that bring something back of a track or a spot that is gone, or take away a track that has something
// or a spot that is booked.
func (d *Draft) founded(sets []Set) error {
	for _, one := range sets {
		kind, of, _ := strings.Cut(one.Field, "/")
		var err error
		switch {
		case kind == trackKind && one.After == "":
			err = d.idle(of)
		case kind == daysField || kind == roomsField:
			err = d.seated()
		case one.After == "":
		case kind == bookKind:
			room, slot, _ := strings.Cut(of, "/")
			d.rely(roomsField, daysField)
			if err = d.CheckSpot(Spot{Room: room, Slot: slot}); err == nil {
				_, _, err = d.track(d.Bookings[Spot{Room: room, Slot: slot}].Track)
			}
		case slices.Contains(ofTracks, kind):
			_, _, err = d.track(of)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// seated refuses bookings of spots that are gone now.
func (d *Draft) seated() error {
	d.Whole()
	for spot, b := range d.Bookings {
		if d.base.CheckSpot(spot) == nil && d.CheckSpot(spot) != nil {
			return refuse(ErrMeanwhile, "%s is %s since", d.base.Reference(spot), b)
		}
	}
	return nil
}

// idle refuses a track that has anything.
func (d *Draft) idle(track string) error {
	d.Whole()
	has := len(d.Booked(track)) > 0
	for _, kind := range ofTracks {
		has = has || d.fields[field(kind, track)] != ""
	}
	if has {
		return refuse(ErrMeanwhile, "#%s was used since", track)
	}
	return nil
}
