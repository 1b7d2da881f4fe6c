package job

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"
)

// Untaken is a job that is due and that no worker has. Its fence grows as soon as one takes it.
type Untaken struct {
	Pointer

	Fence int64
	Since time.Time // since when it is due, however often it was handed out meanwhile
}

// Untaken lists jobs that are due and in nobody's hands just now, at most so many. That is usual for a moment; a job that
// is on two lists with the same fence was not taken between them.
func (s *Store) Untaken(ctx context.Context, limit int64) ([]Untaken, error) {
	now, err := s.Now(ctx)
	if err != nil {
		return nil, err
	}
	// One that was handed out by Due hides for a while.
	ids, err := s.rdb.ZRangeByScore(ctx, dueKey, &redis.ZRangeBy{
		Min: "-inf", Max: strconv.FormatInt(now.Add(nudgeAgain).UnixMilli(), 10), Count: limit,
	}).Result()
	if err != nil {
		return nil, fmt.Errorf("job: list what is due: %w", err)
	}
	if len(ids) == 0 {
		return nil, nil
	}
	pipe := s.rdb.Pipeline()
	found := make([]*redis.SliceCmd, len(ids))
	for i, id := range ids {
		found[i] = pipe.HMGet(ctx, jobKey(id), "function", "fence", "state", "behind", "until", "wake", "lease", "changed")
	}
	if _, err := pipe.Exec(ctx); err != nil {
		return nil, fmt.Errorf("job: read %d due jobs: %w", len(ids), err)
	}
	var list []Untaken
	for i, cmd := range found {
		if u, ok := untaken(ids[i], cmd.Val(), now.UnixMilli()); ok {
			list = append(list, u)
		}
	}
	return list, nil
}

// untaken reads the fields of Untaken. It reports whether a worker that asked for the job now would get it.
func untaken(id string, fields []any, now int64) (Untaken, bool) {
	text := func(i int) string { s, _ := fields[i].(string); return s }
	at := func(i int) int64 { ms, _ := strconv.ParseFloat(text(i), 64); return int64(ms) } // long ago for none
	past := func(i int) bool { return at(i) <= now }
	fence, err := strconv.ParseInt(text(1), 10, 64)
	state := State(text(2))
	if err != nil || state == "" || state.Final() || text(3) != "" || !past(5) || !past(6) || (state == Confirming && !past(4)) {
		return Untaken{}, false
	}
	since := max(at(5), at(6)) // it waited, or its worker is lost
	switch {
	case state == Confirming:
		since = at(4)
	case since == 0: // it was accepted, signed off, or came to the head of its line
		since = at(7)
	}
	return Untaken{Pointer: Pointer{ID: id, Function: text(0)}, Fence: fence, Since: time.UnixMilli(since)}, true
}
