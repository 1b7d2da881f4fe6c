package inbox

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/shared/job/jobtest"
)

// TestWhatNeverCanBeIsGivenUpAtOnce: with its reason, and it may be brought back when that is mended.
func TestWhatNeverCanBeIsGivenUpAtOnce(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		box, jobs, _ := deadly(t, rdb, 0)
		handled := 0
		worker := idleWorker(box, func(context.Context, *Claim) error {
			handled++
			return fmt.Errorf("rules: %w", Never(errors.New("it is too large")))
		}, WorkerOptions{Jobs: jobs})
		defer worker.alarm.Stop()
		for want := 1; want < 3; want++ {
			if err := worker.clear(t.Context()); err != nil {
				t.Fatal(err)
			}
			worker.tasks.Wait()
			dead, err := ListDead(t.Context(), rdb, "test", 9)
			if err != nil || len(dead) != 1 || dead[0].Why != "rules: it is too large" || handled != want {
				t.Fatalf("%+v, %v, handled %d times", dead, err, handled)
			}
			if one, err := box.revive(t.Context(), "Ev1"); err != nil || one != 1 {
				t.Fatal(one, err)
			}
		}
	})
}
