package talk

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/handsoff/handsoff/functions/ptg/gathering"
	"github.com/handsoff/handsoff/shared/chat"
	"github.com/handsoff/handsoff/shared/command"
)

// mostSpots is how many can be named at a time.
const mostSpots = 50

// spotError says that what somebody named is no spot.
type spotError struct {
	said string
	more string // of the sentence: what to do
}

func (e *spotError) Error() string {
	return fmt.Sprintf("Slot '%s' is invalid (or booked)%s", short(e.said), e.more)
}

// Unwrap is the error as the person is told it.
func (e *spotError) Unwrap() error { return no(command.CodeNotFound, "%s", e.Error()) }

func asSpotError(err error, into *spotError) bool {
	found := new(spotError)
	if !errors.As(err, &found) {
		return false
	}
	*into = *found
	return true
}

// reader finds the spots that words name. A room or a day that was named holds for the slots and times behind it.
//
//	Aspen-MonA1                    as the schedule shows it
//	"Big Room-MonA1", BigRoom-MonA1  a name with spaces, in quotes or not, or the room's code
//	Aspen MonA1 MonA2              a room, then slots
//	MonA1                          the only room that would do
//	Aspen Mon 9:00                 a room, a day, and when the slot begins
//	"Big Room" monday 13:30-17:00  all slots in a span of time
type reader struct {
	d     *gathering.Draft
	words []string
	only  func(slot string) []gathering.Spot // those that a slot alone may mean

	room  *gathering.Room
	day   *gathering.Day
	found []gathering.Spot
	used  bool // whether the room has had a slot
}

// readSpots finds the spots that a text names.
func readSpots(d *gathering.Draft, text string, only func(slot string) []gathering.Spot) ([]gathering.Spot, error) {
	r := &reader{d: d, words: tokens(text), only: only, used: true}
	for len(r.words) > 0 {
		n, err := r.step()
		if err != nil {
			return nil, err
		}
		if n == 0 {
			return nil, &spotError{text, r.meant(text)}
		}
		r.words = r.words[n:]
		if len(r.found) > mostSpots {
			return nil, wrong("That is more than %d slots at a time", mostSpots)
		}
	}
	if !r.used || len(r.found) == 0 {
		return nil, &spotError{text, r.when()}
	}
	return r.found, nil
}

// step reads as many words as belong together, and says how many; 0 for those that mean nothing here.
func (r *reader) step() (int, error) {
	if n, ok := r.reference(); ok {
		return n, nil
	}
	if n := r.roomName(); n > 0 {
		return n, nil
	}
	word := r.words[0]
	if slices.Contains([]string{"and", "at", "on", "in"}, strings.ToLower(word)) {
		return 1, nil
	}
	if day := r.dayOf(word); day != nil {
		r.day = day
		return 1, nil
	}
	if _, slot := r.d.Slot(word); slot != nil {
		return 1, r.slot(slot.Code, word)
	}
	if from, until, ok := timeOf(word); ok && r.room != nil {
		return 1, r.times(from, until, word)
	}
	return 0, nil
}

// reference reads Room-Slot, the longest that stands there.
func (r *reader) reference() (int, bool) {
	for n := min(len(r.words), longestRoom); n > 0; n-- {
		spot, ok := r.d.Spot(strings.Join(r.words[:n], " "))
		if ok {
			r.room, r.used = r.d.Coded(spot.Room), true
			r.found = append(r.found, spot)
			return n, true
		}
	}
	return 0, false
}

// longestRoom is how many words a room's name may have.
const longestRoom = 12

// roomName reads a room, the longest that stands there.
func (r *reader) roomName() int {
	for n := min(len(r.words), longestRoom); n > 0; n-- {
		if room := r.d.Room(strings.Join(r.words[:n], " ")); room != nil && r.used {
			r.room, r.day, r.used = room, nil, false
			return n
		}
	}
	return 0
}

// dayOf is the day that a word names.
func (r *reader) dayOf(word string) *gathering.Day {
	switch strings.ToLower(word) {
	case "today":
		return r.d.Today(r.d.At)
	case "tomorrow":
		return r.d.Today(r.d.At.In(r.d.Zone()).AddDate(0, 0, 1)) // a day has 23 or 25 hours where clocks are changed
	}
	return r.d.Day(word)
}

// slot takes a slot by its code: in the room that was named, or in the only one that would do.
func (r *reader) slot(code, word string) error {
	if r.room != nil {
		if !r.room.Has(code) {
			return &spotError{r.room.Name + "-" + code, ""}
		}
		return r.take(code)
	}
	switch spots := r.only(code); len(spots) {
	case 0:
		return &spotError{word, ""}
	case 1:
		r.found = append(r.found, spots[0])
		return nil
	default:
		return no(command.CodeConflict, "%s is not one room: say which, %s", code, references(r.d.Gathering, spots))
	}
}

func (r *reader) take(code string) error {
	r.found, r.used = append(r.found, gathering.Spot{Room: r.room.Code, Slot: code}), true
	return nil
}

// times takes the slots of the room that begin at a time of the day that was named, or that are between two.
func (r *reader) times(from, until int, word string) error {
	day := r.day
	if day == nil && len(r.d.Days) == 1 {
		day = &r.d.Days[0]
	}
	if day == nil {
		return no(command.CodeUsage, "Say on which day, such as: %s Mon %s", quoted(r.room.Name), word)
	}
	taken := false
	for _, slot := range day.Slots {
		begins, ends, ok := r.hours(day, &slot)
		if ok && r.room.Has(slot.Code) && fits(begins, ends, from, until) {
			taken = true
			if err := r.take(slot.Code); err != nil {
				return err
			}
		}
	}
	if !taken {
		return &spotError{r.room.Name + " " + day.Name + " " + word, r.when()}
	}
	return nil
}

// fits reports whether a slot begins at a time, or is within a span; until is negative for a time alone.
func fits(begins, ends, from, until int) bool {
	if until < 0 {
		return begins == from
	}
	return begins >= from && ends <= until
}

// hours are when a slot begins and ends, in minutes of the day in the gathering's zone.
func (r *reader) hours(day *gathering.Day, slot *gathering.Slot) (begins, ends int, ok bool) {
	if start, end, known := r.d.Span(day, slot); known {
		from, until := start.In(r.d.Zone()), end.In(r.d.Zone())
		begins, ends = from.Hour()*60+from.Minute(), until.Hour()*60+until.Minute()
		if until.YearDay() != from.YearDay() || until.Year() != from.Year() {
			ends += 24 * 60
		}
		return begins, ends, true
	}
	return gathering.Hours(slot.Label)
}

// meant are the spots whose names are near to what somebody typed, as the end of a sentence.
func (r *reader) meant(text string) string {
	var names []string
	for i := range r.d.Days {
		for _, spot := range r.d.Free(&r.d.Days[i]) {
			names = append(names, spot.Room+"-"+spot.Slot)
		}
	}
	near := command.Nearest(chat.OneLine(text), names)
	if len(near) == 0 {
		return ""
	}
	return ". Did you mean " + strings.Join(near, ", or ") + "?"
}

// when says which slots of the room are free, as the end of a sentence.
func (r *reader) when() string {
	if r.room == nil {
		return ""
	}
	var free []gathering.Spot
	for i := range r.d.Days {
		if r.day != nil && r.day != &r.d.Days[i] {
			continue
		}
		free = append(free, slices.DeleteFunc(r.d.Free(&r.d.Days[i]), func(s gathering.Spot) bool { return s.Room != r.room.Code })...)
	}
	if len(free) == 0 {
		return ": nothing is free there then"
	}
	return ". Free there: " + references(r.d.Gathering, free)
}

// quoted is a room's name as one word.
func quoted(name string) string {
	if strings.Contains(name, " ") {
		return `"` + name + `"`
	}
	return name
}
