package main

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/config"
	"github.com/handsoff/handsoff/shared/job"
)

// refusedKey holds a principal's last refusal, which `why` explains.
func refusedKey(principal string) string { return job.Prefix + "refused:" + principal }

// refusalLife is how long a refusal can be asked about.
const refusalLife = 24 * time.Hour

// refusal is somebody's last refusal.
type refusal struct {
	Text    string    `json:"text"`
	At      time.Time `json:"at"`
	Role    string    `json:"role"`
	Granted string    `json:"granted"`
	Notes   []string  `json:"notes"`
}

func has(call command.Call, role string) bool {
	return role == command.RoleAnyone || slices.Contains(call.Roles, role)
}

// mayStop reports whether a caller may stop or repeat a job: who asked for it, who has the role that its command needs,
// and an admin.
func mayStop(call command.Call, j *job.Job) bool {
	return call.Principal == j.Principal || (j.Why.Role != "" && has(call, j.Why.Role)) || has(call, config.Admin)
}

// refuse tells a caller which role is missing and who could do it, and writes that down.
func (d *desk) refuse(ctx context.Context, call command.Call, j *job.Job, needed string, notes ...string) (command.Answer, error) {
	what := call.Command + " " + j.ID
	text := command.Refusal(d.config, what, call.Principal, needed)
	for _, note := range notes {
		text += " " + note
	}
	now, err := d.jobs.Now(ctx)
	if err != nil {
		return command.Answer{}, err
	}
	record, err := json.Marshal(refusal{Text: text, At: now, Role: needed, Notes: notes})
	if err != nil {
		return command.Answer{}, err
	}
	if err := d.rdb.Set(ctx, refusedKey(call.Principal), record, refusalLife).Err(); err != nil {
		return command.Answer{}, err
	}
	if err := d.jobs.Audit(ctx, job.AuditEntry{Who: call.Principal, Act: "refused", Job: j.ID, Detail: what + " needs " + needed}); err != nil {
		return command.Answer{}, err
	}
	if err := d.jobs.Count(ctx, "refused_role", 1); err != nil {
		return command.Answer{}, err
	}
	answer := problem(command.CodeForbidden, text)
	answer.Job, answer.State = j.ID, j.State
	return answer, nil
}
