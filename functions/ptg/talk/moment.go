package talk

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/handsoff/handsoff/shared/command"
)

// moments are the forms in which people say when, besides how long ago.
var moments = []string{"2006-01-02 15:04:05", "2006-01-02 15:04", "2006-01-02T15:04", "2006-01-02", "15:04"}

// versionOf is the version that somebody names: by its number, how long ago it was, or a moment in the gathering's zone.
func (t *Talk) versionOf(ctx context.Context, u *utterance) (int64, error) {
	text := u.text(0)
	if version, err := strconv.ParseInt(text, 10, 64); err == nil {
		return version, nil
	}
	now, err := t.store.Now(ctx)
	if err != nil {
		return 0, err
	}
	moment, ok := momentOf(text, now.In(u.g.Zone()))
	if !ok {
		return 0, wrong("'%s' is no moment and no change: say 12, 2h, 09:00 or 2026-03-02 09:00", short(text))
	}
	return t.store.VersionAt(ctx, u.g.ID, moment)
}

// momentOf is the moment that a text means now; a time alone is the last one that was.
func momentOf(text string, now time.Time) (time.Time, bool) {
	if ago, err := command.ParseDuration(strings.TrimSuffix(text, " ago")); err == nil {
		return now.Add(-ago), true
	}
	for _, form := range moments {
		at, err := time.ParseInLocation(form, text, now.Location())
		if err != nil {
			continue
		}
		if form == "15:04" {
			at = time.Date(now.Year(), now.Month(), now.Day(), at.Hour(), at.Minute(), 0, 0, now.Location())
			if at.After(now) {
				at = at.AddDate(0, 0, -1)
			}
		}
		return at, true
	}
	return time.Time{}, false
}
