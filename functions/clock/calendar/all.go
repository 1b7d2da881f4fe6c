package calendar

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/handsoff/handsoff/shared/chat"
	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/schedule"
)

// mostRefused is how many schedules that could not run are named when a run of all ends.
const mostRefused = 10

// RunAll is the step of "schedules run all": it runs each schedule once, as the person who asked.
type RunAll struct{ *Calendar }

// round is how far it has come.
type round struct {
	Done    []string `json:"done"` // names
	Started int      `json:"started"`
	Rest    int      `json:"rest"`    // left out, since they are paused
	Refused []string `json:"refused"` // a sentence each, the first few
	Failed  int      `json:"failed"`  // how many were refused
}

// Step runs them one after the other. After a crash the rest of them are asked for, and the one that was just being asked
// for gives the same job.
func (a RunAll) Step(ctx context.Context, run *job.Run) (job.Outcome, error) {
	j := run.Job()
	if chain := append([]string{"job:" + j.ID}, j.Why.Cause...); len(chain) >= command.MaxCauses {
		return job.Fail("No schedule was run: "+circle(chain)+".", nil), nil
	}
	var r round
	if _, err := run.Load(&r); err != nil {
		return job.Outcome{}, err
	}
	list := a.Set.All()
	states, err := schedule.Load(ctx, a.Redis, list...)
	if err != nil {
		return job.Outcome{}, err
	}
	var failed []error
	for i, s := range list {
		if slices.Contains(r.Done, s.Name) {
			continue
		}
		err := a.next(ctx, run, &r, s, &states[i])
		if ctx.Err() != nil {
			return job.Outcome{}, err
		}
		if err != nil { // the others get their turn, and then this one is asked for again
			failed = append(failed, err)
		}
	}
	if err := few(failed); err != nil {
		return job.Outcome{}, err
	}
	return r.outcome(), nil
}

// next runs one of them, and notes that.
func (a RunAll) next(ctx context.Context, run *job.Run, r *round, s *schedule.Schedule, st *schedule.State) error {
	j, after, line := run.Job(), *r, ""
	after.Done = append(slices.Clone(r.Done), s.Name)
	if st.Paused != nil && command.Values(j.Args).Bool("skip_paused") {
		after.Rest++
	} else {
		answer, err := a.outOfTurn(ctx, s, st, asker{
			principal: j.Principal, groups: j.Groups, origin: j.Origin, id: "all " + j.ID, cause: append([]string{"job:" + j.ID}, j.Why.Cause...),
			anyway: true,
		})
		if err != nil {
			return err
		}
		line = s.Name + ": " + chat.Brief(answer.Text, saidCells)
		after.count(answer.Problem != nil, line)
	}
	change := job.Change{Checkpoint: after, Progress: &job.Progress{Percent: -1, Step: len(after.Done), Steps: len(a.Set.All())}}
	if line != "" {
		change.Say = []string{line}
	}
	if err := run.Save(ctx, change); err != nil {
		return err
	}
	*r = after
	return nil
}

func (r *round) count(refused bool, line string) {
	if !refused {
		r.Started++
		return
	}
	if r.Failed++; len(r.Refused) < mostRefused {
		r.Refused = append(slices.Clone(r.Refused), line)
	}
}

// outcome says how it went.
func (r *round) outcome() job.Outcome {
	result := fmt.Sprintf("Ran %s.", schedules(r.Started))
	if r.Rest > 0 {
		result = fmt.Sprintf("Ran %s, left out %d that are paused.", schedules(r.Started), r.Rest)
	}
	if r.Failed == 0 {
		return job.Done(result)
	}
	why := fmt.Sprintf("%s could not run: %s", schedules(r.Failed), strings.Join(r.Refused, "; "))
	if more := r.Failed - len(r.Refused); more > 0 {
		why += fmt.Sprintf("; and %d more", more)
	}
	return job.Fail(why, result)
}

func schedules(n int) string {
	if n == 1 {
		return "one schedule"
	}
	return fmt.Sprintf("%d schedules", n)
}
