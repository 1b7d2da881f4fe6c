package chat

import (
	"fmt"
	"time"
)

const day = 24 * time.Hour

// Duration says how long something took: "0.4 s", "31 s", "2 m 14 s", "1 h 5 m", "3 d 4 h".
func Duration(d time.Duration) string {
	switch d = max(d, 0); {
	case d < 950*time.Millisecond:
		return fmt.Sprintf("%.1f s", d.Seconds())
	case d < time.Minute-500*time.Millisecond:
		return fmt.Sprintf("%d s", d.Round(time.Second)/time.Second)
	case d < time.Hour-500*time.Millisecond:
		return pair(d.Round(time.Second), time.Minute, "m", time.Second, "s")
	case d < day-30*time.Second:
		return pair(d.Round(time.Minute), time.Hour, "h", time.Minute, "m")
	default:
		return pair(d.Round(time.Hour), day, "d", time.Hour, "h")
	}
}

func pair(d, unit time.Duration, name string, small time.Duration, smallName string) string {
	if rest := d % unit / small; rest > 0 {
		return fmt.Sprintf("%d %s %d %s", d/unit, name, rest, smallName)
	}
	return fmt.Sprintf("%d %s", d/unit, name)
}

// Age says how long ago something was: "just now", "2 m 14 s ago".
func Age(d time.Duration) string {
	if d < time.Second {
		return "just now"
	}
	return Duration(d) + " ago"
}

// Clock is a moment as people read it, always in UTC: "14:03:21 UTC", with the date when it is not the day of now.
func Clock(at, now time.Time) string {
	at, now = at.UTC(), now.UTC()
	if at.Format(time.DateOnly) == now.Format(time.DateOnly) {
		return at.Format("15:04:05 UTC")
	}
	return at.Format("2006-01-02 15:04:05 UTC")
}
