package calendar

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/handsoff/handsoff/shared/schedule"
)

// tries is how often a change is tried again while another one changes the same schedule.
const tries = 20

// alter changes how a schedule stands, also when another one does so meanwhile: edit is then asked again. What edit leaves
// as it was is not written.
func (c *Calendar) alter(ctx context.Context, s *schedule.Schedule, edit func(*schedule.State) error) error {
	var tried []byte
	for range tries {
		states, err := schedule.Load(ctx, c.Redis, s)
		if err != nil {
			return err
		}
		if stands, err := json.Marshal(states[0]); err != nil || tried != nil && bytes.Equal(stands, tried) {
			return err // it was we who wrote it, and the answer was lost
		}
		if err := edit(&states[0]); err != nil {
			return err
		}
		if tried, err = json.Marshal(states[0]); err != nil {
			return err
		}
		if err = schedule.Save(ctx, c.Redis, s.Name, &states[0]); !errors.Is(err, schedule.ErrMeanwhile) {
			return err
		}
	}
	return fmt.Errorf("clock: schedule %s: %w, %d times", s.Name, schedule.ErrMeanwhile, tries)
}
