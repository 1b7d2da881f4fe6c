package schedule

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/robfig/cron/v3"
)

// shortest is how close two runs may be: a schedule is for people's rhythms, not for polling.
const shortest = 10 * time.Second

// Times are the moments at which a schedule comes due.
//
// A line of cron is about the clock on the wall. Where that is put forward, what would have come in the hour that is left
// out comes at once when it has been; where it is put back, what stands at a fixed hour comes once, the first time the
// clock shows it. A line whose hours begin with a star ("*/15 * * * *", "0 */2 * * *") is about the hours as they pass:
// nothing is repeated or made up for.
type Times struct {
	line  string
	zone  *time.Location
	next  cron.Schedule
	fixed bool // its hours are named
}

// ParseTimes reads a line of cron with five fields, "@daily" and its like, or "@every 90m". An empty zone is UTC; otherwise it is a name
// of the tz database, "Europe/Berlin".
func ParseTimes(line, zone string) (*Times, error) {
	line = strings.Join(strings.Fields(line), " ")
	switch {
	case line == "":
		return nil, errors.New(`cron is missing; write five fields, such as "0 2 * * *", or @daily, or @every 90m`)
	case strings.Contains(line, "TZ="):
		return nil, errors.New("the time zone has a key of its own: zone")
	case len(line) > maxCron:
		return nil, fmt.Errorf("cron has %d bytes; it may have %d", len(line), maxCron)
	case zone == "Local":
		return nil, errors.New("zone Local is that of whichever machine it happens to be; name one, such as Europe/Berlin")
	}
	where, err := time.LoadLocation(zone)
	if err != nil {
		return nil, fmt.Errorf("zone %q is not known; %w", zone, errZone)
	}
	next, err := parseLine(line)
	if err != nil {
		return nil, err
	}
	t := &Times{line: line, zone: where, next: next, fixed: fixedHours(line)}
	if t.Next(epoch).IsZero() {
		return nil, fmt.Errorf("cron %q never comes due", line)
	}
	return t, nil
}

// maxCron bounds a line, in bytes.
const maxCron = 200

var (
	parser = cron.NewParser(cron.Minute | cron.Hour | cron.Dom | cron.Month | cron.Dow | cron.Descriptor)
	epoch  = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
)

// fixedHours reports whether a line names its hours.
func fixedHours(line string) bool {
	if strings.HasPrefix(line, "@") {
		return !strings.HasPrefix(line, "@every") && line != "@hourly"
	}
	return !strings.HasPrefix(strings.Fields(line)[1], "*")
}

// String is the line with its zone: "0 2 * * * (Europe/Berlin)".
func (t *Times) String() string {
	if _, every := t.next.(cron.ConstantDelaySchedule); every {
		return t.line
	}
	return t.line + " (" + t.zone.String() + ")"
}

// Zone is where the clock hangs.
func (t *Times) Zone() *time.Location { return t.zone }

// Next is the first moment after a time; zero when there is none within five years. "@every" counts from the time.
func (t *Times) Next(after time.Time) time.Time {
	if !t.fixed {
		return t.next.Next(after.In(t.zone))
	}
	wall := onWall(after.In(t.zone))
	for {
		if wall = t.next.Next(wall); wall.IsZero() {
			return wall
		}
		if moment := t.moment(wall); moment.After(after) {
			return moment
		}
	}
}

// onWall is what the clock on the wall shows, as if it stood in UTC, where no hour is left out or repeated.
func onWall(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), time.UTC)
}

// moment is when the clock on the wall shows a time first, or the end of the hour that is left out with it.
func (t *Times) moment(wall time.Time) time.Time {
	guess := time.Date(wall.Year(), wall.Month(), wall.Day(), wall.Hour(), wall.Minute(), wall.Second(), 0, t.zone)
	start, end := guess.ZoneBounds()
	switch shown := onWall(guess); {
	case shown.After(wall): // left out: the guess is after the jump
		return start
	case shown.Before(wall):
		return end
	}
	if start.IsZero() {
		return guess
	}
	_, before := start.Add(-time.Second).Zone()
	if first := wall.Add(-time.Duration(before) * time.Second); first.Before(start) {
		return first.In(t.zone)
	}
	return guess
}
