package command

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

func timeOf(ns int64) time.Duration { return time.Duration(ns) }

func TestParseDuration(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]time.Duration{
		"90": 90 * time.Second, "90s": 90 * time.Second, "1h30m": 90 * time.Minute, "1.5H": 90 * time.Minute, "2d": 48 * time.Hour,
		"1w1s": 7*24*time.Hour + time.Second, "500ms": time.Second / 2, "3minutes": 3 * time.Minute, "0": 0, "3650d": MaxDuration,
	} {
		if got, err := ParseDuration(text); err != nil || got != want {
			t.Errorf("%q: %v %v, want %v", text, got, err, want)
		}
	}
	for _, text := range []string{"", " ", "s", "-1", "-1s", "1h30", "1 h", "1..5s", ".s", "1e9", "1y", "3651d", "99999999999999999999s", "1s2", "١s"} {
		if got, err := ParseDuration(text); err == nil {
			t.Errorf("%q is %v", text, got)
		}
	}
}

func TestDurationsComeBack(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		d := timeOf(rapid.Int64Range(0, int64(MaxDuration)).Draw(t, "d"))
		if again, err := ParseDuration(FormatDuration(d)); err != nil || again != d {
			t.Fatalf("%d is written %s and read %d, %v", d, FormatDuration(d), again, err)
		}
	})
}
