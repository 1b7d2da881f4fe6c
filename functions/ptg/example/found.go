package example

import (
	"context"
	"errors"
	"time"

	"github.com/handsoff/handsoff/functions/ptg/gathering"
)

// ID is the gathering's.
const ID = "example"

// founder is who makes it.
var founder = gathering.Author{Principal: "bot:ptg", Name: "handsoff"}

// Found makes the example where there is no gathering at all, and reports whether it did. Of several who do that at once, one does.
func Found(ctx context.Context, store *gathering.Store) (bool, error) {
	list, err := store.List(ctx)
	if err != nil || len(list) > 0 {
		return false, err
	}
	_, err = store.Change(ctx, ID, founder, "the example", "", func(d *gathering.Draft) (string, error) {
		if d.Version > 0 {
			return "", gathering.ErrExists
		}
		d.Whole()
		return "", fill(d)
	})
	if errors.Is(err, gathering.ErrExists) {
		return false, nil
	}
	return err == nil, err
}

// fill makes a draft the example. What is said is as if people had said it a while ago.
func fill(d *gathering.Draft) error {
	now := d.At
	defer func() { d.By, d.At = founder, now }()
	if err := schedule(d, now); err != nil {
		return err
	}
	for _, l := range lines {
		d.By, d.At = l.by, now.Add(-l.ago)
		if err := l.say(d); err != nil {
			return err
		}
	}
	return nil
}

// schedule makes the days, rooms and tracks, and books some.
func schedule(d *gathering.Draft, now time.Time) error {
	where := zone(now)
	if err := d.SetAbout(gathering.About{Name: "Example Gathering", Zone: where, EventID: ID, Etherpad: "https://etherpad.example.org/p/"}); err != nil {
		return err
	}
	list := days(now, d.Zone())
	var codes []string
	for _, day := range list {
		for _, slot := range day.Slots {
			codes = append(codes, slot.Code)
		}
	}
	rooms := []gathering.Room{
		{Name: "Aspen", Note: "Fits a team of 10", Slots: codes},
		{Name: "Birch", Slots: codes},
		{Name: "Big Hall", Icon: "facetime-video", Tip: "Has a camera and a projector", Slots: codes},
		{Name: "Terrace", Note: "When it does not rain", Slots: codes[:len(daily)]},
	}
	return errors.Join(d.SetDays(list), d.SetRooms(rooms), d.AddTracks(tracks...),
		d.SetLinks([]gathering.Link{{Title: "What can be said", URL: "https://github.com/handsoff/handsoff/blob/main/docs/ptg.md"}}),
		booked(d, list))
}

// booked books, by the number of the day, the slot and the room's code.
func booked(d *gathering.Draft, days []gathering.Day) error {
	for _, b := range bookings {
		var spots []gathering.Spot
		for _, at := range b.slots {
			spots = append(spots, gathering.Spot{Room: b.room, Slot: days[at/len(daily)].Slots[at%len(daily)].Code})
		}
		if err := d.Book(b.track, spots...); err != nil {
			return err
		}
	}
	return nil
}
