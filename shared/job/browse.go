package job

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
)

// Browse is a walk through the jobs of an index, the newest first, that looks at so many and no more.
type Browse struct {
	Open    bool            // unfinished jobs by when they were accepted, instead of finished ones by their end
	Notices bool            // notices instead of jobs
	After   string          // Browsed.Next of the walk that this one goes on with; empty to begin
	Since   time.Time       // none that is older; zero for any age
	Until   time.Time       // none that is newer; zero for now
	Wants   func(*Job) bool // nil for all
	Limit   int             // how many at most; 0 is 50
	Look    int             // how many are looked at, at most; 0 is 2,000
}

// index is the one that is walked through. Unfinished notices are in that of the jobs.
func (b *Browse) index() string {
	switch {
	case b.Open:
		return openKey
	case b.Notices:
		return noticesKey
	}
	return finishedKey
}

func (b *Browse) wants(j *Job) bool {
	return j != nil && j.IsNotice() == b.Notices && (b.Wants == nil || b.Wants(j))
}

// Browsed is what a walk found.
type Browsed struct {
	Jobs   []*Job    // without checkpoint, result, evidence and whatever else a list does not show
	Looked int       // how many were looked at
	Back   time.Time // how far back that was; zero when nothing was looked at
	Next   string    // where to go on; empty when there are no more
}

// browsed are the fields of a record that a list shows or is searched by.
var browsed = []string{
	"id", "function", "command", "text", "principal", "origin", "state", "percent", "eta", "step", "steps", "line", "error", "signoff", "until",
	"approved", "parent", "retry_of", "lock", "behind", "version", "created", "started", "changed", "finished", "cancel_at", "cancel_by",
}

const (
	usualFound  = 50
	usualLooked = 2000
	// page is how many jobs are read in one round trip.
	page = 100
)

// Browse walks.
func (s *Store) Browse(ctx context.Context, b Browse) (*Browsed, error) {
	key := b.index()
	if b.Limit <= 0 {
		b.Limit = usualFound
	}
	if b.Look <= 0 {
		b.Look = usualLooked
	}
	from, err := s.begin(ctx, key, b)
	if err != nil {
		return nil, err
	}
	found := &Browsed{}
	for {
		entries, err := s.rdb.ZRevRangeWithScores(ctx, key, from, from+page-1).Result()
		if err != nil {
			return nil, fmt.Errorf("job: browse %s: %w", key, err)
		}
		over, err := s.slice(ctx, b, found, entries)
		if err != nil || over {
			return found, err
		}
		if len(entries) < page {
			found.Next = ""
			return found, nil
		}
		from += page
	}
}

// begin is the rank at which a walk begins.
func (s *Store) begin(ctx context.Context, key string, b Browse) (int64, error) {
	if b.After == "" {
		if b.Until.IsZero() {
			return 0, nil
		}
		return s.newer(ctx, key, "("+strconv.FormatInt(b.Until.UnixMilli(), 10))
	}
	at, id, _ := strings.Cut(b.After, ".")
	rank, err := s.rdb.ZRevRank(ctx, key, id).Result()
	if err == nil {
		return rank + 1, nil
	}
	if !errors.Is(err, redis.Nil) {
		return 0, fmt.Errorf("job: browse %s after %s: %w", key, id, err)
	}
	if _, err := strconv.ParseInt(at, 10, 64); err != nil {
		return 0, nil //nolint:nilerr // no place of ours: from the beginning
	}
	return s.newer(ctx, key, at)
}

// newer counts what is newer than a score.
func (s *Store) newer(ctx context.Context, key, score string) (int64, error) {
	n, err := s.rdb.ZCount(ctx, key, score, "+inf").Result()
	if err != nil {
		return 0, fmt.Errorf("job: browse %s: %w", key, err)
	}
	return n, nil
}

// slice looks at some entries. It reports whether the walk is over.
func (s *Store) slice(ctx context.Context, b Browse, found *Browsed, entries []redis.Z) (over bool, err error) {
	ids := make([]string, len(entries))
	for i, e := range entries {
		ids[i], _ = e.Member.(string)
	}
	jobs, err := s.outlines(ctx, ids)
	if err != nil {
		return true, err
	}
	for i, e := range entries {
		at := time.UnixMilli(int64(e.Score)).UTC()
		if !b.Since.IsZero() && at.Before(b.Since) {
			found.Next = ""
			return true, nil
		}
		if len(found.Jobs) == b.Limit || found.Looked == b.Look {
			return true, nil
		}
		found.Looked++
		found.Back, found.Next = at, strconv.FormatInt(int64(e.Score), 10)+"."+ids[i]
		if b.wants(jobs[i]) {
			found.Jobs = append(found.Jobs, jobs[i])
		}
	}
	return false, nil
}

// outlines reads of each job what a list shows; nil for one that was swept meanwhile.
func (s *Store) outlines(ctx context.Context, ids []string) ([]*Job, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	pipe := s.rdb.Pipeline()
	cmds := make([]*redis.SliceCmd, len(ids))
	for i, id := range ids {
		cmds[i] = pipe.HMGet(ctx, jobKey(id), browsed...)
	}
	if _, err := pipe.Exec(ctx); err != nil {
		return nil, fmt.Errorf("job: read %d jobs: %w", len(ids), err)
	}
	jobs := make([]*Job, len(ids))
	for i, cmd := range cmds {
		fields := make(map[string]string, len(browsed))
		for k, value := range cmd.Val() {
			if text, ok := value.(string); ok {
				fields[browsed[k]] = text
			}
		}
		if fields["id"] == "" {
			continue
		}
		j, err := decode(fields)
		if err != nil {
			return nil, err
		}
		jobs[i] = j
	}
	return jobs, nil
}

// Outlines reads some jobs as a list shows them, in the order of their ids; those that are gone are left out.
func (s *Store) Outlines(ctx context.Context, ids []string) ([]*Job, error) {
	all, err := s.outlines(ctx, ids)
	if err != nil {
		return nil, err
	}
	jobs := make([]*Job, 0, len(all))
	for _, j := range all {
		if j != nil {
			jobs = append(jobs, j)
		}
	}
	return jobs, nil
}
