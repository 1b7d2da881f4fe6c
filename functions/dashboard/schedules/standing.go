package schedules

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/schedule"
)

// standing is a schedule with how it stands.
type standing struct {
	*schedule.Schedule

	Command string // what it runs, with secrets masked
	State   *schedule.State
	Next    time.Time // when it comes due; zero when it rests, or something is due
	Word    string    // how it stands
	Tone    string    // the class that says so
	Runs    []turn    // of late, the newest first
	Idle    *schedule.Run
}

// turn is a run with how its job stands.
type turn struct {
	schedule.Run

	Stands job.State
}

// Last is the newest run; nil when there is none.
func (s standing) Last() *turn {
	if len(s.Runs) == 0 {
		return nil
	}
	return &s.Runs[0]
}

// Quiet is why nothing was run the last time, where that was after the last run.
func (s standing) Quiet() *schedule.Run {
	if last := s.Last(); s.Idle == nil || last != nil && s.Idle.At.Before(last.At) {
		return nil
	}
	return s.Idle
}

// standings reads how schedules stand. Of each only jobs that are unfinished are read, which are few.
func (p *pages) standings(ctx context.Context, list ...*schedule.Schedule) ([]standing, error) {
	states, err := schedule.Load(ctx, p.Redis, list...)
	if err != nil {
		return nil, err
	}
	now, err := p.Jobs.Now(ctx)
	if err != nil {
		return nil, err
	}
	catalogue := command.Known(ctx, p.Redis, p.Log)
	rows := make([]standing, len(list))
	for i, s := range list {
		st := &states[i]
		rows[i] = standing{Schedule: s, Command: s.Shown(catalogue), State: st, Idle: st.Idle}
		rows[i].stand(now)
		if rows[i].Runs, err = p.turns(ctx, st.Runs); err != nil {
			return nil, err
		}
	}
	return rows, nil
}

// stand says how a schedule stands.
func (s *standing) stand(now time.Time) {
	st := s.State
	switch {
	case st.Paused != nil:
		s.Word, s.Tone = "paused", "cancelled"
	case st.Due != nil && st.Due.Waits:
		s.Word, s.Tone = "waits for its last run", "confirming"
	case st.Due != nil:
		s.Word, s.Tone = "due now", "running"
	default:
		s.Word, s.Tone, s.Next = "on time", "ok", st.Next
		if s.Next.IsZero() {
			s.Next = s.Times.Next(now)
		}
	}
}

// turns are the runs of late, the newest first, with how the jobs of unfinished ones stand now.
func (p *pages) turns(ctx context.Context, runs []schedule.Run) ([]turn, error) {
	var list []turn
	for _, r := range slices.Backward(runs) {
		t := turn{r, r.Ended}
		if r.Ended == "" {
			j, err := p.Jobs.Get(ctx, r.Job)
			switch {
			case errors.Is(err, job.ErrNotFound):
				t.Stands = job.Unknown
			case err != nil:
				return nil, err
			default:
				t.Stands = j.State
			}
		}
		list = append(list, t)
	}
	return list, nil
}

// then is how many times after the next one are shown.
const then = 4

// upcoming are the times after the next one, on the schedule's wall.
func upcoming(s *schedule.Schedule, at time.Time) []string {
	var list []string
	for range then {
		if at.IsZero() {
			break
		}
		if at = s.Times.Next(at); !at.IsZero() {
			list = append(list, at.In(s.Times.Zone()).Format("Mon 2 Jan 2006 15:04 MST"))
		}
	}
	return list
}

// Wall is when it comes due by the clock on its own wall.
func (s standing) Wall() string { return s.Next.In(s.Times.Zone()).Format("Mon 2 Jan 15:04 MST") }
