package talk

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/handsoff/handsoff/functions/ptg/gathering"
	"github.com/handsoff/handsoff/shared/command"
)

// book books rooms for a track, all that are named or none.
func (t *Talk) book(ctx context.Context, u *utterance, track string) (string, error) {
	if len(u.rest) < 2 {
		return "", wrong("'#TRACK book' takes a single slotname parameter, such as %s", example(u.g, allDays(u.g)))
	}
	return t.change(ctx, u, func(d *gathering.Draft) (string, error) {
		spots, err := readSpots(d, u.text(1), func(slot string) []gathering.Spot { return freeIn(d.Gathering, slot) })
		if err != nil {
			return "", err
		}
		if err := d.Book(track, spots...); err != nil {
			return "", err
		}
		var said []string
		for _, spot := range spots {
			sentence := fmt.Sprintf("Room %s is now booked on %s for %s", roomName(d.Gathering, spot), spot.Slot, track)
			said = append(said, sentence+conflicts(d.Gathering, track, spot))
		}
		return strings.Join(said, "; "), nil
	})
}

// conflicts warns of a track that is in several rooms at the same time.
func conflicts(g *gathering.Gathering, track string, spot gathering.Spot) string {
	others := g.Conflicts(track, spot)
	if len(others) == 0 {
		return ""
	}
	return fmt.Sprintf(", but please note that track '%s' has %s at the same time", track, references(g, others))
}

// unbook frees rooms of a track, all that are named or none.
func (t *Talk) unbook(ctx context.Context, u *utterance, track string) (string, error) {
	if len(u.rest) < 2 {
		return "", wrong("'#TRACK unbook' takes a single slotname parameter")
	}
	return t.change(ctx, u, func(d *gathering.Draft) (string, error) {
		spots, err := readSpots(d, u.text(1), func(slot string) []gathering.Spot { return bookedIn(d.Gathering, track, slot) })
		if slots := new(spotError); asSpotError(err, slots) {
			return "", no(command.CodeNotFound, "Slot '%s' is invalid (or not booked for %s)%s", short(slots.said), track, slots.more)
		}
		if err != nil {
			return "", err
		}
		if err := t.mayUnbook(u, d, track, spots); err != nil {
			return "", err
		}
		if err := d.Unbook(track, spots...); err != nil {
			return "", err
		}
		var said []string
		for _, spot := range spots {
			said = append(said, fmt.Sprintf("Room %s (previously booked for %s) is now free on %s", roomName(d.Gathering, spot), track, spot.Slot))
		}
		return strings.Join(said, "; "), nil
	})
}

// mayUnbook refuses those who neither booked a room nor may speak for the track. What a file brought is nobody's own.
func (t *Talk) mayUnbook(u *utterance, d *gathering.Draft, track string, spots []gathering.Spot) error {
	if t.voiced(u) || t.moderates(u, track) {
		return nil
	}
	for _, spot := range spots {
		b := d.Bookings[spot]
		switch {
		case b == nil, t.personOf(d.Gathering, b.By.Principal) == u.person:
			continue
		case b.By.Principal != "":
			return no(command.CodeForbidden, "%s booked %s: they can free it, and the track's moderators, people with voice and organisers",
				b.By.Name, d.Reference(spot))
		}
		if err := t.maySpeakFor(u, track); err != nil {
			return err
		}
	}
	return nil
}

// roomName is what the room of a spot is called.
func roomName(g *gathering.Gathering, spot gathering.Spot) string {
	if room := g.Coded(spot.Room); room != nil {
		return room.Name
	}
	return spot.Room
}

// freeIn are the spots of a slot that nobody booked.
func freeIn(g *gathering.Gathering, slot string) []gathering.Spot {
	day, _ := g.Slot(slot)
	if day == nil {
		return nil
	}
	return slices.DeleteFunc(g.Free(day), func(s gathering.Spot) bool { return s.Slot != slot })
}

// bookedIn are the spots of a slot that a track has.
func bookedIn(g *gathering.Gathering, track, slot string) []gathering.Spot {
	return slices.DeleteFunc(g.Booked(track), func(s gathering.Spot) bool { return s.Slot != slot })
}

// references are spots as people name them, in one word each.
func references(g *gathering.Gathering, spots []gathering.Spot) string {
	const few = 5
	var names []string
	for _, spot := range spots {
		if len(names) == few {
			names = append(names, "…")
			break
		}
		names = append(names, spot.Room+"-"+spot.Slot)
	}
	return strings.Join(names, ", ")
}

// example is a spot that can be booked on one of these days, as one names it.
func example(g *gathering.Gathering, days []*gathering.Day) string {
	for _, day := range days {
		if free := g.Free(day); len(free) > 0 {
			return free[0].Room + "-" + free[0].Slot
		}
	}
	return "Room-Slot"
}

// allDays are those of a gathering.
func allDays(g *gathering.Gathering) []*gathering.Day {
	all := make([]*gathering.Day, len(g.Days))
	for i := range g.Days {
		all[i] = &g.Days[i]
	}
	return all
}
