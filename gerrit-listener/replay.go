package main

import (
	"context"
	"errors"
	"time"

	"github.com/handsoff/handsoff/gerrit-listener/intake"
	"github.com/handsoff/handsoff/shared/chat"
	"github.com/handsoff/handsoff/shared/gerrit"
)

// report is what became of something that was missed.
type report struct {
	How       string
	Recovered int
	Lost      string
}

// add adds another try's.
func (r *report) add(other report) {
	r.Recovered += other.Recovered
	r.How, r.Lost = other.How, other.Lost
}

// replay has what happened since a time told again, by the plugin events-log or by queries, and hands in what is not known.
// newest is the time of the newest event that was told.
func (e *ear) replay(ctx context.Context, since time.Time) (found report, newest time.Time, err error) {
	known, err := e.in.Recent(ctx)
	if err != nil {
		return report{}, newest, err
	}
	r := &retelling{ear: e, since: since, known: known}
	err = r.run(ctx)
	return r.found, r.newest, err
}

// run asks in the way that the configuration names. Where it leaves that open, the plugin is asked first; that it is not
// there, or not for our account, leaves queries.
func (r *retelling) run(ctx context.Context) error {
	mode, there := r.ear.server.EventsLog, true
	if mode == gerrit.EventsLogAuto {
		var err error
		if there, err = r.ear.rest.HasEventsLog(ctx); err != nil && gerrit.KindOf(err) != gerrit.Refused {
			return err
		}
	}
	if mode == gerrit.EventsLogNo || !there {
		return r.askQueries(ctx)
	}
	err := r.eventsLog(ctx)
	r.found.How = "the plugin events-log told of " + chat.Count(r.found.Recovered, "event")
	if mode == gerrit.EventsLogYes {
		return err
	}
	kind := gerrit.KindOf(err)
	switch {
	case err == nil && r.lines > 0:
		return nil
	case err == nil: // not even of what is known: it may have been installed since, or read times in another zone
		if err = r.askQueries(ctx); gerrit.KindOf(err) != gerrit.Down && gerrit.KindOf(err) != gerrit.None {
			return nil // the plugin was asked, and it answered
		}
		if err == nil && r.found.Recovered == 0 && r.found.Lost == gerrit.Untold { // the two agree: there was nothing
			r.found.How, r.found.Lost = "the plugin events-log and queries told of 0 events", ""
		}
		return err
	case kind == gerrit.Refused || kind == gerrit.Gone || errors.Is(err, errZone):
		r.ear.log.WarnContext(ctx, "the plugin events-log cannot be used; queries are", "error", err)
		return r.askQueries(ctx)
	}
	return err
}

func (r *retelling) askQueries(ctx context.Context) error {
	err := r.queries(ctx)
	r.found.How = "queries told of " + chat.Count(r.found.Recovered, "event")
	return err
}

// retelling is one try to have told again what was missed.
type retelling struct {
	ear    *ear
	since  time.Time
	known  intake.Recent
	events []gerrit.Told // not handed in yet
	found  report
	newest time.Time
	lines  int // that the plugin told
}

// tell collects an event that is not known, and hands the events in when there are enough.
func (r *retelling) tell(ctx context.Context, told gerrit.Told) error {
	if told.Event.At.After(r.newest) {
		r.newest = told.Event.At
	}
	if r.known.Knows(told) {
		return nil
	}
	if r.events = append(r.events, told); len(r.events) < batch {
		return nil
	}
	return r.flush(ctx)
}

func (r *retelling) flush(ctx context.Context) error {
	if len(r.events) == 0 {
		return nil
	}
	taken, err := r.ear.in.Take(ctx, r.events, false)
	r.events = nil
	r.found.Recovered += taken.New
	r.ear.lost(ctx, taken.Lost)
	return err
}
