package session

import (
	"strings"
	"time"

	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/outbox"
	"github.com/handsoff/handsoff/telnet-gateway/lineedit"
)

// page shows entries of the outbox, and news about Redis.
func (s *session) page(p outbox.Page) {
	switch {
	case p.Down:
		s.say("Redis does not answer. What your jobs have to say comes when it is back.")
	case p.Up:
		s.say("Redis answers again.")
	}
	for _, e := range p.Entries {
		s.jobs.heard(e)
		if e.Telling() {
			s.term.Print(s.render(e), liveToken(e.ID))
		}
	}
	s.showProgress()
}

// render is an entry as people see it: the job's id in front, further lines set in under the first. A job's last word
// shows by its colour how it ended.
func (s *session) render(e outbox.Entry) string {
	text := lineedit.Clean(e.Text)
	style := lineedit.Plain
	if e.Kind == outbox.End {
		style = outcomeStyle(e.State)
	}
	if e.Job == "" {
		return s.paintLines(style, text)
	}
	tag := "@" + lineedit.Clean(e.Job)
	lines := strings.Split(text, "\n")
	for i, l := range lines {
		lead := strings.Repeat(" ", len(tag))
		if i == 0 {
			lead, l = s.term.Paint(lineedit.Accent, tag), s.term.Paint(style, l)
		}
		lines[i] = lead + " " + l
	}
	return strings.Join(lines, "\n")
}

func outcomeStyle(state job.State) lineedit.Style {
	switch state {
	case job.Succeeded:
		return lineedit.Good
	case job.Failed:
		return lineedit.Bad
	case job.Cancelled, job.Unknown, job.Cancelling:
		return lineedit.Careful
	case job.Confirming, job.Queued, job.Running, job.Waiting:
	}
	return lineedit.Plain
}

// milestone is the progress that was last shown as a line of its own.
type milestone struct {
	job     string
	text    string
	percent int
	at      time.Time
}

// Progress in lines comes no more often than this.
const (
	milestonePercent = 10
	milestoneTime    = 10 * time.Second
)

// showProgress shows how far the foreground job is: in place where the terminal can, else in lines now and then.
func (s *session) showProgress() {
	e, ok := s.jobs.latest[s.jobs.foreground()]
	if !ok {
		s.term.SetStatus("", lineedit.Plain)
		return
	}
	text := progressLine(e)
	if s.term.SetStatus(text, lineedit.Plain) {
		return
	}
	last := s.shown
	fresh := last.job != e.Job
	due := e.Percent >= last.percent+milestonePercent || time.Since(last.at) >= milestoneTime
	if text == last.text || (!fresh && !due) {
		return
	}
	s.shown = milestone{job: e.Job, text: text, percent: e.Percent, at: time.Now()}
	s.term.Print(text, "")
}

// progressLine is one line of progress, bar and all as notify made it.
func progressLine(e outbox.Entry) string {
	text, _, _ := strings.Cut(lineedit.Clean(e.Text), "\n")
	if e.Job == "" {
		return text
	}
	return "@" + lineedit.Clean(e.Job) + " " + text
}
