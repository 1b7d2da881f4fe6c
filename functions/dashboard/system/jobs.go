package system

import (
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/handsoff/handsoff/functions/dashboard/vitals"
	"github.com/handsoff/handsoff/shared/chat"
	"github.com/handsoff/handsoff/shared/gap"
	"github.com/handsoff/handsoff/shared/job"
)

const (
	// shownUntaken is how many due jobs in nobody's hands are listed.
	shownUntaken = 20
	// late is how old a due job may be before that is said to be wrong: the clock nudges each after some seconds.
	late = 2 * time.Minute
	// silent is how long the clock may not have ticked.
	silent = time.Minute
	// shownCounts is how many counters are listed.
	shownCounts = 60
)

func (p *pages) jobs(ctx context.Context, h *health, _ time.Time) (err error) {
	if h.Standing, err = p.Jobs.Standing(ctx); err != nil {
		return err
	}
	states, err := p.Jobs.States(ctx)
	if err != nil {
		return err
	}
	states[job.Running] += states[job.Waiting] // which is the same to people
	for _, s := range []job.State{job.Confirming, job.Queued, job.Running, job.Cancelling} {
		h.States = append(h.States, inState{s, states[s]})
	}
	if h.Lag, h.Untold, err = p.Jobs.Lags(ctx); err != nil {
		return err
	}
	if h.Lag > late {
		h.Wrong = append(h.Wrong, "A job has been due for "+chat.Duration(h.Lag)+", and nobody takes it: is its function deployed, and up?")
	}
	untaken, err := p.Jobs.Untaken(ctx, shownUntaken+1)
	h.Untaken, h.MoreJobs = untaken[:min(shownUntaken, len(untaken))], len(untaken) > shownUntaken
	return err
}

func (p *pages) clock(ctx context.Context, h *health, now time.Time) (err error) {
	if h.Ticked, err = vitals.Ticked(ctx, p.Redis); err != nil {
		return err
	}
	switch {
	case h.Ticked.IsZero():
		h.Wrong = append(h.Wrong, "The clock has never ticked: does the cron connector invoke the function clock?")
	case now.Sub(h.Ticked) > silent:
		h.Wrong = append(h.Wrong, "The clock ticked last "+chat.Age(now.Sub(h.Ticked))+": does the cron connector invoke the function clock?")
	}
	return nil
}

func (p *pages) gaps(ctx context.Context, h *health, _ time.Time) error {
	found, err := gap.Standing(ctx, p.Redis)
	h.Gaps = sorted(found)
	return err
}

func (p *pages) counts(ctx context.Context, h *health, _ time.Time) error {
	found, err := p.Jobs.Counts(ctx)
	h.Counts = sorted(found)
	for i := range h.Counts {
		h.Counts[i].Name = strings.ReplaceAll(h.Counts[i].Name, "_", " ")
	}
	h.Counts = h.Counts[:min(len(h.Counts), shownCounts)]
	return err
}

func sorted(found map[string]int64) []counted {
	list := make([]counted, 0, len(found))
	for _, name := range slices.Sorted(maps.Keys(found)) {
		list = append(list, counted{name, found[name]})
	}
	return list
}
