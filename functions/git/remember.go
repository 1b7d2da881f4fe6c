package main

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/handsoff/handsoff/shared/job"
)

// lastKey is a hash: a mirror's name → how its last sync ended. goodKey is the same of the last that succeeded.
const (
	lastKey = job.Prefix + "git:last"
	goodKey = job.Prefix + "git:good"
)

// last is how a sync ended.
type last struct {
	Job     string    `json:"job"`
	By      string    `json:"by"`
	At      time.Time `json:"at"`
	State   string    `json:"state"`
	Summary string    `json:"summary,omitempty"`
}

// remember keeps how a mirror's sync ended. It is for people only: what cannot be written is logged.
func (c *capability) remember(ctx context.Context, run *job.Run, m *mirror, state, summary string) {
	if m.name == "" {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
	defer cancel()
	err := func() error {
		now, err := c.clock(ctx)
		if err != nil {
			return err
		}
		text, err := json.Marshal(last{Job: run.Job().ID, By: run.Job().Principal, At: now, State: state, Summary: summary})
		if err != nil {
			return fmt.Errorf("write it: %w", err)
		}
		pipe := c.redis.TxPipeline()
		pipe.HSet(ctx, lastKey, m.name, text)
		if state == string(job.Succeeded) {
			pipe.HSet(ctx, goodKey, m.name, text)
		}
		_, err = pipe.Exec(ctx)
		return err // logged below
	}()
	if err != nil {
		c.log.WarnContext(ctx, "remember a sync", "mirror", m.name, "error", err)
	}
}

// remembered reads how the mirrors' last syncs, and the last good ones, ended.
func (c *capability) remembered(ctx context.Context) (ended, good map[string]last, err error) {
	pipe := c.redis.Pipeline()
	all, succeeded := pipe.HGetAll(ctx, lastKey), pipe.HGetAll(ctx, goodKey)
	if _, err := pipe.Exec(ctx); err != nil {
		return nil, nil, fmt.Errorf("read how the last syncs ended: %w", err)
	}
	return decodeLast(all.Val()), decodeLast(succeeded.Val()), nil
}

func decodeLast(fields map[string]string) map[string]last {
	all := make(map[string]last, len(fields))
	for name, text := range fields {
		var l last
		if json.Unmarshal([]byte(text), &l) == nil { // written by another version: as if there were none
			all[name] = l
		}
	}
	return all
}
