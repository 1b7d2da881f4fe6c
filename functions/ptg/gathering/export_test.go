package gathering

import (
	"context"
	"maps"
	"slices"
)

// SnapshotEvery has a store take a snapshot after so many changes.
func (s *Store) SnapshotEvery(changes int64) { s.every = changes }

// Fields are those of a gathering's hash, as they were read.
func (g *Gathering) Fields() map[string]string { return maps.Clone(g.fields) }

// Fresh reads a gathering past all caches.
func Fresh(s *Store, id string) (*Gathering, error) {
	return NewStore(s.rdb).load(context.Background(), id)
}

// ColorNames are the names of colours that CSS has, in order.
func ColorNames() []string { return slices.Sorted(maps.Keys(named)) }
