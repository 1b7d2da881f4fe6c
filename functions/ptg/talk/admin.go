package talk

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/handsoff/handsoff/functions/ptg/gathering"
	"github.com/handsoff/handsoff/shared/command"
)

// adminWord does what a word of organisers says. Among people an unknown one is answered to organisers, and where it is near one.
func (t *Talk) adminWord(ctx context.Context, u *utterance) (string, error) {
	does := t.admins[u.word]
	if err := t.mayOrganise(u); err != nil {
		known := append(slices.Collect(maps.Keys(t.admins)), slices.Collect(maps.Keys(t.deeds))...)
		if u.Overheard && does == nil && len(command.Nearest(u.word, known)) == 0 {
			err = errNotOurs
		}
		return "", err
	}
	if does == nil {
		return "", no(command.CodeUnknown, "Unknown command '%s'", short(u.word))
	}
	return does(ctx, u)
}

// list says which tracks there are.
func (t *Talk) list(_ context.Context, u *utterance) (string, error) {
	names := make([]string, 0, len(u.g.Tracks))
	for _, key := range u.g.Keys() {
		names = append(names, u.g.Tracks[key].Name)
	}
	if len(names) == 0 {
		return "There are no tracks yet", nil
	}
	return "Available tracks: " + strings.Join(names, " "), nil
}

// some refuses a line that names no track.
func some(u *utterance) error {
	if len(u.rest) == 0 {
		return wrong("This command takes one or more arguments")
	}
	return nil
}

func (t *Talk) addTracks(ctx context.Context, u *utterance) (string, error) {
	if err := some(u); err != nil {
		return "", err
	}
	return t.change(ctx, u, func(d *gathering.Draft) (string, error) { return "", d.AddTracks(u.rest...) })
}

func (t *Talk) cleanTracks(ctx context.Context, u *utterance) (string, error) {
	if err := some(u); err != nil {
		return "", err
	}
	return t.change(ctx, u, func(d *gathering.Draft) (string, error) {
		d.CleanTracks(u.rest...)
		return "", nil
	})
}

func (t *Talk) requireVoice(ctx context.Context, u *utterance) (string, error) {
	return t.voice(ctx, u, true)
}

func (t *Talk) allowEveryone(ctx context.Context, u *utterance) (string, error) {
	return t.voice(ctx, u, false)
}

func (t *Talk) voice(ctx context.Context, u *utterance, required bool) (string, error) {
	return t.change(ctx, u, func(d *gathering.Draft) (string, error) {
		d.RequireVoice(required)
		return "", nil
	})
}

// motd changes the messages above all pages.
func (t *Talk) motd(ctx context.Context, u *utterance) (string, error) {
	if len(u.rest) == 0 {
		return "", wrong("Missing subcommand (~motd add|del|clean|reorder ...)")
	}
	does := t.banners[u.rest[0]]
	if does == nil {
		return "", no(command.CodeUnknown, "Unknown motd subcommand %s", short(u.rest[0]))
	}
	return does(ctx, u)
}

func (t *Talk) motdAdd(ctx context.Context, u *utterance) (string, error) {
	if len(u.rest) < 3 {
		return "", wrong("Missing parameters (~motd add LEVEL MSG)")
	}
	return t.change(ctx, u, func(d *gathering.Draft) (string, error) { return "", d.AddBanner(u.rest[1], u.text(2)) })
}

func (t *Talk) motdDel(ctx context.Context, u *utterance) (string, error) {
	if len(u.rest) < 2 {
		return "", wrong("Missing message number (~motd del NUM)")
	}
	return t.numbered(ctx, u, u.rest[1:2], func(d *gathering.Draft, numbers []int) error { return d.DelBanner(numbers[0]) })
}

func (t *Talk) motdReorder(ctx context.Context, u *utterance) (string, error) {
	if len(u.rest) < 2 {
		return "", wrong("Missing params (~motd reorder X Y...)")
	}
	return t.numbered(ctx, u, u.rest[1:], func(d *gathering.Draft, numbers []int) error { return d.ReorderBanners(numbers...) })
}

// numbered does something with messages by their numbers.
func (t *Talk) numbered(ctx context.Context, u *utterance, words []string, does func(*gathering.Draft, []int) error) (string, error) {
	numbers := make([]int, len(words))
	for i, word := range words {
		n, err := strconv.Atoi(word)
		if err != nil {
			return "", wrong("Incorrect message number %s", short(word))
		}
		numbers[i] = n
	}
	return t.change(ctx, u, func(d *gathering.Draft) (string, error) { return "", does(d, numbers) })
}
