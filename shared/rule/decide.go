package rule

import (
	"context"
	"errors"
	"fmt"

	"github.com/handsoff/handsoff/shared/event"
)

// Asker answers what an event does not say itself.
type Asker interface {
	// Files are the paths of the files that the event's change or pull request changes. An error is for now: the event is to
	// be decided again later; but for one that wraps ErrRefused.
	Files(ctx context.Context, e *event.Event) ([]string, error)
}

// ErrRefused says that whoever was asked does not answer, now or later.
var ErrRefused = errors.New("that cannot be asked")

// Decision is a rule that an event matches.
type Decision struct {
	Rule *Rule
	Env  *Env  // for Rule's methods; shared by the event's decisions, one goroutine at a time may use it
	Err  error // its condition could not be worked out: the rule is not to act, and its owner should hear why

	asked *asking
}

// Decide finds the rules that an event matches: topic, where, if; in the configuration's order. needs, unless, once, most and
// loops are its caller's to check. more are further names for conditions, such as remembered.
//
// A rule whose condition fails, or for which nobody answers, is among them with Err. An error is either the asker's, which may pass, or wraps [ErrPayload].
func (s *Set) Decide(ctx context.Context, e *event.Event, ask Asker, more map[string]any) ([]Decision, error) {
	heard := s.hear(e.Topic)
	if len(heard.all) == 0 {
		return nil, nil
	}
	env, err := ForEvent(e, more)
	if err != nil {
		return nil, err
	}
	asked := &asking{ask: ask, event: e}
	var decisions []Decision
	for _, r := range only(e, heard.at(env.Facts.Project)) {
		matched, wrong, err := r.matches(ctx, env, asked)
		if err != nil {
			return nil, err
		}
		if matched || wrong != nil {
			decisions = append(decisions, Decision{Rule: r, Env: env, Err: wrong, asked: asked})
		}
	}
	return decisions, nil
}

// Matches asks one rule what [Set.Decide] asks of all that hear an event's topic, where its env is there already; of files
// nobody is asked. An error says why it could not be told.
func (r *Rule) Matches(ctx context.Context, env *Env) (bool, error) {
	matched, wrong, err := r.matches(ctx, env, &asking{event: env.Event})
	if err == nil {
		err = wrong
	}
	return matched, err
}

// matches asks the cheap questions first, and outside last. wrong is a condition's own failure.
func (r *Rule) matches(ctx context.Context, env *Env, asked *asking) (matched bool, wrong, err error) {
	for i := range r.Where {
		if f := &r.Where[i]; f.Field != filesField && !f.holds(&env.Facts) {
			return false, nil, nil
		}
	}
	if r.If != nil {
		if held, wrong := r.If.Holds(env); wrong != nil || !held {
			return false, wrong, nil
		}
	}
	for i := range r.Where {
		f := &r.Where[i]
		if f.Field != filesField {
			continue
		}
		files, err := asked.files(ctx)
		if errors.Is(err, ErrRefused) {
			return false, err, nil
		}
		if err != nil || !f.holdsTexts(files) {
			return false, nil, err
		}
	}
	return true, nil, nil
}

// asking asks outside at most once for an event.
type asking struct {
	ask   Asker
	event *event.Event
	known []string
	err   error // that of which no other answer will come
	done  bool
}

func (a *asking) files(ctx context.Context) ([]string, error) {
	if a.done {
		return a.known, a.err
	}
	if a.ask == nil {
		return nil, fmt.Errorf("event %s: nobody can be asked which files changed", a.event.ID)
	}
	files, err := a.ask.Files(ctx, a.event)
	if err != nil {
		err = fmt.Errorf("event %s: which files changed: %w", a.event.ID, err)
		if a.done = errors.Is(err, ErrRefused); a.done {
			a.err = err
		}
		return nil, err
	}
	a.known, a.done = files, true
	return files, nil
}
