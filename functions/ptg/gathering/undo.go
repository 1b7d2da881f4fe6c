package gathering

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
)

// UndoFor is for how long a change can be undone.
const UndoFor = 24 * time.Hour

// Undo undoes a change: what it set becomes what it was before, in a change of its own. It refuses one that is older than a
// day (ErrTooLate), that is undone already, or of which something was changed again since (ErrMeanwhile, with by whom). A
// version of 0 means the last change of the author that was not undone and is no undoing. may is asked whether the author may
// undo it, its error is returned; nil is always. Said and key are those of [Store.Change].
func (s *Store) Undo(ctx context.Context, id string, by Author, said, key string, version int64, may func(*Change) error) (Result, error) {
	return s.Change(ctx, id, by, said, key, func(d *Draft) (string, error) {
		c, err := s.undoable(ctx, d, version)
		if err != nil {
			return "", err
		}
		if may != nil {
			if err := may(c); err != nil {
				return "", err
			}
		}
		if err := s.untouched(ctx, d, c); err != nil {
			return "", err
		}
		return d.undo(c)
	})
}

// untouched refuses a change of which something is not as it left it, with who changed that last.
func (s *Store) untouched(ctx context.Context, d *Draft, c *Change) error {
	var later []string
	for _, one := range c.Sets {
		if d.fields[one.Field] != one.After {
			later = append(later, one.Field)
		}
	}
	if len(later) == 0 {
		return nil
	}
	since, err := s.History(ctx, d.ID, Filter{Before: d.base.Version + 1}, int(d.base.Version-c.Version))
	if err != nil {
		return err
	}
	whom := ""
	for _, other := range since {
		if slices.ContainsFunc(other.Sets, func(one Set) bool { return one.Field == later[0] }) {
			whom = fmt.Sprintf(", by %s (change %d)", other.By.Name, other.Version)
			break
		}
	}
	return refuse(ErrMeanwhile, "Change %d cannot be undone: %s was changed again since%s", c.Version, names(later), whom)
}

// undoable is a change that is to be undone.
func (s *Store) undoable(ctx context.Context, d *Draft, version int64) (*Change, error) {
	if version == 0 {
		return s.lastOf(ctx, d)
	}
	c, err := s.Find(ctx, d.ID, version)
	if err != nil {
		return nil, err
	}
	if d.At.Sub(c.At) > UndoFor {
		return nil, refuse(ErrTooLate, "Change %d is of %s: a change can be undone for 24 hours", c.Version, d.Clock(c.At))
	}
	if c.Version == 1 {
		return nil, refuse(ErrInvalid, "Change 1 made the event and cannot be undone")
	}
	by, err := s.undoneBy(ctx, d.ID, c.Version, d.base.Version)
	if err != nil {
		return nil, err
	}
	if by != nil {
		return nil, refuse(ErrMeanwhile, "Change %d was undone already, by %s (change %d)", c.Version, by.By.Name, by.Version)
	}
	return c, nil
}

// undoneBy is the change that undid one and was itself not undone; nil for none.
func (s *Store) undoneBy(ctx context.Context, id string, version, last int64) (*Change, error) {
	undone := make(map[int64]*Change)
	for from := version + 1; from <= last; {
		list, err := s.log(ctx, id, from, last, pageOfLog)
		if err != nil || len(list) == 0 {
			return undone[version], err
		}
		for _, c := range list {
			if c.Undoes > 0 {
				mark(undone, &c)
			}
		}
		from = list[len(list)-1].Version + 1
	}
	return undone[version], nil
}

// mark notes that a change undid one. What that one had undone itself is done again.
func mark(undone map[int64]*Change, by *Change) {
	undone[by.Undoes] = by
	for version, earlier := range undone {
		if earlier.Version == by.Undoes {
			delete(undone, version)
		}
	}
}

// lastOf is the author's last change that can be undone.
func (s *Store) lastOf(ctx context.Context, d *Draft) (*Change, error) {
	undone := make(map[int64]bool)
	for before := d.base.Version + 1; ; {
		list, err := s.History(ctx, d.ID, Filter{Before: before}, pageOfLog)
		if err != nil {
			return nil, err
		}
		for _, c := range list {
			switch {
			case d.At.Sub(c.At) > UndoFor || c.Version == 1:
				list = nil
			case c.Undoes > 0:
				undone[c.Undoes] = undone[c.Undoes] || !undone[c.Version]
			case c.By.Principal == d.By.Principal && !undone[c.Version]:
				return &c, nil
			}
			if list == nil {
				break
			}
		}
		if len(list) == 0 {
			return nil, refuse(ErrNone, "You changed nothing in the last 24 hours that could be undone")
		}
		before = list[len(list)-1].Version
	}
}

// undo sets what a change set to what it was before.
func (d *Draft) undo(c *Change) (string, error) {
	back := make([]Set, len(c.Sets))
	for i, one := range c.Sets {
		back[i] = Set{Field: one.Field, Before: one.After, After: one.Before}
	}
	d.undoes = c.Version
	if err := d.Apply(back); err != nil {
		return "", err
	}
	if err := d.founded(back); err != nil {
		return "", refuse(ErrMeanwhile, "Change %d cannot be undone: %s", c.Version, err)
	}
	return fmt.Sprintf("Change %d is undone: %s", c.Version, short(c.Said)), nil
}

// names are a few of fields.
func names(fields []string) string {
	const few = 3
	if more := len(fields) - few; more > 0 {
		return fmt.Sprintf("%s and %d more", strings.Join(fields[:few], ", "), more)
	}
	return strings.Join(fields, ", ")
}
