package github

import (
	"cmp"
	"encoding/json"
	"maps"
	"slices"
	"strconv"

	"github.com/handsoff/handsoff/local-provider/sandbox/journal"
)

// A table holds the things of one kind by their ids, and tells the journal which of them changed.
type table[T any] struct {
	kind    string
	rows    map[string]*T
	journal **journal.Journal
}

// A shelf is a table of whatever kind, as the journal sees it.
type shelf interface {
	value(id string) any
	restore(l journal.Line) error
	ids() []string
}

// newTable adds a table to the server's.
func newTable[T any](s *Server, kind string) *table[T] {
	t := &table[T]{kind: kind, rows: map[string]*T{}, journal: &s.journal}
	s.shelves[kind] = t
	s.kinds = append(s.kinds, kind)
	return t
}

// get is a thing, nil when there is none.
func (t *table[T]) get(id string) *T { return t.rows[id] }

// byID is get for what has a number.
func (t *table[T]) byID(id int64) *T { return t.rows[strconv.FormatInt(id, 10)] }

// put stores a thing, and is called again whenever it changed.
func (t *table[T]) put(id string, v *T) {
	t.rows[id] = v
	(*t.journal).Touch(t.kind, id)
}

// number is put for what has a number.
func (t *table[T]) number(id int64, v *T) { t.put(strconv.FormatInt(id, 10), v) }

func (t *table[T]) drop(id string) {
	delete(t.rows, id)
	(*t.journal).Touch(t.kind, id)
}

// pick are the things that match, ordered by a number that each has.
func (t *table[T]) pick(order func(*T) int64, match func(*T) bool) []*T {
	var out []*T
	for _, v := range t.rows {
		if match(v) {
			out = append(out, v)
		}
	}
	slices.SortFunc(out, func(a, b *T) int { return cmp.Compare(order(a), order(b)) })
	return out
}

func (t *table[T]) value(id string) any {
	if v := t.rows[id]; v != nil {
		return v
	}
	return nil
}

func (t *table[T]) ids() []string { return slices.Sorted(maps.Keys(t.rows)) }

func (t *table[T]) restore(l journal.Line) error {
	if string(l.Value) == "null" {
		delete(t.rows, l.ID)
		return nil
	}
	v := new(T)
	if err := json.Unmarshal(l.Value, v); err != nil {
		return err
	}
	t.rows[l.ID] = v
	return nil
}

// restore takes up one line of the journal.
func (s *Server) restore(l journal.Line) error {
	if shelf := s.shelves[l.Kind]; shelf != nil {
		return shelf.restore(l)
	}
	return nil
}

// flush saves what was touched.
func (s *Server) flush() {
	s.journal.Flush(func(e journal.Entry) any { return s.shelves[e.Kind].value(e.ID) }, func() []journal.Entry {
		var all []journal.Entry
		for _, kind := range s.kinds {
			for _, id := range s.shelves[kind].ids() {
				all = append(all, journal.Entry{Kind: kind, ID: id})
			}
		}
		return all
	})
}
