package gathering

import (
	"slices"
)

// Book books spots for a track, all or none of them. One that is booked already, for whatever track, is refused, with by
// whom; so is one that the schedule does not have.
func (d *Draft) Book(track string, spots ...Spot) error {
	key, _, err := d.track(track)
	if err != nil {
		return err
	}
	d.rely(roomsField, daysField)
	for i, spot := range spots {
		if err := d.CheckSpot(spot); err != nil {
			return err
		}
		if b := d.Bookings[spot]; b != nil {
			return refuse(ErrTaken, "Slot '%s' is %s", d.Reference(spot), b)
		}
		if slices.Contains(spots[:i], spot) {
			return refuse(ErrInvalid, "Slot '%s' is named twice", d.Reference(spot))
		}
	}
	for _, spot := range spots {
		d.set(bookField(spot), Booking{Track: key, By: d.By, At: d.At})
	}
	return nil
}

// String says for what a spot is booked, and by whom: "booked for nova by ann".
func (b *Booking) String() string {
	said := "booked for " + b.Track
	if b.By.Name != "" {
		said += " by " + b.By.Name
	}
	return said
}

// Unbook frees spots that are booked for a track, all or none of them.
func (d *Draft) Unbook(track string, spots ...Spot) error {
	key, _, err := d.track(track)
	if err != nil {
		return err
	}
	for _, spot := range spots {
		if b := d.Bookings[spot]; b == nil || b.Track != key {
			return refuse(ErrNotBooked, "Slot '%s' is invalid (or not booked for %s)", d.Reference(spot), key)
		}
	}
	for _, spot := range spots {
		d.drop(bookField(spot))
	}
	return nil
}
