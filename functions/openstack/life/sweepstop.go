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
	told, err := s.told(ctx, j)
	if err != nil {
		return job.Outcome{}, err
	}
	forgot, _, err := s.fate(ctx, told.Lost, nil)
	if err != nil {
		return job.Outcome{}, err
	}
	evidence, left := "nothing was told to go", []string(nil)
	if len(at.Asked) > 0 {
		if left, err = s.left(ctx, j, at, told); err != nil {
			return job.Outcome{}, err
		}
		asked := set(at.Asked)
		gone := 0
		for _, key := range at.Away {
			if asked[key] {
				gone++
			}
		}
		evidence = fmt.Sprintf("gone: %d of %s that were told to go", gone, chat.Count(len(at.Asked), "thing"))
	}
	if len(forgot) > 0 {
		evidence += ". " + forgotten(forgot)
	}
	return job.Stopped(evidence, left...), nil
}

// left are the things that were told of and may be there, a sentence each.
func (s *sweeper) left(ctx context.Context, j *job.Job, at, told *sweeping) (left []string, err error) {
	now, err := s.jobs.Now(ctx)
	if err != nil {
		return nil, err
	}
	clouds, _ := s.swept(command.Values(j.Args).String("cloud"), j)
	there, faults := s.still(ctx, at, told, clouds, now)
	if len(faults) > 0 {
		return nil, errors.New(said(faults[0]))
	}
	asked := set(at.Asked)
	for _, one := range there {
		if asked[one.key()] {
			left = append(left, one.String()+", which was told to go")
		} else {
			left = append(left, one.String()+", which was not told to go")
		}
	}
	for _, key := range unseen(at, at.Asked, clouds) {
		left = append(left, thingOf(key)+", which was told to go; whether it has gone cannot be seen any more")
	}
	return left, nil
}
