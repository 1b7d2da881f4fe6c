package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/handsoff/handsoff/shared/chat"
	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/config"
	"github.com/handsoff/handsoff/shared/job"
)

// has reports whether a caller has a role.
func has(call command.Call, role string) bool {
	return role == command.RoleAnyone || slices.Contains(call.Roles, role)
}

// mayStop reports whether a caller may stop a job: who asked for it, at whatever door, and who has the role for that.
func (d *desk) mayStop(call command.Call, j *job.Job) bool {
	return d.config.Same(call.Principal, j.Principal) || has(call, stopRole(j)) || has(call, config.Admin)
}

// stopRole is the role with which others may stop a job.
func stopRole(j *job.Job) string { return command.StopRole(j.Why.Role) }

// maySign reports whether a caller's word counts for a job's sign-off, as far as roles go.
func (d *desk) maySign(call command.Call, j *job.Job) bool {
	if needed := role(j.Signoff); needed != job.SignoffRequester {
		return has(call, needed)
	}
	return d.config.Same(call.Principal, j.Principal)
}

// refuse tells a caller which role is missing and who could do it, and writes that down.
func (d *desk) refuse(ctx context.Context, call command.Call, j *job.Job, needed string, notes ...string) command.Answer {
	what := call.Command + " " + j.ID
	text := command.Refusal(d.config, what, needed, call.Who()...)
	if needed == job.SignoffRequester {
		text = fmt.Sprintf("%s is for %s alone, who asked for it and has to confirm it.", what, chat.OneLine(j.Principal))
	}
	text = strings.Join(append([]string{text}, notes...), " ")
	audit := d.jobs.AuditRefusal
	if len(d.config.RolesOf(call.Who()...)) == 0 {
		audit = d.jobs.AuditStranger
	}
	err := errors.Join(
		command.RememberRefusal(ctx, d.rdb, call.Principal, command.Refused{Text: text, At: call.Time, Why: job.Why{Role: needed, Notes: notes}}),
		audit(ctx, job.AuditEntry{Who: call.Principal, Act: "refused", Job: j.ID, Detail: what + " needs the role " + needed}),
		d.jobs.Count(ctx, "refused_role", 1),
	)
	if err != nil { // the refusal stands
		d.log.WarnContext(ctx, "a refusal was not recorded", "principal", call.Principal, "job", j.ID, "error", err)
	}
	answer := problem(command.CodeForbidden, text)
	answer.Job, answer.State = j.ID, j.State
	return answer
}
