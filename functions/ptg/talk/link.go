package talk

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/handsoff/handsoff/functions/ptg/gathering"
	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/irc"
)

// link ties somebody's names at several doors together: at one they get a code, at the other they say it.
func (t *Talk) link(ctx context.Context, u *utterance) (string, error) {
	switch {
	case !identified(u.By):
		return "", no(command.CodeForbidden, "A nick alone is anybody's, so nothing can be tied to it: log in to an account first")
	case inPublic(u.Where) || u.Overheard:
		return "", no(command.CodeConflict, "Say that to me alone: whoever reads a code could use it")
	case len(u.rest) == 0:
		code, err := t.world.Code(ctx, u.person)
		if err != nil {
			return "", err //nolint:wrapcheck // says all there is to say
		}
		return t.tied(u) + "At the other door, say to me within ten minutes: ptg link " + code, nil
	case strings.EqualFold(u.rest[0], "drop"):
		return t.change(ctx, u, func(d *gathering.Draft) (string, error) {
			return "You are somebody of your own again at this door", d.Unlink(u.own(t))
		})
	}
	return t.redeem(ctx, u)
}

// redeem ties whoever says a code to the person for whom it was made.
func (t *Talk) redeem(ctx context.Context, u *utterance) (string, error) {
	if err := t.pace(ctx, u); err != nil { // also for those who guess
		return "", err
	}
	code := strings.ToLower(u.rest[0])
	person, err := t.world.Redeem(ctx, code)
	switch {
	case err != nil:
		return "", err //nolint:wrapcheck // says all there is to say
	case person == "":
		return "", no(command.CodeNotFound, "That code is not valid, or not any more: say ptg link at the other door again")
	case person == u.person:
		return "", no(command.CodeConflict, "That is your own code: say it at the other door")
	}
	reply, err := t.change(ctx, u, func(d *gathering.Draft) (string, error) {
		return "You are " + person + " here, too", d.Link(u.own(t), person)
	})
	if err == nil {
		err = t.world.Spend(ctx, code)
	}
	return reply, err
}

// own is who somebody is without what they tied together.
func (u *utterance) own(t *Talk) string {
	if person := t.world.Person(u.By); person != "" {
		return person
	}
	return u.By
}

// tied says whose names are one with somebody's, as the beginning of an answer.
func (t *Talk) tied(u *utterance) string {
	var names []string
	for _, name := range slices.Sorted(maps.Keys(u.g.People)) {
		if u.g.People[name] == u.person {
			names = append(names, name)
		}
	}
	if len(names) == 0 {
		return ""
	}
	return "You are " + u.person + ", and so is " + strings.Join(names, ", ") + ".\n"
}

// inPublic reports an address where others read along: any, but for those that are known to be one person's. A comment at a forge
// is read by the world.
func inPublic(where string) bool {
	if place, ok := irc.ParseAddress(where); ok {
		return place.Channel != ""
	}
	door, name, _ := strings.Cut(where, ":")
	switch door {
	case "", "cli", "telnet", "web":
		return false
	case "slack":
		return !strings.HasPrefix(name, "D") && !strings.HasPrefix(name, "U")
	}
	return true
}
