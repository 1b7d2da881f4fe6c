package life

import (
	"context"
	"errors"
	"fmt"

	"github.com/handsoff/handsoff/shared/chat"
	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/job"
)

// Cancel implements job.Canceller. Nothing more is told to go; what was cannot be called back, so it is looked what of it is there.
func (s *sweeper) Cancel(ctx context.Context, run *job.Run) (job.Outcome, error) {
	at, j := &sweeping{}, run.Job()
	if _, err := run.Load(at); err != nil {
		return job.Outcome{}, err
	}
	if len(at.Asked) == 0 {
		return job.Stopped("nothing was told to go"), nil
	}
	now, err := s.jobs.Now(ctx)
	if err != nil {
		return job.Outcome{}, err
	}
	told, err := s.told(ctx, j)
	if err != nil {
		return job.Outcome{}, err
	}
	clouds, _ := s.swept(command.Values(j.Args).String("cloud"), j)
	there, faults := s.still(ctx, j, at, told, clouds, now)
	if len(faults) > 0 {
		return job.Outcome{}, errors.New(said(faults[0]))
	}
	asked, away, seen := set(at.Asked), set(at.Away), map[string]bool{}
	var left []string
	for _, one := range there {
		seen[one.key()] = true
		if asked[one.key()] {
			left = append(left, one.String()+", which was told to go")
		} else {
			left = append(left, one.String()+", which was not told to go")
		}
	}
	gone := 0
	for _, key := range at.Asked {
		switch {
		case away[key]:
			gone++
		case !seen[key]: // at a cloud that whoever asked may not look through any more
			left = append(left, key+", which was told to go; whether it has gone cannot be looked at")
		}
	}
	return job.Stopped(fmt.Sprintf("gone: %d of %s that were told to go", gone, chat.Count(len(at.Asked), "thing")), left...), nil
}
