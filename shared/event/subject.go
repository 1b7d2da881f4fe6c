package event

import (
	"cmp"
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/shared/job"
)

const (
	// subjectLife is how long it is known which jobs were made for a subject, after the last one.
	subjectLife = 30 * 24 * time.Hour
	// subjectMost is how many jobs of a subject are known; the oldest fall off.
	subjectMost = 100
	// actedLife is how long an event by our own account about a subject is taken for what a job did there.
	actedLife = 10 * time.Minute
	// causes is how many causes an event may have, as an envelope.
	causes = 32
)

func subjectKey(subject string) string { return job.Prefix + "subject:" + subject }
func actedKey(subject string) string   { return job.Prefix + "acted:" + subject }

// SubjectJob is a job that a rule had made for a subject, with what is needed to ask for it again.
type SubjectJob struct {
	Job      string    `json:"job"`
	Rule     string    `json:"rule"`
	Event    string    `json:"event"`              // the event that it was made of
	Revision string    `json:"revision,omitempty"` // the subject's head that it is for; empty when it is for none
	Outlives bool      `json:"outlives,omitempty"` // it goes on when the subject moves on or is closed
	Asked    *Asked    `json:"asked,omitempty"`    // the words, of one that somebody asked for
	Answer   string    `json:"answer,omitempty"`   // where whoever asked is answered
	At       time.Time `json:"at"`                 // when the rule acted
	Happened time.Time `json:"happened,omitzero"`  // when the event happened, by its source's clock
}

//go:embed script/subject.lua
var subjectSource string

var subjectScript = redis.NewScript(subjectSource)

// KeepJob remembers that a job was made for a subject, for 30 days; of a hundred and more the oldest fall off.
func KeepJob(ctx context.Context, rdb redis.UniversalClient, subject string, s SubjectJob) error {
	text, err := json.Marshal(s)
	if err != nil {
		return fmt.Errorf("event: keep the job %s of %s: %w", s.Job, subject, err)
	}
	err = subjectScript.Run(ctx, rdb, []string{subjectKey(subject)}, s.Job, text, subjectLife.Milliseconds(), subjectMost).Err()
	if err != nil {
		return fmt.Errorf("event: keep the job %s of %s: %w", s.Job, subject, err)
	}
	return nil
}

// JobsOf lists the jobs that rules had made for a subject, the newest first. Some may have been forgotten since.
func JobsOf(ctx context.Context, rdb redis.UniversalClient, subject string) ([]SubjectJob, error) {
	found, err := rdb.HGetAll(ctx, subjectKey(subject)).Result()
	if err != nil {
		return nil, fmt.Errorf("event: jobs of %s: %w", subject, err)
	}
	list := make([]SubjectJob, 0, len(found))
	for id, text := range found {
		var s SubjectJob
		if err := json.Unmarshal([]byte(text), &s); err != nil {
			return nil, fmt.Errorf("event: job %s of %s: %w", id, subject, err)
		}
		s.Job = id
		list = append(list, s)
	}
	slices.SortFunc(list, func(a, b SubjectJob) int { return cmp.Or(b.At.Compare(a.At), cmp.Compare(a.Job, b.Job)) })
	return list, nil
}

// Acted remembers for ten minutes that a job did something to a subject outside. It is to be called before that is done:
// an event about it may come before the answer does.
func Acted(ctx context.Context, rdb redis.UniversalClient, subject, id string) error {
	if err := rdb.Set(ctx, actedKey(subject), id, actedLife).Err(); err != nil {
		return fmt.Errorf("event: remember that %s acted on %s: %w", id, subject, err)
	}
	return nil
}

// CausedBy says what of ours led to an event that our own account made happen: the job that last did something to its
// subject, and that job's causes, the nearest first; at most 32. An event of anybody else has no such causes.
func CausedBy(ctx context.Context, rdb redis.UniversalClient, jobs *job.Store, e *Event) ([]string, error) {
	if !e.Author.Self || e.Subject == "" {
		return nil, nil
	}
	id, err := rdb.Get(ctx, actedKey(e.Subject)).Result()
	if errors.Is(err, redis.Nil) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("event: who acted on %s: %w", e.Subject, err)
	}
	list := []string{"job:" + id}
	j, err := jobs.Get(ctx, id)
	switch {
	case errors.Is(err, job.ErrNotFound):
		return list, nil
	case err != nil:
		return nil, err
	}
	list = append(list, j.Why.Cause...)
	return list[:min(len(list), causes)], nil
}
