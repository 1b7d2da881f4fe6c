package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/handsoff/handsoff/shared/gerrit"
)

const (
	// toldMost is how many events the plugin events-log tells at once unless it is configured otherwise.
	toldMost = 5000
	// yet is how far in the future the plugin is asked for events: its clock may be ahead of ours.
	yet = 24 * time.Hour
)

// errZone says that the plugin reads times in another zone than we write them.
var errZone = errors.New("the plugin events-log tells of other times than it was asked for: set the server's zone in the " +
	"configuration to the time zone of Gerrit's machine")

// eventsLog asks the plugin, again from the last event it told of, until it tells of none: it tells a few thousand at a time,
// and does not say when there are more. Its times are whole seconds.
func (r *retelling) eventsLog(ctx context.Context) error {
	var until time.Time           // by the server's clock: on a busy server there is always one event more
	told := make(map[string]bool) // the events of the last second of the page before
	for from := r.since.Truncate(time.Second); until.IsZero() || !from.After(until); {
		this := page{from: from, last: from, before: told, ids: make(map[string]bool)}
		err := r.ear.rest.EventsLog(ctx, from, time.Now().Add(yet), func(line []byte) error { return r.line(ctx, line, &this) })
		if err := errors.Join(err, r.flush(ctx)); err != nil {
			return err
		}
		if until.IsZero() {
			until = r.ear.rest.Now().Add(r.ear.server.Overlap)
		}
		switch {
		case this.lines == 0:
			return nil
		case this.last.After(from):
			from, told = this.last, this.ids
		default: // a second that was told whole, or that has more events than the plugin tells at once
			if this.lines >= toldMost {
				r.found.Lost = fmt.Sprintf("of the events of %s all but the %d that the plugin tells at once",
					from.UTC().Format("2006-01-02 15:04:05 UTC"), this.lines)
			}
			from = from.Add(time.Second)
		}
	}
	return nil
}

// page is what one answer of the plugin told of.
type page struct {
	lines  int
	from   time.Time       // from when on it was asked
	last   time.Time       // the second of its newest event
	ids    map[string]bool // the events of that second
	before map[string]bool // those that the page before told of already
}

// line takes one of the plugin's lines.
func (r *retelling) line(ctx context.Context, line []byte, p *page) error {
	p.lines, r.lines = p.lines+1, r.lines+1
	found, means, err := r.ear.server.Parse(line)
	if err != nil {
		r.ear.unreadable(ctx, err.Error())
		return nil // that one is passed over
	}
	if !found.At.IsZero() && found.At.Before(p.from.Add(-time.Minute)) {
		return errZone
	}
	if found.At.After(p.last) {
		p.last = found.At
		clear(p.ids)
	}
	p.ids[found.ID] = true
	if p.before[found.ID] || r.ear.server.Ignored(strings.TrimPrefix(found.Topic, "gerrit.")) {
		return nil
	}
	return r.tell(ctx, gerrit.Told{Event: found, Means: means})
}
