package queue

import (
	"testing"
	"time"
)

func TestRetryAfter(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for text, want := range map[string]time.Duration{
		"": 0, "7": 7 * time.Second, "-1": 0, "x": 0, "999999999": maxRetryAfter, "99999999999999999999": 0,
		"Thu, 01 Jan 2026 00:01:00 GMT": time.Minute, "Thu, 01 Jan 2020 00:00:00 GMT": 0,
		"Thu, 01 Jan 2032 00:00:00 GMT": maxRetryAfter,
	} {
		if got := retryAfter(text, now); got != want {
			t.Errorf("retryAfter(%q) = %s, want %s", text, got, want)
		}
	}
}

func TestPauseGrowsAndSpreads(t *testing.T) {
	t.Parallel()
	d := delivery{options: Options{Base: time.Second, Limit: time.Minute}}
	for tries, whole := range map[int]time.Duration{1: time.Second, 2: 2 * time.Second, 4: 8 * time.Second, 9: time.Minute, 1000: time.Minute} {
		seen := make(map[time.Duration]bool)
		for range 50 {
			p := d.pause(tries)
			if p < whole/2 || p > whole*3/2 {
				t.Errorf("pause(%d) = %s, want %s within a half", tries, p, whole)
			}
			seen[p] = true
		}
		if len(seen) < 10 {
			t.Errorf("pause(%d) hardly varies", tries)
		}
	}
}
