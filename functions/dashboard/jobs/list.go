package jobs

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/handsoff/handsoff/functions/dashboard/site"
	"github.com/handsoff/handsoff/shared/chat"
	"github.com/handsoff/handsoff/shared/chat/jobtext"
	"github.com/handsoff/handsoff/shared/job"
)

const (
	// shownOpen and shownFinished bound what one page lists: the first one, with its files, is below 100 kB.
	shownOpen     = 50
	shownFinished = 25
	// lookedOpen bounds how many unfinished jobs are looked at for one page, lookedFinished how many finished ones.
	lookedOpen     = 1000
	lookedFinished = 2000
)

// listing is what the page of jobs shows.
type listing struct {
	Filter   filter
	Tabs     []tab
	Open     []row
	Finished []row
	MoreOpen bool      // there are more unfinished ones than are looked at
	Looked   int       // how many finished ones were looked at
	Back     time.Time // how far back that was
	Next     string    // where to go on
	Standing job.Standing
	Asks     int // how many ask for an approval; 0 where not all are looked at
	ShowOpen bool
	ShowDone bool
}

// tab is a choice of states.
type tab struct {
	Title, Href string
	Here        bool
}

// row is a job in a list.
type row struct {
	*job.Job

	What    string // its command
	State   string // in a word
	Far     string // how far it is, or how it ended
	Percent int    // -1 where nobody knows
	Took    string
	Who     string
	Door    string    // where it was asked for, unless that is seen from who
	Since   time.Time // for what runs: since when
}

func rowOf(j *job.Job, shown sees, now time.Time) row {
	r := row{Job: j, What: shown.what(j), State: site.Word(j.State), Percent: -1, Who: chat.OneLine(j.Principal)}
	if door := chat.OneLine(j.Origin.Door); !strings.HasPrefix(j.Principal, door+":") {
		r.Door = door
	}
	r.Took = took(j, now)
	switch {
	case j.State.Final():
		r.Far = shown.reason(j)
	case j.State == job.Confirming:
		if shown.Asked {
			r.Far = needs(j, now)
		}
	case j.Behind != "":
		r.Far = "in line behind " + j.Behind
	default:
		if shown.Output {
			r.Far = chat.OneLine(j.Progress.Line)
		}
		if left := jobtext.Left(j, now); left != "" && j.State != job.Queued {
			r.Far = join(r.Far, left)
		}
		if j.Progress.Percent > 0 {
			r.Percent = j.Progress.Percent
		}
		r.Since = j.Started
	}
	return r
}

func join(a, b string) string {
	if a == "" {
		return b
	}
	return a + " · " + b
}

// list is the page of jobs.
func (p *Pages) list(ctx context.Context, r *site.Request) (site.View, error) {
	now, err := p.store.Now(ctx)
	if err != nil {
		return site.View{}, err
	}
	l := &listing{Filter: filterOf(r.URL.Query(), now)}
	if l.Standing, err = p.store.Standing(ctx); err != nil {
		return site.View{}, err
	}
	for _, s := range states {
		here := s.Name == l.Filter.State
		l.Tabs = append(l.Tabs, tab{s.Title, l.Filter.Query("state", s.Name), here})
		if here {
			l.ShowOpen, l.ShowDone = s.open && l.Filter.After == "", s.finished
		}
	}
	if l.ShowOpen {
		if err := p.open(ctx, r.Viewer, l, now); err != nil {
			return site.View{}, err
		}
	}
	if l.ShowDone {
		if err := p.finished(ctx, r.Viewer, l, now); err != nil {
			return site.View{}, err
		}
	}
	return site.View{
		Template: "jobs", Data: l, Live: l.Filter.After == "", Parts: []string{"jobs-counts", "jobs-open", "jobs-finished"},
	}, nil
}

// listTag differs when a job is accepted, ends, or one of the unfinished ones changes.
func (p *Pages) listTag(ctx context.Context, _ *site.Request) (string, error) {
	return p.store.Pulse(ctx, lookedOpen)
}

// order is how unfinished jobs follow one another: those that ask somebody first, then what runs, then what waits.
var order = map[job.State]int{job.Confirming: 0, job.Cancelling: 1, job.Running: 2, job.Waiting: 2, job.Queued: 3}

func (p *Pages) open(ctx context.Context, v site.Viewer, l *listing, now time.Time) error {
	found, err := p.store.Browse(ctx, job.Browse{
		Open: true, Since: l.Filter.From, Until: l.Filter.To, Wants: p.wants(v, &l.Filter), Limit: lookedOpen, Look: lookedOpen,
	})
	if err != nil {
		return err
	}
	slices.SortStableFunc(found.Jobs, func(a, b *job.Job) int { return order[a.State] - order[b.State] })
	for i, j := range found.Jobs {
		if i < shownOpen {
			l.Open = append(l.Open, rowOf(j, p.seesOf(v, j), now))
		}
		if j.State == job.Confirming && !l.Filter.Any() {
			l.Asks++
		}
	}
	l.MoreOpen = found.Next != "" || len(found.Jobs) > shownOpen
	return nil
}

func (p *Pages) finished(ctx context.Context, v site.Viewer, l *listing, now time.Time) error {
	found, err := p.store.Browse(ctx, job.Browse{
		After: l.Filter.After, Since: l.Filter.From, Until: l.Filter.To, Wants: p.wants(v, &l.Filter), Limit: shownFinished, Look: lookedFinished,
	})
	if err != nil {
		return err
	}
	for _, j := range found.Jobs {
		l.Finished = append(l.Finished, rowOf(j, p.seesOf(v, j), now))
	}
	l.Looked, l.Back = found.Looked, found.Back
	if found.Next != "" {
		l.Next = l.Filter.Query("after", found.Next)
	}
	return nil
}
