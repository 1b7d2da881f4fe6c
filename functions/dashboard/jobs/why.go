package jobs

import (
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/handsoff/handsoff/shared/chat"
	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/job"
)

// grounds are why a job ran.
type grounds struct {
	Granted string
	Role    string
	Causes  []cause
	Notes   []string
}

// cause is what led to a job, with where more is known of it.
type cause struct{ Text, Path string }

func (p *Pages) why(j *job.Job) grounds {
	w := grounds{Granted: chat.OneLine(j.Why.Granted)}
	if j.Why.Role != command.RoleAnyone {
		w.Role = j.Why.Role
	}
	for _, text := range j.Why.Cause {
		w.Causes = append(w.Causes, causeOf(chat.OneLine(text)))
	}
	for _, note := range j.Why.Notes {
		w.Notes = append(w.Notes, chat.OneLine(note))
	}
	return w
}

func causeOf(text string) cause {
	kind, name, _ := strings.Cut(text, ":")
	switch kind {
	case "rule":
		return cause{"the rule " + name, "rules/" + url.PathEscape(name)}
	case "event":
		return cause{"the event " + name, "events/one?id=" + url.QueryEscape(name)}
	case "schedule":
		return cause{"the schedule " + name, "schedules/" + url.PathEscape(name)}
	case "job":
		if command.IsJobID(name) {
			return cause{"the job " + name, "jobs/" + name}
		}
	}
	return cause{Text: text}
}

// signoff says whose word a job needs or had, a sentence each.
func signoff(j *job.Job, now time.Time) []string {
	s := j.Signoff
	if s == nil {
		return nil
	}
	role := s.Role
	if role == "" {
		role = "approver"
	}
	lines := []string{fmt.Sprintf("%d of %d approvals, by the role %s", len(s.Approved), s.Need, role)}
	if role == job.SignoffRequester {
		lines[0] = "to be confirmed by who asked for it"
	}
	if j.State == job.Confirming && !s.Until.IsZero() {
		lines[0] += ", until " + chat.Clock(s.Until, now)
	}
	for _, word := range s.Approved {
		how := "approved by "
		if word.Forced {
			how = "let through by force by "
		}
		lines = append(lines, how+chat.OneLine(word.Principal)+" at "+chat.Clock(word.At, now))
	}
	return lines
}
