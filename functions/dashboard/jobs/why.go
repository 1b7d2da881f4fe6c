package jobs

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/handsoff/handsoff/shared/chat"
	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/job"
)

// reason is why a job ran.
type reason struct {
	Granted string
	Role    string
	Causes  []cause
	Notes   []string
}

// cause is what led to a job, with where more is known of it.
type cause struct{ Text, Path string }

func (p *Pages) why(j *job.Job) reason {
	w := reason{Granted: chat.OneLine(j.Why.Granted)}
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

// safeLinks are those that lead to a page, and nothing else.
func safeLinks(links []job.Link) []job.Link {
	var list []job.Link
	for _, link := range links {
		u, err := url.Parse(link.URL)
		if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.User != nil {
			continue
		}
		title := chat.OneLine(link.Title)
		if title == "" {
			title = u.Host
		}
		list = append(list, job.Link{Title: title, URL: u.String()})
	}
	return list
}

// event is an entry of a job's timeline.
type event struct {
	At    time.Time
	Text  string
	State string // colours it; empty for what is only told
}

// timeline is what became of a job, in order: its states, and what people were told, as much as the viewer is shown.
func timeline(j *job.Job, told []job.Line, shown sees) []event {
	var list []event
	add := func(at time.Time, state, text string) {
		if !at.IsZero() {
			list = append(list, event{at, text, state})
		}
	}
	from := chat.OneLine(j.Principal) + " asked for it"
	if j.Origin.Door != "" {
		from += ", from " + chat.OneLine(j.Origin.Door)
	}
	add(j.Created, string(job.Queued), from)
	if j.Signoff != nil && shown.Asked {
		for _, word := range j.Signoff.Approved {
			text := chat.OneLine(word.Principal) + " approved it"
			if word.Forced {
				text = chat.OneLine(word.Principal) + " let it through by force"
			}
			add(word.At, string(job.Confirming), text)
		}
	}
	add(j.Started, string(job.Running), "It began")
	if c := j.Cancel; c != nil {
		text := chat.OneLine(c.By) + " asked it to stop"
		if c.Reason != "" && shown.Output {
			text += ": " + chat.OneLine(c.Reason)
		}
		add(c.At, string(job.Cancelling), text)
		add(c.Signal, string(job.Cancelling), "What it had started was told to stop")
	}
	end := "It ended: " + string(j.State)
	if reason := shown.reason(j); reason != "" {
		end += "; " + reason
	}
	if j.State.Final() {
		list = append(list, event{j.Finished, end, string(j.State)})
	}
	return merged(list, told, j.State.Final())
}

// merged puts what was told between the states. Of what came at the same moment a state is first, but for the last one.
func merged(states []event, told []job.Line, over bool) []event {
	before, last := states, []event(nil)
	if over {
		before, last = states[:len(states)-1], states[len(states)-1:]
	}
	list := slices.Clone(before)
	for _, line := range told {
		list = append(list, event{At: line.At, Text: chat.Clean(line.Text)})
	}
	list = append(list, last...)
	slices.SortStableFunc(list, func(a, b event) int { return a.At.Compare(b.At) })
	return list
}
