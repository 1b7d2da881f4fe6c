package pulls

import (
	"context"
	"testing"
	"time"

	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/job/jobtest"
)

// TestAClockThatIsSetBackSettles: a doubt that lies ahead was before the clock was set back. It may still be justified, and counts from
// then on.
func TestAClockThatIsSetBackSettles(t *testing.T) {
	t.Parallel()
	store := jobtest.Open(t, jobtest.Embedded(t), job.Options{})
	jobtest.Step(t, store, func(run *job.Run) {
		now := time.Now()
		desk := &Desk{Now: func(context.Context) (time.Time, error) { return now, nil }}
		for ago, over := range map[time.Duration]bool{0: false, settle - 1: false, settle: true, -time.Hour: false} {
			task := &task{Desk: desk, run: run, kept: checkpoint{Doubt: now.Add(-ago)}}
			if err := task.settled(t.Context()); (err == nil) != over {
				t.Errorf("in doubt %s ago: %v", ago, err)
			}
			if task.kept.Doubt.After(now) {
				t.Errorf("in doubt %s ago: until %s", ago, task.kept.Doubt)
			}
		}
	})
}
