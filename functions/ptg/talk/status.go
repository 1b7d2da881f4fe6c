package talk

import (
	"context"
	"slices"
	"strings"

	"github.com/handsoff/handsoff/functions/ptg/gathering"
	"github.com/handsoff/handsoff/shared/command"
)

// success keeps a success.
func (t *Talk) success(ctx context.Context, u *utterance) (string, error) {
	if len(u.rest) == 0 {
		return "", wrong("Missing text (#success TEXT)")
	}
	return t.change(ctx, u, func(d *gathering.Draft) (string, error) {
		return "Added success to Success page" + t.at("/success"), d.AddSuccess(u.text(0), u.Where)
	})
}

// thanks keeps thanks.
func (t *Talk) thanks(ctx context.Context, u *utterance) (string, error) {
	if len(u.rest) == 0 {
		return "", wrong("Missing text (#thanks TEXT)")
	}
	return t.change(ctx, u, func(d *gathering.Draft) (string, error) {
		return "Added your thanks to Thanks page" + t.at("/success"), d.AddThanks(u.text(0), u.Where)
	})
}

// at is where a page is, for the end of a sentence.
func (t *Talk) at(path string) string {
	if t.settings.URL == "" {
		return ""
	}
	return " (" + t.settings.URL + path + ")"
}

// status tells everybody something, if whoever says it may.
func (t *Talk) status(ctx context.Context, u *utterance) (string, error) {
	if !slices.Contains(u.Roles, t.settings.Status) {
		if u.Overheard && (len(u.rest) == 0 || !slices.Contains(statuses, strings.ToLower(u.rest[0]))) {
			return "", errNotOurs // other bots have such a word, too
		}
		return "", no(command.CodeForbidden, "#status needs the role %s", t.settings.Status)
	}
	if len(u.rest) == 0 {
		return "", wrong("Missing kind and text (#status alert|notice|log|ok TEXT)")
	}
	kind, text := strings.ToLower(u.rest[0]), u.text(1)
	switch kind {
	case "alert", "notice":
		return t.announce(ctx, u, kind, text)
	case "ok":
		return t.over(ctx, u, text)
	case "log":
		if text == "" {
			return "", wrong("Missing text (#status log TEXT)")
		}
		if err := t.world.Record(ctx, u.By, "status log", u.g.ID+": "+text); err != nil {
			return "", err
		}
		return "finished logging", nil
	}
	return "", no(command.CodeUnknown, "unknown command (#status alert|notice|log|ok TEXT)")
}

// statuses are the words after #status.
var statuses = []string{"alert", "notice", "log", "ok"}

// announce tells everybody something: at once in all channels, and above the pages until it is over. An alert stands in the
// channels' topics as well.
func (t *Talk) announce(ctx context.Context, u *utterance, kind, text string) (string, error) {
	_, err := t.change(ctx, u, func(d *gathering.Draft) (string, error) { return "", d.SetStatus(kind, text) })
	if err != nil {
		return "", err
	}
	text = u.g.Names().In(text) // topics show no mentions
	if kind == "alert" {
		if err := t.world.Alert(ctx, text); err != nil {
			return "", err
		}
	}
	return "sending " + kind, t.everywhere(ctx, u, text)
}

// over ends what was announced.
func (t *Talk) over(ctx context.Context, u *utterance, text string) (string, error) {
	_, err := t.change(ctx, u, func(d *gathering.Draft) (string, error) {
		d.ClearStatus()
		return "", nil
	})
	if err == nil {
		err = t.world.Alert(ctx, "")
	}
	if err == nil && text != "" {
		err = t.everywhere(ctx, u, u.g.Names().In(text))
	}
	return "sending ok", err
}

// everywhere says something in every channel.
func (t *Talk) everywhere(ctx context.Context, u *utterance, text string) error {
	joined, err := t.world.Channels(ctx)
	if err != nil {
		return err
	}
	to := append(append(joined, t.settings.Announce...), t.settings.Channels...)
	for _, channels := range t.settings.Events {
		to = append(to, channels...)
	}
	return t.tell(ctx, u, "status", "NOTICE: "+text, u.Name+" said #status", to)
}
