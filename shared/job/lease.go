package job

import (
	"context"
	"fmt"
	"strings"
	"time"
)

const (
	// deaths is how many workers in a row may die on a job.
	deaths = 5
	// lineCheck is when a job in line for a lock is looked at again, should the word that it is first be lost.
	lineCheck = time.Minute
)

// taken is what start gives: a job under a fresh lease, or, with a nil job, nothing to do here now.
type taken struct {
	job     *Job
	effects map[string]Effect
	resumed bool // a worker died on it
	nudges  []Pointer
}

// start takes the lease on a job that is due.
func (s *Store) start(ctx context.Context, p Pointer, worker string, lease time.Duration) (taken, error) {
	answer, err := s.ask(ctx, startScript,
		p.ID, p.Function, worker, lease.Milliseconds(), deaths, lineCheck.Milliseconds())
	if err != nil {
		return taken{}, err
	}
	switch answer.word() {
	case "held":
		return answer.taken()
	case "finished":
		return taken{nudges: answer.pointers(1)}, nil
	default: // gone, elsewhere, busy, early, locked: someone else's, or not yet
		return taken{}, nil
	}
}

func (r reply) taken() (taken, error) {
	flat := r.strings(3)
	fields := make(map[string]string, len(flat)/2)
	for i := 0; i+1 < len(flat); i += 2 {
		fields[flat[i]] = flat[i+1]
	}
	j, err := decode(fields)
	if err != nil {
		return taken{}, err
	}
	effects, err := decodeEffects(fields)
	if err != nil {
		return taken{}, fmt.Errorf("job %s: %w", j.ID, err)
	}
	return taken{job: j, effects: effects, resumed: r.number(1) == 1, nudges: r.pointers(2)}, nil
}

func decodeEffects(fields map[string]string) (map[string]Effect, error) {
	effects := make(map[string]Effect)
	d := decoder{fields: fields}
	for field, text := range fields {
		if name, ok := strings.CutPrefix(field, "effect:"); ok && text != "" {
			var e Effect
			d.json(field, &e)
			effects[name] = e
		}
	}
	return effects, d.err
}

// Effects reads the outside effects that a job began, by name: the evidence of an unknown end.
func (s *Store) Effects(ctx context.Context, id string) (map[string]Effect, error) {
	fields, err := s.rdb.HGetAll(ctx, jobKey(id)).Result()
	if err != nil {
		return nil, fmt.Errorf("job %s: effects: %w", id, err)
	}
	return decodeEffects(fields)
}

// renew keeps the lease and says whether the job was asked to stop and how long it may still take.
func (s *Store) renew(ctx context.Context, j *Job, lease time.Duration) (held, cancelling bool, left time.Duration, err error) {
	answer, err := s.ask(ctx, renewScript, j.ID, j.Fence, lease.Milliseconds())
	if err != nil {
		return true, false, 0, err
	}
	return answer.word() == "ok", answer.number(1) == 1, time.Duration(answer.number(2)) * time.Millisecond, nil
}
