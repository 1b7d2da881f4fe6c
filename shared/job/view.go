package job

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"time"
)

// Shown is what an address has been shown of a job. The zero value is nothing.
type Shown struct {
	Version int64     `json:"version,omitempty"` // the job's version at that time
	Story   string    `json:"story,omitempty"`   // id of the last story line told
	Ref     string    `json:"ref,omitempty"`     // the door's own: the message to edit
	At      time.Time `json:"at,omitzero"`       // when
}

// Watch makes an address follow a job. It gives ErrNotFound.
func (s *Store) Watch(ctx context.Context, id, address string) ([]Pointer, error) {
	return s.watch(ctx, id, address, 1)
}

// Unwatch ends that.
func (s *Store) Unwatch(ctx context.Context, id, address string) error {
	_, err := s.watch(ctx, id, address, 0)
	return err
}

func (s *Store) watch(ctx context.Context, id, address string, add int) ([]Pointer, error) {
	answer, err := s.ask(ctx, watchScript, id, address, add)
	if err != nil {
		return nil, err
	}
	if answer.word() == "gone" {
		return nil, fmt.Errorf("%w: %s", ErrNotFound, id)
	}
	return answer.pointers(1), nil
}

// ClaimViews claims jobs that have something to show, the longest waiting first, and hides them from others for hold.
func (s *Store) ClaimViews(ctx context.Context, limit int, hold time.Duration) ([]string, error) {
	ids, err := s.run(ctx, claimScript, limit, hold.Milliseconds()).StringSlice()
	if err != nil {
		return nil, fmt.Errorf("job: claim views: %w", err)
	}
	return ids, nil
}

// ReleaseView gives a claim back: again is when to show it anew, and 0 means only if the job is newer than version. It
// reports whether there is more to show.
func (s *Store) ReleaseView(ctx context.Context, id string, version int64, again time.Duration) (bool, error) {
	more, err := s.run(ctx, releaseScript, id, version, again.Milliseconds()).Int()
	if err != nil {
		return false, fmt.Errorf("job %s: release view: %w", id, err)
	}
	return more == 1, nil
}

// NextView is when the next view is to be shown; false when none is.
func (s *Store) NextView(ctx context.Context) (time.Time, bool, error) {
	first, err := s.rdb.ZRangeWithScores(ctx, notifyKey, 0, 0).Result()
	if err != nil {
		return time.Time{}, false, fmt.Errorf("job: next view: %w", err)
	}
	if len(first) == 0 {
		return time.Time{}, false, nil
	}
	return time.UnixMilli(int64(math.Ceil(first[0].Score))), true, nil
}

// Watchers reads what each address that follows a job has been shown.
func (s *Store) Watchers(ctx context.Context, id string) (map[string]Shown, error) {
	found, err := s.rdb.HGetAll(ctx, watchersKey(id)).Result()
	if err != nil {
		return nil, fmt.Errorf("job %s: watchers: %w", id, err)
	}
	watchers := make(map[string]Shown, len(found))
	for address, text := range found {
		var shown Shown
		if err := json.Unmarshal([]byte(text), &shown); err != nil {
			return nil, fmt.Errorf("job %s: watcher %s: %w", id, address, err)
		}
		watchers[address] = shown
	}
	return watchers, nil
}
