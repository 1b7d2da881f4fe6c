package gerrit

import (
	"regexp"
	"strconv"
	"strings"
	"time"
)

// moment is when a change was last updated, or merged. Both ends belong to it.
func moment(name, value string) (predicate, error) {
	at, err := parseTime(value)
	if err != nil {
		return nil, err
	}
	of := func(c *Change) time.Time { return c.Updated }
	if strings.HasPrefix(name, "merged") {
		of = func(c *Change) time.Time { return c.Submitted }
	}
	if name == "after" || name == "since" || name == "mergedafter" {
		return func(c *Change) bool { return !of(c).IsZero() && !of(c).Before(at) }, nil
	}
	return func(c *Change) bool { return !of(c).IsZero() && !of(c).After(at) }, nil
}

// parseTime reads Gerrit's times: a day, with a time of day, with fractions, with a zone. Without a zone it is UTC.
func parseTime(text string) (time.Time, error) {
	for _, form := range []string{
		"2006-01-02", "2006-01-02 15:04:05", "2006-01-02 15:04:05.999999999", "2006-01-02 15:04:05 -0700",
		"2006-01-02 15:04:05.999999999 -0700",
	} {
		if at, err := time.Parse(form, text); err == nil {
			return at, nil
		}
	}
	return time.Time{}, badRequest("Invalid timestamp: %s", text)
}

var ageForm = regexp.MustCompile(`^(\d+) ?(s|sec|second|seconds|m|min|minute|minutes|h|hr|hour|hours|d|day|days|w|week|weeks|mon|month|months|y|year|years)$`)

// age is how long nothing happened: at least.
func (p *parser) age(value string) (predicate, error) {
	m := ageForm.FindStringSubmatch(value)
	if m == nil {
		return nil, badRequest("Invalid age: %s", value)
	}
	const day = 24 * time.Hour
	unit := map[byte]time.Duration{'s': time.Second, 'm': time.Minute, 'h': time.Hour, 'd': day, 'w': 7 * day, 'y': 365 * day}[m[2][0]]
	if strings.HasPrefix(m[2], "mon") {
		unit = 30 * day
	}
	n, err := strconv.Atoi(m[1])
	if err != nil {
		return nil, badRequest("Invalid age: %s", value)
	}
	before := p.s.clock.Now().Add(-time.Duration(n) * unit)
	return func(c *Change) bool { return !c.Updated.After(before) }, nil
}
