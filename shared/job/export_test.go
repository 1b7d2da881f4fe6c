package job

import (
	"context"
	"time"
)

// Held is a lease as the property test holds it.
type Held struct {
	store *Store
	Job   *Job
}

// TakeLease takes a lease as a worker does; nil when the job is not to be had.
func (s *Store) TakeLease(ctx context.Context, id, function, worker string, lease time.Duration) (*Held, error) {
	t, err := s.start(ctx, Pointer{ID: id, Function: function}, worker, lease)
	if t.job == nil || err != nil {
		return nil, err
	}
	return &Held{store: s, Job: t.job}, nil
}

// Park and Finish end the lease as a worker does. They return the script's word.
func (h *Held) Park(ctx context.Context, wait time.Duration, phase string) (string, error) {
	answer, err := h.store.ask(ctx, parkScript, h.Job.ID, h.Job.Fence, wait.Milliseconds(), phase, 0)
	return answer.word(), err
}

// Finish ends the job.
func (h *Held) Finish(ctx context.Context, state State, phase, evidence string) (string, error) {
	answer, err := h.store.ask(ctx, finishScript, h.Job.ID, h.Job.Fence, string(state), phase, "", evidence, "[]", "")
	return answer.word(), err
}

// Write saves a line under the lease.
func (h *Held) Write(ctx context.Context, op int, line string) (string, error) {
	answer, err := h.store.ask(ctx, saveScript, h.Job.ID, h.Job.Fence, op, 1, 1, "line", line)
	return answer.word(), err
}

// WriteLog adds a line to the job's log under the lease.
func (h *Held) WriteLog(ctx context.Context, op int, line string) (string, error) {
	answer, err := h.store.ask(ctx, saveScript, h.Job.ID, h.Job.Fence, op, 0, 0, 0, 1, line, 0)
	return answer.word(), err
}

// DueIDs lists what is in the due index, whenever it is due.
func (s *Store) DueIDs(ctx context.Context) ([]string, error) {
	return s.rdb.ZRange(ctx, dueKey, 0, -1).Result()
}

// LockLine lists the jobs in line for a lock.
func (s *Store) LockLine(ctx context.Context, lock string) ([]string, error) {
	return s.rdb.ZRange(ctx, Prefix+"lock:"+lock, 0, -1).Result()
}
