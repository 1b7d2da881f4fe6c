package openstack

import (
	"encoding/json"
	"iter"
	"slices"
	"sort"

	"github.com/handsoff/handsoff/local-provider/sandbox/journal"
)

// A table holds things of one kind by id, in the order in which they came. It is saved by the journal under its kind.
type table[T any] struct {
	kind  string
	touch func(kind, id string)
	rows  map[string]*row[T]
	order []*row[T]
	last  int
	// watch is told of what is put, or changed in place; nil for nobody.
	watch func(id string, v *T)
}

type row[T any] struct {
	seq   int
	id    string
	value *T
}

// A keeper is a table as the journal sees it.
type keeper interface {
	value(id string) any
	ids() []string
	restore(id string, value json.RawMessage) error
}

// newTable makes a table that is kept under a kind; its things are written as JSON, so that what is to be kept has exported fields.
func newTable[T any](s *Server, kind string) *table[T] {
	t := newLooseTable[T]()
	t.kind, t.touch = kind, s.journal.touch
	s.kinds = append(s.kinds, kind)
	s.keepers[kind] = t
	return t
}

// newLooseTable makes a table that a restart forgets.
func newLooseTable[T any]() *table[T] {
	return &table[T]{touch: func(string, string) {}, rows: map[string]*row[T]{}}
}

// get is the thing of an id, nil when it is not there.
func (t *table[T]) get(id string) *T {
	if r := t.rows[id]; r != nil {
		return r.value
	}
	return nil
}

// put adds a thing, or replaces it where it stands.
func (t *table[T]) put(id string, v *T) {
	t.touch(t.kind, id)
	if t.watch != nil {
		t.watch(id, v)
	}
	if r := t.rows[id]; r != nil {
		r.value = v
		return
	}
	t.last++
	r := &row[T]{seq: t.last, id: id, value: v}
	t.rows[id] = r
	t.order = append(t.order, r)
}

// save tells that a thing was changed in place.
func (t *table[T]) save(id string) {
	t.touch(t.kind, id)
	if r := t.rows[id]; r != nil && t.watch != nil {
		t.watch(id, r.value)
	}
}

// drop removes a thing; one that is not there is no mistake.
func (t *table[T]) drop(id string) {
	r := t.rows[id]
	if r == nil {
		return
	}
	t.touch(t.kind, id)
	delete(t.rows, id)
	i := t.after(r.seq - 1)
	t.order = slices.Delete(t.order, i, i+1)
}

// after is the place of the first row that came after a sequence number.
func (t *table[T]) after(seq int) int {
	return sort.Search(len(t.order), func(i int) bool { return t.order[i].seq > seq })
}

// len is how many there are.
func (t *table[T]) len() int { return len(t.order) }

// all are the things, oldest first. The table must not be changed meanwhile; see list.
func (t *table[T]) all() iter.Seq2[string, *T] {
	return func(yield func(string, *T) bool) {
		for _, r := range t.order {
			if !yield(r.id, r.value) {
				return
			}
		}
	}
}

// list are the things that match, oldest first; of nil, all.
func (t *table[T]) list(match func(*T) bool) []*T {
	var out []*T
	for _, v := range t.all() {
		if match == nil || match(v) {
			out = append(out, v)
		}
	}
	return out
}

// find is the oldest thing that matches, nil for none.
func (t *table[T]) find(match func(*T) bool) *T {
	for _, v := range t.all() {
		if match(v) {
			return v
		}
	}
	return nil
}

// A paging says which part of a list is asked for.
type paging struct {
	marker string // the id of the last thing of the part before; empty for the first part
	limit  int    // how many at most; zero for all
	newest bool   // the newest first, as Nova and Cinder have it
}

// page is a part of the things that match, and whether there is more; false when there is no such marker.
func (t *table[T]) page(p paging, match func(*T) bool) (found []*T, more, ok bool) {
	at, step := 0, 1
	if p.newest {
		at, step = len(t.order)-1, -1
	}
	if p.marker != "" {
		r := t.rows[p.marker]
		if r == nil {
			return nil, false, false
		}
		at = t.after(r.seq-1) + step
	}
	for ; at >= 0 && at < len(t.order); at += step {
		v := t.order[at].value
		if !match(v) {
			continue
		}
		if p.limit > 0 && len(found) == p.limit {
			return found, true, true
		}
		found = append(found, v)
	}
	return found, false, true
}

func (t *table[T]) value(id string) any {
	if v := t.get(id); v != nil {
		return v
	}
	return nil
}

func (t *table[T]) ids() []string {
	out := make([]string, len(t.order))
	for i, r := range t.order {
		out[i] = r.id
	}
	return out
}

func (t *table[T]) restore(id string, value json.RawMessage) error {
	if string(value) == "null" {
		t.drop(id)
		return nil
	}
	v := new(T)
	if err := json.Unmarshal(value, v); err != nil {
		return err
	}
	t.put(id, v)
	return nil
}

// A diary is the journal, and what it keeps while it is being read, which must not be written again.
type diary struct{ *journal.Journal }

func (d *diary) touch(kind, id string) {
	if d.Journal != nil {
		d.Touch(kind, id)
	}
}
