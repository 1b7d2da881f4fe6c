package job

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
)

// looks stops a job whose capability has no Cancel. Its step has ended, and that may have cut a request short: where an effect
// was begun and its outcome is not known, Step is called once more, and its Once only looks: it gives ErrCancelled at the first
// effect that did not happen.
func (a *attempt) looks(ctx context.Context, step Stepper) (Outcome, error) {
	run := a.run
	if _, open := run.ledger(); len(open) > 0 {
		run.onlyLooks = true
		out, err := step.Step(ctx, run)
		if !errors.Is(err, ErrCancelled) {
			return out, err
		}
	}
	done, open := run.ledger()
	if len(open) > 0 {
		return Unsure(fmt.Sprintf("%v: %s", ErrUnsure, open[0])), nil
	}
	for i, name := range done {
		done[i] = "this had been done: " + name
	}
	return Stopped("its step has ended", done...), nil
}

// ledger names the effects that happened, and those whose outcome is not known.
func (r *Run) ledger() (done, open []string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, name := range slices.Sorted(maps.Keys(r.effects)) {
		if r.effects[name].Outcome != nil {
			done = append(done, name)
		} else {
			open = append(open, name)
		}
	}
	return done, open
}

// notDone takes down that an effect did not happen, and will not any more.
func (r *Run) notDone(ctx context.Context, name string, begun bool) error {
	if begun {
		if err := r.forget(ctx, name); err != nil {
			return err
		}
	}
	return ErrCancelled
}
