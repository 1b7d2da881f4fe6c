package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/job"
)

// accept makes a job of a command: one script in Redis. The same envelope id of the same principal makes one job.
func (d *dispatcher) accept(ctx context.Context, a *asked) (command.Answer, error) {
	r := a.Request()
	r.Key = a.from.Principal + " " + a.from.ID
	r.Nonce, r.Principal, r.Groups, r.Origin = a.from.Nonce, a.from.Principal, a.from.Groups, a.from.Origin
	r.Watch, r.Parent, r.Opening = a.from.Watch, a.from.Parent, a.from.Opening
	r.Signoff, r.Closing = command.Stricter(r.Signoff, a.from.Signoff), a.from.Closing
	if limit := a.from.Limit; limit > 0 {
		r.Limit = min(limit, cmp.Or(r.Limit, job.DefaultLimit))
	}
	r.Why = job.Why{Role: a.Command.Role, Granted: a.granted, Cause: a.from.Cause, Notes: a.from.Notes}
	accepted, err := d.Jobs.Accept(ctx, r)
	if errors.Is(err, job.ErrParent) {
		text := fmt.Sprintf("The job %s, which asks for this, is over or is to stop; nothing was started.", a.from.Parent)
		return command.Answer{Text: text, Problem: &command.Problem{Code: command.CodeConflict}}, nil
	}
	if err != nil {
		return command.Answer{}, err
	}
	d.Log.InfoContext(ctx, "accepted", "job", accepted.ID, "command", r.Command, "principal", r.Principal, "door", r.Origin.Door)
	return command.Answer{Text: acceptance(accepted, r), Job: accepted.ID, State: accepted.State, Accepted: true, Nudge: accepted.Nudge}, nil
}

// acceptance says that a job was made, and what it still needs.
func acceptance(accepted *job.Accepted, r job.Request) string {
	switch {
	case accepted.Existing:
		return fmt.Sprintf("%s was accepted before and is %s: %s", accepted.ID, accepted.State, r.Text)
	case accepted.State == job.Confirming:
		if r.Signoff.Role == job.SignoffRequester {
			return fmt.Sprintf("%s waits for you to confirm; say: approve %s, or: reject %s\n%s", accepted.ID, accepted.ID, accepted.ID, r.Text)
		}
		return fmt.Sprintf("%s waits for %s to say: approve %s\n%s", accepted.ID, approvers(r.Signoff), accepted.ID, r.Text)
	default:
		return fmt.Sprintf("%s accepted: %s", accepted.ID, r.Text)
	}
}

// approvers are the people whose word a sign-off needs: "2 people with the role admin".
func approvers(s *job.Signoff) string {
	people := "another person"
	if s.Self {
		people = "somebody"
	}
	if s.Need > 1 {
		people = fmt.Sprintf("%d people", s.Need)
	}
	return people + " with the role " + s.Role
}
