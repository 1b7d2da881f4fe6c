package session

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/outbox"
	"github.com/handsoff/handsoff/telnet-gateway/lineedit"
)

// running is an unfinished job, for sentences.
type running struct{ id, text string }

func (r running) String() string {
	if r.text == "" {
		return r.id
	}
	return fmt.Sprintf("%s (%s)", r.id, lineedit.Fit(r.text, 60))
}

// list names at most five jobs.
func list(jobs []running) string {
	const most = 5
	names := make([]string, 0, most+1)
	for i, j := range jobs {
		if i == most {
			names = append(names, fmt.Sprintf("and %d more", len(jobs)-most))
			break
		}
		names = append(names, j.String())
	}
	return strings.Join(names, ", ")
}

// board is what this session knows of jobs.
type board struct {
	mine   []running               // accepted in this session and not ended, the oldest first
	latest map[string]outbox.Entry // the newest progress of unfinished jobs
	over   []string                // jobs that ended lately: the end may be heard before the answer that names the job
}

// Bounds of what is kept: a person has few jobs at a time.
const (
	mostLatest = 200
	mostOver   = 100
)

func (b *board) accepted(id, text string) {
	if !slices.Contains(b.over, id) {
		b.mine = append(b.mine, running{id, text})
	}
}

// foreground is the job that Ctrl-C means and whose progress is shown, "" for none.
func (b *board) foreground() string {
	if len(b.mine) == 0 {
		return ""
	}
	return b.mine[len(b.mine)-1].id
}

func (b *board) ended(id string) {
	delete(b.latest, id)
	b.mine = slices.DeleteFunc(b.mine, func(r running) bool { return r.id == id })
	if b.over = append(b.over, id); len(b.over) > mostOver {
		b.over = slices.Delete(b.over, 0, 1)
	}
}

// heard takes an entry of the outbox.
func (b *board) heard(e outbox.Entry) {
	switch {
	case e.Job == "":
	case e.Kind == outbox.End || e.State.Final():
		b.ended(e.Job)
	case e.Kind == outbox.Progress:
		if b.latest == nil {
			b.latest = map[string]outbox.Entry{}
		}
		last, known := b.latest[e.Job]
		if (known && outbox.After(e.ID, last.ID)) || (!known && len(b.latest) < mostLatest) {
			b.latest[e.Job] = e
		}
	}
}

// busyWith looks which of the person's jobs are unfinished, the newest first, and calls then. When Redis does not answer,
// known is false and running is what this session knows.
func (s *session) busyWith(ctx context.Context, then func(running []running, known bool)) {
	mine := append([]running{}, s.jobs.mine...)
	s.background(ctx, func(ctx context.Context) func() {
		ctx, done := context.WithTimeout(ctx, lookLimit)
		defer done()
		found, err := s.door.Jobs.Browse(ctx, job.Browse{Open: true, Wants: func(j *job.Job) bool { return j.Principal == s.principal }})
		if err != nil {
			return func() { then(mine, false) }
		}
		open := make([]running, len(found.Jobs))
		for i, j := range found.Jobs {
			open[i] = running{j.ID, j.Text}
		}
		return func() { then(open, true) }
	})
}
