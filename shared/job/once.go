package job

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
)

// ErrUnsure says that an effect was begun by a worker that died, and that looking could not tell whether it happened.
var ErrUnsure = errors.New("job: an outside effect may or may not have happened")

// notDoneError marks an error after which surely nothing happened outside.
type notDoneError struct{ error }

func (e notDoneError) Unwrap() error { return e.error }

// NotDone wraps an error of an effect when surely nothing happened outside: it was refused, or never sent.
func NotDone(err error) error { return notDoneError{err} }

// Once makes an outside effect once, whatever dies in between, and returns what it gave.
//
// The intent is recorded before do is called and the outcome after. When a step finds an intent without an outcome, it
// calls look first: Present takes what look found, Absent calls do, Hidden gives ErrUnsure, upon which a capability
// normally answers [Unsure]. An error of do leaves the intent standing, since the effect may have happened all the same,
// unless it is wrapped in [NotDone].
func Once[T any](
	ctx context.Context, run *Run, name string,
	look func(ctx context.Context) (T, Sighting, error),
	do func(ctx context.Context) (T, error),
) (T, error) {
	var none T
	effect, begun := run.effect(name)
	if effect.Outcome != nil {
		var known T
		if err := json.Unmarshal(effect.Outcome, &known); err != nil {
			return none, fmt.Errorf("job %s: outcome of %s: %w", run.job.ID, name, err)
		}
		return known, nil
	}
	if begun {
		found, sighting, err := look(ctx)
		switch {
		case err != nil:
			return none, fmt.Errorf("look for %s: %w", name, err)
		case sighting == Present:
			return found, run.settle(ctx, name, effect, found)
		case sighting == Hidden:
			return none, fmt.Errorf("%w: %s", ErrUnsure, name)
		}
	}
	if run.onlyLooks {
		return none, run.notDone(ctx, name, begun)
	}
	now, err := run.store.Now(ctx)
	if err != nil {
		return none, err
	}
	effect.Intended = now
	if err := run.intend(ctx, name, effect); err != nil {
		return none, err
	}
	if cause := context.Cause(ctx); cause != nil { // asked to stop before anything was begun
		return none, errors.Join(cause, run.forget(context.WithoutCancel(ctx), name))
	}
	made, err := do(ctx)
	if err != nil {
		if _, sure := errors.AsType[notDoneError](err); sure {
			return none, errors.Join(err, run.forget(context.WithoutCancel(ctx), name))
		}
		return none, err
	}
	// The effect has happened: a cancel that arrived meanwhile must not keep it from being recorded.
	return made, run.settle(context.WithoutCancel(ctx), name, effect, made)
}

func (r *Run) effect(name string) (Effect, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	e, ok := r.effects[name]
	return e, ok
}

// begun reports whether anything outside was begun, by this step or one before it.
func (r *Run) begun() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.effects) > 0
}

// Intended reports whether the effect of this name was begun: by this step or one before it.
func (r *Run) Intended(name string) bool {
	_, begun := r.effect(name)
	return begun
}

func (r *Run) intend(ctx context.Context, name string, e Effect) error {
	return r.record(ctx, name, &e)
}

func (r *Run) settle(ctx context.Context, name string, e Effect, outcome any) error {
	text, err := document(outcome)
	if err != nil {
		return fmt.Errorf("job %s: outcome of %s: %w", r.job.ID, name, err)
	}
	e.Outcome = text
	return r.record(ctx, name, &e)
}

func (r *Run) forget(ctx context.Context, name string) error {
	return r.record(ctx, name, nil)
}

func (r *Run) record(ctx context.Context, name string, e *Effect) error {
	text := []byte{} // an empty field is an effect that surely did not happen
	if e != nil {
		doc, err := document(e)
		if err != nil {
			return fmt.Errorf("job %s: effect %s: %w", r.job.ID, name, err)
		}
		text = doc
	}
	if err := r.write(ctx, []any{"effect:" + name, text}, false); err != nil {
		return err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if e == nil {
		delete(r.effects, name)
	} else {
		r.effects[name] = *e
	}
	return nil
}
