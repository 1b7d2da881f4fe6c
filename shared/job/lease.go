package job

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
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
	nudges  []Pointer
}

// start takes the lease on a job that is due, and reads the record: both in one round trip. The record may be newer than
// the lease by a wish to stop, which the worker then sees at once.
func (s *Store) start(ctx context.Context, p Pointer, worker string, lease time.Duration) (taken, error) {
	args := []any{s.millis(), p.ID, p.Function, worker, lease.Milliseconds(), deaths, lineCheck.Milliseconds()}
	script, record, err := s.startAndRead(ctx, p.ID, args)
	if redis.HasErrorPrefix(err, "NOSCRIPT") { // Redis is new, or was restarted
		if err := startScript.lua.Load(ctx, s.rdb).Err(); err != nil {
			return taken{}, fmt.Errorf("job: load start: %w", err)
		}
		script, record, err = s.startAndRead(ctx, p.ID, args)
	}
	if err != nil {
		return taken{}, fmt.Errorf("job %s: start: %w", p.ID, err)
	}
	answer := reply(script)
	switch answer.word() {
	case "held":
		return answer.taken(record)
	case "finished":
		return taken{nudges: answer.pointers(1)}, nil
	default: // gone, elsewhere, busy, early, locked: someone else's, or not yet
		return taken{}, nil
	}
}

func (s *Store) startAndRead(ctx context.Context, id string, args []any) ([]any, map[string]string, error) {
	pipe := s.rdb.Pipeline()
	script := startScript.lua.EvalSha(ctx, pipe, []string{Prefix}, args...)
	record := pipe.HGetAll(ctx, jobKey(id))
	if _, err := pipe.Exec(ctx); err != nil {
		return nil, nil, err
	}
	answer, err := script.Slice()
	return answer, record.Val(), err
}

func (r reply) taken(fields map[string]string) (taken, error) {
	j, err := decode(fields)
	if err != nil {
		return taken{}, err
	}
	effects, err := decodeEffects(fields)
	if err != nil {
		return taken{}, fmt.Errorf("job %s: %w", j.ID, err)
	}
	return taken{job: j, effects: effects, nudges: r.pointers(1)}, nil
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

// renew keeps the lease and says whether the job was asked to stop and how long it may still take.
func (s *Store) renew(ctx context.Context, j *Job, lease time.Duration) (held, cancelling bool, left time.Duration, err error) {
	answer, err := s.ask(ctx, renewScript, j.ID, j.Fence, lease.Milliseconds())
	if err != nil {
		return true, false, 0, err
	}
	return answer.word() == "ok", answer.number(1) == 1, time.Duration(answer.number(2)) * time.Millisecond, nil
}

// stops reports whether a job is to stop, and has not been seen stopped.
func (s *Store) stops(ctx context.Context, id string) (bool, error) {
	fields, err := s.rdb.HMGet(ctx, jobKey(id), "state").Result()
	if err != nil {
		return false, fmt.Errorf("job %s: is it to stop: %w", id, err)
	}
	state, _ := fields[0].(string)
	return State(state) == Cancelling, nil
}
