package job

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/shared/chat"
)

// AuditLength is how many entries are kept at least, here and in the scripts; Redis forgets older ones by the node.
const AuditLength = 200_000

const (
	// mostRefusals is how many refusals of one principal are audited in refusalsWindow.
	mostRefusals   = 60
	refusalsWindow = time.Hour
)

// maxDetail bounds what an entry says, in bytes, here and in the scripts.
const maxDetail = 500

// AuditEntry is one act, or one refusal.
type AuditEntry struct {
	ID     string // set when read
	At     time.Time
	Who    string // principal
	Act    string // "accepted", "cancel", "refused", "login", …
	Job    string
	Detail string // never a secret
}

// Audit records an act that no job transition records itself.
func (s *Store) Audit(ctx context.Context, e AuditEntry) error {
	now, err := s.Now(ctx)
	if err != nil {
		return err
	}
	add := &redis.XAddArgs{
		Stream: AuditKey, MaxLen: AuditLength, Approx: true,
		Values: []any{"at", now.UnixMilli(), "who", e.Who, "act", e.Act, "job", e.Job, "detail", chat.Cut(e.Detail, maxDetail)},
	}
	if err := s.rdb.XAdd(ctx, add).Err(); err != nil {
		return fmt.Errorf("job: audit %s: %w", e.Act, err)
	}
	return nil
}

// AuditRefusal records that somebody was refused something, at most 60 times an hour for each principal: the trail forgets its
// oldest entries, and nobody is to make it do so by asking again and again. What is over that is in the counter refused_unaudited.
func (s *Store) AuditRefusal(ctx context.Context, e AuditEntry) error {
	pipe := s.rdb.TxPipeline()
	count := pipe.Incr(ctx, refusalsKey(e.Who))
	pipe.ExpireNX(ctx, refusalsKey(e.Who), refusalsWindow)
	if _, err := pipe.Exec(ctx); err != nil {
		return fmt.Errorf("job: count refusals: %w", err)
	}
	if count.Val() > mostRefusals {
		return s.Count(ctx, "refused_unaudited", 1)
	}
	return s.Audit(ctx, e)
}

// AuditTail reads the newest n entries, the newest first.
func (s *Store) AuditTail(ctx context.Context, n int64) ([]AuditEntry, error) {
	found, err := s.rdb.XRevRangeN(ctx, AuditKey, "+", "-", n).Result()
	if err != nil {
		return nil, fmt.Errorf("job: read audit: %w", err)
	}
	list := make([]AuditEntry, len(found))
	for i, e := range found {
		list[i] = AuditEntry{
			ID: e.ID, At: entryTime(e), Who: field(e, "who"), Act: field(e, "act"), Job: field(e, "job"), Detail: field(e, "detail"),
		}
	}
	return list, nil
}

// Count adds n to a counter that outlives processes.
func (s *Store) Count(ctx context.Context, name string, n int64) error {
	if err := s.rdb.HIncrBy(ctx, CountKey, name, n).Err(); err != nil {
		return fmt.Errorf("job: count %s: %w", name, err)
	}
	return nil
}

// Counts reads all counters.
func (s *Store) Counts(ctx context.Context) (map[string]int64, error) {
	found, err := s.rdb.HGetAll(ctx, CountKey).Result()
	if err != nil {
		return nil, fmt.Errorf("job: read counters: %w", err)
	}
	counts := make(map[string]int64, len(found))
	for name, text := range found {
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return nil, fmt.Errorf("job: counter %s: %w", name, err)
		}
		counts[name] = n
	}
	return counts, nil
}
