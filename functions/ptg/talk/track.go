package talk

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/handsoff/handsoff/functions/ptg/gathering"
	"github.com/handsoff/handsoff/shared/command"
)

// trackLine does what is said of a track.
func (t *Talk) trackLine(ctx context.Context, u *utterance) (string, error) {
	track, _, err := u.g.Track(u.first)
	if err != nil {
		return "", t.unknownTrack(u, u.first, err)
	}
	said, does := "", verb{}
	if len(u.rest) > 0 {
		said = u.rest[0]
		does = t.verbs[strings.ToLower(said)]
	}
	if !does.own {
		if err := t.maySpeakFor(u, track); err != nil {
			return "", err
		}
	}
	switch {
	case said == "":
		return "", wrong("Missing track command (#TRACK [now|next|clean...] ...)")
	case does.does == nil:
		return "", no(command.CodeUnknown, "Unknown command '%s'. Did you mean: %s now %s... ?", short(said), u.word, short(said))
	}
	return does.does(ctx, u, track)
}

// unknownTrack refuses a name that is no track's. Among people that is said only where it is near one, and to those who could say
// something of it: most words behind a # are other bots', or nobody's.
func (t *Talk) unknownTrack(u *utterance, name string, err error) error {
	near := command.Nearest(gathering.Key(name), u.g.Keys())
	if u.Overheard && (len(near) == 0 || foreign[u.word]) {
		return errNotOurs
	}
	if u.g.Voice && !t.voiced(u) {
		return no(command.CodeForbidden, "Need voice to issue commands")
	}
	if refusal := new(gathering.Refusal); errors.As(err, &refusal) && len(near) > 0 {
		return no(command.CodeNotFound, "%s. Did you mean #%s?", refusal.Text, strings.Join(near, ", or #"))
	}
	return err
}

// foreign are the words of other bots, which nobody misspells a track with: those that keep minutes, mostly.
var foreign = set("startmeeting", "endmeeting", "topic", "meetingtopic", "action", "agreed", "agree", "accepted", "rejected",
	"info", "idea", "link", "chair", "unchair", "undo", "save", "meetingname", "lurk", "unlurk", "restrictlogs", "startvote", "endvote", "vote",
	"showvote", "commands", "nick")

func set(words ...string) map[string]bool {
	all := make(map[string]bool, len(words))
	for _, word := range words {
		all[word] = true
	}
	return all
}

// now says what a track talks of, and tells those who want to know.
func (t *Talk) now(ctx context.Context, u *utterance, track string) (string, error) {
	return t.note(ctx, u, track, (*gathering.Draft).SetNow)
}

// next says what comes next in a track, and tells those who want to know.
func (t *Talk) next(ctx context.Context, u *utterance, track string) (string, error) {
	return t.note(ctx, u, track, (*gathering.Draft).AddNext)
}

func (t *Talk) note(ctx context.Context, u *utterance, track string, enter func(d *gathering.Draft, track, text string) error) (string, error) {
	said, text := strings.ToLower(u.rest[0]), u.text(1)
	if text == "" {
		return "", wrong("Missing sentence (#TRACK %s ...)", said)
	}
	reply, err := t.change(ctx, u, func(d *gathering.Draft) (string, error) {
		if room, _, _ := d.RoomOf(track, d.At); room == nil {
			return fmt.Sprintf("Message added, but please note that track '%s' does not appear to have a room scheduled today.", track),
				enter(d, track, text)
		}
		return "", enter(d, track, text)
	})
	if err != nil {
		return "", err
	}
	return reply, t.tellSubscribers(ctx, u, track, said, text)
}

// clean takes away what a track talks of now and next.
func (t *Talk) clean(ctx context.Context, u *utterance, track string) (string, error) {
	if len(u.rest) > 1 {
		return "", wrong("'#TRACK clean' does not take any parameter")
	}
	return t.change(ctx, u, func(d *gathering.Draft) (string, error) { return "", d.Clean(track) })
}

// etherpad says where a track's etherpad is.
func (t *Talk) etherpad(ctx context.Context, u *utterance, track string) (string, error) {
	return t.single(ctx, u, track, "auto", "a single URL parameter", (*gathering.Draft).SetEtherpad)
}

// url says where a track's meeting is.
func (t *Talk) url(ctx context.Context, u *utterance, track string) (string, error) {
	return t.single(ctx, u, track, "none", "a single URL parameter", (*gathering.Draft).SetURL)
}

// color says which colour a track has.
func (t *Talk) color(ctx context.Context, u *utterance, track string) (string, error) {
	return t.single(ctx, u, track, "auto", "a single colorcode parameter", (*gathering.Draft).SetColor)
}

// single enters the only word behind a verb; the word usual takes away what was entered.
func (t *Talk) single(ctx context.Context, u *utterance, track, usual, takes string, enter func(*gathering.Draft, string, string) error) (string, error) {
	if len(u.rest) != 2 {
		return "", wrong("'#TRACK %s' takes %s", strings.ToLower(u.rest[0]), takes)
	}
	value := u.rest[1]
	if strings.EqualFold(value, usual) {
		value = ""
	}
	return t.change(ctx, u, func(d *gathering.Draft) (string, error) { return "", enter(d, track, value) })
}

// location says where a track is.
func (t *Talk) location(ctx context.Context, u *utterance, track string) (string, error) {
	return t.change(ctx, u, func(d *gathering.Draft) (string, error) { return "", d.SetPlace(track, u.text(1)) })
}
