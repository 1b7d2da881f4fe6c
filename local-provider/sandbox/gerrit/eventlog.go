package gerrit

import (
	"slices"
	"time"
)

// A record is an event that was told.
type record struct {
	Seq     int       `json:"seq"`
	At      time.Time `json:"at"`
	Type    string    `json:"type"`
	Change  int       `json:"change,omitempty"`
	Project string    `json:"project,omitempty"`
	// Only are the accounts that may see it, when not everybody may who sees the project.
	Only []int  `json:"only,omitempty"`
	Line string `json:"-"`
}

// size is about how much memory a record takes.
func (r *record) size() int { return len(r.Line) + 160 }

// hears says whether somebody may see an event.
func (s *Server) hears(a *Account, r *record) bool {
	if len(r.Only) > 0 && !a.In(Administrators) && (a == nil || !slices.Contains(r.Only, a.ID)) {
		return false
	}
	p := s.projects[r.Project]
	return p == nil || a.reads(p)
}

// An eventLog is what was told, oldest first; the oldest go when it holds too much.
type eventLog struct {
	records []*record
	seq     int
	bytes   int
	most    int
	file    *eventFile
}

func (l *eventLog) add(told []*record) {
	for _, r := range told {
		l.seq++
		r.Seq = l.seq
		l.put(r)
	}
	l.file.add(told, l.records)
}

func (l *eventLog) put(r *record) {
	l.records = append(l.records, r)
	l.seq = max(l.seq, r.Seq)
	l.bytes += r.size()
	drop := 0
	for ; l.bytes > l.most && drop < len(l.records)-1; drop++ {
		l.bytes -= l.records[drop].size()
		l.records[drop] = nil
	}
	l.records = l.records[drop:]
}

// A Told is an event as it was told.
type Told struct {
	// Seq counts events from 1.
	Seq  int       `json:"seq"`
	At   time.Time `json:"at"`
	Type string    `json:"type"`
	// Change is the change's number, 0 when it is about none.
	Change int `json:"change,omitempty"`
	// Line is the JSON, without the end of the line.
	Line string `json:"line"`
}

// Told are the events after one, oldest first, as far as they are kept (Options.EventBytes).
func (s *Server) Told(after int) []Told {
	s.mu.Lock()
	defer s.mu.Unlock()
	i, found := slices.BinarySearchFunc(s.log.records, after, func(r *record, n int) int { return r.Seq - n })
	if found {
		i++
	}
	var out []Told
	for _, r := range s.log.records[i:] {
		out = append(out, Told{Seq: r.Seq, At: r.At, Type: r.Type, Change: r.Change, Line: r.Line})
	}
	return out
}

// shows says whether the events log has an event already, and shows it to somebody. It keeps what belongs to a project.
func (s *Server) shows(a *Account, r *record) bool {
	return r.Project != "" && !r.At.Add(s.options.LogLag).After(s.clock.Now()) && s.hears(a, r)
}

// logged are the lines that the events log shows somebody between two moments, both among them, at most as many as it gives.
func (s *Server) logged(a *Account, from, to time.Time) []string {
	var out []string
	for _, r := range s.log.records {
		at := r.At.Truncate(time.Second)
		if at.Before(from) || at.After(to) || !s.shows(a, r) {
			continue
		}
		if out = append(out, r.Line); len(out) == s.options.LogLimit {
			break
		}
	}
	return out
}

// latest are the newest lines that the events log shows somebody, oldest first.
func (s *Server) latest(a *Account) []string {
	var out []string
	for _, r := range slices.Backward(s.log.records) {
		if !s.shows(a, r) {
			continue
		}
		if out = append(out, r.Line); len(out) == s.options.LogLimit {
			break
		}
	}
	slices.Reverse(out)
	return out
}
