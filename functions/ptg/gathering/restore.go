package gathering

import (
	"context"
	"fmt"
	"maps"
	"slices"
)

// Restore has a gathering be as it was at a version, in a change of its own; what happened since stays in the log. It refuses
// a version that never was.
func (s *Store) Restore(ctx context.Context, id string, by Author, said, key string, version int64) (Result, error) {
	return s.Change(ctx, id, by, said, key, func(d *Draft) (string, error) {
		if version < 1 {
			return "", refuse(ErrNone, "The event was not there yet")
		}
		then, err := s.At(ctx, id, version)
		if err != nil {
			return "", err
		}
		d.Restore(then)
		return fmt.Sprintf("The event is again as it was after change %d, of %s", version, d.Clock(then.Changed)), nil
	})
}

// Restore sets all fields to what they were, but for who is who: that is for those who are tied, at all gatherings alike.
func (d *Draft) Restore(then *Gathering) {
	d.Whole()
	for name := range d.base.fields {
		if _, kept := then.fields[name]; !kept && !isTie(name) {
			d.drop(name)
		}
	}
	for name, text := range then.fields {
		if isTie(name) {
			continue
		}
		if err := d.put(name, text); err != nil && d.err == nil {
			d.err = err
		}
	}
	for _, principal := range slices.Sorted(maps.Keys(d.People)) {
		d.handOver(principal, d.People[principal])
	}
}
