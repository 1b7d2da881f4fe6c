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

// Undoing is what is to be undone.
type Undoing struct {
	Version int64               // of the change; 0 is the last own one that was not undone, is no undoing and says of nobody who they are
	Own     func(*Change) bool  // whether a change is the author's; nil is where it has their principal
	May     func(*Change) error // refuses a change that the author may not undo; nil is none
}

// Undo undoes a change: what it set becomes what it was before, in a change of its own. It refuses one that is older than a
// day (ErrTooLate), that is undone already, or of which something was changed again since (ErrMeanwhile, with by whom), and one
// that says who is who: that holds for all gatherings alike, and is for those who are tied. Said and key are those of
// [Store.Change].
func (s *Store) Undo(ctx context.Context, id string, by Author, said, key string, u Undoing) (Result, error) {
	if u.Own == nil {
		u.Own = func(c *Change) bool { return c.By.Principal == by.Principal }
	}
	return s.Change(ctx, id, by, said, key, func(d *Draft) (string, error) {
		c, err := s.undoable(ctx, d, u)
		if err != nil {
			return "", err
		}
		if u.May != nil {
			if err := u.May(c); err != nil {
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
func (s *Store) undoable(ctx context.Context, d *Draft, u Undoing) (*Change, error) {
	if u.Version == 0 {
		return s.lastOwn(ctx, d, u.Own)
	}
	c, err := s.Find(ctx, d.ID, u.Version)
	if err != nil {
		return nil, err
	}
	if d.At.Sub(c.At) > UndoFor {
		return nil, refuse(ErrTooLate, "Change %d is of %s: a change can be undone for 24 hours", c.Version, d.Clock(c.At))
	}
	if c.Version == 1 {
		return nil, refuse(ErrInvalid, "Change 1 made the event and cannot be undone")
	}
	if c.ties() {
		return nil, refuse(ErrInvalid, "Change %d says who is who, which only they themselves change, with 'ptg link' and 'ptg link drop'", c.Version)
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

// ties reports whether a change says who is who.
func (c *Change) ties() bool {
	return slices.ContainsFunc(c.Sets, func(one Set) bool { return isTie(one.Field) })
}

// lastOwn is the author's last change that can be undone.
func (s *Store) lastOwn(ctx context.Context, d *Draft, own func(*Change) bool) (*Change, error) {
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
			case own(&c) && !undone[c.Version] && !c.ties():
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
