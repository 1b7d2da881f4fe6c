package schedule

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/memory"
)

// mostMissed is up to how many missed runs are counted.
const mostMissed = 10_000

// Facts are what a schedule must know to go on.
type Facts struct {
	Now        time.Time
	Jobs       map[string]*job.Job      // by id, those of the unfinished runs; one that is not in it is not there any more
	Remembered map[string]memory.Change // by name, those of Recalls
	News       []string                 // the changes since the last success, a line each
}

// Word is a sentence about a schedule, for those who follow it.
type Word struct {
	Text string
	Same string // what it is about; while that stays the same it need not be told again and again. Empty is news each time
}

// Advance says how a schedule stands at a time, and what is to be said about it, a sentence each. It acts on nothing: what
// is due then stands in Due, and is to be handed in unless it waits.
func (s *Schedule) Advance(st State, f Facts) (State, []Word) {
	if line := s.Times.String(); st.Cron != line || s.astray(st.Next, f.Now) {
		st.Cron, st.Next = line, s.Times.Next(f.Now)
	}
	st = settle(st, f)
	if st.Paused != nil {
		return s.rest(st, f.Now), nil
	}
	var said []Word
	if !st.Next.After(f.Now) {
		st, said = s.due(st, f)
	}
	if st.Due != nil && st.Due.Waits && len(st.Unfinished()) == 0 {
		// What it waited for may have built the same: its turn is looked at as if it came due now.
		waited := *st.Due
		st.Due = nil
		var more []Word
		st, more = s.begin(st, f, Run{At: waited.At, Missed: waited.Missed})
		said = append(said, more...)
	}
	return st, said
}

// setBack is how far the clock may be set back, by another Redis taking over, before what comes next is worked out anew.
const setBack = 5 * time.Minute

// astray reports whether the next time is later than it can be: the clock was ahead, and was set right.
func (s *Schedule) astray(next, now time.Time) bool {
	latest := s.Times.Next(now.Add(setBack))
	return !latest.IsZero() && next.After(latest)
}

// Looks reports whether what is remembered matters to how a schedule goes on at a time, given the jobs of its runs.
func (st *State) Looks(f Facts) bool {
	if !st.Next.IsZero() && !st.Next.After(f.Now) {
		return true
	}
	return st.Due != nil && st.Due.Waits && !slices.ContainsFunc(st.Unfinished(), func(r Run) bool {
		j := f.Jobs[r.Job]
		return j != nil && !j.State.Final()
	})
}

// LetGo is how long after a pause a run that came due before it may still turn out to have been handed in.
const LetGo = time.Minute

// rest lets the time pass: what comes due while it is paused is not made up for, and what came due before is let go.
func (s *Schedule) rest(st State, now time.Time) State {
	if st.Due != nil && (st.Due.Waits || now.Sub(st.Paused.At) > LetGo) {
		st.LeaveOut("it was paused before it could begin")
	}
	if !st.Next.After(now) {
		st.Next = s.Times.Next(now)
	}
	return st
}

// due takes up what has come due since the last look.
func (s *Schedule) due(st State, f Facts) (State, []Word) {
	at, missed := s.latest(st.Next, f.Now)
	late := f.Now.Sub(at) > LateAfter
	if st.Next = s.Times.Next(at); !st.Next.After(f.Now) {
		st.Next = s.Times.Next(f.Now)
	}
	if late {
		missed++
	}
	var said []Word
	if missed > 0 && s.Missed == MissedReport {
		said = append(said, Word{Text: s.missed(missed, at, late)})
	}
	if late && s.Missed != MissedRun {
		st.Idle = &Run{At: at, Missed: missed, Said: "missed: nobody was there"}
		return st, said
	}
	if !late && s.Missed != MissedRun {
		missed = 0
	}
	st, more := s.begin(st, f, Run{At: at, Missed: missed})
	return st, append(said, more...)
}

// latest is the newest moment up to now at which it came due, and how many came before it.
func (s *Schedule) latest(first, now time.Time) (at time.Time, before int) {
	at = first
	for before < mostMissed {
		next := s.Times.Next(at)
		if next.IsZero() || next.After(now) {
			break
		}
		at, before = next, before+1
	}
	return at, before
}

func (s *Schedule) missed(n int, at time.Time, late bool) string {
	which := "before the one of " + s.Clock(at)
	if late {
		which = "the last one at " + s.Clock(at)
	}
	runs := fmt.Sprintf("%d runs", n)
	if n == 1 {
		runs = "one run"
	}
	return fmt.Sprintf("The schedule %s missed %s, %s: nobody was there. Nothing is made up for; schedules run %s does it now.",
		s.Name, runs, which, s.Name)
}

// begin makes a run due, unless there is a reason not to.
func (s *Schedule) begin(st State, f Facts, r Run) (State, []Word) {
	r.Values, r.Looked = make(map[string]string), f.Now
	for name, c := range f.Remembered {
		r.Values[name] = c.Value
	}
	if why := s.unchanged(st, r.Values); why != "" {
		r.Said = why
		st.Idle = &r
		return st, nil
	}
	var err error
	if r.Args, err = s.Fill(f.Remembered); err != nil {
		r.Said = err.Error()
		st.Idle = &r
		return st, []Word{{Text: fmt.Sprintf("The schedule %s was not run: %s.", s.Name, err), Same: err.Error()}}
	}
	r.News, r.Run, r.Line = f.News, s.Run, s.Line
	switch {
	case st.Due != nil && st.Due.Waits: // only the newest waits
		r.Missed += st.Due.Missed
	case st.Due != nil: // it is still being handed in, and stands for this one too
		due := *st.Due
		due.Missed++
		st.Due = &due
		return st, nil
	}
	open := st.Unfinished()
	if why := s.overlaps(&r, open); why != "" {
		return st, []Word{{Text: fmt.Sprintf("The schedule %s left out its run of %s: %s.", s.Name, s.Clock(r.At), why), Same: "beside " + open[0].Job}}
	}
	st.Due = &r
	return st, nil
}

// overlaps says why a run is not to begin beside those that are unfinished; "" when it may, or waits for them.
func (s *Schedule) overlaps(r *Run, open []Run) string {
	switch {
	case len(open) == 0:
	case s.Overlap == OverlapQueue:
		r.Waits = true
	case s.Overlap == OverlapRefuse:
		return s.are(open)
	case len(open) >= MostUnfinished:
		return fmt.Sprintf("%d of its runs are unfinished, which is as many as there may be", len(open))
	}
	return ""
}

// named is how many unfinished runs a sentence names.
const named = 3

// are says which runs are unfinished: "k3f7, of Mon 2 Mar 11:00 UTC, is unfinished".
func (s *Schedule) are(open []Run) string {
	var list []string
	for _, r := range open[:min(len(open), named)] {
		list = append(list, fmt.Sprintf("%s, of %s,", r.Job, s.Clock(r.At)))
	}
	if more := len(open) - len(list); more > 0 {
		list = append(list, fmt.Sprintf("%d more", more))
	}
	if len(list) == 1 {
		return list[0] + " is unfinished"
	}
	return strings.Join(list, " and ") + " are unfinished"
}

// Stale says why a run that somebody wants now would do nothing new, with the time of the last success; "" when it would.
// values are those that are remembered.
func (s *Schedule) Stale(st *State, values map[string]string) string {
	why := s.unchanged(*st, values)
	if why == "" || st.Good.IsZero() {
		return why
	}
	return "nothing is new in " + strings.Join(s.Changed, ", ") + " since its last success, of " + s.Clock(st.Good)
}

// unchanged says why nothing is to be done; "" when something is.
func (s *Schedule) unchanged(st State, values map[string]string) string {
	if len(s.Changed) == 0 {
		return ""
	}
	known := false
	for _, name := range s.Changed {
		known = known || values[name] != ""
		if values[name] != "" && values[name] != st.Success[name] {
			return ""
		}
	}
	if !known {
		return "nothing is remembered yet of " + strings.Join(s.Changed, ", ")
	}
	return "nothing has changed since the last success"
}

// Clock is a moment on the schedule's wall: "Mon 2 Mar 11:00 UTC".
func (s *Schedule) Clock(at time.Time) string {
	return at.In(s.Times.Zone()).Format("Mon 2 Jan 15:04 MST")
}
