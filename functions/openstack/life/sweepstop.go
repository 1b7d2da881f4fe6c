package life

import (
	"context"
	"errors"
	"fmt"
	"slices"

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
	asked, left := set(at.Asked), make([]string, len(there))
	for i, one := range there {
		left[i] = one.String() + ", which was not told to go"
		if asked[one.key()] {
			left[i] = one.String() + ", which was told to go"
		}
	}
	gone := slices.DeleteFunc(slices.Clone(at.Asked), func(key string) bool { return !slices.Contains(at.Away, key) })
	return job.Stopped(fmt.Sprintf("gone: %d of %s that were told to go", len(gone), chat.Count(len(at.Asked), "thing")), left...), nil
}
