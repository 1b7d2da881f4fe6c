package main

import (
	"context"
	"fmt"
	"time"

	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/ruling"
)

const (
	// recordedLife is how long it is known that an event's decisions are written down.
	recordedLife = 24 * time.Hour
	// recordText bounds a decision's text, in bytes.
	recordText = 1000
)

// record writes down what was decided about an event, once.
func (d *desk) record(ctx context.Context, m *matter) error {
	e := m.event
	args := []any{recordedLife.Milliseconds(), ruling.Kept, e.ID, e.Topic, e.Subject, m.authorName(), recordText}
	for _, o := range m.progress.Done {
		acted := 0
		if o.acted() {
			acted = 1
		}
		args = append(args, o.Rule, o.What, acted, o.Job, o.Text)
	}
	keys := []string{recordedKey + ":" + digest(e.ID), ruling.DecisionsKey, ruling.TallyKey, job.CountKey}
	if err := recordScript.Run(ctx, d.Redis, keys, args...).Err(); err != nil {
		return fmt.Errorf("write down what was decided about %s: %w", e.ID, err)
	}
	return nil
}
