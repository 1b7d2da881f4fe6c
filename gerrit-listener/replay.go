package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/handsoff/handsoff/gerrit-listener/intake"
	"github.com/handsoff/handsoff/shared/chat"
	"github.com/handsoff/handsoff/shared/gerrit"
)

const (
	// mostChanges is how many changes are asked for when queries have to tell what was missed.
	mostChanges = 2000
	// pageChanges is how many of them at a time; each comes with all its patch sets and messages.
	pageChanges = 25
	// mostPasses is how often the list of changes is looked through for such as were touched while it was read.
	mostPasses = 10
	// toldMost is how many events the plugin events-log tells at once unless it is configured otherwise.
	toldMost = 5000
	// yet is how far in the future the plugin is asked for events: its clock may be ahead of ours.
	yet = 24 * time.Hour
	// mostBranches is how many branches are looked at then.
	mostBranches = 200
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

// errZone says that the plugin reads times in another zone than we write them.
var errZone = errors.New("the plugin events-log tells of other times than it was asked for: set the server's zone in the " +
	"configuration to the time zone of Gerrit's machine")

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

// queries asks for the changes that were touched, and makes events of what it is told of them.
func (r *retelling) queries(ctx context.Context) error {
	query := fmt.Sprintf("after:%q", r.since.UTC().Format("2006-01-02 15:04:05"))
	r.found.Lost = gerrit.Untold
	w := &walk{seen: make(map[int]bool), branches: make(map[string][2]string)}
	for range mostPasses {
		// A change that is touched while the list is read goes to its front, where it was read before.
		more, err := r.pass(ctx, query, w)
		if err != nil {
			return err
		}
		if !more {
			break
		}
	}
	if err := r.branches(ctx, w.branches); err != nil {
		return err
	}
	return r.flush(ctx)
}

// walk is how far the list of changes was read.
type walk struct {
	seen     map[int]bool
	branches map[string][2]string
	top      time.Time // when the change was touched that was at the front of the list in the last pass
}

// pass reads the list from its front, the changes touched last, down to where the last pass began. It reports whether there
// were changes that no pass has seen.
func (r *retelling) pass(ctx context.Context, query string, w *walk) (anew bool, err error) {
	below, first := w.top, true
	for skip, size := 0, pageChanges; ; {
		page, more, err := r.ear.rest.QueryPage(ctx, query, skip, size, gerrit.Recounting...)
		switch {
		case errors.Is(err, gerrit.ErrTooLarge) && size > 1:
			size /= 2
			continue
		case errors.Is(err, gerrit.ErrTooLarge):
			r.found.Lost = "a change with more patch sets and messages than we read; " + gerrit.Untold
			skip, size = skip+1, pageChanges
			continue
		case err != nil:
			return false, err
		}
		for i := range page {
			c := &page[i]
			if first {
				w.top, first = c.Updated.Time, false
			}
			if w.seen[c.Number] {
				continue
			}
			w.seen[c.Number], anew = true, true
			if err := r.change(ctx, c, w.branches); err != nil {
				return false, err
			}
		}
		if skip += len(page); !more || len(page) == 0 || page[len(page)-1].Updated.Before(below) {
			return anew, nil
		}
		if skip >= mostChanges {
			r.found.Lost = fmt.Sprintf("all but the %d changes touched last; %s", mostChanges, gerrit.Untold)
			return false, nil
		}
	}
}

// change tells what happened to a change.
func (r *retelling) change(ctx context.Context, c *gerrit.Change, branches map[string][2]string) error {
	for _, told := range r.ear.server.Recount(c, r.since) {
		if err := r.tell(ctx, told); err != nil {
			return err
		}
		if told.Event.Topic == "gerrit."+gerrit.ChangeMerged {
			branches[gerrit.BranchName(c.Project, c.Branch)] = [2]string{c.Project, c.Branch}
		}
	}
	return nil
}

// branches tells of the branches into which something was merged, and that are elsewhere than they were seen last.
func (r *retelling) branches(ctx context.Context, branches map[string][2]string) error {
	looked := 0
	for _, b := range branches {
		if looked++; looked > mostBranches {
			r.found.Lost = fmt.Sprintf("where all but %d branches are; %s", mostBranches, gerrit.Untold)
			return nil
		}
		before, err := r.ear.in.Head(ctx, b[0], b[1])
		if err != nil {
			return err
		}
		at := r.ear.rest.Now() // by the server's clock, as what the stream tells next: the newest is what counts
		head, err := r.ear.rest.BranchHead(ctx, b[0], b[1])
		if gerrit.KindOf(err) == gerrit.Gone || gerrit.KindOf(err) == gerrit.Refused {
			continue // it was deleted since, or the account may not see it
		}
		if err != nil {
			return err
		}
		if head == before || head == "" {
			continue
		}
		if err := r.tell(ctx, r.ear.server.Moved(b[0], b[1], before, head, at)); err != nil {
			return err
		}
	}
	return nil
}
