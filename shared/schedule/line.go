package schedule

import (
	"errors"
	"fmt"
	"strings"

	"github.com/robfig/cron/v3"
)

// fields are those of a line of cron.
var fields = []struct{ name, write string }{
	{"minute", "0 to 59, such as 5, */15 or 0,30"},
	{"hour", "0 to 23, such as 2, */6 or 9-17"},
	{"day of the month", "1 to 31, such as 1, */2 or 1-7"},
	{"month", "1 to 12 or JAN to DEC, such as 3, */3 or APR-JUN"},
	{"day of the week", "0 to 7 or SUN to SAT, such as 1, SUN or MON-FRI"},
}

// parseLine reads a line of cron. An error is a sentence for people.
func parseLine(line string) (cron.Schedule, error) {
	parts := strings.Fields(line)
	switch {
	case strings.HasPrefix(line, "@every"):
		return every(line)
	case strings.HasPrefix(line, "@"):
		next, err := parser.Parse(line)
		if err != nil {
			return nil, fmt.Errorf("cron %q: there are @hourly, @daily, @weekly, @monthly, @yearly, and @every 90m", line)
		}
		return next, nil
	case len(parts) != len(fields):
		return nil, fmt.Errorf(`cron %q: it is to have five fields (minute, hour, day of the month, month, day of the week), such as "0 2 * * *", and has %d`,
			line, len(parts))
	}
	parts[4] = sunday(parts[4])
	for i, part := range parts {
		alone := []string{"*", "*", "*", "*", "*"}
		alone[i] = part
		if _, err := parser.Parse(strings.Join(alone, " ")); err != nil {
			return nil, fmt.Errorf("cron %q: the %s, %s, is not right; write %s; a range goes upwards",
				line, fields[i].name, strings.Fields(line)[i], fields[i].write)
		}
	}
	return parser.Parse(strings.Join(parts, " ")) // each field was read already
}

// sunday writes the seventh day of the week as the zeroth, as it is called by the parser: cron knows both.
func sunday(field string) string {
	parts := strings.Split(field, ",")
	for i, part := range parts {
		if part == "7" {
			parts[i] = "0"
		}
		if from, found := strings.CutSuffix(part, "-7"); found {
			parts[i] = from + "-6,0"
		}
	}
	return strings.Join(parts, ",")
}

// every reads "@every 90m".
func every(line string) (cron.Schedule, error) {
	next, err := parser.Parse(line)
	often, ok := next.(cron.ConstantDelaySchedule)
	if err != nil || !ok {
		return nil, fmt.Errorf("cron %q: write how long lies between two runs, such as @every 90m or @every 1h30m", line)
	}
	if often.Delay < shortest {
		return nil, fmt.Errorf("cron %q is too often; at most every %s", line, shortest)
	}
	return next, nil
}

// errZone says how a zone is written.
var errZone = errors.New("write one of the tz database with its capitals, such as Europe/Berlin")
