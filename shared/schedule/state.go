package schedule

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/shared/job"
)

// key is a string: how a schedule stands, JSON.
func key(name string) string { return job.Prefix + "schedule:" + name }

//go:embed save.lua
var saveText string

var saveScript = redis.NewScript(saveText)

// ErrMeanwhile says that somebody else has changed how a schedule stands since it was read.
var ErrMeanwhile = errors.New("schedule: changed by another one meanwhile")

// State is how a schedule stands. Times are of the clock that jobs are kept by.
type State struct {
	Cron    string            `json:"cron,omitempty"`    // the line and zone that Next was found with
	Next    time.Time         `json:"next,omitzero"`     // when it comes due
	Due     *Run              `json:"due,omitempty"`     // a run that has come due and is not handed in yet
	Runs    []Run             `json:"runs,omitempty"`    // those with a job, the newest last: all unfinished ones, and a few that ended
	Idle    *Run              `json:"idle,omitempty"`    // the last time that made no job, and why
	Success map[string]string `json:"success,omitempty"` // the remembered values that its last success had
	Known   time.Time         `json:"known,omitzero"`    // when these were read
	Good    time.Time         `json:"good,omitzero"`     // when that success came due
	Paused  *Pause            `json:"paused,omitempty"`

	text string // as it was read
}

// Pause is somebody's wish that a schedule rest.
type Pause struct {
	By     string    `json:"by"`
	At     time.Time `json:"at"`
	Reason string    `json:"reason,omitempty"`
}

// Load reads how schedules stand, in one round trip. One that cannot be read begins anew.
func Load(ctx context.Context, rdb redis.UniversalClient, list ...*Schedule) ([]State, error) {
	states := make([]State, len(list))
	if len(list) == 0 {
		return states, nil
	}
	wanted := make([]string, len(list))
	for i, s := range list {
		wanted[i] = key(s.Name)
	}
	found, err := rdb.MGet(ctx, wanted...).Result()
	if err != nil {
		return nil, fmt.Errorf("schedule: read how they stand: %w", err)
	}
	for i, value := range found {
		text, _ := value.(string)
		if json.Unmarshal([]byte(text), &states[i]) != nil {
			states[i] = State{}
		}
		states[i].text = text
	}
	return states, nil
}

// Save writes how a schedule stands. It gives ErrMeanwhile when that is not what was read any more; nothing was written then.
func Save(ctx context.Context, rdb redis.UniversalClient, name string, s *State) error {
	text, err := json.Marshal(s)
	if err != nil {
		return fmt.Errorf("schedule %s: %w", name, err)
	}
	if string(text) == s.text {
		return nil
	}
	written, err := saveScript.Run(ctx, rdb, []string{key(name)}, s.text, text).Bool()
	if err != nil {
		return fmt.Errorf("schedule %s: write how it stands: %w", name, err)
	}
	if !written {
		return fmt.Errorf("schedule %s: %w", name, ErrMeanwhile)
	}
	s.text = string(text)
	return nil
}
