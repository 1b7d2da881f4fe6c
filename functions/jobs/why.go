package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/handsoff/handsoff/shared/chat"
	"github.com/handsoff/handsoff/shared/chat/jobtext"
	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/config"
	"github.com/handsoff/handsoff/shared/job"
)

const (
	// auditDepth is how far back the audit trail is searched for a job, in entries.
	auditDepth = 5000
	// auditLines is how many of a job's audit entries are shown, the newest.
	auditLines = 20
)

// why explains a job, or without one the caller's last refusal.
func (d *desk) why(ctx context.Context, call command.Call) (command.Answer, error) {
	if !command.Values(call.Args).Has("id") {
		return d.whyRefused(ctx, call)
	}
	return d.about(d.whyJob)(ctx, call)
}

func (d *desk) whyJob(ctx context.Context, _ command.Call, j *job.Job) (command.Answer, error) {
	now, err := d.jobs.Now(ctx)
	if err != nil {
		return command.Answer{}, err
	}
	trail, err := d.trail(ctx, j.ID, now)
	if err != nil {
		return command.Answer{}, err
	}
	lines := slices.Concat(
		[]string{j.ID + ": " + jobtext.Command(j), j.ID + " " + jobtext.Standing(j, now) + "."},
		d.whyAccepted(j), d.whySignoff(j), whyHeld(j), whyEnded(j, now), trail)
	return command.Answer{Text: strings.Join(lines, "\n"), Job: j.ID, State: j.State}, nil
}

// whyAccepted says what let the job in, and who else could have asked for it.
func (d *desk) whyAccepted(j *job.Job) []string {
	lines := []string{fmt.Sprintf("It was accepted because %s asked for it", chat.OneLine(j.Principal))}
	if j.Why.Granted != "" {
		lines[0] += " and " + chat.OneLine(j.Why.Granted)
	}
	lines[0] += "."
	if j.Why.Role != "" && j.Why.Role != command.RoleAnyone {
		lines = append(lines, fmt.Sprintf("The command needs the role %s. %s", j.Why.Role, d.could(j.Why.Role, "")))
	}
	lines = append(lines, whyCaused(j.Why.Cause)...)
	if len(j.Why.Notes) > 0 {
		lines = append(lines, "What it went by:")
	}
	for _, note := range j.Why.Notes {
		lines = append(lines, "  "+chat.OneLine(note))
	}
	if j.RetryOf != "" {
		lines = append(lines, "It repeats "+j.RetryOf+".")
	}
	return lines
}

// whyCaused says what led to the job: the nearest first, and what tells more of it.
func whyCaused(causes []string) []string {
	if len(causes) == 0 {
		return nil
	}
	parts := make([]string, len(causes))
	for i, cause := range causes {
		parts[i] = causeText(chat.OneLine(cause))
	}
	return []string{"It was caused by " + strings.Join(parts, ", that by ") + "."}
}

// causeText is a cause as a sentence names it, with the command that tells more.
func causeText(cause string) string {
	kind, name, _ := strings.Cut(cause, ":")
	switch kind {
	case "rule":
		return fmt.Sprintf("the rule %s (`rules show %s`)", name, name)
	case "event":
		return fmt.Sprintf("the event %s (`events show %s`)", name, name)
	case "schedule":
		return fmt.Sprintf("the schedule %s (`schedules show %s`)", name, name)
	case "job":
		return fmt.Sprintf("the job %s (`why %s`)", name, name)
	}
	return cause
}

func (d *desk) whySignoff(j *job.Job) []string {
	s := j.Signoff
	if s == nil {
		return nil
	}
	not := ", whose own word does not count"
	if s.Self {
		not = ", whose own word counts"
	}
	lines := []string{fmt.Sprintf("It needs %s by the role %s; %s asked for it%s. %s",
		chat.Count(s.Need, "approval"), role(s), chat.OneLine(j.Principal), not, d.could(role(s), ""))}
	if role(s) == job.SignoffRequester {
		lines[0] = fmt.Sprintf("It needs to be confirmed by %s, who asked for it; nobody else's word counts.", chat.OneLine(j.Principal))
	}
	for _, word := range s.Approved {
		how := "approved"
		if word.Forced {
			how = "let it past by force"
		}
		lines = append(lines, fmt.Sprintf("%s %s.", chat.OneLine(word.Principal), how))
	}
	return lines
}

// whyHeld says what keeps the job from going on.
func whyHeld(j *job.Job) []string {
	var lines []string
	if j.Behind != "" {
		lines = append(lines, fmt.Sprintf("Only one job at a time may have %s; %s has it, so this one waits in line.",
			chat.OneLine(j.Lock), j.Behind))
	}
	if j.State == job.Waiting && j.Progress.Line != "" {
		lines = append(lines, "What it is at: "+chat.OneLine(j.Progress.Line)+".")
	}
	if j.Retried > 0 {
		lines = append(lines, fmt.Sprintf("%s in a row %s being waited out.", chat.Count(j.Retried, "fault"), chat.Are(j.Retried)))
	}
	if j.Attempt > 0 {
		lines = append(lines, fmt.Sprintf("Its worker was lost %s, and another one took over.", chat.Count(j.Attempt, "time")))
	}
	return lines
}

func whyEnded(j *job.Job, now time.Time) []string {
	var lines []string
	if reason := jobtext.Reason(j); reason != "" {
		what := "It failed "
		if j.State == job.Unknown {
			what = "Nobody can tell how it ended; "
		}
		lines = append(lines, what+reason+".")
	}
	if receipt := jobtext.Receipt(j, now); len(receipt) > 0 {
		lines = append(lines, "The receipt of its stop:")
		for _, text := range receipt {
			lines = append(lines, "  "+text)
		}
	}
	return lines
}

// trail is what the audit says of a job, the oldest first.
func (d *desk) trail(ctx context.Context, id string, now time.Time) ([]string, error) {
	entries, err := d.jobs.AuditTail(ctx, auditDepth)
	if err != nil {
		return nil, err
	}
	var rows [][]string
	for _, e := range entries {
		if e.Job == id && len(rows) < auditLines {
			rows = append(rows, []string{"  " + chat.Clock(e.At, now), chat.OneLine(e.Who), chat.OneLine(e.Act), chat.Brief(e.Detail, lineCells)})
		}
	}
	if len(rows) == 0 {
		return nil, nil
	}
	slices.Reverse(rows)
	return []string{"The audit says:", chat.Table(rows)}, nil
}

// could names who has a role, one person excepted.
func (d *desk) could(role, except string) string {
	who := slices.DeleteFunc(d.config.Who(role), func(member string) bool {
		person, ok := config.SplitPerson(member)
		return d.config.Same(member, except) || ok && person == d.config.Person(except)
	})
	if len(who) == 0 {
		return "Nobody has that role: an admin can give it in the configuration, under roles."
	}
	return "Who has it: " + strings.Join(who, ", ") + "."
}

// whyRefused explains the caller's last refusal.
func (d *desk) whyRefused(ctx context.Context, call command.Call) (command.Answer, error) {
	last, err := command.LastRefusal(ctx, d.rdb, call.Principal)
	if err != nil {
		return command.Answer{}, err
	}
	if last == nil {
		return command.Answer{Text: "You were refused nothing of late. `why <id>` explains a job."}, nil
	}
	now, err := d.jobs.Now(ctx)
	if err != nil {
		return command.Answer{}, err
	}
	lines := []string{fmt.Sprintf("You were refused %s: %s", chat.Age(now.Sub(last.At)), chat.OneLine(last.Text))}
	if last.Granted != "" {
		lines = append(lines, "What you have: "+chat.OneLine(last.Granted)+".")
	}
	if able := d.config.Who(last.Role); len(able) > 0 {
		lines = append(lines, fmt.Sprintf("Who has the role %s: %s.", last.Role, strings.Join(able, ", ")))
	}
	for _, note := range last.Notes {
		lines = append(lines, "Note: "+chat.OneLine(note))
	}
	return command.Answer{Text: strings.Join(lines, "\n")}, nil
}
