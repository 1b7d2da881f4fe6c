package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/handsoff/handsoff/functions/jenkins/remote"
	"github.com/handsoff/handsoff/shared/job"
)

// errLookAgain says that a build was not found, but that the request for it may still be on its way into Jenkins.
var errLookAgain = errors.New("not found in Jenkins; looking once more before asking for it again")

// look searches Jenkins for a build that an earlier step may have asked for: by our id, which it carries as a parameter or
// in its cause. Jenkins keeps no trace of ours on a build without either; then only that nothing at all came of the
// request can be seen, and anything else is for a person to judge.
func (b *builder) look(ctx context.Context, run *job.Run, p *pursuit) (triggered, job.Sighting, error) {
	seen, err := b.traces(ctx, p)
	if fault, ok := errors.AsType[*remote.Error](err); ok && !fault.Passing() {
		p.Evidence = fmt.Sprintf("It cannot be told whether %s was started: %v.", p.Job, err)
		return triggered{}, job.Hidden, nil
	}
	if err != nil {
		return triggered{}, job.Absent, err
	}
	if found, ok := seen.marked(run.Job().ID); ok {
		return found, job.Present, nil
	}
	if err := b.settled(ctx, run, p); err != nil {
		return triggered{}, job.Absent, err
	}
	if doubt := seen.doubt(p, b.api.Account()); doubt != "" {
		p.Evidence = fmt.Sprintf("%s was asked for when a worker died or the answer was lost. %s "+
			"Look at it in Jenkins, and retry only if it is not yours.", p.Job, doubt)
		return triggered{}, job.Hidden, nil
	}
	return triggered{}, job.Absent, nil
}

// settled gives errLookAgain until a build has been missing for long enough that no request for it can be under way.
func (b *builder) settled(ctx context.Context, run *job.Run, p *pursuit) error {
	now, err := b.clock(ctx)
	if err != nil {
		return err
	}
	if !p.Looked.IsZero() && now.Sub(p.Looked) >= b.set.Settle {
		return nil
	}
	if p.Looked.IsZero() || p.Looked.After(now) { // ahead: the clock was set back since, and it is missed from now on
		p.Looked = now
		progress := job.Progress{Percent: -1, Line: "looking whether Jenkins has already started it"}
		if err := run.Save(ctx, job.Change{Checkpoint: p, Progress: &progress}); err != nil {
			return fmt.Errorf("save: %w", err)
		}
	}
	return errLookAgain
}

// evidence is what is told of a build whose fate is unknown.
func (p *pursuit) evidence(err error) string {
	if p.Evidence != "" {
		return p.Evidence
	}
	return err.Error()
}

// traces are the queue items and builds of a job that are newer than a baseline, and whether none can be missing.
type traces struct {
	items  []remote.QueueItem // also those of the baseline
	builds []remote.Build     // the newest first
	whole  bool
}

// maxHistory bounds the search, in pages of a hundred builds.
const maxHistory = 10

// traces reads the queue first: what leaves it meanwhile is then found among the builds.
func (c *capability) traces(ctx context.Context, p *pursuit) (*traces, error) {
	queue, _, err := c.api.Queue(ctx)
	if err != nil {
		return nil, err
	}
	seen := &traces{}
	for _, item := range queue {
		if item.Job() == p.Job {
			seen.items = append(seen.items, item)
		}
	}
	var next int64
	for page := range maxHistory {
		history, err := c.api.History(ctx, p.Job, page*remote.BuildPage)
		if err != nil {
			return nil, err
		}
		next = max(next, history.Next)
		if older := seen.add(history.Builds, p.Base.Next); older || len(history.Builds) < remote.BuildPage {
			seen.whole = int64(len(seen.builds)) == next-p.Base.Next
			return seen, nil
		}
	}
	return seen, nil
}

// add keeps the builds from number first on. It reports whether it met an older one.
func (t *traces) add(builds []remote.Build, first int64) bool {
	for _, build := range builds {
		if build.Number < first {
			return true
		}
		if !slices.ContainsFunc(t.builds, func(b remote.Build) bool { return b.Number == build.Number }) {
			t.builds = append(t.builds, build)
		}
	}
	return false
}

// marked finds the earliest build, or else queue item, that carries our id: somebody may have rebuilt it in Jenkins since.
func (t *traces) marked(id string) (triggered, bool) {
	for _, build := range slices.Backward(t.builds) {
		if carries(build.Actions, id) {
			return triggered{Item: build.QueueID, Number: build.Number, URL: build.URL}, true
		}
	}
	var found triggered
	for _, item := range t.items {
		if carries(item.Actions, id) && (found.Item == 0 || item.ID < found.Item) {
			found.Item = item.ID
		}
	}
	return found, found.Item != 0
}

func carries(actions remote.Actions, id string) bool {
	if value, ok := actions.Parameter(markParameter); ok && value == id {
		return true
	}
	return slices.ContainsFunc(actions.Causes(), func(cause remote.Cause) bool { return cause.Note == causeText(id) })
}

// doubt says what keeps us from being sure that nothing was started; it is empty when we are.
func (t *traces) doubt(p *pursuit, account string) string {
	if !t.whole {
		return "Some of the builds since then are no longer in Jenkins, and it may have been one of them."
	}
	if p.Mark != noMark {
		return ""
	}
	var suspects []string
	for _, item := range t.items {
		if slices.Contains(p.Base.Queue, item.ID) || startedBy(item.Actions, account) {
			suspects = append(suspects, fmt.Sprintf("queue item %d", item.ID))
		}
	}
	for _, build := range t.builds {
		if startedBy(build.Actions, account) || build.QueueID != 0 && slices.Contains(p.Base.Queue, build.QueueID) {
			suspects = append(suspects, fmt.Sprintf("#%d", build.Number))
		}
	}
	if len(suspects) == 0 {
		return ""
	}
	return fmt.Sprintf("%s may be it; the job declares no parameter %s that would tell.", strings.Join(suspects, " or "), markParameter)
}

func startedBy(actions remote.Actions, account string) bool {
	return slices.ContainsFunc(actions.Causes(), func(cause remote.Cause) bool { return strings.EqualFold(cause.User, account) })
}
