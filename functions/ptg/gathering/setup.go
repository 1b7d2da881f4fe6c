package gathering

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/handsoff/handsoff/shared/chat"
)

// CheckZone refuses what is no time zone of the IANA database; an empty one is UTC.
func CheckZone(zone string) error {
	if _, err := time.LoadLocation(zone); err != nil || zone == "Local" {
		return refuse(ErrInvalid, "%s is no time zone: say one like Europe/Berlin", quote(zone))
	}
	return nil
}

// CheckDate refuses what is no date.
func CheckDate(date string) error {
	if _, err := time.Parse(dateForm, date); err != nil {
		return refuse(ErrInvalid, "%s is no date: say one like 2026-03-02", quote(date))
	}
	return nil
}

// CheckEventID refuses what cannot begin the names of etherpads.
func CheckEventID(id string) error {
	if len(id) > MaxName || strings.ContainsFunc(id, func(r rune) bool { return r <= ' ' || r > '~' || strings.ContainsRune(`/?#%"<>\`, r) }) {
		return refuse(ErrInvalid, "%s cannot begin the names of etherpads: it is one plain word without / ? # and %%", quote(id))
	}
	return nil
}

// SetAbout says what the gathering is.
func (d *Draft) SetAbout(a About) error {
	if err := cmp.Or(CheckName(a.Name), CheckZone(a.Zone), CheckEventID(a.EventID)); err != nil {
		return err
	}
	for _, date := range []string{a.Starts, a.Ends} {
		if err := CheckDate(date); date != "" && err != nil {
			return err
		}
	}
	if a.Starts != "" && a.Ends != "" && a.Ends < a.Starts {
		return refuse(ErrInvalid, "It ends on %s, before it starts on %s", a.Ends, a.Starts)
	}
	for _, address := range []string{a.Etherpad, a.URL} {
		if _, err := CheckURL(address); address != "" && err != nil {
			return err
		}
	}
	d.set(aboutField, a)
	return nil
}

// SetDays says of what days and slots the schedule is made. What is booked for slots that are not among them stays, and is
// there again when they are.
func (d *Draft) SetDays(days []Day) error {
	d.Whole()
	var codes []string
	for _, day := range days {
		if err := CheckName(day.Name); err != nil {
			return err
		}
		if err := CheckDate(day.Date); day.Date != "" && err != nil {
			return err
		}
		for _, slot := range day.Slots {
			if err := checkSlotCode(slot.Code); err != nil {
				return err
			}
			code := strings.ToLower(slot.Code)
			if slices.Contains(codes, code) {
				return refuse(ErrInvalid, "There are two slots called %s", slot.Code)
			}
			codes = append(codes, code)
		}
	}
	if len(days) > MaxDays || len(codes) > MaxSlots {
		return refuse(ErrFull, "%s with %s are too many; %d days and %d slots are the most", chat.Count(len(days), "day"), chat.Count(len(codes), "slot"), MaxDays, MaxSlots)
	}
	if len(days) == 0 {
		d.drop(daysField)
		return nil
	}
	d.set(daysField, days)
	return nil
}

// SetRooms says which rooms there are. Those without a code get one, see [Codes]; two rooms cannot be called alike.
func (d *Draft) SetRooms(rooms []Room) error {
	d.Whole()
	if len(rooms) > MaxRooms {
		return refuse(ErrFull, "%d rooms are too many; %d are the most", len(rooms), MaxRooms)
	}
	rooms = slices.Clone(rooms)
	var names []string
	for _, r := range rooms {
		if err := CheckName(r.Name); err != nil {
			return err
		}
		if r.URL != "" {
			if _, err := CheckURL(r.URL); err != nil {
				return err
			}
		}
		name := strings.ToLower(r.Name)
		if slices.Contains(names, name) {
			return refuse(ErrInvalid, "There are two rooms called %s", r.Name)
		}
		names = append(names, name)
	}
	Codes(rooms)
	if len(rooms) == 0 {
		d.drop(roomsField)
		return nil
	}
	d.set(roomsField, rooms)
	return nil
}

// SetLinks says which the useful links are.
func (d *Draft) SetLinks(links []Link) error {
	if len(links) > MaxLinks {
		return refuse(ErrFull, "%d links are too many; %d are the most", len(links), MaxLinks)
	}
	for _, link := range links {
		if _, err := CheckURL(link.URL); err != nil {
			return err
		}
	}
	if len(links) == 0 {
		d.drop(linksField)
		return nil
	}
	d.set(linksField, links)
	return nil
}
