package gathering

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Set is what a change does to one field.
type Set struct {
	Field  string
	Before string // JSON; empty is absent
	After  string // likewise
}

// set is one as the log has it: what is absent is null.
type set struct {
	Field  string          `json:"field"`
	Before json.RawMessage `json:"before"`
	After  json.RawMessage `json:"after"`
}

const absent = "null"

// MarshalJSON writes it as the log has it.
func (s Set) MarshalJSON() ([]byte, error) {
	return json.Marshal(set{s.Field, raw(s.Before), raw(s.After)})
}

// UnmarshalJSON reads it as the log has it.
func (s *Set) UnmarshalJSON(text []byte) error {
	var in set
	if err := json.Unmarshal(text, &in); err != nil {
		return err
	}
	*s = Set{Field: in.Field, Before: strings.TrimPrefix(string(in.Before), absent), After: strings.TrimPrefix(string(in.After), absent)}
	return nil
}

func raw(text string) json.RawMessage {
	if text == "" {
		return json.RawMessage(absent)
	}
	return json.RawMessage(text)
}

// Draft is a gathering as an edit has it so far. Each method that changes it refuses what is not valid with a [Refusal],
// and then leaves it as it was.
type Draft struct {
	*Gathering // with what was set until now

	By Author    // who edits
	At time.Time // when

	base   *Gathering
	whole  bool            // the edit holds only of the version that it was begun with
	relies map[string]bool // fields that must still be as they were, though the edit leaves them
	undoes int64           // the change that it undoes; 0 for none
	err    error           // a fault while it was set
}

// NewDraft begins one that is never applied, to see what an edit would do.
func NewDraft(g *Gathering, by Author, at time.Time) *Draft {
	return &Draft{Gathering: g.clone(), By: by, At: at.UTC().Truncate(time.Second), base: g, relies: make(map[string]bool)}
}

// Changes are what was set, by field. A field that is again as it was is not among them.
func (d *Draft) Changes() []Set {
	var sets []Set
	for name, text := range d.fields {
		if before := d.base.fields[name]; before != text {
			sets = append(sets, Set{Field: name, Before: before, After: text})
		}
	}
	for name, before := range d.base.fields {
		if _, kept := d.fields[name]; !kept {
			sets = append(sets, Set{Field: name, Before: before})
		}
	}
	slices.SortFunc(sets, func(a, b Set) int { return strings.Compare(a.Field, b.Field) })
	return sets
}

// Apply sets fields to what sets say they are afterwards.
func (d *Draft) Apply(sets []Set) error {
	for _, s := range sets {
		if err := d.put(s.Field, s.After); err != nil {
			return err
		}
	}
	return nil
}

// set has a field be a value. That cannot fail but by a defect of ours, which the change then ends with.
func (d *Draft) set(name string, value any) {
	text, err := json.Marshal(value)
	if err == nil {
		err = d.put(name, string(text))
	}
	if err != nil && d.err == nil {
		d.err = fmt.Errorf("gathering %s: set %s: %w", d.ID, name, err)
	}
}

// drop takes fields away.
func (d *Draft) drop(names ...string) {
	for _, name := range names {
		if err := d.put(name, ""); err != nil && d.err == nil {
			d.err = err
		}
	}
}

// rely has the edit hold only while a field is as it was.
func (d *Draft) rely(names ...string) {
	for _, name := range names {
		d.relies[name] = true
	}
}

// Whole has the edit hold only of the version that it was begun with: it looked at everything.
func (d *Draft) Whole() { d.whole = true }
