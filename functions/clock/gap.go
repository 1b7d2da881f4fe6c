package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/handsoff/handsoff/shared/chat"
	"github.com/handsoff/handsoff/shared/config"
	"github.com/handsoff/handsoff/shared/gap"
)

const (
	// unheard is how long no tick must have been for the ledger of gaps to say so.
	unheard = time.Minute
	// slackRepeats is for how long Slack sends an event again: at once, after one minute, after five more
	// (https://docs.slack.dev/apis/events-api/#retries).
	slackRepeats = 6 * time.Minute
	// slackGivesUp is after how long Slack may stop sending to an app that takes nothing (the same page, "Failure limits").
	slackGivesUp = time.Hour
)

// slackSection is what sets up Slack in the configuration.
const slackSection = "slack"

// repairs are how what was missed comes again, by the section of the configuration that sets up from where.
var repairs = []struct{ section, how string }{
	{"github", "GitHub is asked which deliveries failed, and sends them again"},
	{"gerrit", "Gerrit's events are replayed from the last one that came"},
	{slackSection, "Slack itself repeats for about six minutes what was not taken"},
}

// sources names the sections of those repairs that the configuration sets up.
func sources(f *config.File) map[string]bool {
	found := make(map[string]bool)
	for _, r := range repairs {
		found[r.section] = f.Has(r.section)
	}
	return found
}

// deaf enters into the ledger that the bot was away until now. Doing so twice is doing it once.
func (c *clock) deaf(ctx context.Context, away time.Duration, now time.Time) error {
	if away <= unheard {
		return nil
	}
	g := absenceGap(now.Add(-away), now, c.sources)
	id, err := gap.Record(ctx, c.rdb, g)
	if err != nil {
		return err
	}
	c.log.WarnContext(ctx, "the bot was away", "gap", id, "from", g.From, "to", g.To, "lost", g.Lost)
	return nil
}

// absenceGap is what the ledger says of an absence, given what is set up.
func absenceGap(from, to time.Time, sources map[string]bool) gap.Gap {
	away := to.Sub(from)
	g := gap.Gap{
		Source: "handsoff", From: from, To: to,
		Why: fmt.Sprintf("the clock did not tick for %s: the bot, or its Redis, was down or cut off", chat.Duration(away)),
	}
	var how []string
	for _, r := range repairs {
		if sources[r.section] {
			how = append(how, r.how)
		}
	}
	g.How = "the clock ticks again"
	if len(how) > 0 {
		g.How += "; " + strings.Join(how, "; ")
	}
	if !sources[slackSection] || away <= slackRepeats {
		return g
	}
	g.Lost = fmt.Sprintf("what was said to me in Slack from %s to %s may have to be said again", clockTime(from), clockTime(to.Add(-slackRepeats)))
	if away > slackGivesUp {
		g.Lost += "; if nothing comes from Slack any more, it has switched event subscriptions off: switch them on again in the app's settings"
	}
	return g
}

func clockTime(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05 UTC") }
