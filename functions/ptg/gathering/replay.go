package gathering

import (
	"context"
	"fmt"
	"strconv"
	"time"
)

// At is a gathering as it was at a version; 0 is before the first change.
func (s *Store) At(ctx context.Context, id string, version int64) (*Gathering, error) {
	now, err := s.Get(ctx, id)
	if err != nil {
		return nil, err
	}
	switch {
	case version == now.Version:
		return now, nil
	case version < 0 || version > now.Version:
		return nil, refuse(ErrNone, "There is no change %d: the last one is %d", version, now.Version)
	}
	g, err := s.before(ctx, id, version)
	if err != nil {
		return nil, err
	}
	return s.replay(ctx, g, version)
}

// before is a gathering of the newest snapshot up to a version, or of nothing.
func (s *Store) before(ctx context.Context, id string, version int64) (*Gathering, error) {
	for v := version - version%s.every; v > 0; v -= s.every {
		hash, err := s.rdb.HGetAll(ctx, snapshotKey(id)+strconv.FormatInt(v, 10)).Result()
		if err != nil {
			return nil, fmt.Errorf("gathering %s: read the snapshot %d: %w", id, v, err)
		}
		if len(hash) > 0 {
			return read(id, hash)
		}
	}
	return Empty(id), nil
}

// replay leads a gathering on to a version by what the log says.
func (s *Store) replay(ctx context.Context, g *Gathering, version int64) (*Gathering, error) {
	for g.Version < version {
		changes, err := s.log(ctx, g.ID, g.Version+1, version, pageOfLog)
		if err != nil {
			return nil, err
		}
		if len(changes) == 0 || changes[0].Version != g.Version+1 {
			return nil, fmt.Errorf("gathering %s: the log lacks the change %d", g.ID, g.Version+1)
		}
		for _, c := range changes {
			for _, one := range c.Sets {
				if err := g.put(one.Field, one.After); err != nil {
					return nil, err
				}
			}
			g.Version, g.Changed = c.Version, c.At
		}
	}
	return g, nil
}

// VersionAt is the version that a gathering had at a moment; 0 is before the first change.
func (s *Store) VersionAt(ctx context.Context, id string, moment time.Time) (int64, error) {
	now, err := s.Get(ctx, id)
	if err != nil {
		return 0, err
	}
	if !now.Changed.After(moment) {
		return now.Version, nil
	}
	low, high := int64(0), now.Version // made at low, if ever; not yet at high
	for high-low > 1 {
		middle := low + (high-low)/2
		c, err := s.Find(ctx, id, middle)
		if err != nil {
			return 0, err
		}
		if c.At.After(moment) {
			high = middle
		} else {
			low = middle
		}
	}
	return low, nil
}
