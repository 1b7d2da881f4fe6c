package talk

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/handsoff/handsoff/functions/ptg/gathering"
	"github.com/handsoff/handsoff/shared/command"
)

// userWord does what a word for everybody says. Among people an unknown one is answered only when it is near one.
func (t *Talk) userWord(ctx context.Context, u *utterance) (string, error) {
	if does := t.users[u.word]; does != nil {
		return does(ctx, u)
	}
	if near := command.Nearest(u.word, slices.Collect(maps.Keys(t.users))); u.Overheard && len(near) == 0 {
		return "", errNotOurs
	}
	return "", no(command.CodeUnknown, "Unknown user command. Should be: in, out, seen, subscribe, or unsubscribe")
}

// checkIn says where somebody is.
func (t *Talk) checkIn(ctx context.Context, u *utterance) (string, error) {
	return t.change(ctx, u, func(d *gathering.Draft) (string, error) {
		place, err := d.CheckIn(u.person, u.Name, u.text(0))
		return "OK, checked into " + place + " - thanks for the update!", err
	})
}

// checkOut says that somebody left.
func (t *Talk) checkOut(ctx context.Context, u *utterance) (string, error) {
	if len(u.rest) > 0 {
		return "", wrong("The 'out' command does not accept any extra parameters.")
	}
	return t.change(ctx, u, func(d *gathering.Draft) (string, error) {
		place, err := d.CheckOut(u.person)
		return "OK, checked out of " + place + " - thanks for the update!", err
	})
}

// seen says where somebody was last.
func (t *Talk) seen(_ context.Context, u *utterance) (string, error) {
	if len(u.rest) != 1 {
		return "", wrong("The 'seen' command needs a single nick argument.")
	}
	who := strings.TrimPrefix(u.rest[0], "@")
	in := u.g.Seen(who)
	if in == nil {
		in = u.g.Present[t.personOf(u.g, who)]
	}
	switch {
	case in == nil:
		return who + " never checked in anywhere", nil
	case in.Out.IsZero():
		return in.Name + " was last seen in " + in.Place + " at " + u.g.Clock(in.In), nil
	}
	return in.Name + " checked out of " + in.Place + " at " + u.g.Clock(in.Out), nil
}

// subscribe has somebody be told of what tracks talk of, or says what they are told of.
func (t *Talk) subscribe(ctx context.Context, u *utterance) (string, error) {
	if len(u.rest) == 0 {
		if sub := u.g.Subscriptions[u.person]; sub != nil {
			return "Your current subscription regex is: " + wanted(sub), nil
		}
		return "", no(command.CodeNotFound, "You don't have a subscription regex set yet")
	}
	return t.change(ctx, u, func(d *gathering.Draft) (string, error) {
		sub := gathering.Subscription{Name: u.Name, Address: u.address, Pattern: u.text(0)}
		if tracks := tracksOnly(d.Gathering, u.rest); tracks != nil {
			sub.Pattern, sub.Tracks = "", tracks
		}
		before, err := d.Subscribe(u.person, sub)
		reply := "Subscription set to " + wanted(&sub)
		if before != nil {
			reply += " (was " + wanted(before) + ")"
		}
		return reply, err
	})
}

// tracksOnly are the tracks that words name, if all of them are names of tracks.
func tracksOnly(g *gathering.Gathering, words []string) []string {
	var tracks []string
	for _, word := range words {
		for _, name := range strings.FieldsFunc(word, func(r rune) bool { return r == ',' }) {
			key, _, err := g.Track(name)
			if err != nil {
				return nil
			}
			tracks = append(tracks, key)
		}
	}
	return tracks
}

// wanted is what a subscription is for, as it was said.
func wanted(sub *gathering.Subscription) string {
	if sub.Pattern != "" {
		return sub.Pattern
	}
	return "#" + strings.Join(sub.Tracks, " #")
}

// unsubscribe has somebody be told of nothing.
func (t *Talk) unsubscribe(ctx context.Context, u *utterance) (string, error) {
	return t.change(ctx, u, func(d *gathering.Draft) (string, error) {
		before, err := d.Unsubscribe(u.person)
		if err != nil {
			return "", err
		}
		return "Cancelled subscription " + wanted(before), nil
	})
}
