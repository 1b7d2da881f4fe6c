package talk

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/handsoff/handsoff/functions/ptg/gathering"
	"github.com/handsoff/handsoff/shared/command"
)

// Say does what a line asks for and answers it. An empty answer without a problem is silence: it was done, and nobody needs to
// be told. What was overheard and is most likely not for us, such as the words of other bots, is answered with
// [command.CodeOverheard]; an unknown word is answered when it is near one of ours, or was said to the bot. An error is a fault
// that may pass: the same saying may be said again with the same ID, and what it did is not done twice.
func (t *Talk) Say(ctx context.Context, s Saying) (command.Answer, error) {
	u, err := t.hear(ctx, s)
	if err != nil {
		return answer("", err)
	}
	if prepare := t.deedOf(u); prepare != nil {
		return t.ask(ctx, u, prepare)
	}
	return answer(t.do(ctx, u))
}

// hear finds out which gathering a saying is about, and who speaks.
func (t *Talk) hear(ctx context.Context, s Saying) (*utterance, error) {
	if s.Name == "" {
		s.Name = command.NameOf(s.By)
	}
	id, ok := t.ours(s.Where)
	if !ok && s.Overheard {
		return nil, errNotOurs
	}
	line := s.Line
	if first, rest, _ := strings.Cut(strings.TrimSpace(line), " "); strings.HasPrefix(first, "@") && !s.Overheard {
		id, line = strings.ToLower(first[1:]), rest
	}
	g, err := t.gathering(ctx, id)
	if err != nil {
		if s.Overheard && errors.Is(err, gathering.ErrNoGathering) {
			err = errNotOurs // nothing is on: whatever is said here is for somebody else
		}
		return nil, err
	}
	u := &utterance{Saying: s, g: g, person: t.personOf(g, s.By), address: addressOf(s.By)}
	u.divide(line)
	return u, nil
}

// gathering is the one of an id, or the current one.
func (t *Talk) gathering(ctx context.Context, id string) (*gathering.Gathering, error) {
	if id == "" {
		var err error
		if id, err = t.store.Current(ctx); err != nil {
			return nil, err
		}
	}
	return t.store.Get(ctx, id)
}

// do does what an utterance asks for.
func (t *Talk) do(ctx context.Context, u *utterance) (string, error) {
	_, isTrack := u.g.Tracks[gathering.Key(u.word)]
	switch {
	case u.word == "help", u.word == "" && u.mark == "":
		return t.help(), nil
	case u.mark == "#" && slices.Contains(legacy, u.word):
		return t.userWord(ctx, u)
	case (u.mark == "#" || u.mark == "" && !isTrack) && t.remarks[u.word] != nil:
		return t.remarks[u.word](ctx, u)
	case u.mark == "#", u.mark == "" && isTrack:
		return t.trackLine(ctx, u)
	case u.mark == "~", u.mark == "" && t.users[u.word] == nil && t.admins[u.word] != nil:
		return t.adminWord(ctx, u)
	}
	return t.userWord(ctx, u)
}

// help says where to read on.
func (t *Talk) help() string { return "See PTGbot documentation at: " + t.settings.Docs }

// change makes a change for whoever speaks, unless they made too many of late.
func (t *Talk) change(ctx context.Context, u *utterance, edit func(d *gathering.Draft) (string, error)) (string, error) {
	if err := t.pace(ctx, u); err != nil {
		return "", err
	}
	result, err := t.store.Change(ctx, u.g.ID, u.author(), u.line, u.key(), edit)
	return result.Reply, err
}

// MostChanges is how many changes a person may make in a minute.
const MostChanges = 30

// pace refuses what is too much.
func (t *Talk) pace(ctx context.Context, u *utterance) error {
	ok, err := t.world.Paced(ctx, u.person, u.key())
	if err == nil && !ok {
		err = no(command.CodeConflict, "That is more than %d changes in a minute; nothing was done, try again in a moment.", MostChanges)
	}
	return err
}
