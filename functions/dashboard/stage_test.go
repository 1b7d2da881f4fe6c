package main

import (
	"context"
	"sync"

	"github.com/handsoff/handsoff/shared/job"
)

// stage is the function demo: a job does what is sent to its channel until that is closed, and stops when it is told to.
type stage struct {
	mu    sync.Mutex
	steps map[string]chan job.Change
}

func (s *stage) of(id string) chan job.Change {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.steps[id] == nil {
		s.steps[id] = make(chan job.Change)
	}
	return s.steps[id]
}

// told has a job do something, and returns when that is done: what comes behind it is taken up then.
func told(does chan<- job.Change, change job.Change) {
	does <- change
	does <- job.Change{}
}

// Step saves what comes.
func (s *stage) Step(ctx context.Context, run *job.Run) (job.Outcome, error) {
	for {
		select {
		case <-ctx.Done():
			return job.Outcome{}, ctx.Err()
		case change, more := <-s.of(run.Job().ID):
			if !more {
				return job.Done(map[string]any{"built": "demo/slow #12"}), nil
			}
			if err := run.Save(ctx, change); err != nil {
				return job.Outcome{}, err
			}
		}
	}
}

// Cancel stops at once.
func (s *stage) Cancel(ctx context.Context, run *job.Run) (job.Outcome, error) {
	if err := run.Signalled(ctx); err != nil {
		return job.Outcome{}, err
	}
	return job.Stopped("demo/slow #12 is ABORTED", "the workspace"), nil
}
