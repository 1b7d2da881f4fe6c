package job

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/shared/trace"
)

// DefaultLimit is how long a job may take from its first step where its command says nothing.
const DefaultLimit = 24 * time.Hour

const (
	defaultWithin = time.Hour
	nonceLife     = 15 * time.Minute // well over the window in which messages are fresh, clocks that differ included
	keyLife       = 24 * time.Hour
	mostLost      = 1000 // jobs of two seconds, which Redis may forget when its machine stops
)

// Accepted is what became of a Request.
type Accepted struct {
	ID       string
	State    State
	Existing bool      // the same idempotency key made it before
	Nudge    []Pointer // functions to nudge
}

// Accept makes a job of a request, in one script, once per idempotency key. A job that would close a ring of waiting, as who holds its lock
// waits for what led to it, has failed at once.
func (s *Store) Accept(ctx context.Context, r Request) (*Accepted, error) {
	fields, err := r.fields()
	if err != nil {
		return nil, fmt.Errorf("job: accept %q: %w", r.Command, err)
	}
	if carried := trace.Carry(ctx); carried != "" {
		fields = append(fields, "trace", carried)
	}
	args := []any{
		r.Nonce, rand.Text(), r.Key, keyLife.Milliseconds(), nonceLife.Milliseconds(),
		r.Signoff.within().Milliseconds(), r.Opening, len(r.Watch),
	}
	for _, address := range r.Watch {
		args = append(args, address)
	}
	answer, err := s.make(ctx, append(args, fields...))
	if err != nil {
		return nil, err
	}
	switch answer.word() {
	case "replayed":
		return nil, ErrReplayed
	case "parent":
		return nil, fmt.Errorf("%w: %s", ErrParent, r.Parent)
	}
	return &Accepted{
		ID: answer.text(1), State: State(answer.text(2)),
		Existing: answer.word() == "existing", Nudge: answer.pointers(3),
	}, nil
}

// make makes a job. A Redis that does not know the script has been started since it made one, perhaps without what it had written
// last: the ids that were given then mean something outside, and are given to nobody else.
func (s *Store) make(ctx context.Context, args []any) (reply, error) {
	keys, full := []string{Prefix}, s.timed(args)
	made := acceptScript.lua.EvalSha(ctx, s.rdb, keys, full...)
	if redis.HasErrorPrefix(made.Err(), "NOSCRIPT") {
		if err := s.run(ctx, skipScript, mostLost).Err(); err != nil {
			return nil, fmt.Errorf("job: skip ids: %w", err)
		}
		made = acceptScript.lua.Eval(ctx, s.rdb, keys, full...)
	}
	return answer(acceptScript, made)
}

// Admit remembers the nonce of a message that makes no job, or gives ErrReplayed if it was seen in the last fifteen minutes.
func (s *Store) Admit(ctx context.Context, nonce string) error {
	fresh, err := s.run(ctx, admitScript, nonce, rand.Text(), nonceLife.Milliseconds()).Int()
	if err != nil {
		return fmt.Errorf("job: admit: %w", err)
	}
	if fresh == 0 {
		return ErrReplayed
	}
	return nil
}

// within is how long a sign-off may take; 0 when none is needed.
func (s *Signoff) within() time.Duration {
	switch {
	case s == nil || s.Need <= 0:
		return 0
	case s.Within <= 0:
		return defaultWithin
	default:
		return s.Within
	}
}

// closing is the parent's fence as the record has it; empty for none.
func closing(r Request) string {
	if r.Closing <= 0 || r.Parent == "" {
		return ""
	}
	return strconv.FormatInt(r.Closing, 10)
}

// fields flattens a request into the record's fields and values.
func (r Request) fields() ([]any, error) {
	limit := r.Limit
	if limit <= 0 {
		limit = DefaultLimit
	}
	fields := []any{"limit", limit.Milliseconds(), "percent", -1}
	for _, f := range []struct{ name, value string }{
		{"function", r.Function},
		{"command", r.Command},
		{"text", r.Text},
		{"principal", r.Principal},
		{"lock", r.Lock},
		{"parent", r.Parent},
		{"retry_of", r.RetryOf},
		{"key", r.Key},
		{"closing", closing(r)},
	} {
		if f.value != "" {
			fields = append(fields, f.name, f.value)
		}
	}
	documents := []struct {
		name  string
		value any
	}{{"args", r.Args}, {"origin", r.Origin}, {"why", r.Why}}
	if len(r.Groups) > 0 {
		documents = append(documents, struct {
			name  string
			value any
		}{"groups", r.Groups})
	}
	if r.Signoff.within() > 0 {
		documents = append(documents, struct {
			name  string
			value any
		}{"signoff", r.Signoff})
	}
	for _, f := range documents {
		text, err := json.Marshal(f.value)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", f.name, err)
		}
		fields = append(fields, f.name, text)
	}
	return fields, nil
}
