package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/job"
)

// dispatch answers an envelope. An error says that Redis or the gateway failed, or that the nonce was seen before; what
// the sender did wrong is an answer.
func (d *dispatcher) dispatch(ctx context.Context, e command.Envelope) (command.Answer, error) {
	a, err := d.read(ctx, e)
	answer, err := d.answer(ctx, e, a, err)
	if err == nil && e.Overheard && notForUs(a, answer) {
		return overheard, nil
	}
	return answer, err
}

// answer answers an envelope that was read as a, or could not be.
func (d *dispatcher) answer(ctx context.Context, e command.Envelope, a *asked, err error) (command.Answer, error) {
	if m := new(command.Mistake); errors.As(err, &m) {
		return m.Answer(), d.admit(ctx, e)
	}
	if err != nil {
		return command.Answer{}, err
	}
	if e.Overheard {
		if moot, err := d.moot(ctx, a); moot || err != nil {
			return overheard, errors.Join(err, d.admit(ctx, e))
		}
	}
	granted, ok := command.Granted(d.Config, a.Command.Role, e.Who()...)
	if !ok {
		return d.forbid(ctx, a)
	}
	a.granted = granted
	if missing := command.MissingText(d.reader(e.Principal, e.Groups).Missing(a.Command)); missing != "" {
		return d.notSetUp(ctx, a, missing)
	}
	if !a.Command.Now && !e.Check {
		return d.accept(ctx, a)
	}
	if err := d.admit(ctx, e); err != nil {
		return command.Answer{}, err
	}
	if e.Check {
		return foretold(a), nil
	}
	if e.Signoff != nil {
		text := a.Command.Words + " answers at once, so nobody can sign it off first; nothing was done."
		return command.Answer{Text: text, Problem: &command.Problem{Code: command.CodeConflict}}, nil
	}
	if a.Command.Function == d.Name {
		return d.answerOwn(ctx, a)
	}
	return d.call(ctx, a)
}

// admit remembers the nonce of an envelope that makes no job. Plain text has none; that Redis is there is seen all the
// same, so that nobody waits for a function that cannot answer without it.
func (d *dispatcher) admit(ctx context.Context, e command.Envelope) error {
	if e.Nonce == "" {
		_, err := d.Jobs.Now(ctx)
		return err
	}
	return d.Jobs.Admit(ctx, e.Nonce)
}

// reader is for whom help and the catalogue are written.
func (d *dispatcher) reader(principal string, groups []string) command.Reader {
	return command.Reader{Principal: principal, Groups: groups, Roles: d.Config, Configured: d.Config.Has}
}

// forbid refuses a command for want of a role, and says who could.
func (d *dispatcher) forbid(ctx context.Context, a *asked) (command.Answer, error) {
	if err := d.admit(ctx, a.from); err != nil {
		return command.Answer{}, err
	}
	words, role := a.Command.Words, a.Command.Role
	text := command.Refusal(d.Config, words, role, a.from.Who()...)
	d.record(ctx, a, "role", words+" needs the role "+role, command.Refused{
		Text: text, At: time.Now(), Why: job.Why{Role: role, Cause: a.from.Cause, Notes: append([]string{"you asked for: " + a.Line()}, a.from.Notes...)},
	})
	return command.Answer{Text: text, Problem: &command.Problem{Code: command.CodeForbidden}}, nil
}

// notSetUp refuses a command whose back end is not configured.
func (d *dispatcher) notSetUp(ctx context.Context, a *asked, missing string) (command.Answer, error) {
	if err := d.admit(ctx, a.from); err != nil {
		return command.Answer{}, err
	}
	text := fmt.Sprintf("%s is not set up: %s.", a.Command.Words, missing)
	d.record(ctx, a, "missing", a.Command.Words+" is not set up", command.Refused{
		Text: text, At: time.Now(), Why: job.Why{Role: a.Command.Role, Granted: a.granted, Cause: a.from.Cause, Notes: a.from.Notes},
	})
	return command.Answer{Text: text, Problem: &command.Problem{Code: command.CodeMissing}}, nil
}

// record counts, audits and remembers a refusal. The refusal stands also when that fails. That something would be
// refused is no refusal.
func (d *dispatcher) record(ctx context.Context, a *asked, why, detail string, r command.Refused) {
	if a.from.Check {
		return
	}
	audit := d.Jobs.AuditRefusal
	if len(d.Config.RolesOf(a.from.Who()...)) == 0 {
		audit = d.Jobs.AuditStranger
	}
	err := errors.Join(
		d.Jobs.Count(ctx, "refused_"+why, 1),
		audit(ctx, job.AuditEntry{Who: a.from.Principal, Act: "refused", Detail: detail}),
		command.RememberRefusal(ctx, d.Redis, a.from.Principal, r),
	)
	if err != nil {
		d.Log.WarnContext(ctx, "a refusal was not recorded", "principal", a.from.Principal, "command", a.Command.Words, "error", err)
	}
}

// unavailable is the answer when Redis or the gateway does not.
func unavailable(err error) command.Answer {
	text := "I cannot reach Redis, where I keep everything; try again in a moment. It may have been done all the same: look at `jobs` first."
	switch {
	case errors.Is(err, command.ErrNoCatalogue):
		text = "I cannot read from the gateway which commands there are; try again in a moment. Nothing was started."
	case redis.HasErrorPrefix(err, "OOM"):
		text = "Redis, where I keep everything, is full, so nothing was started; whoever looks after it must raise its maxmemory."
	case redis.HasErrorPrefix(err, "MISCONF"), redis.HasErrorPrefix(err, "READONLY"):
		text = "Redis, where I keep everything, takes no writes now, so nothing was started; its log says why, a full disk perhaps."
	}
	return command.Answer{Text: text, Problem: &command.Problem{Code: command.CodeUnavailable}}
}

// refusesWrites reports whether Redis is there and has no room, which somebody has to make: that does not pass in a moment, as its absence may.
func refusesWrites(err error) bool {
	return redis.HasErrorPrefix(err, "OOM") || redis.HasErrorPrefix(err, "MISCONF")
}
