package job

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/handsoff/handsoff/shared/chat"
)

const (
	// maxLine bounds one story or log line, in bytes; longer ones are cut.
	maxLine = 8 << 10
	// maxDocument bounds a checkpoint or a result, in bytes.
	maxDocument = 1 << 20
)

// ErrTooLarge says that a checkpoint or result is over a mebibyte.
var ErrTooLarge = errors.New("job: document is too large")

// Run is a job in the hands of a step. It ends with the step.
type Run struct {
	store *Store
	job   *Job
	nudge func(context.Context, []Pointer)
	stop  func(error) // ends the step's context

	onlyLooks bool // nothing outside is begun any more, see looks

	writing sync.Mutex
	op      int64

	mu      sync.Mutex
	effects map[string]Effect
	held    time.Time
}

// Job is the record as of the start of this step, with what the step saved since.
func (r *Run) Job() *Job { return r.job }

// Held is when the lease was last seen held, on this machine's clock. A step that attends something which must not go on
// beside another worker ends it when that is long ago: Redis may be out of reach of this worker alone.
func (r *Run) Held() time.Time {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.held
}

func (r *Run) holdsAt(t time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.held = t
}

// Load reads the checkpoint into v; false when none was saved yet.
func (r *Run) Load(v any) (bool, error) {
	if r.job.Checkpoint == nil {
		return false, nil
	}
	if err := json.Unmarshal(r.job.Checkpoint, v); err != nil {
		return false, fmt.Errorf("job %s: read checkpoint: %w", r.job.ID, err)
	}
	return true, nil
}

// Save records a change, in one round trip. It gives ErrLeaseLost, and ends the step, when another worker has the job.
func (r *Run) Save(ctx context.Context, c Change) error {
	fields, visible, err := r.flatten(c)
	if err != nil {
		return err
	}
	return r.write(ctx, fields, visible || len(c.Say) > 0, c.Say, c.Log, c.Watch)
}

// Say adds one line to the story: what people are told.
func (r *Run) Say(ctx context.Context, format string, args ...any) error {
	return r.Save(ctx, Change{Say: []string{fmt.Sprintf(format, args...)}})
}

// Signalled records that the outside thing was told to stop, the first time it is called.
func (r *Run) Signalled(ctx context.Context) error {
	if r.job.Cancel == nil || !r.job.Cancel.Signal.IsZero() {
		return nil
	}
	now, err := r.store.Now(ctx)
	if err != nil {
		return err
	}
	r.job.Cancel.Signal = now
	return r.write(ctx, []any{"cancel_signal", now.UnixMilli()}, true)
}

func (r *Run) flatten(c Change) (fields []any, visible bool, err error) {
	if p := c.Progress; p != nil {
		visible = *p != r.job.Progress
		r.job.Progress = *p
		var eta int64
		if !p.ETA.IsZero() {
			eta = p.ETA.UnixMilli()
		}
		fields = append(fields, "percent", p.Percent, "eta", eta, "step", p.Step, "steps", p.Steps, "line", cut(p.Line))
	}
	put := func(name string, v any) json.RawMessage {
		text, failed := document(v)
		if failed != nil && err == nil {
			err = fmt.Errorf("job %s: %s: %w", r.job.ID, name, failed)
		}
		fields = append(fields, name, []byte(text))
		return text
	}
	if c.Checkpoint != nil {
		r.job.Checkpoint = put("checkpoint", c.Checkpoint)
	}
	if c.Links != nil {
		put("links", c.Links)
		r.job.Links, visible = c.Links, true
	}
	if c.Parts != nil {
		put("parts", c.Parts)
		visible = visible || !slices.Equal(c.Parts, r.job.Parts)
		r.job.Parts = c.Parts
	}
	if c.Offers != nil {
		put("offers", c.Offers)
		visible = visible || !slices.Equal(c.Offers, r.job.Offers)
		r.job.Offers = c.Offers
	}
	return fields, visible, err
}

// write sends fields and then up to three lists: lines of the story, lines of the log, addresses that watch.
func (r *Run) write(ctx context.Context, fields []any, visible bool, lists ...[]string) error {
	r.writing.Lock() // writes go out in the order of their numbers
	defer r.writing.Unlock()
	r.op++
	args := []any{r.job.ID, r.job.Fence, r.op, flag(visible), len(fields) / 2}
	args = append(args, fields...)
	for _, lines := range lists {
		args = append(args, len(lines))
		for _, line := range lines {
			args = append(args, cut(line))
		}
	}
	answer, err := r.store.ask(ctx, saveScript, args...)
	if err != nil {
		return fmt.Errorf("job %s: %w", r.job.ID, err)
	}
	if answer.word() == "lost" {
		r.stop(ErrLeaseLost)
		return ErrLeaseLost
	}
	if answer.number(1) == 1 {
		r.cancelled()
	}
	r.nudge(ctx, answer.pointers(2))
	return nil
}

// cancelled ends the step's context because somebody asked. A step of Cancel is not ended by what it is there for.
func (r *Run) cancelled() {
	if r.job.State != Cancelling {
		r.stop(ErrCancelled)
	}
}

func flag(b bool) int {
	if b {
		return 1
	}
	return 0
}

func document(v any) (json.RawMessage, error) {
	text, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("marshal: %w", err)
	}
	if len(text) > maxDocument {
		return nil, ErrTooLarge
	}
	return text, nil
}

// cut bounds a line and makes it valid UTF-8.
func cut(line string) string {
	return chat.Shorten(line, maxLine)
}
