package jobs

import (
	"strconv"
	"time"

	"github.com/handsoff/handsoff/functions/dashboard/site"
	"github.com/handsoff/handsoff/shared/chat"
	"github.com/handsoff/handsoff/shared/chat/jobtext"
	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/job"
)

// chart is a Gantt chart: what a job consists of, each with its time as a bar.
type chart struct {
	Title string
	Rows  []bar
	More  int // that are not drawn
	Span  string
	Over  string // how many are over, "4 of 6"
}

// bar is a row of a chart.
type bar struct {
	Name, State, Word, Job, Note, Took string
	X, Width                           string // of a thousand; Width is empty before it began
}

// span is the time that a chart shows.
type span struct{ from, to time.Time }

const (
	wide    = 1000.0
	slimest = 4.0 // so that what took no time can be seen
)

// chartOf draws the steps of a pipeline, else the jobs that a job started, of each as much as the viewer is shown; nil when
// there are none. more are jobs that it started besides.
func chartOf(j *job.Job, children []*job.Job, more int, shown func(*job.Job) sees, now time.Time) *chart {
	if len(j.Parts) > 0 {
		return steps(j, shown(j), now)
	}
	if len(children) == 0 {
		return nil
	}
	at := span{j.Started, now}
	for _, c := range children {
		at.hold(c.Started, c.Finished)
	}
	at = at.until(j, now)
	drawn := &chart{Title: "Jobs that it started", More: more, Span: chat.Duration(at.to.Sub(at.from))}
	for _, c := range children {
		end := c.Finished
		b := bar{Name: shown(c).what(c), State: string(c.State), Word: site.Word(c.State), Job: c.ID, Note: shown(c).reason(c)}
		if !c.Started.IsZero() {
			b.Took = took(c, now)
		}
		at.draw(&b, c.Started, end, now)
		drawn.Rows = append(drawn.Rows, b)
	}
	return drawn
}

func steps(j *job.Job, shown sees, now time.Time) *chart {
	parts := j.Parts[:min(len(j.Parts), shownChildren)]
	at := span{j.Started, now}
	for _, part := range parts {
		at.hold(part.Started, part.Ended)
	}
	at = at.until(j, now)
	drawn := &chart{Title: "Steps", Over: jobtext.Over(j.Parts), More: len(j.Parts) - len(parts), Span: chat.Duration(at.to.Sub(at.from))}
	for _, part := range parts {
		b := bar{Name: chat.OneLine(part.Name), State: part.State, Word: site.Word(job.State(part.State))}
		if shown.Output {
			b.Note = chat.OneLine(part.Note)
		}
		if command.IsJobID(part.Job) {
			b.Job = part.Job
		}
		if part.State == "" {
			b.State, b.Word = string(job.Queued), "not yet"
		}
		if !part.Started.IsZero() {
			if b.Took = jobtext.Length("", part.Ended.Sub(part.Started)); part.Ended.IsZero() {
				b.Took = chat.Duration(now.Sub(part.Started))
			}
		}
		at.draw(&b, part.Started, part.Ended, now)
		drawn.Rows = append(drawn.Rows, b)
	}
	return drawn
}

// hold widens the span.
func (s *span) hold(from, to time.Time) {
	if !from.IsZero() && (s.from.IsZero() || from.Before(s.from)) {
		s.from = from
	}
	if to.After(s.to) {
		s.to = to
	}
}

// until ends the span with the job, when that is over.
func (s span) until(j *job.Job, now time.Time) span {
	if s.from.IsZero() {
		s.from = j.Created
	}
	s.to = now
	if j.State.Final() {
		s.to = j.Finished
	}
	if !s.to.After(s.from) {
		s.to = s.from.Add(time.Millisecond)
	}
	return s
}

// draw places a bar.
func (s span) draw(b *bar, from, to, now time.Time) {
	if from.IsZero() {
		return
	}
	if to.IsZero() {
		to = now
	}
	x, end := s.at(from), s.at(to)
	width := max(end-x, slimest)
	x = min(x, wide-width)
	b.X, b.Width = strconv.FormatFloat(x, 'f', 1, 64), strconv.FormatFloat(width, 'f', 1, 64)
}

func (s span) at(t time.Time) float64 {
	return min(max(wide*float64(t.Sub(s.from))/float64(s.to.Sub(s.from)), 0), wide)
}
