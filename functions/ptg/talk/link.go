package talk

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"

	"github.com/handsoff/handsoff/functions/ptg/gathering"
	"github.com/handsoff/handsoff/shared/chat"
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
			return "", err
		}
		return t.tied(u) + "At the other door, say to me within ten minutes: ptg link " + code, nil
	case strings.EqualFold(u.rest[0], "drop"):
		return t.everywhereTied(ctx, u, "You are somebody of your own again at this door", func(d *gathering.Draft) error { return d.Unlink(u.own(t)) })
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
		return "", err
	case person == "":
		return "", no(command.CodeNotFound, "That code is not valid, or not any more: say ptg link at the other door again")
	case person == u.person && u.g.People[u.own(t)] == "": // else it is said again: perhaps not all of it was done
		return "", no(command.CodeConflict, "That is your own code: say it at the other door")
	}
	reply, err := t.everywhereTied(ctx, u, "You are "+person+" here, too", func(d *gathering.Draft) error { return d.Link(u.own(t), person) })
	if err == nil {
		err = t.world.Spend(ctx, code)
	}
	return reply, err
}

// everywhereTied changes who is who, in all events alike. It refuses what all of them refuse; where only some have no room, the
// reply names them.
func (t *Talk) everywhereTied(ctx context.Context, u *utterance, reply string, edit func(d *gathering.Draft) error) (string, error) {
	if err := t.pace(ctx, u); err != nil {
		return "", err
	}
	list, err := t.store.List(ctx)
	if err != nil {
		return "", err
	}
	ids := []string{u.g.ID} // whose refusal is told
	for _, info := range list {
		if info.ID != u.g.ID {
			ids = append(ids, info.ID)
		}
	}
	var refused []error
	said := []string{reply}
	for _, id := range ids {
		_, err := t.store.Change(ctx, id, u.author(), u.line, u.key(), func(d *gathering.Draft) (string, error) { return reply, edit(d) })
		refusal := new(gathering.Refusal)
		if err != nil && !errors.As(err, &refusal) {
			return "", err
		}
		if err != nil {
			refused = append(refused, err)
		}
		if errors.Is(err, gathering.ErrFull) {
			said = append(said, "not at "+id+": "+refusal.Text)
		}
	}
	if len(refused) == len(ids) {
		return "", refused[0]
	}
	return strings.Join(said, "; "), nil
}

// bringTies has whoever is one person elsewhere be one in a new event as well.
func (t *Talk) bringTies(ctx context.Context, u *utterance, id string) error {
	list, err := t.store.List(ctx)
	if err != nil {
		return err
	}
	ties := make(map[string]string)
	for _, info := range list {
		g, err := t.store.Get(ctx, info.ID)
		if err != nil {
			return err
		}
		maps.Copy(ties, g.People)
	}
	if len(ties) == 0 {
		return nil
	}
	_, err = t.store.Change(ctx, id, u.author(), u.line, u.key()+" ties", func(d *gathering.Draft) (string, error) {
		for _, principal := range slices.Sorted(maps.Keys(ties)) {
			if err := d.Link(principal, ties[principal]); err != nil {
				return "", err
			}
		}
		return "", nil
	})
	return err
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
	return "You are " + u.person + ", and so " + chat.Are(len(names)) + " " + strings.Join(names, ", ") + ".\n"
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
