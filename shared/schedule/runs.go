package schedule

import (
	"slices"
	"time"

	"github.com/handsoff/handsoff/shared/job"
)

const (
	// MostUnfinished is how many runs of a schedule may be unfinished at the same time, where overlap allows several.
	MostUnfinished = 16
	// mostEnded is how many runs that have ended are kept: a retry of one of them is a run of the schedule, too.
	mostEnded = 4
)

// Run is one time that a schedule came due, or that somebody had it run.
type Run struct {
	At      time.Time         `json:"at"`                // when it was to be
	Missed  int               `json:"missed,omitempty"`  // how many before it were missed
	Waits   bool              `json:"waits,omitempty"`   // for those before it to end
	By      string            `json:"by,omitempty"`      // who asked for it out of turn
	Repeats string            `json:"repeats,omitempty"` // the run's job that this one is a retry of
	Run     string            `json:"run,omitempty"`     // what it is to run, as the schedule was then
	Line    string            `json:"line,omitempty"`    // or this
	Args    map[string]any    `json:"args,omitempty"`    // with what
	Values  map[string]string `json:"values,omitempty"`  // the remembered values then; empty when they are not known
	Looked  time.Time         `json:"looked,omitzero"`   // when these were read
	News    []string          `json:"news,omitempty"`    // what is new since the last success, a line each
	Tried   time.Time         `json:"tried,omitzero"`    // when it was handed in last, not known with what success
	Job     string            `json:"job,omitempty"`     // what became of it
	Seen    int               `json:"seen,omitempty"`    // how many retries of that job are known
	Ended   job.State         `json:"ended,omitempty"`   // how the job ended
	Said    string            `json:"said,omitempty"`    // why there is no job, or what was answered at once
}

// Unfinished lists the runs whose job has not been seen to end, the oldest first.
func (st *State) Unfinished() []Run {
	return slices.DeleteFunc(slices.Clone(st.Runs), func(r Run) bool { return r.Ended != "" })
}

// Newest is the run that has a job and was taken up last; nil when there is none.
func (st *State) Newest() *Run {
	if len(st.Runs) == 0 {
		return nil
	}
	return &st.Runs[len(st.Runs)-1]
}

// Add takes up a run that has a job, unless it is known.
func (st *State) Add(r Run) {
	if !slices.ContainsFunc(st.Runs, func(known Run) bool { return known.Job == r.Job }) {
		st.Runs = kept(append(slices.Clone(st.Runs), r))
	}
}

// kept leaves out the oldest of those that have ended. Who is unfinished is never forgotten.
func kept(runs []Run) []Run {
	ended := 0
	for _, r := range runs {
		if r.Ended != "" {
			ended++
		}
	}
	return slices.DeleteFunc(runs, func(r Run) bool {
		if r.Ended == "" || ended <= mostEnded {
			return false
		}
		ended--
		return true
	})
}

// Seen tells of each run's job how many retries are known, as job.Store.Retries wants it.
func (st *State) Seen() map[string]int {
	seen := make(map[string]int, len(st.Runs))
	for _, r := range st.Runs {
		seen[r.Job] = r.Seen
	}
	return seen
}

// Adopt takes up the retries of runs that are not known yet, and reports whether there were any; then those may have
// retries of their own. A retry does what its run was to do, so that its success is the success of that run.
func (st *State) Adopt(retries map[string][]string) bool {
	runs, room := slices.Clone(st.Runs), MostUnfinished-len(st.Unfinished())
	var more []Run
	for i := range runs {
		r := &runs[i]
		for _, id := range retries[r.Job] {
			if len(more) >= room { // the others are taken up when some have ended
				break
			}
			r.Seen++
			more = append(more, Run{At: r.At, Values: r.Values, Looked: r.Looked, Job: id, Repeats: r.Job})
		}
	}
	st.Runs = kept(append(runs, more...))
	return len(more) > 0
}

// settle notes how the jobs of the unfinished runs ended.
func settle(st State, f Facts) State {
	runs := slices.Clone(st.Runs)
	for i := range runs {
		r, j := &runs[i], f.Jobs[runs[i].Job]
		if r.Ended != "" || j != nil && !j.State.Final() {
			continue
		}
		r.Ended = job.Unknown // it is kept no longer, and nobody looked before
		if j != nil {
			r.Ended = j.State
		}
		if r.Ended == job.Succeeded {
			st.succeed(*r, f.Now)
		}
	}
	st.Runs = kept(runs)
	return st
}

// succeed makes a run's success the schedule's last one, unless a run that knew of newer values was there before: what is
// built again out of the past makes nothing new.
func (st *State) succeed(r Run, now time.Time) {
	if r.Looked.Before(st.Known) && !st.Known.After(now) { // else the clock was set back
		return
	}
	st.Good = r.At
	if len(r.Values) > 0 { // else it is not known with what it ran
		st.Success, st.Known = r.Values, r.Looked
	}
}

// Became is a run with what became of it: its job, or what was said instead.
func (r Run) Became(id, said string) Run {
	r.Job, r.Said, r.Tried = id, said, time.Time{}
	r.Args, r.News, r.Run, r.Line = nil, nil, "", ""
	return r
}

// Handed is how it stands when the due run was handed in: its job, or what was said instead, and whether that was well.
func (st *State) Handed(id, said string, well bool) State {
	after := *st
	after.Due = nil
	after.Ran(st.Due.Became(id, said), well)
	return after
}

// Ran notes what became of a run: its job, or what was said instead, and whether that was well.
func (st *State) Ran(r Run, well bool) {
	if r.Job != "" {
		st.Add(r)
		return
	}
	st.Idle = &r
	if well {
		st.succeed(r, r.Looked)
	}
}

// LeaveOut lets the due run go, and says why.
func (st *State) LeaveOut(why string) {
	st.Idle = &Run{At: st.Due.At, Said: "left out: " + why}
	st.Due = nil
}
