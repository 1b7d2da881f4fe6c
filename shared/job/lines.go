package job

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"
)

// Story reads what people are told about a job, in order, after the line with the id after ("" from the start).
func (s *Store) Story(ctx context.Context, id, after string, most int64) ([]Line, error) {
	return s.read(ctx, storyKey(id), after, most)
}

// Log reads a job's raw output likewise.
func (s *Store) Log(ctx context.Context, id, after string, most int64) ([]Line, error) {
	return s.read(ctx, logKey(id), after, most)
}

// Tail reads the last n lines of a job's log, in order.
func (s *Store) Tail(ctx context.Context, id string, n int64) ([]Line, error) {
	return s.tail(ctx, logKey(id), n)
}

// StoryTail reads the last n lines of what people are told about a job, in order.
func (s *Store) StoryTail(ctx context.Context, id string, n int64) ([]Line, error) {
	return s.tail(ctx, storyKey(id), n)
}

func (s *Store) tail(ctx context.Context, key string, n int64) ([]Line, error) {
	entries, err := s.rdb.XRevRangeN(ctx, key, "+", "-", n).Result()
	if err != nil {
		return nil, fmt.Errorf("job: tail of %s: %w", key, err)
	}
	slices.Reverse(entries)
	return lines(entries), nil
}

func (s *Store) read(ctx context.Context, key, after string, most int64) ([]Line, error) {
	from := "-"
	if after != "" {
		from = "(" + after
	}
	entries, err := s.rdb.XRangeN(ctx, key, from, "+", most).Result()
	if err != nil {
		return nil, fmt.Errorf("job: read %s: %w", key, err)
	}
	return lines(entries), nil
}

func lines(entries []redis.XMessage) []Line {
	list := make([]Line, len(entries))
	for i, e := range entries {
		list[i] = Line{ID: e.ID, At: entryTime(e), Text: field(e, "text")}
	}
	return list
}

func field(e redis.XMessage, name string) string {
	text, _ := e.Values[name].(string)
	return text
}

func entryTime(e redis.XMessage) time.Time {
	ms, err := strconv.ParseFloat(field(e, "at"), 64)
	if err != nil {
		return time.Time{}
	}
	return time.UnixMilli(int64(ms)).UTC()
}
