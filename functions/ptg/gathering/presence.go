package gathering

import (
	"maps"
	"slices"
	"strings"
)

// CheckIn says that a person, who is called name, is at a place; one that is a track's name, with or without #, is the track.
// It returns the place as it is kept: '#track', or the text.
func (d *Draft) CheckIn(person, name, place string) (kept string, err error) {
	place, err = CheckText(place)
	if err != nil {
		return "", err
	}
	in := CheckIn{Name: name, Place: place, In: d.At}
	switch key := Key(place); {
	case place == "":
		return "", refuse(ErrInvalid, "The 'in' command should be followed by a location.")
	case d.Tracks[key] != nil:
		d.rely(field(trackKind, key))
		in.Place, in.Track = "#"+key, key
	case strings.HasPrefix(place, "#"):
		return "", refuse(ErrNoTrack, "Unrecognised track %s", short(strings.ToLower(place)))
	}
	if d.Present[person] == nil && len(d.Present) >= MaxPeople {
		return "", refuse(ErrFull, "%d people have checked in, which is as many as there may be", MaxPeople)
	}
	d.set(field(inKind, person), in)
	return in.Place, nil
}

// CheckOut says that a person has left, and returns the place that they left.
func (d *Draft) CheckOut(person string) (place string, err error) {
	in := d.Present[person]
	switch {
	case in == nil:
		return "", refuse(ErrNotIn, "You weren't checked in anywhere yet!")
	case !in.Out.IsZero():
		return "", refuse(ErrNotIn, "You already checked out of %s at %s!", in.Place, d.Clock(in.Out))
	}
	left := *in
	left.Out = d.At
	d.set(field(inKind, person), left)
	return in.Place, nil
}

// Seen is where a person was last, found by what they are called, in any case, or by their principal; the one who came last
// where several are called so. It is nil for one who never checked in.
func (g *Gathering) Seen(who string) *CheckIn {
	if in := g.Present[who]; in != nil {
		return in
	}
	var last *CheckIn
	for _, person := range slices.Sorted(maps.Keys(g.Present)) {
		if in := g.Present[person]; strings.EqualFold(in.Name, who) && (last == nil || in.In.After(last.In)) {
			last = in
		}
	}
	return last
}

// Here are those who are checked in at a track, by name.
func (g *Gathering) Here(track string) []*CheckIn {
	var here []*CheckIn
	for _, in := range g.Present {
		if in.Track == Key(track) && in.Out.IsZero() {
			here = append(here, in)
		}
	}
	slices.SortFunc(here, func(a, b *CheckIn) int {
		if c := strings.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)); c != 0 {
			return c
		}
		return a.In.Compare(b.In)
	})
	return here
}

// Person is who a principal is here: the principal itself, unless it was tied to another one.
func (g *Gathering) Person(principal string) string {
	if person := g.People[principal]; person != "" {
		return person
	}
	return principal
}

// Link ties a principal to a person, who is then at the places and has the subscription of both; the later ones count. Whoever
// was tied to the principal comes along, and a person who was tied to another one meanwhile is that one: nobody is tied to
// somebody who is tied.
func (d *Draft) Link(principal, person string) error {
	if principal == "" || person == "" || len(principal) > MaxText || len(person) > MaxText {
		return refuse(ErrInvalid, "Nobody can be tied to nobody")
	}
	d.rely(field(linkKind, person))
	person = d.Person(person)
	if principal == person || d.People[principal] == person {
		return nil
	}
	if d.People[principal] == "" {
		d.Whole() // whoever is tied to it meanwhile must not be left behind
		for name, to := range maps.Clone(d.People) {
			if to == principal {
				d.set(field(linkKind, name), person)
			}
		}
	}
	if d.People[principal] == "" && len(d.People) >= MaxPeople {
		return refuse(ErrFull, "%d people are tied together, which is as many as there may be", MaxPeople)
	}
	was := d.Person(principal)
	d.set(field(linkKind, principal), person)
	d.rely(field(inKind, was), field(inKind, person), field(subscriptionKind, was), field(subscriptionKind, person))
	if was != principal {
		return nil // what it had went to somebody else before, who keeps it
	}
	d.handOver(was, person)
	return nil
}

// handOver has a person be where a principal is and be told of what the principal is told of, unless theirs is later.
func (d *Draft) handOver(principal, person string) {
	if in := d.Present[principal]; in != nil {
		if other := d.Present[person]; other == nil || in.In.After(other.In) {
			d.set(field(inKind, person), *in)
		}
		d.drop(field(inKind, principal))
	}
	if sub := d.Subscriptions[principal]; sub != nil {
		if other := d.Subscriptions[person]; other == nil || sub.At.After(other.At) {
			d.set(field(subscriptionKind, person), *sub)
		}
		d.drop(field(subscriptionKind, principal))
	}
}

// Unlink has a principal be somebody of their own again. What they had stays with the person.
func (d *Draft) Unlink(principal string) error {
	if d.People[principal] == "" {
		return refuse(ErrNone, "%s is tied to nobody", short(principal))
	}
	d.drop(field(linkKind, principal))
	return nil
}
