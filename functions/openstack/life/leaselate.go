package life

import (
	"fmt"
	"slices"
	"time"

	"github.com/handsoff/handsoff/functions/openstack/environment"
)

// belated is the warning that comes after the time is over.
const belated = "late"

// unwarned is how long what is overdue has to wait, since we were away when the last warning should have been given; 0 for not at all. Nobody is to lose what they
// have without a word: not for a bot that was down either.
func unwarned(at *term, env *environment.Environment, now, seen time.Time) time.Duration {
	stops := env.Policy.Stop && !now.Before(env.Expires) && env.State != environment.Stopped
	deletes := env.Policy.Delete && !now.Before(deleteAt(env))
	if !stops && !deletes || len(env.Policy.Warn) == 0 || !at.Held.IsZero() || now.Sub(seen) <= 2*lookAnyway {
		return 0
	}
	ahead := slices.Min(env.Policy.Warn)
	if ahead >= env.Expires.Sub(env.Created) || slices.Contains(at.Warned, ahead.String()) {
		return 0
	}
	return ahead
}

// lateText is that warning.
func lateText(at *term, env *environment.Environment, now time.Time) string {
	then := "Then its servers are stopped."
	if env.Policy.Delete && !now.Before(deleteAt(env)) {
		then = "Then all of it is deleted."
	}
	return fmt.Sprintf("The time of %s at %s is over since %s, and nobody was warned of that. Nothing is done before %s. %s",
		env.Name, env.Cloud, clock(env.Expires), clock(at.Held), then)
}
