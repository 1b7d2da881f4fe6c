package life

import (
	"context"
	"fmt"
	"time"

	"github.com/handsoff/handsoff/functions/openstack/environment"
	"github.com/handsoff/handsoff/shared/chat"
	"github.com/handsoff/handsoff/shared/job"
)

// warn tells the owner, with what they can do about it.
func (l *lessor) warn(ctx context.Context, run *job.Run, at *term, env *environment.Environment, now time.Time, which string) (job.Outcome, error) {
	at.Warned = append(at.Warned, which)
	text := fmt.Sprintf("%s at %s expires in %s, %s. %s", env.Name, env.Cloud, chat.Duration(env.Expires.Sub(now)), clock(env.Expires), fate(env))
	switch which {
	case "over":
		text = fmt.Sprintf("The time of %s at %s is over. %s", env.Name, env.Cloud, fate(env))
	case belated:
		text = lateText(at, env, now)
	}
	err := run.Save(ctx, job.Change{
		Checkpoint: at, Say: []string{text}, Offers: offers(env), Watch: l.addresses(env), Progress: standing(env, now),
	})
	return job.Wait(0), err
}

// fate says what becomes of an environment when nobody does anything.
func fate(env *environment.Environment) string {
	p := env.Policy
	switch {
	case p.Stop && p.Delete && p.StopFor > 0:
		return fmt.Sprintf("Its servers are stopped then, and all of it is deleted %s.", clock(deleteAt(env)))
	case p.Delete:
		return "All of it is deleted then."
	case p.Stop:
		return "Its servers are stopped then."
	}
	return "Nothing is done about it: somebody has to."
}

// offers are what the owner can do.
func offers(env *environment.Environment) []job.Offer {
	return []job.Offer{
		{Title: "Extend", Text: extendWords + " " + env.Name},
		{Title: "Give back now", Text: deleteWords + " " + env.Name, Danger: true},
	}
}

// withdraw takes the offers back: what is gone can neither be kept nor given back.
func withdraw(ctx context.Context, run *job.Run) error {
	return run.Save(ctx, job.Change{Offers: []job.Offer{}})
}

// standing is how a lease stands. What is waited for is its end, and from then on that the environment is deleted.
func standing(env *environment.Environment, now time.Time) *job.Progress {
	next := env.Expires
	if !now.Before(next) {
		next = deleteAt(env)
	}
	all, gone := env.Expires.Sub(env.Created), now.Sub(env.Created)
	p := &job.Progress{Percent: -1, ETA: next, Line: fmt.Sprintf("%s is %s, and expires %s", env.Name, env.State, clock(env.Expires))}
	if all > 0 {
		p.Percent = int(min(100, max(0, 100*gone/all)))
	}
	return p
}
