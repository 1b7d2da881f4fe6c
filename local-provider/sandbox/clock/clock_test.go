package clock_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/handsoff/handsoff/local-provider/sandbox/clock"
)

func TestClock(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		start := time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)
		c := clock.New(start, 10, false)
		shows := func(want time.Duration) {
			t.Helper()
			if got := c.Now().Sub(start); got != want {
				t.Errorf("it went %v, want %v", got, want)
			}
		}
		time.Sleep(time.Second)
		shows(10 * time.Second)
		if wait, ok := c.Until(start.Add(time.Minute)); wait != 5*time.Second || !ok {
			t.Errorf("50 s of it take %v, %v", wait, ok)
		}
		if wait, ok := c.Until(start); wait != 0 || !ok {
			t.Errorf("what is past takes %v, %v", wait, ok)
		}
		c.Advance(time.Minute)
		c.Advance(-time.Hour) // never back
		shows(70 * time.Second)
		c.SetSpeed(0)
		time.Sleep(time.Hour)
		shows(70 * time.Second)
		if _, ok := c.Until(start.Add(time.Hour)); ok {
			t.Error("a clock that stands still arrives")
		}
		c.SetSpeed(1)
		time.Sleep(time.Second)
		shows(71 * time.Second)
		c.Set(start.Add(time.Hour))
		shows(time.Hour)
	})
}
