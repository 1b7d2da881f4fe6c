package command

import (
	"errors"
	"math"
	"strconv"
	"strings"
	"time"
)

// MaxDuration is the longest duration that an argument may have: ten years.
const MaxDuration = 3650 * day

const (
	day  = 24 * time.Hour
	week = 7 * day
)

var errDuration = errors.New("command: not a duration")

// ParseDuration reads a duration as people write it: 90s, 1h30m, 2d, 1w, 1.5h, 500ms; a bare number counts seconds. It is
// never negative and never more than [MaxDuration].
func ParseDuration(text string) (time.Duration, error) {
	rest := strings.ToLower(strings.TrimSpace(text))
	if number, err := strconv.ParseUint(rest, 10, 32); err == nil {
		return within(time.Duration(number) * time.Second)
	}
	var total time.Duration
	for first := true; first || rest != ""; first = false {
		number := leading(rest, "0123456789.")
		name := leading(rest[len(number):], "abcdefghijklmnopqrstuvwxyz")
		part, err := times(number, unitOf(name))
		if err != nil {
			return 0, err
		}
		if total, err = within(total + part); err != nil {
			return 0, err
		}
		rest = rest[len(number)+len(name):]
	}
	return total, nil
}

// times multiplies a decimal number with a unit; 0 is no unit.
func times(number string, unit time.Duration) (time.Duration, error) {
	whole, fraction, _ := strings.Cut(number, ".")
	n, err := strconv.ParseUint(whole, 10, 32)
	if err != nil || unit == 0 || time.Duration(n) > MaxDuration/unit {
		return 0, errDuration
	}
	if fraction == "" {
		return time.Duration(n) * unit, nil
	}
	part, err := strconv.ParseFloat("0."+fraction, 64)
	if err != nil {
		return 0, errDuration
	}
	return time.Duration(n)*unit + time.Duration(math.Round(part*float64(unit))), nil
}

func within(d time.Duration) (time.Duration, error) {
	if d > MaxDuration {
		return 0, errDuration
	}
	return d, nil
}

// leading is the longest beginning of text made of these letters only.
func leading(text, letters string) string {
	return text[:len(text)-len(strings.TrimLeft(text, letters))]
}

func unitOf(name string) time.Duration {
	switch name {
	case "ms":
		return time.Millisecond
	case "s", "sec", "second", "seconds":
		return time.Second
	case "m", "min", "minute", "minutes":
		return time.Minute
	case "h", "hour", "hours":
		return time.Hour
	case "d", "day", "days":
		return day
	case "w", "week", "weeks":
		return week
	}
	return 0
}

// FormatDuration writes a duration so that [ParseDuration] reads the same one: 1w2d, 1h30m, 1.5s, 0s.
func FormatDuration(d time.Duration) string {
	var b strings.Builder
	for _, u := range []struct {
		name string
		unit time.Duration
	}{{"w", week}, {"d", day}, {"h", time.Hour}, {"m", time.Minute}} {
		if n := d / u.unit; n > 0 {
			b.WriteString(strconv.FormatInt(int64(n), 10) + u.name)
			d %= u.unit
		}
	}
	if d > 0 || b.Len() == 0 {
		b.WriteString(strconv.FormatFloat(d.Seconds(), 'f', -1, 64) + "s")
	}
	return b.String()
}
