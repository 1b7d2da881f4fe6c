package github

import (
	"time"

	"github.com/handsoff/handsoff/functions/notify/door"
	"github.com/handsoff/handsoff/shared/github"
	"github.com/handsoff/handsoff/shared/job"
)

// deed is something that is done at GitHub: one call, but for looking.
type deed string

// The deeds. A post is recorded as an intent before it is made; one without an outcome is looked for. The others may be
// repeated: GitHub takes the same reaction and the same status once.
const (
	react       deed = "react"
	lookComment deed = "look-comment"
	postComment deed = "comment"
	editComment deed = "edit-comment"
	lookRun     deed = "look-run"
	createRun   deed = "run"
	editRun     deed = "edit-run"
	setStatus   deed = "status"
)

// post reports whether a deed is one that can be an intent, or none.
func (d deed) post() bool { return d == "" || d == postComment || d == createRun }

// act is a deed with the lane in which it waits for its turn; empty for what only reads.
type act struct {
	deed deed
	lane github.Lane
}

// The reactions. Source: https://docs.github.com/rest/reactions/reactions#about-reactions
const (
	taken   = "eyes"
	well    = "rocket"
	told    = "+1"
	badly   = "confused"
	stopped = "-1"
)

// facts are what the next deeds depend on, besides memory.
type facts struct {
	version  int64
	face     string // how the job stands
	final    bool
	reaction string // what the comment that asked is to get
	reacts   bool   // a comment asked
	comments bool   // there is a place for a reply
	checks   bool   // there is a commit to check
}

// see takes the facts from a view. A reply goes to who asked in a comment, and to an issue or pull request that is followed
// as such; where a commit is followed its check says all.
func see(view door.View, p github.Place) facts {
	j := view.Job
	f := facts{version: j.Version, final: j.State.Final(), face: string(j.State), reaction: taken, reacts: p.Comment > 0}
	f.comments = p.Number > 0 && (p.Comment > 0 || p.SHA == "")
	f.checks = p.SHA != "" && !j.IsNotice()
	if !f.final {
		f.face, _ = door.Standing(j, view.Now)
	}
	switch {
	case j.IsRefusal() && f.final:
		f.reaction = badly
	case j.IsNotice() && j.State == job.Succeeded:
		f.reaction = told
	case j.State == job.Succeeded:
		f.reaction = well
	case j.State == job.Cancelled:
		f.reaction = stopped
	case f.final:
		f.reaction = badly
	}
	return f
}

// plan decides what is to be done now, the most urgent first. With nothing to do now, wait is when progress may be shown;
// 0 says that the address is up to date.
func plan(f facts, m memory, now time.Time) (acts []act, wait time.Duration) {
	reaction := f.reacts && !m.Mute && m.Reaction != f.reaction
	if reaction && !f.final {
		acts = append(acts, act{react, github.Change})
	}
	if f.comments && !m.Comment.Lost {
		acts, wait = planComment(acts, f, m, now)
	}
	if f.checks && !m.Run.Lost {
		more, later := planRun(f, m, now)
		acts = append(acts, more...)
		if wait == 0 || (later > 0 && later < wait) {
			wait = later
		}
	}
	if reaction && f.final {
		acts = append(acts, act{react, github.Change})
	}
	if len(acts) > 0 {
		wait = 0
	}
	return acts, wait
}

func planComment(acts []act, f facts, m memory, now time.Time) ([]act, time.Duration) {
	if m.Intent == postComment {
		return append(acts, act{deed: lookComment}), 0
	}
	if m.Comment.ID == 0 {
		return append(acts, act{postComment, github.Create}), 0
	}
	change, progress, wait := m.Comment.stale(f, now)
	switch {
	case change:
		acts = append(acts, act{editComment, github.Change})
	case progress:
		acts = append(acts, act{editComment, github.Progress})
	}
	return acts, wait
}

func planRun(f facts, m memory, now time.Time) ([]act, time.Duration) {
	switch {
	case m.Status && m.Run.Face != f.face:
		return []act{{setStatus, github.Change}}, 0
	case m.Status:
		return nil, 0
	case m.Intent == createRun || m.Doubt:
		return []act{{deed: lookRun}}, 0
	case m.Run.ID == 0:
		return []act{{createRun, github.Change}}, 0
	}
	change, progress, wait := m.Run.stale(f, now)
	switch {
	case change:
		return []act{{editRun, github.Change}}, 0
	case progress:
		return []act{{editRun, github.Progress}}, 0
	}
	return nil, wait
}
