package job

import (
	"context"
	"fmt"
	"time"
)

// StrangersKey is a stream of how those without any role were turned away, with the fields of AuditKey. It is short, and not sealed.
const StrangersKey = AuditKey + ":strangers"

const (
	// strangersWindow is for how long somebody's refusals are counted before the trail has their number.
	strangersWindow = time.Hour
	// strangersMost is how many names are told apart in that time; anybody can have as many as they like.
	strangersMost = 20
	// strangersLength is how many refusals StrangersKey keeps at least.
	strangersLength = 10_000
)

// AuditStranger records that somebody was turned away who has no role at all, or did not even say who they are. Of such the
// trail gets the first in an hour and, when it is over, how many there were since; nobody who is nobody drives older entries out of it.
// Each by itself is among the newest 10,000 of [StrangersKey].
func (s *Store) AuditStranger(ctx context.Context, e AuditEntry) error {
	return s.stranger(ctx, e)
}

// CountStrangers writes into the trail how often strangers were turned away in hours that are over.
func (s *Store) CountStrangers(ctx context.Context) error {
	return s.stranger(ctx, AuditEntry{})
}

func (s *Store) stranger(ctx context.Context, e AuditEntry) error {
	err := s.run(ctx, strangerScript, e.Who, e.Act, e.Detail, strangersWindow.Milliseconds(), strangersMost, strangersLength).Err()
	if err != nil {
		return fmt.Errorf("job: audit a stranger: %w", err)
	}
	return nil
}
