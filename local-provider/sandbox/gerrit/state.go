package gerrit

import (
	"encoding/json"
	"strconv"

	"github.com/handsoff/handsoff/local-provider/sandbox/journal"
)

// touch marks a thing as changed, so that it is saved.
func (s *Server) touch(kind, id string) { s.journal.Touch(kind, id) }

// flush saves what was touched.
func (s *Server) flush() { s.journal.Flush(s.value, s.entries) }

// value is what a thing is now, nil when it is not there.
func (s *Server) value(e journal.Entry) any {
	if e.Kind == "project" {
		return found(s.projects[e.ID])
	}
	n, err := strconv.Atoi(e.ID)
	if err != nil {
		return nil
	}
	switch e.Kind {
	case "account":
		return found(s.accounts[n])
	case "change":
		return found(s.changes[n])
	case "last":
		return s.last
	}
	return nil
}

func found[T any](v *T) any {
	if v == nil {
		return nil
	}
	return v
}

// entries are all things that are kept, each after what it needs.
func (s *Server) entries() []journal.Entry {
	out := []journal.Entry{{Kind: "last", ID: "0"}}
	for _, id := range sortedKeys(s.accounts) {
		out = append(out, journal.Entry{Kind: "account", ID: strconv.Itoa(id)})
	}
	for _, name := range sortedKeys(s.projects) {
		out = append(out, journal.Entry{Kind: "project", ID: name})
	}
	for _, n := range sortedKeys(s.changes) {
		out = append(out, journal.Entry{Kind: "change", ID: strconv.Itoa(n)})
	}
	return out
}

// restore takes up one line of the journal.
func (s *Server) restore(l journal.Line) error {
	if l.Kind == "project" {
		return restoreIn(s.projects, l.ID, l)
	}
	n, err := strconv.Atoi(l.ID)
	if err != nil {
		return err
	}
	switch l.Kind {
	case "account":
		return restoreIn(s.accounts, n, l)
	case "change":
		return restoreIn(s.changes, n, l)
	case "last":
		return json.Unmarshal(l.Value, &s.last)
	}
	return nil
}

func restoreIn[K comparable, V any](all map[K]*V, id K, l journal.Line) error {
	if string(l.Value) == "null" {
		delete(all, id)
		return nil
	}
	v := new(V)
	if err := json.Unmarshal(l.Value, v); err != nil {
		return err
	}
	all[id] = v
	return nil
}
