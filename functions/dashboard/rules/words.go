package rules

import (
	"context"
	"fmt"

	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/rule"
	"github.com/handsoff/handsoff/shared/ruling"
)

// times is how often a rule acted, in words.
func times(n int64) string {
	switch n {
	case 0:
		return "never"
	case 1:
		return "once"
	}
	return fmt.Sprintf("%d times", n)
}

// needs says what a rule needs to run its command, and whether it has that.
func (p *pages) needs(ctx context.Context, r *rule.Rule) string {
	if r.Run == "" {
		return ""
	}
	catalogue := command.Known(ctx, p.Redis, p.Log)
	if catalogue == nil {
		return ""
	}
	declared := catalogue.Lookup(r.Run)
	if declared == nil {
		return "It cannot work: there is no command " + r.Run + " just now."
	}
	by := "rule:" + r.Name
	granted, ok := command.Granted(p.Config, declared.Role, by)
	switch {
	case ok:
		return fmt.Sprintf("%s needs the role %s; %s.", r.Run, declared.Role, granted)
	case r.Hears("github.comment"):
		return fmt.Sprintf("%s needs the role %s, which who asks for it in a comment must have, or %s.", r.Run, declared.Role, by)
	}
	return fmt.Sprintf("%s needs the role %s, which it lacks, so nothing will be run: list %s under roles.%s.", r.Run, declared.Role, by, declared.Role)
}

// tones are the classes of outcomes.
var tones = map[string]string{
	ruling.Ran: "ok", ruling.Told: "ok", ruling.Remembered: "ok", ruling.Refused: "bad", ruling.Failed: "bad", ruling.Looped: "unknown",
	ruling.Blown: "confirming", ruling.Lacking: "confirming",
}

// Decision is one as pages show it.
type Decision struct{ ruling.Decision }

// Tone is the class of its outcome.
func (d Decision) Tone() string {
	if tone, is := tones[d.Outcome]; is {
		return tone
	}
	return "cancelled"
}

// Meaning is its outcome in words.
func (d Decision) Meaning() string { return ruling.Meaning(d.Outcome) }

// Decisions are those for a page.
func Decisions(list []ruling.Decision) []Decision {
	shown := make([]Decision, len(list))
	for i, d := range list {
		shown[i] = Decision{d}
	}
	return shown
}
