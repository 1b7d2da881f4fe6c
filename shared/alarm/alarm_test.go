package alarm_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/handsoff/handsoff/shared/alarm"
)

// TestItRingsOnceAtTheEarliest: the later of two times is dropped, whichever was set first.
func TestItRingsOnceAtTheEarliest(t *testing.T) {
	t.Parallel()
	for name, waits := range map[string][]time.Duration{
		"earlier first": {time.Second, 3 * time.Second},
		"later first":   {3 * time.Second, time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				began := time.Now()
				var rung []time.Duration
				a := alarm.Alarm{Ring: func() { rung = append(rung, time.Since(began)) }}
				for _, d := range waits {
					a.In(d)
				}
				time.Sleep(time.Minute)
				synctest.Wait()
				if len(rung) != 1 || rung[0] != time.Second {
					t.Errorf("rang at %v", rung)
				}
				a.In(-time.Hour)
				time.Sleep(time.Minute)
				synctest.Wait()
				if len(rung) != 2 {
					t.Errorf("what is past did not ring again: %v", rung)
				}
			})
		})
	}
}

func TestItLeavesWhatIsLateToTheClock(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var rung int
		a := alarm.Alarm{Ring: func() { rung++ }}
		a.In(alarm.Soon + time.Millisecond)
		time.Sleep(time.Minute)
		synctest.Wait()
		a.In(time.Second)
		a.Stop()
		a.In(time.Second)
		time.Sleep(time.Minute)
		synctest.Wait()
		if rung != 0 {
			t.Errorf("rang %d times", rung)
		}
	})
}
