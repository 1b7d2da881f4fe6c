package environment

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/handsoff/handsoff/shared/job"
)

// ErrBusy says that a job has an environment in hand, or is to.
var ErrBusy = errors.New("environment: a job has it in hand")

// Vanished is a thing that somebody has seen to be no more: as it was read, and as it is to be noted.
type Vanished struct{ Was, Is *Item }

// Vanish notes that things of an environment are no more, for a job that has it not in hand. What is another by now stays as it is; noted is how many were noted.
// It gives ErrBusy, ErrNotFound and job.ErrLeaseLost.
func (s *Store) Vanish(ctx context.Context, w Writer, name string, things []Vanished) (noted int, err error) {
	args := append(begin(name, w), len(things))
	for _, one := range things {
		text, err := json.Marshal(one.Is)
		if err != nil {
			return 0, fmt.Errorf("environment %s: %w", name, err)
		}
		args = append(args, one.Was.Key, one.Was.ID, string(one.Was.State), text)
	}
	answer, err := goneScript.Run(ctx, s.rdb, keys(), args...).Slice()
	if err != nil {
		return 0, fmt.Errorf("environment %s: note what is gone: %w", name, err)
	}
	switch answer[0] {
	case "ok":
		n, _ := answer[1].(int64)
		return int(n), nil
	case "busy":
		return 0, fmt.Errorf("%w: %s", ErrBusy, name)
	case "gone":
		return 0, fmt.Errorf("%w: %s", ErrNotFound, name)
	}
	return 0, job.ErrLeaseLost
}
