package jobtest

import (
	"context"

	"github.com/handsoff/handsoff/shared/job"
)

// List reads the whole records of the jobs that a walk finds, at most a thousand.
func List(ctx context.Context, s *job.Store, b job.Browse) ([]*job.Job, error) {
	b.Limit, b.Look = 1000, 100_000
	found, err := s.Browse(ctx, b)
	if err != nil {
		return nil, err
	}
	jobs := make([]*job.Job, 0, len(found.Jobs))
	for _, outline := range found.Jobs {
		j, err := s.Get(ctx, outline.ID)
		if err != nil {
			return nil, err
		}
		jobs = append(jobs, j)
	}
	return jobs, nil
}
