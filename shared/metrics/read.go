package metrics

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/shared/job"
)

// atOnce is how many hours are read in one round trip.
const atOnce = 100

// errStep says that a series cannot be made.
var errStep = errors.New("metrics: a series has steps of whole hours")

// Point is what was counted in some time.
type Point struct {
	From, To time.Time
	Totals
}

// Read reads what was counted since the beginning.
func Read(ctx context.Context, rdb redis.UniversalClient) (Totals, error) {
	if err := job.Fold(ctx, rdb); err != nil {
		return Totals{}, err
	}
	found, err := rdb.HGetAll(ctx, totalsKey).Result()
	if err != nil {
		return Totals{}, fmt.Errorf("metrics: read the totals: %w", err)
	}
	var t Totals
	err = t.count(found)
	return t, err
}

// Series reads what was counted from one time to another, a point for each step, the oldest first. From is rounded down to an
// hour, and is that of the first point; the last one may end after to. A step is of whole hours. Of more than Kept, the
// newest of it is read.
func Series(ctx context.Context, rdb redis.UniversalClient, from, to time.Time, step time.Duration) ([]Point, error) {
	if step < time.Hour || step%time.Hour != 0 {
		return nil, fmt.Errorf("%w, not of %s", errStep, step)
	}
	from = from.UTC().Truncate(time.Hour)
	if over := to.Sub(from) - Kept; over > 0 {
		from = from.Add(over.Truncate(step) + step)
	}
	if err := job.Fold(ctx, rdb); err != nil {
		return nil, err
	}
	var points []Point
	for at := from; at.Before(to); at = at.Add(step) {
		points = append(points, Point{From: at, To: at.Add(step)})
	}
	hours := int(step / time.Hour)
	for first := 0; first < len(points)*hours; first += atOnce {
		if err := fill(ctx, rdb, points, hours, first, min(atOnce, len(points)*hours-first)); err != nil {
			return nil, err
		}
	}
	return points, nil
}

// fill reads some hours into their points.
func fill(ctx context.Context, rdb redis.UniversalClient, points []Point, hours, first, many int) error {
	pipe := rdb.Pipeline()
	read := make([]*redis.MapStringStringCmd, many)
	for i := range read {
		read[i] = pipe.HGetAll(ctx, hourKey(points[0].From.Add(time.Duration(first+i)*time.Hour)))
	}
	if _, err := pipe.Exec(ctx); err != nil {
		return fmt.Errorf("metrics: read %d hours: %w", many, err)
	}
	for i, hour := range read {
		if err := points[(first+i)/hours].count(hour.Val()); err != nil {
			return err
		}
	}
	return nil
}

// count adds the fields of a hash.
func (t *Totals) count(fields map[string]string) error {
	for field, text := range fields {
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return fmt.Errorf("metrics: %s: %w", field, err)
		}
		t.field(strings.Split(field, "|"), n)
	}
	return nil
}

// field adds one. What a later version counts besides is left alone.
func (t *Totals) field(words []string, n int64) {
	switch name := words[0]; {
	case len(words) == 1 && name == "wait_ms":
		t.Wait.Sum += millis(n)
	case len(words) == 1 && name == "cancel_ms":
		t.Cancel.Sum += millis(n)
	case len(words) == 2 && name == "wait":
		t.Wait.bucket(words[1], n)
	case len(words) == 2 && name == "cancel":
		t.Cancel.bucket(words[1], n)
	case len(words) == 2 && name == "took_ms":
		t.command(words[1]).Took.Sum += millis(n)
	case len(words) == 3 && name == "took":
		t.command(words[1]).Took.bucket(words[2], n)
	case len(words) == 3 && name == "ended":
		t.command(words[1]).Ended[job.State(words[2])] += n
	case len(words) == 3 && name == "accepted":
		t.command(words[1]).Accepted[words[2]] += n
	}
}

func millis(n int64) time.Duration { return time.Duration(n) * time.Millisecond }

func (h *Histogram) bucket(bound string, n int64) {
	if i := slices.Index(bounds, bound); i >= 0 {
		h.Buckets[i] += n
	}
}
