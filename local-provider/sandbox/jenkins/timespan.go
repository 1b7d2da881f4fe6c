package jenkins

import (
	"fmt"
	"strconv"
	"time"
)

// timeSpan writes a duration as Jenkins does for people: "4.9 sec", "12 sec", "3 min 5 sec", "1 day 2 hr".
func timeSpan(d time.Duration) string {
	const day = 24 * time.Hour
	seconds := int64(d / time.Second)
	switch {
	case d >= day:
		return twoUnits(int64(d/day), dayWord(int64(d/day)), int64(d%day/time.Hour), "hr")
	case d >= time.Hour:
		return twoUnits(int64(d/time.Hour), "hr", int64(d%time.Hour/time.Minute), "min")
	case d >= time.Minute:
		return twoUnits(int64(d/time.Minute), "min", seconds%60, "sec")
	case seconds >= 10:
		return fmt.Sprintf("%d sec", seconds)
	case seconds >= 1:
		return short(float64(d/(100*time.Millisecond))/10) + " sec"
	case d >= 100*time.Millisecond:
		return short(float64(d/(10*time.Millisecond))/100) + " sec"
	default:
		return fmt.Sprintf("%d ms", d/time.Millisecond)
	}
}

// twoUnits leaves the smaller unit out when the bigger one has two digits.
func twoUnits(big int64, bigUnit string, small int64, smallUnit string) string {
	if big >= 10 {
		return fmt.Sprintf("%d %s", big, bigUnit)
	}
	return fmt.Sprintf("%d %s %d %s", big, bigUnit, small, smallUnit)
}

func dayWord(n int64) string {
	if n == 1 {
		return "day"
	}
	return "days"
}

func short(f float64) string { return strconv.FormatFloat(f, 'f', -1, 64) }
