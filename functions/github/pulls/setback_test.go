package pulls

import (
	"context"
	"testing"
	"time"
)

// TestAClockThatIsSetBackSettles: a doubt that lies ahead was before the clock was set back.
func TestAClockThatIsSetBackSettles(t *testing.T) {
	t.Parallel()
	now := time.Now()
	desk := &Desk{Now: func(context.Context) (time.Time, error) { return now, nil }}
	for ago, over := range map[time.Duration]bool{0: false, settle - 1: false, settle: true, -time.Hour: true} {
		task := &task{Desk: desk, kept: checkpoint{Doubt: now.Add(-ago)}}
		if err := task.settled(t.Context()); (err == nil) != over {
			t.Errorf("in doubt %s ago: %v", ago, err)
		}
	}
}
