package repair

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"github.com/handsoff/handsoff/shared/github"
)

const (
	// remembers is for how long GitHub can send something again.
	// Source: https://docs.github.com/webhooks/testing-and-troubleshooting-webhooks/redelivering-webhooks
	remembers = 3 * 24 * time.Hour
	// overlap is how far before the last look the next one begins: GitHub's list is not complete at once.
	overlap = 10 * time.Minute
	// slowest is the longest wait between two tries of the same delivery.
	slowest = 6 * time.Hour
)

// bounds are how much of one hook is taken in.
type bounds struct {
	listed int // about how many attempts are asked for at once; a look asks twice at most, and a later one goes on
	open   int // how many failures are kept; what is more is taken in when these got through
}

var usual = bounds{listed: 10_000, open: 5000}

// State is what is known of one hook between two looks.
type State struct {
	Since time.Time            `json:"since"`          // what was delivered before was taken in, Rest excepted
	Rest  *Rest                `json:"rest,omitempty"` // where to go on with what is older than what was looked at; nil for nowhere
	Open  map[string]Miss      `json:"open,omitempty"` // what did not get through yet, by GUID
	Over  map[string]time.Time `json:"over,omitempty"` // what got through or is lost and may be listed again: its last attempt, by GUID

	// The gap that is open, and what came of it so far.
	Gap       string    `json:"gap,omitempty"`
	From      time.Time `json:"from,omitzero"`
	To        time.Time `json:"to,omitzero"`
	Missed    int       `json:"missed,omitempty"`
	Recovered int       `json:"recovered,omitempty"`
	Lost      int       `json:"lost,omitempty"`
}

// Rest is the part of GitHub's list to which no look has come yet: what is behind a cursor, back to a time.
type Rest struct {
	Cursor string    `json:"cursor"`
	From   time.Time `json:"from"`
}

// Miss is something that did not reach us.
type Miss struct {
	At       time.Time `json:"at"`       // of the first attempt
	Last     time.Time `json:"last"`     // of the last one
	Attempts int       `json:"attempts"` // how many there were
	Delivery int64     `json:"delivery"` // the id of the last one
	Event    string    `json:"event"`
	Status   int       `json:"status"`
}

// back is from when on deliveries must be listed.
func (s *State) back() time.Time { return s.Since.Add(-overlap) }

// lister is [Hooks.Deliveries] of one hook.
type lister func(cursor string, since time.Time, most int) (list []Delivery, next string, err error)

// look takes in what GitHub lists, and of what earlier looks did not come to as much again.
func (s *State) look(now time.Time, b bounds, list lister) error {
	from := s.back()
	found, next, err := list("", from, b.listed)
	if err != nil {
		return err
	}
	newest, left := s.take(found, now, b.open)
	if s.Since = later(newest, now.Add(-overlap)); !left.IsZero() {
		s.Since = earlier(newest, left)
	}
	if next != "" {
		if s.Rest != nil {
			from = earlier(from, s.Rest.From)
		}
		s.Rest = &Rest{Cursor: next, From: from}
	}
	err = s.goOn(now, b, list)
	s.forget()
	return err
}

// goOn takes in more of what no look has come to. Where GitHub does not know the cursor any more, the next look begins anew.
func (s *State) goOn(now time.Time, b bounds, list lister) error {
	if s.Rest == nil {
		return nil
	}
	found, next, err := list(s.Rest.Cursor, s.Rest.From, b.listed)
	if kind := github.KindOf(err); err != nil && (kind == github.Invalid || kind == github.Gone) {
		s.Since, s.Rest = earlier(s.Since, s.Rest.From.Add(overlap)), nil
		return nil
	}
	if err != nil {
		return err
	}
	if _, left := s.take(found, now, b.open); !left.IsZero() {
		return nil // there was no room for all of it
	}
	if s.Rest.Cursor = next; next == "" {
		s.Rest = nil
	}
	return nil
}

// attempts are all attempts to deliver one thing.
type attempts struct {
	miss    Miss
	reached bool
}

// gather puts the attempts of each thing together. A ping is nothing to be missed.
func gather(list []Delivery) map[string]attempts {
	all := make(map[string]attempts)
	for _, d := range list {
		if d.Event == "ping" {
			continue
		}
		a, known := all[d.GUID]
		m := &a.miss
		if !known || d.At.Before(m.At) {
			m.At = d.At
		}
		if !known || !d.At.Before(m.Last) {
			m.Last, m.Delivery, m.Status = d.At, d.ID, d.Status
		}
		m.Attempts++
		m.Event = d.Event
		if d.Action != "" {
			m.Event += "." + d.Action
		}
		a.reached = a.reached || !d.Failed()
		all[d.GUID] = a
	}
	return all
}

// take takes in attempts. It gives the time of the newest one known, and of the oldest failure for which there was no room, zero
// when there was for all.
func (s *State) take(list []Delivery, now time.Time, room int) (newest, left time.Time) {
	if s.Open == nil {
		s.Open = make(map[string]Miss)
	}
	if s.Over == nil {
		s.Over = make(map[string]time.Time)
	}
	newest = s.Since
	for _, d := range list {
		if d.At.After(newest) {
			newest = d.At
		}
	}
	fresh := s.compare(gather(list))
	for guid, m := range s.Open {
		if now.Sub(m.At) > remembers {
			s.settle(guid, false)
		}
	}
	for _, f := range fresh {
		switch {
		case now.Sub(f.At) > remembers:
			s.miss(f.guid, f.Miss)
			s.settle(f.guid, false)
		case len(s.Open) < room:
			s.miss(f.guid, f.Miss)
		default:
			return newest, f.At
		}
	}
	return newest, left
}

// failure is a Miss by its GUID.
type failure struct {
	Miss

	guid string
}

// compare brings what is open up to date, and gives what failed besides, the oldest first.
func (s *State) compare(all map[string]attempts) (fresh []failure) {
	for guid, a := range all {
		known, open := s.Open[guid]
		last, over := s.Over[guid]
		switch {
		case open:
			s.Open[guid] = known.with(a)
			if a.reached {
				s.settle(guid, true)
			}
		case over:
			s.Over[guid] = later(last, a.miss.Last)
		case !a.reached:
			fresh = append(fresh, failure{a.miss, guid})
		}
	}
	slices.SortFunc(fresh, func(a, b failure) int { return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.guid, b.guid)) })
	return fresh
}

// with is a Miss with further attempts, some of which may be known: they are counted again when all of them are listed.
func (m Miss) with(a attempts) Miss {
	if !a.miss.Last.After(m.Last) {
		return m
	}
	m.Last, m.Delivery, m.Status = a.miss.Last, a.miss.Delivery, a.miss.Status
	m.Attempts = max(m.Attempts+1, a.miss.Attempts)
	return m
}

// forget lets go of what will not be listed any more.
func (s *State) forget() {
	if s.Rest == nil {
		maps.DeleteFunc(s.Over, func(_ string, last time.Time) bool { return last.Before(s.back()) })
	}
}

// miss adds something that did not reach us.
func (s *State) miss(guid string, m Miss) {
	s.Open[guid] = m
	s.Missed++
	if s.From.IsZero() || m.At.Before(s.From) && s.Gap == "" {
		s.From = m.At
	}
	if m.At.After(s.To) {
		s.To = m.At
	}
}

// settle takes off what reached us in the end, or never will.
func (s *State) settle(guid string, recovered bool) {
	s.Over[guid] = s.Open[guid].Last
	delete(s.Open, guid)
	if recovered {
		s.Recovered++
	} else {
		s.Lost++
	}
}

// due are the deliveries that are to be sent again now, the oldest first. The first time that is at once, then after every,
// twice that, four times …
func (s *State) due(now time.Time, every time.Duration) []string {
	var list []string
	for guid, m := range s.Open {
		if wait := pause(m.Attempts, every); wait == 0 || !now.Before(m.Last.Add(wait)) { // their clock may be ahead of ours
			list = append(list, guid)
		}
	}
	slices.SortFunc(list, func(a, b string) int {
		return cmp.Or(s.Open[a].At.Compare(s.Open[b].At), cmp.Compare(a, b))
	})
	return list
}

// pause is how long to wait after so many attempts.
func pause(attempts int, every time.Duration) time.Duration {
	if attempts <= 1 {
		return 0
	}
	return min(slowest, every<<min(attempts-2, 20))
}

// closed forgets the gap that is over.
func (s *State) closed() {
	s.Gap, s.From, s.To, s.Missed, s.Recovered, s.Lost = "", time.Time{}, time.Time{}, 0, 0, 0
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}
