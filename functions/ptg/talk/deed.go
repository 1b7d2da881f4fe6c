package talk

import (
	"context"
	"fmt"
	"strings"

	"github.com/handsoff/handsoff/functions/ptg/exchange"
	"github.com/handsoff/handsoff/functions/ptg/gathering"
	"github.com/handsoff/handsoff/shared/command"
)

// ApplyCommand are the words of the job that does a deed, once whoever asked for it has confirmed that.
const ApplyCommand = "ptg apply"

// Deed is something that takes much away, as a job has it among its arguments.
type Deed struct {
	What    string // newday, emptydb, fetchdb, restore, del or motd
	Event   string // the gathering's id
	URL     string // of fetchdb
	File    string // likewise: the digest of the file that was shown
	Replace bool   // likewise, see [exchange.Rules]
	Version int64  // of restore
	Tracks  string // of del: their keys, with spaces between
}

// DeedOf is the deed of a job's arguments.
func DeedOf(args map[string]any) Deed {
	v := command.Values(args)
	return Deed{
		What: v.String("what"), Event: v.String("event"), URL: v.String("url"), File: v.String("file"),
		Replace: v.Bool("replace"), Version: v.Int("version"), Tracks: v.String("tracks"),
	}
}

func (d *Deed) args() map[string]any {
	args := map[string]any{"what": d.What, "event": d.Event}
	for name, text := range map[string]string{"url": d.URL, "file": d.File, "tracks": d.Tracks} {
		if text != "" {
			args[name] = text
		}
	}
	if d.Replace {
		args["replace"] = true
	}
	if d.Version > 0 {
		args["version"] = d.Version
	}
	return args
}

// said is the line of which a deed came, as the history shows it.
func (d *Deed) said() string {
	switch d.What {
	case "motd":
		return "~motd clean"
	case "restore":
		return fmt.Sprintf("~restore %d", d.Version)
	}
	line := strings.TrimSpace("~" + d.What + " " + d.URL + d.Tracks)
	if d.Replace {
		line += " replace"
	}
	return line
}

// preparation reads what stands behind a deed's word, and finds out what the deed would do.
type preparation func(ctx context.Context, u *utterance) (Deed, *exchange.Plan, error)

// mostShown is how many lines of what would change are shown.
const mostShown = 15

// deedOf is what prepares the deed that somebody asks for; nil for what is none.
func (t *Talk) deedOf(u *utterance) preparation {
	if u.mark == "#" || u.mark == "+" {
		return nil
	}
	if u.word == "motd" && len(u.rest) > 0 {
		return t.deeds["motd "+u.rest[0]]
	}
	return t.deeds[u.word]
}

// ask hands in the job of a deed, for whoever wants it done: it asks them back, and shows them what it would do.
func (t *Talk) ask(ctx context.Context, u *utterance, prepare preparation) (command.Answer, error) {
	if err := t.mayOrganise(u); err != nil {
		return answer("", err)
	}
	deed, plan, err := prepare(ctx, u)
	if err != nil {
		return answer("", err)
	}
	if len(plan.Changes) == 0 {
		return answer(plan.Text(mostShown), nil)
	}
	deed.What, deed.Event = u.word, u.g.ID
	return t.world.Ask(ctx, u.Saying, ApplyCommand, deed.args(), nameOf(u.g)+"\n"+plan.Text(mostShown))
}

// preview is what an edit would do to a gathering as it is.
func (t *Talk) preview(ctx context.Context, u *utterance, edit func(d *gathering.Draft)) (*exchange.Plan, error) {
	now, err := t.store.Now(ctx)
	if err != nil {
		return nil, err
	}
	d := gathering.NewDraft(u.g, u.author(), now)
	edit(d)
	return &exchange.Plan{Changes: gathering.Diff(u.g, d.Gathering)}, nil
}

func (t *Talk) prepareNewDay(ctx context.Context, u *utterance) (Deed, *exchange.Plan, error) {
	plan, err := t.preview(ctx, u, (*gathering.Draft).NewDay)
	return Deed{}, plan, err
}

func (t *Talk) prepareEmpty(ctx context.Context, u *utterance) (Deed, *exchange.Plan, error) {
	plan, err := t.preview(ctx, u, (*gathering.Draft).Empty)
	return Deed{}, plan, err
}

func (t *Talk) prepareDel(ctx context.Context, u *utterance) (Deed, *exchange.Plan, error) {
	if err := some(u); err != nil {
		return Deed{}, nil, err
	}
	var keys []string
	for _, name := range u.rest {
		if key, _, err := u.g.Track(name); err == nil {
			keys = append(keys, key)
		}
	}
	plan, err := t.preview(ctx, u, func(d *gathering.Draft) { d.DelTracks(keys...) })
	return Deed{Tracks: strings.Join(keys, " ")}, plan, err
}

func (t *Talk) prepareNoMotd(ctx context.Context, u *utterance) (Deed, *exchange.Plan, error) {
	if len(u.rest) > 1 {
		return Deed{}, nil, wrong("'~motd clean' does not take parameters")
	}
	plan, err := t.preview(ctx, u, (*gathering.Draft).ClearBanners)
	return Deed{}, plan, err
}

func (t *Talk) prepareRestore(ctx context.Context, u *utterance) (Deed, *exchange.Plan, error) {
	if len(u.rest) == 0 {
		return Deed{}, nil, wrong("Missing moment or change (~restore WHEN), such as ~restore 12, ~restore 2h or ~restore 2026-03-02 09:00")
	}
	version, err := t.versionOf(ctx, u)
	if err != nil {
		return Deed{}, nil, err
	}
	then, err := t.store.At(ctx, u.g.ID, version)
	if err != nil {
		return Deed{}, nil, err
	}
	if version < 1 {
		return Deed{}, nil, no(command.CodeNotFound, "The event was not there yet")
	}
	plan, err := t.preview(ctx, u, func(d *gathering.Draft) { d.Restore(then) })
	return Deed{Version: version}, plan, err
}

// Do does a deed for its author. The same key does it once. What cannot be done is a [gathering.Refusal] or a
// [command.Mistake].
func (t *Talk) Do(ctx context.Context, deed Deed, by gathering.Author, key string) (reply string, err error) {
	said := deed.said()
	var result gathering.Result
	switch deed.What {
	case "newday":
		result, err = t.store.Change(ctx, deed.Event, by, said, key, func(d *gathering.Draft) (string, error) {
			d.NewDay()
			return "A new day begins at " + nameOf(d.Gathering), nil
		})
	case "emptydb":
		result, err = t.store.Change(ctx, deed.Event, by, said, key, func(d *gathering.Draft) (string, error) {
			d.Empty()
			return nameOf(d.Gathering) + " is empty", nil
		})
	case "restore":
		result, err = t.store.Restore(ctx, deed.Event, by, said, key, deed.Version)
	case "del":
		keys := strings.Fields(deed.Tracks)
		result, err = t.store.Change(ctx, deed.Event, by, said, key, func(d *gathering.Draft) (string, error) {
			d.DelTracks(keys...)
			return "Gone with all that was theirs: #" + strings.Join(keys, ", #"), nil
		})
	case "motd":
		result, err = t.store.Change(ctx, deed.Event, by, said, key, func(d *gathering.Draft) (string, error) {
			d.ClearBanners()
			return "The messages above the pages of " + nameOf(d.Gathering) + " are gone", nil
		})
	case "fetchdb":
		return t.load(ctx, deed, by, said, key)
	default:
		return "", wrong("There is nothing to apply that is called '%s'", short(deed.What))
	}
	return result.Reply, err
}
