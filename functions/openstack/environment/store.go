package environment

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/shared/job"
)

const (
	// maxRecord bounds a record, in bytes.
	maxRecord = 512 << 10
	// keyLife is for how long a private key can be handed over.
	keyLife = 24 * time.Hour
	// most bounds a list of names.
	most = 1000
)

// What a Store answers when it cannot do what was asked.
var (
	ErrNotFound = errors.New("environment: there is none of that name")
	ErrHolds    = errors.New("environment: it still has something")
	errTooLarge = errors.New("environment: its record is too large")
)

// TakenError says that a name is another environment's.
type TakenError struct {
	Name  string
	State State
	Maker string // the job that made it
}

// Error implements error.
func (t *TakenError) Error() string {
	return fmt.Sprintf("environment: the name %s is taken (%s, by %s)", t.Name, t.State, t.Maker)
}

// Store keeps environments in Redis. Its methods may be called from many goroutines.
type Store struct{ rdb redis.UniversalClient }

// NewStore makes one.
func NewStore(rdb redis.UniversalClient) *Store { return &Store{rdb} }

// Writer is who writes: a job under its lease.
type Writer struct {
	Job   string
	Fence int64
}

// By is the writer that a run is.
func By(run *job.Run) Writer { return Writer{run.Job().ID, run.Job().Fence} }

const setKey = job.Prefix + "environments"

func envKey(name string) string         { return job.Prefix + "environment:" + name }
func privateKey(name string) string     { return envKey(name) + ":key" }
func tookKey(template string) string    { return envKey("took:" + template) }
func keys() []string                    { return []string{job.Prefix} }
func begin(name string, w Writer) []any { return []any{name, w.Job, w.Fence} }

// Reserve takes a name for a new environment; the job that took it gets it again. sealed is a private key that is handed over
// once; empty for none. It gives a *[TakenError], a *[FullError] and job.ErrLeaseLost.
func (s *Store) Reserve(ctx context.Context, w Writer, record *Record, expires time.Time, sealed string, ceiling Ceiling) error {
	change := Change{Record: record, State: Making, Expires: expires}
	fields, err := change.flatten(w.Job)
	if err != nil {
		return fmt.Errorf("environment %s: %w", record.Name, err)
	}
	args := append(begin(record.Name, w), len(fields)/2)
	args = append(append(args, fields...), sealed, keyLife.Milliseconds(), ceiling.Most)
	for _, name := range ceiling.Same {
		args = append(args, name)
	}
	answer, err := reserveScript.Run(ctx, s.rdb, keys(), args...).StringSlice()
	if err != nil {
		return fmt.Errorf("environment %s: reserve: %w", record.Name, err)
	}
	switch answer[0] {
	case "ok":
		return nil
	case "taken":
		return &TakenError{Name: record.Name, State: State(answer[1]), Maker: answer[2]}
	case "full":
		has, err := strconv.Atoi(answer[1])
		if err != nil {
			return fmt.Errorf("environment %s: reserve: %w", record.Name, err)
		}
		return &FullError{Has: has, Most: ceiling.Most}
	}
	return job.ErrLeaseLost
}

// Write records a change. It gives ErrNotFound, and job.ErrLeaseLost.
func (s *Store) Write(ctx context.Context, w Writer, name string, c Change) error {
	fields, err := c.flatten(w.Job)
	if err != nil {
		return fmt.Errorf("environment %s: %w", name, err)
	}
	args := append(begin(name, w), len(fields)/2)
	args = append(args, fields...)
	if c.Took > 0 && c.Record != nil {
		args = append(args, c.Record.Template, c.Took.Milliseconds())
	} else {
		args = append(args, "", 0)
	}
	args = append(args, c.Sealed, keyLife.Milliseconds())
	word, err := writeScript.Run(ctx, s.rdb, keys(), args...).Text()
	if err != nil {
		return fmt.Errorf("environment %s: write: %w", name, err)
	}
	return verdict(name, word)
}

// Remove forgets an environment of which nothing is left. It gives ErrHolds when its inventory says otherwise; that it is
// forgotten already is no error.
func (s *Store) Remove(ctx context.Context, w Writer, name string) error {
	word, err := removeScript.Run(ctx, s.rdb, keys(), begin(name, w)...).Text()
	if err != nil {
		return fmt.Errorf("environment %s: remove: %w", name, err)
	}
	if err := verdict(name, word); !errors.Is(err, ErrNotFound) {
		return err
	}
	return nil
}

func verdict(name, word string) error {
	switch word {
	case "ok":
		return nil
	case "gone":
		return fmt.Errorf("%w: %s", ErrNotFound, name)
	case "holds":
		return fmt.Errorf("%w: %s", ErrHolds, name)
	}
	return job.ErrLeaseLost
}

// Get reads one with its inventory. It gives ErrNotFound.
func (s *Store) Get(ctx context.Context, name string) (*Environment, error) {
	fields, err := s.rdb.HGetAll(ctx, envKey(name)).Result()
	if err != nil {
		return nil, fmt.Errorf("environment %s: read: %w", name, err)
	}
	if len(fields) == 0 {
		return nil, fmt.Errorf("%w: %s", ErrNotFound, name)
	}
	return decode(name, fields)
}

// Took says how long making the last environments of a template took, the newest first.
func (s *Store) Took(ctx context.Context, template string) ([]time.Duration, error) {
	texts, err := s.rdb.LRange(ctx, tookKey(template), 0, -1).Result()
	if err != nil {
		return nil, fmt.Errorf("environment: how long %s took: %w", template, err)
	}
	list := make([]time.Duration, 0, len(texts))
	for _, text := range texts {
		if ms, err := strconv.ParseInt(text, 10, 64); err == nil {
			list = append(list, time.Duration(ms)*time.Millisecond)
		}
	}
	return list, nil
}

// TakeKey gives the sealed private key of an environment, once; empty when it was given or its time is over.
func (s *Store) TakeKey(ctx context.Context, name string) (string, error) {
	sealed, err := s.rdb.GetDel(ctx, privateKey(name)).Result()
	if errors.Is(err, redis.Nil) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("environment %s: its private key: %w", name, err)
	}
	return sealed, nil
}

func decode(name string, fields map[string]string) (*Environment, error) {
	e := &Environment{
		State: State(fields["state"]), Why: fields["why"], Job: fields["job"], Maker: fields["maker"], Lease: fields["lease"],
		Items: make(map[string]*Item),
	}
	if err := json.Unmarshal([]byte(fields["record"]), &e.Record); err != nil {
		return nil, fmt.Errorf("environment %s: read its record: %w", name, err)
	}
	if ms, err := strconv.ParseInt(fields["expires"], 10, 64); err == nil {
		e.Expires = time.UnixMilli(ms).UTC()
	}
	for field, text := range fields {
		key, ok := strings.CutPrefix(field, itemField)
		if !ok {
			continue
		}
		item := &Item{}
		if err := json.Unmarshal([]byte(text), item); err != nil {
			return nil, fmt.Errorf("environment %s: read %s of its inventory: %w", name, key, err)
		}
		e.Items[key] = item
	}
	return e, nil
}
