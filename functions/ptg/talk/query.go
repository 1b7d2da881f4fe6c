package talk

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/handsoff/handsoff/functions/ptg/gathering"
	"github.com/handsoff/handsoff/shared/chat"
	"github.com/handsoff/handsoff/shared/command"
)

// whatIsOn says what is talked of now and next.
func (t *Talk) whatIsOn(ctx context.Context, u *utterance) (string, error) {
	at, err := t.store.Now(ctx)
	if err != nil {
		return "", err
	}
	var lines []string
	names := u.g.Names()
	for _, key := range u.g.Keys() {
		if note := u.g.Now[key]; note != nil {
			lines = append(lines, "#"+key+": "+names.In(note.Text)+about(names, note, at, u.g.PlaceOf(key, at)))
		}
		for _, note := range u.g.Next[key] {
			lines = append(lines, "#"+key+" next: "+names.In(note.Text)+about(names, &note, at, ""))
		}
	}
	if len(lines) == 0 {
		lines = []string{"Nothing is discussed now"}
	}
	if day, slot := u.g.SlotNow(at); slot != nil {
		lines = slices.Insert(lines, 0, fmt.Sprintf("%s: %s, %s (%s)", nameOf(u.g), day.Name, slot.Label, slot.Code))
	}
	return strings.Join(lines, "\n"), nil
}

// about says where, since when and by whom something is talked of.
func about(names gathering.Names, note *gathering.Note, at time.Time, place string) string {
	var parts []string
	if place != "" {
		parts = append(parts, place)
	}
	if !note.At.IsZero() {
		parts = append(parts, chat.Age(note.Age(at)))
	}
	if name := names.Of(note.By); name != "" {
		parts = append(parts, "by "+name)
	}
	if len(parts) == 0 {
		return ""
	}
	return " (" + strings.Join(parts, ", ") + ")"
}

// free says what can be booked on a day, on all days when there is no today.
func (t *Talk) free(ctx context.Context, u *utterance) (string, error) {
	days, err := t.daysOf(ctx, u)
	if err != nil {
		return "", err
	}
	var lines []string
	for _, day := range days {
		lines = append(lines, freeOn(u.g, day)...)
	}
	if len(lines) == 0 {
		return "Nothing is free", nil
	}
	return strings.Join(append(lines, "Book with: #TRACK book "+example(u.g, days)), "\n"), nil
}

// daysOf are the days that somebody asks about.
func (t *Talk) daysOf(ctx context.Context, u *utterance) ([]*gathering.Day, error) {
	at, err := t.store.Now(ctx)
	if err != nil {
		return nil, err
	}
	r := &reader{d: gathering.NewDraft(u.g, u.author(), at)}
	day := u.g.Today(at)
	if len(u.rest) > 0 {
		if day = r.dayOf(u.rest[0]); day == nil {
			return nil, no(command.CodeNotFound, "There is no day '%s'%s", short(u.rest[0]), dayNames(u.g))
		}
	}
	if day != nil {
		return []*gathering.Day{day}, nil
	}
	return allDays(u.g), nil
}

func dayNames(g *gathering.Gathering) string {
	var names []string
	for i := range g.Days {
		names = append(names, g.Days[i].Name)
	}
	if len(names) == 0 {
		return ""
	}
	return ": there " + chat.Are(len(names)) + " " + strings.Join(names, ", ")
}

// freeOn are lines about what is free on a day, one a slot.
func freeOn(g *gathering.Gathering, day *gathering.Day) []string {
	rooms := make(map[string][]string)
	for _, spot := range g.Free(day) {
		rooms[spot.Slot] = append(rooms[spot.Slot], spot.Room)
	}
	var lines []string
	for _, slot := range day.Slots {
		if list := rooms[slot.Code]; len(list) > 0 {
			lines = append(lines, fmt.Sprintf("%s %s (%s): %s", day.Name, slot.Label, slot.Code, strings.Join(list, ", ")))
		}
	}
	return lines
}

// undo undoes a change: one's own last one, or one by its number; those of others are for organisers.
func (t *Talk) undo(ctx context.Context, u *utterance) (string, error) {
	version, err := numberIn(u)
	if err != nil {
		return "", err
	}
	if err := t.pace(ctx, u); err != nil {
		return "", err
	}
	own := func(c *gathering.Change) bool { return t.personOf(u.g, c.By.Principal) == u.person }
	result, err := t.store.Undo(ctx, u.g.ID, u.author(), u.line, u.key(), gathering.Undoing{
		Version: version, Own: own, May: func(c *gathering.Change) error {
			if t.organises(u) || own(c) {
				return nil
			}
			return no(command.CodeForbidden, "Change %d is %s's: only they and organisers can undo it", c.Version, c.By.Name)
		},
	})
	return result.Reply, err
}

// numberIn is the number of a change behind the word; 0 when nothing stands there.
func numberIn(u *utterance) (int64, error) {
	if len(u.rest) == 0 {
		return 0, nil
	}
	version, err := strconv.ParseInt(strings.TrimPrefix(u.rest[0], "#"), 10, 64)
	if err != nil || version < 1 || len(u.rest) > 1 {
		return 0, wrong("'undo' takes the number of a change, as history shows it")
	}
	return version, nil
}

// history lists the last changes, about something or all.
func (t *Talk) history(ctx context.Context, u *utterance) (string, error) {
	const usual, most = 10, 50
	limit, words := usual, u.rest
	if n := len(words); n > 0 {
		if number, err := strconv.Atoi(words[n-1]); err == nil && number > 0 {
			limit, words = min(number, most), words[:n-1]
		}
	}
	about := strings.Join(words, " ")
	changes, err := t.store.History(ctx, u.g.ID, gathering.Filter{About: about}, limit)
	if err != nil {
		return "", err
	}
	if len(changes) == 0 {
		return "Nothing was changed" + suffix(" about ", about), nil
	}
	var lines []string
	names := u.g.Names()
	for _, c := range changes {
		at := c.At.In(u.g.Zone()).Format("Mon 02 Jan 15:04")
		lines = append(lines, fmt.Sprintf("%d  %s  %s: %s", c.Version, at, names.Of(c.By), chat.Clip(names.In(c.Said), longestSaid)))
	}
	return strings.Join(lines, "\n"), nil
}

// longestSaid is how much of a line the history shows, in cells.
const longestSaid = 120

func suffix(before, text string) string {
	if text == "" {
		return ""
	}
	return before + text
}
