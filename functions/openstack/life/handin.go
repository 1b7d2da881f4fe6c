package life

import (
	"context"
	"fmt"
	"strings"

	"github.com/handsoff/handsoff/functions/openstack/environment"
	"github.com/handsoff/handsoff/functions/openstack/handin"
	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/job"
)

// handIn gives a command to the function command, once under its id, in somebody's name.
func (l *Life) handIn(ctx context.Context, run *job.Run, effect string, e command.Envelope) (handin.Became, error) {
	return handin.Way{Say: l.say, Limit: sayPatience, Log: l.log}.Once(ctx, run, effect, e)
}

// handInFor is handIn for what an environment asks for itself. Where it is refused in its owner's name, who has no role or is nobody at all, it is asked for in the
// name of whoever asked for the environment: its time ends, whomever it was given to.
func (l *Life) handInFor(ctx context.Context, run *job.Run, env *environment.Environment, effect string, e command.Envelope) (handin.Became, error) {
	got, err := l.handIn(ctx, run, effect, e)
	if err != nil || got.Job != "" || e.Principal == env.By {
		return got, err
	}
	const other = " as who asked"
	e.ID, e.Principal, e.Groups = e.ID+other, env.By, env.Groups
	return l.handIn(ctx, run, effect+other, e)
}

// speaker is the principal in whose name an environment's own commands are handed in: its owner's.
func (l *Life) speaker(env *environment.Environment) (principal string, groups []string) {
	if command.IsPrincipal(env.Owner) {
		if env.Owner == env.By {
			return env.Owner, env.Groups
		}
		return env.Owner, nil
	}
	for _, known := range l.roles.People[env.Owner] {
		if known == env.By {
			return known, env.Groups
		}
	}
	if known := l.roles.People[env.Owner]; len(known) > 0 {
		return known[0], nil
	}
	return env.By, env.Groups
}

// addresses are where an owner is told: each of their principals is an address of its door.
func (l *Life) addresses(env *environment.Environment) []string {
	var list []string
	who := []string{env.Owner}
	if people := l.roles.People[env.Owner]; people != nil {
		who = people
	}
	for _, principal := range who {
		door, name, _ := strings.Cut(principal, ":")
		if name != "" && (door == "slack" || door == "telnet" || door == "irc" || door == "mail") {
			list = append(list, principal)
		}
	}
	if len(list) == 0 && env.Address != "" {
		list = []string{env.Address}
	}
	const most = 16
	return list[:min(len(list), most)]
}

// ensureLease makes sure that a job waits for the end of the environment's time, and lets that look at it anew. One is handed in once in a job, and
// that it was refused is said once.
func (h *hand) ensureLease(ctx context.Context) error {
	if h.at.Leased {
		return h.wakeLease(ctx)
	}
	waits, err := h.unfinished(ctx, h.env.Lease)
	if err != nil {
		return err
	}
	if waits != nil {
		h.at.Leased = true
		return h.wake(ctx, waits.ID)
	}
	principal, groups := h.speaker(h.env)
	got, err := h.handInFor(ctx, h.run, h.env, "lease", command.Envelope{
		ID: fmt.Sprintf("lease %s %s", h.env.Name, h.run.Job().ID), Command: leaseWords, Args: map[string]any{"name": h.env.Name},
		Principal: principal, Groups: groups, Origin: job.Origin{Door: h.run.Job().Origin.Door}, Cause: append([]string{"job:" + h.run.Job().ID}, h.run.Job().Why.Cause...),
	})
	if err != nil {
		return err
	}
	h.at.Leased = true
	if got.Job == "" {
		h.log.ErrorContext(ctx, "nobody waits for the end of an environment's time", "environment", h.env.Name, "why", got.Why)
		return h.run.Save(ctx, job.Change{Checkpoint: h.at, Say: []string{"! Nobody waits for the end of its time: " + sentence(got.Why)}})
	}
	return h.write(ctx, environment.Change{Lease: got.Job})
}

// wakeLease tells the job that waits for the end of the environment's time that it is gone.
func (h *hand) wakeLease(ctx context.Context) error {
	if h.env.Lease == "" {
		return nil
	}
	return h.wake(ctx, h.env.Lease)
}
