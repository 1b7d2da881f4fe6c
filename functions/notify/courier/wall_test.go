package courier

import (
	"context"
	"slices"
	"sync"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/functions/notify/door"
	"github.com/handsoff/handsoff/shared/job"
)

// wall is a door that can be shut. It keeps what it was shown, and shows before it records, as doors outside Redis must.
type wall struct {
	rdb redis.UniversalClient

	mu    sync.Mutex
	shut  error
	held  chan struct{} // nothing is shown until it is closed; nil for at once
	deaf  bool          // what is held is shown then, though its time is over
	tries int
	shown map[string][]string // story lines, then the state, by job and address
}

func (w *wall) Show(ctx context.Context, address string, view door.View, shown job.Shown) (job.Shown, error) {
	w.mu.Lock()
	w.tries++
	held := w.held
	w.mu.Unlock()
	if w.deaf {
		ctx = context.WithoutCancel(ctx)
	}
	if held != nil {
		select {
		case <-held:
		case <-ctx.Done():
			return shown, ctx.Err()
		}
	}
	before := shown
	w.mu.Lock()
	shut := w.shut
	if w.shown == nil {
		w.shown = make(map[string][]string)
	}
	if shut == nil {
		key := view.Job.ID + " " + address
		for _, line := range view.Story {
			w.shown[key] = append(w.shown[key], line.Text)
			shown.Story = line.ID
		}
		if !view.More {
			w.shown[key] = append(w.shown[key], "is "+string(view.Job.State))
			shown.Version = view.Job.Version
		}
	}
	w.mu.Unlock()
	if shut != nil {
		return shown, shut
	}
	shown.At = view.Now
	return shown, door.NewHand(w.rdb, nil, view.Job.ID, address, before).Record(ctx, shown)
}

// set shuts it, or opens it where shut is nil.
func (w *wall) set(shut error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.shut = shut
}

func (w *wall) saw(id, address string) []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.shown[id+" "+address])
}

func (w *wall) triedTimes() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.tries
}
