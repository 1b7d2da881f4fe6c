package main

import (
	"context"
	"fmt"
	"time"

	"github.com/handsoff/handsoff/shared/attend"
	"github.com/handsoff/handsoff/shared/git"
	"github.com/handsoff/handsoff/shared/job"
)

// pursuit is the checkpoint of a sync: all that the next attempt must know. Whatever is not in it can be looked up.
type pursuit struct {
	Began   time.Time `json:"began,omitzero"`
	Told    string    `json:"told,omitempty"`    // what people were told last, so that they are told once
	Push    *pushing  `json:"push,omitempty"`    // a push that may be under way, or may have been
	Late    *pushing  `json:"late,omitempty"`    // one whose git is gone and that was not seen to get through; its server may yet be at it
	Unseen  time.Time `json:"unseen,omitzero"`   // since when its git is waited for, which runs where we cannot look
	Quiet   int       `json:"quiet,omitempty"`   // looks in a row that found the downstream as it was before
	Pull    string    `json:"pull,omitempty"`    // the pull request with refreshed patches
	Refused int       `json:"refused,omitempty"` // pushes in a row that came too late because a ref had moved
}

// once is a sentence for people, unless they were told it last. Save the pursuit together with it: who dies behind that says it no second time.
func (p *pursuit) once(text string) []string {
	if p.Told == text {
		return nil
	}
	p.Told = text
	return []string{text}
}

// pushing is a push.
type pushing struct {
	Keeper attend.Ref `json:"keeper"`
	Before string     `json:"before"` // digest of the downstream's branches and tags
	After  string     `json:"after"`
	Sample []change   `json:"sample"` // some of what is pushed: of a push that is all or nothing, enough
	Result result     `json:"result"`
	At     time.Time  `json:"at"`
}

// sampled is how many refs a checkpoint keeps of a push.
const sampled = 20

// judge compares the downstream with what it was and what it is to be. Where somebody else moves the same refs too, it
// cannot be told.
func (p *pushing) judge(refs []git.Ref) job.Sighting {
	now := make(map[string]string, len(refs))
	for _, ref := range refs {
		now[ref.Name] = ref.Object
	}
	switch digest(now) {
	case p.After:
		return job.Present
	case p.Before:
		return job.Absent
	}
	done, not := 0, 0
	for _, c := range p.Sample { // others have pushed too
		switch now[c.Ref] {
		case c.New:
			done++
		case c.Old:
			not++
		}
	}
	switch len(p.Sample) {
	case done:
		return job.Present
	case not:
		return job.Absent
	}
	return job.Hidden
}

// result is what a sync gives.
type result struct {
	Said       string   `json:"said,omitempty"` // what people were told, where that is all there is to tell
	Mirror     string   `json:"mirror"`
	Upstream   string   `json:"upstream"`
	Downstream string   `json:"downstream"`
	New        int      `json:"new"`
	Forward    int      `json:"forward"`
	Forced     int      `json:"forced"`
	Same       int      `json:"same"`
	Refs       []change `json:"refs,omitempty"` // the first of those that were pushed
	Skipped    []string `json:"skipped,omitempty"`
	Pull       string   `json:"pull_request,omitempty"`
}

// told notes that a sentence says it all, so that where only the end is told the rest need not be: what was left out is in no sentence.
func (r *result) told(text string) {
	if len(r.Skipped) == 0 {
		r.Said = text
	}
}

// maxResultRefs is how many refs a result names.
const maxResultRefs = 50

func (m *mirror) result(p *plan) result {
	r := result{Mirror: m.mirrored, Upstream: m.upstream.String(), Downstream: m.downstream.String(), Same: p.same, Skipped: p.skipped}
	for _, c := range p.changes {
		switch {
		case c.how == "forced":
			r.Forced++
		case c.Old == "":
			r.New++
		default:
			r.Forward++
		}
	}
	r.Refs = p.changes[:min(len(p.changes), maxResultRefs)]
	r.Skipped = r.Skipped[:min(len(r.Skipped), maxResultRefs)]
	return r
}

// earlier reports whether the git of an attempt before this one may still push; then wait.
func (c *capability) earlier(ctx context.Context, run *job.Run, p *pursuit) (wait time.Duration, err error) {
	if p.Push == nil || p.Push.Keeper == (attend.Ref{}) {
		return 0, nil
	}
	switch attend.Look(p.Push.Keeper) {
	case attend.Gone:
		return 0, nil
	case attend.Alive:
		return time.Second, nil
	case attend.Elsewhere:
	}
	now, err := c.clock(ctx)
	if err != nil {
		return 0, err
	}
	if p.Unseen.IsZero() {
		p.Unseen = now
		text := fmt.Sprintf("The git of the attempt before this one ran on %s; I go on when it has surely ended, in %s.", p.Push.Keeper.Host, attend.Orphaned)
		if err := run.Save(ctx, job.Change{Checkpoint: p, Say: []string{text}}); err != nil {
			return 0, fmt.Errorf("save: %w", err)
		}
	}
	return max(0, attend.Orphaned-now.Sub(p.Unseen)), nil
}
