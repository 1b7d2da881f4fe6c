package jobs

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/handsoff/handsoff/functions/dashboard/site"
	"github.com/handsoff/handsoff/shared/chat"
	"github.com/handsoff/handsoff/shared/chat/jobtext"
	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/job"
)

const (
	// shownLog is how many of the last lines of a log a job's page shows; shownStory how many of what is told.
	shownLog   = 200
	shownStory = 200
	// shownChildren bounds the jobs that a job started, and the steps of a pipeline.
	shownChildren = 200
)

// sheet is what a job's page shows.
type sheet struct {
	*job.Job
	sees

	What, Word, Standing string
	Percent              int
	Doing                string
	Took                 string
	Acts                 acts
	Chart                *chart
	Line                 []event
	Earlier              bool // there is more of the story than is shown
	Arguments            []string
	Result               []string
	Reason               string
	Receipt              []jobtext.Fact
	Signoff              []string
	Links                []job.Link
	Next                 string
	Retries              []string
	Why                  grounds
	Log                  []line
	After                string // the log's last line
	LogCut               bool   // there is more of the log than is shown
	MayLog               bool
}

// tell fills in what is said of the job, as much as the viewer is shown.
func (s *sheet) tell(now time.Time) {
	j := s.Job
	s.What = s.what(j)
	if s.Asked || j.State.Final() { // the standing of an unfinished one names roles, locks and why it is cancelled
		s.Standing = standing(j, now)
	}
	if s.Output {
		s.Doing, s.Receipt, s.Reason = jobtext.Doing(j), jobtext.Voice{}.Receipt(j, now), reason(j)
		s.Result, s.Links, s.Next = jobtext.Result(j), safeLinks(j.Links), next(j)
	}
}

// show is a job's page.
func (p *Pages) show(ctx context.Context, r *site.Request) (site.View, error) {
	id := r.PathValue("id")
	j, missing, err := p.find(ctx, id)
	if err != nil || j == nil {
		return missing, err
	}
	now, err := p.store.Now(ctx)
	if err != nil {
		return site.View{}, err
	}
	s := &sheet{
		Job: j, sees: p.seesOf(r.Viewer, j), Word: site.Word(j.State), Percent: j.Progress.Percent, Took: took(j, now),
		Acts: p.actsOf(ctx, r.Viewer, j), MayLog: p.mayLog(r.Viewer),
	}
	s.tell(now)
	if j.State.Final() || s.Percent <= 0 && j.Progress.ETA.IsZero() {
		s.Percent = -1
	}
	if err := p.around(ctx, r.Viewer, s, now); err != nil {
		return site.View{}, err
	}
	return site.View{
		Template: "job", Title: id + " · " + chat.Clip(s.What, 60), Data: s, Live: true,
		Parts: []string{"job-head", "job-now", "job-end", "job-steps", "job-result", "job-line", "job-facts"},
	}, nil
}

// growing is how often the page of an unfinished job is made anew without a change: bars grow.
const growing = 5 * time.Second

// showTag differs when the job's page does.
func (p *Pages) showTag(ctx context.Context, r *site.Request) (string, error) {
	id := r.PathValue("id")
	if !command.IsJobID(id) {
		return "", nil
	}
	pulse, open, err := p.store.PulseOf(ctx, id)
	if open {
		pulse += p.site.Now().Truncate(growing).String()
	}
	return pulse, err
}

// find reads a job, or gives the page that says that there is none.
func (p *Pages) find(ctx context.Context, id string) (*job.Job, site.View, error) {
	missing := site.Missing("There is no such job. Finished ones are kept for " + chat.Duration(p.config.Jobs.KeepFor) + ".")
	if !command.IsJobID(id) {
		return nil, missing, nil
	}
	j, err := p.store.Get(ctx, id)
	if errors.Is(err, job.ErrNotFound) {
		return nil, missing, nil
	}
	return j, missing, err
}

// around reads what stands around a job: its children, its story, its log, what its command declares.
func (p *Pages) around(ctx context.Context, v site.Viewer, s *sheet, now time.Time) error {
	children, more, err := p.children(ctx, s.ID)
	if err != nil {
		return err
	}
	s.Chart = chartOf(s.Job, children, more, func(j *job.Job) sees { return p.seesOf(v, j) }, now)
	if err := p.story(ctx, s); err != nil {
		return err
	}
	retries, err := p.store.Retries(ctx, map[string]int{s.ID: 0})
	if err != nil {
		return err
	}
	s.Retries = retries[s.ID]
	if s.Asked {
		s.Arguments, s.Why = p.arguments(ctx, s.Job), p.why(s.Job)
		s.Signoff = signoff(s.Job, now)
	}
	if s.MayLog {
		return p.tail(ctx, s)
	}
	return nil
}

// story reads what became of a job, and what was told of it to those who see what it wrote.
func (p *Pages) story(ctx context.Context, s *sheet) error {
	var told []job.Line
	if s.Output {
		var err error
		if told, err = p.store.StoryTail(ctx, s.ID, shownStory+1); err != nil {
			return err
		}
	}
	if s.Earlier = len(told) > shownStory; s.Earlier {
		told = told[1:]
	}
	s.Line = timeline(s.Job, told, s.sees)
	return nil
}

// children reads the jobs that a job started, in the order in which they began, and says how many more there are.
func (p *Pages) children(ctx context.Context, id string) (list []*job.Job, more int, err error) {
	ids, err := p.store.Children(ctx, id)
	if err != nil {
		return nil, 0, err
	}
	slices.Sort(ids)
	some := ids[:min(len(ids), shownChildren)]
	list, err = p.store.Outlines(ctx, some)
	slices.SortStableFunc(list, func(a, b *job.Job) int { return a.Created.Compare(b.Created) })
	return list, len(ids) - len(some), err
}

// arguments are a job's, with those masked that its command declares secret. When the declaration cannot be had, nobody can
// tell which those are, and none is shown.
func (p *Pages) arguments(ctx context.Context, j *job.Job) []string {
	if len(j.Args) == 0 {
		return nil
	}
	return command.Known(ctx, p.redis, p.site.Log).Arguments(j.Command, j.Args)
}
