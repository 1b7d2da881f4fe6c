package gathering

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Diff says what differs between two states of a gathering, a line each, for people who must decide whether they want that.
func Diff(before, after *Gathering) []string {
	var lines []string
	lines = append(lines, aboutDiff(before, after)...)
	lines = append(lines, listDiff("days and slots", slotNames(before), slotNames(after))...)
	lines = append(lines, listDiff("rooms", roomNames(before), roomNames(after))...)
	lines = append(lines, mapDiff("track", before.Tracks, after.Tracks, describeTrack)...)
	lines = append(lines, bookingDiff(before, after)...)
	lines = append(lines, mapDiff("now", before.Now, after.Now, func(n *Note) string { return n.Text })...)
	lines = append(lines, mapDiff("next", before.Next, after.Next, func(list []Note) string {
		return joined(list, func(n Note) string { return n.Text })
	})...)
	lines = append(lines, mapDiff("place of", before.Places, after.Places, func(p *Place) string { return p.Text })...)
	lines = append(lines, mapDiff("moderators of", before.Moderators, after.Moderators, func(list []string) string { return strings.Join(list, ", ") })...)
	lines = append(lines, listDiff("messages", bannerNames(before), bannerNames(after))...)
	lines = append(lines, listDiff("links", linkNames(before), linkNames(after))...)
	lines = append(lines, countDiff("people who checked in", before.Present, after.Present, describeIn)...)
	lines = append(lines, countDiff("subscriptions", before.Subscriptions, after.Subscriptions, describeSubscription)...)
	lines = append(lines, countDiff("people tied together", before.People, after.People, func(s string) string { return s })...)
	lines = append(lines, remarkDiff("successes", before.Success, after.Success)...)
	lines = append(lines, remarkDiff("thanks", before.Thanks, after.Thanks)...)
	return lines
}

func aboutDiff(before, after *Gathering) []string {
	var lines []string
	status := func(g *Gathering) string {
		if g.Status == nil {
			return ""
		}
		return g.Status.Kind + ": " + g.Status.Text
	}
	a, b := before.About, after.About
	for _, one := range []struct{ what, was, is string }{
		{"name", a.Name, b.Name},
		{"time zone", a.Zone, b.Zone},
		{"starts", a.Starts, b.Starts},
		{"ends", a.Ends, b.Ends},
		{"event id", a.EventID, b.EventID},
		{"etherpads", a.Etherpad, b.Etherpad},
		{"site", a.URL, b.URL},
		{"status", status(before), status(after)},
		{"voice required", fmt.Sprint(before.Voice), fmt.Sprint(after.Voice)},
	} {
		if one.was != one.is {
			lines = append(lines, one.what+": "+nothing(one.is)+was(one.was))
		}
	}
	return lines
}

func nothing(text string) string { return cmp.Or(text, "nothing") }

func was(text string) string {
	if text == "" {
		return ""
	}
	return " (was " + text + ")"
}

// listDiff tells of a list of texts what came, what went, and whether what stayed is in another order.
func listDiff(what string, before, after []string) []string {
	var lines, stayed, stays []string
	for _, one := range after {
		if slices.Contains(before, one) {
			stays = append(stays, one)
		} else {
			lines = append(lines, what+": + "+one)
		}
	}
	for _, one := range before {
		if slices.Contains(after, one) {
			stayed = append(stayed, one)
		} else {
			lines = append(lines, what+": - "+one)
		}
	}
	if !slices.Equal(stayed, stays) {
		lines = append(lines, what+": in another order")
	}
	return lines
}

func mapDiff[T any](what string, before, after map[string]T, describe func(T) string) []string {
	var lines []string
	for _, key := range slices.Sorted(maps.Keys(merged(before, after))) {
		old, had := before[key]
		fresh, has := after[key]
		switch {
		case had && !has:
			lines = append(lines, fmt.Sprintf("%s #%s: gone%s", what, key, was(describe(old))))
		case has && (!had || describe(old) != describe(fresh)):
			prior := ""
			if had {
				prior = was(describe(old))
			}
			lines = append(lines, fmt.Sprintf("%s #%s: %s%s", what, key, describe(fresh), prior))
		}
	}
	return lines
}

func merged[K comparable, T any](a, b map[K]T) map[K]bool {
	all := make(map[K]bool)
	for key := range a {
		all[key] = true
	}
	for key := range b {
		all[key] = true
	}
	return all
}

func bookingDiff(before, after *Gathering) []string {
	var lines []string
	for spot := range merged(before.Bookings, after.Bookings) {
		old, fresh := before.Bookings[spot], after.Bookings[spot]
		name := after.Reference(spot)
		if after.Coded(spot.Room) == nil {
			name = before.Reference(spot)
		}
		switch {
		case fresh == nil:
			lines = append(lines, fmt.Sprintf("%s: free (was %s)", name, old))
		case old == nil:
			lines = append(lines, fmt.Sprintf("%s: booked for %s", name, fresh.Track))
		case old.Track != fresh.Track:
			lines = append(lines, fmt.Sprintf("%s: booked for %s (was %s)", name, fresh.Track, old))
		}
	}
	slices.Sort(lines)
	return lines
}

// countDiff tells how many came, went and changed, where their names are nobody's business.
func countDiff[T any](what string, before, after map[string]T, describe func(T) string) []string {
	came, went, changed := 0, 0, 0
	for key := range merged(before, after) {
		old, had := before[key]
		fresh, has := after[key]
		switch {
		case !had:
			came++
		case !has:
			went++
		case describe(old) != describe(fresh):
			changed++
		}
	}
	return counted(what, came, went, changed)
}

func counted(what string, came, went, changed int) []string {
	var parts []string
	for _, one := range []struct {
		n    int
		verb string
	}{{came, "more"}, {went, "gone"}, {changed, "changed"}} {
		if one.n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", one.n, one.verb))
		}
	}
	if len(parts) == 0 {
		return nil
	}
	return []string{what + ": " + strings.Join(parts, ", ")}
}

func remarkDiff(what string, before, after []Remark) []string {
	number := func(list []Remark) map[string]string {
		all := make(map[string]string)
		for _, r := range list {
			all[fmt.Sprint(r.Number)] = r.Text
		}
		return all
	}
	return countDiff(what, number(before), number(after), func(text string) string { return text })
}
