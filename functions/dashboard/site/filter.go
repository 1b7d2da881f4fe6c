package site

import (
	"net/url"
	"strings"
	"time"

	"github.com/handsoff/handsoff/shared/chat"
	"github.com/handsoff/handsoff/shared/command"
)

// longestField is how much of a field of a filter is looked at, in bytes.
const longestField = 256

// Field is a field of a filter, as the address has it.
func Field(query url.Values, name string) string {
	return chat.Cut(strings.TrimSpace(query.Get(name)), longestField)
}

// Link is an address with those fields that are not empty.
func Link(path string, fields map[string]string) string {
	query := url.Values{}
	for name, text := range fields {
		if text != "" {
			query.Set(name, text)
		}
	}
	if len(query) == 0 {
		return path
	}
	return path + "?" + query.Encode()
}

// Period is the time that a filter's fields since and until leave.
type Period struct {
	Since, Until string    // as they were typed
	From, To     time.Time // zero for no bound
	Wrong        []string  // what could not be understood, a sentence each
}

// PeriodOf reads the fields of an address.
func PeriodOf(query url.Values, now time.Time) Period {
	p := Period{Since: Field(query, "since"), Until: Field(query, "until")}
	p.From, p.To = p.read("since", p.Since, now), p.read("until", p.Until, now)
	return p
}

// read reads a time as people write it: how long ago, a day, or a day and an hour, in UTC. Until a day is until its end.
func (p *Period) read(name, text string, now time.Time) time.Time {
	if text == "" {
		return time.Time{}
	}
	if d, err := command.ParseDuration(strings.TrimSuffix(text, "ago")); err == nil {
		return now.Add(-d)
	}
	for _, layout := range []string{"2006-01-02T15:04", "2006-01-02 15:04", time.RFC3339} {
		if at, err := time.Parse(layout, text); err == nil {
			return at
		}
	}
	if at, err := time.Parse(time.DateOnly, text); err == nil {
		if name == "until" {
			at = at.AddDate(0, 0, 1).Add(-time.Millisecond)
		}
		return at
	}
	p.Wrong = append(p.Wrong, "I cannot read “"+text+"” as a time ("+name+"); write 2h, 7d, 2026-03-02 or 2026-03-02 14:30, in UTC.")
	return time.Time{}
}
