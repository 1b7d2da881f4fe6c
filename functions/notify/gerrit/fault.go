package gerrit

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/handsoff/handsoff/functions/notify/door"
	"github.com/handsoff/handsoff/shared/gerrit"
)

// trouble decides what an error of a deed means. It returns nil where the plan goes on another way.
func (s *showing) trouble(ctx context.Context, d deed, err error) error {
	fault, ok := errors.AsType[*gerrit.Error](err)
	if !ok {
		return err // of Redis, or of another one who shows
	}
	if fault.Status > 0 && fault.Kind != gerrit.Down {
		s.reached = true
	}
	switch {
	case fault.Kind == gerrit.Down:
		return s.down(ctx, d, fault)
	case d == done && s.mayDoWithout(fault):
		s.memory.NoVote, s.memory.Intent = fault.Error(), ""
		s.log.WarnContext(ctx, "Gerrit does not take a vote of ours; the outcome is told without it", "address", s.address, "job", s.view.Job.ID, "error", fault)
		return s.record(ctx)
	case fault.Kind == gerrit.Refused:
		return s.refused(ctx, d, fault)
	}
	return s.drop(ctx, fault.Error())
}

// down waits for a Gerrit that does not answer. What was begun may have happened: it is looked for, unless it surely was not
// sent.
func (s *showing) down(ctx context.Context, d deed, fault *gerrit.Error) error {
	if fault.Unsent {
		if err := s.nothingPosted(ctx, d); err != nil {
			return err
		}
	}
	if wait := fault.RetryAfter(); wait > 0 {
		return door.LaterError{After: wait, Reached: s.reached}
	}
	return fault
}

// mayDoWithout reports whether the message may be taken without its vote: a label that the change does not have, or that we
// may not vote; a change that is closed.
func (s *showing) mayDoWithout(fault *gerrit.Error) bool {
	_, votes := s.vote()
	return votes && s.memory.NoVote == "" && (fault.Kind == gerrit.Invalid || fault.Status == http.StatusForbidden)
}

// refused waits for an operator, who is told, but not for ever. Once the account is mended, it may vote again.
func (s *showing) refused(ctx context.Context, d deed, fault *gerrit.Error) error {
	s.log.ErrorContext(ctx, "Gerrit refuses our account: nothing can be told there until somebody sees to it", "address", s.address, "error", fault)
	mend, where := "its password", s.place.Server
	if fault.Status == http.StatusForbidden {
		mend = "its permissions"
	}
	if over := s.view.Job.Finished; !over.IsZero() && s.view.Now.Sub(over) > giveUp {
		text := fmt.Sprintf("For a day Gerrit %s did not let me say how %s ended, so I gave that up, and others it may be too: %v. "+
			"`job %s` says it; the audit trail has each.", where, s.view.Job.ID, fault, s.view.Job.ID)
		if err := s.alerts.Tell(ctx, s.view.Now, text, "gerrit", "over", where); err != nil {
			return err
		}
		return s.drop(ctx, fault.Error())
	}
	text := fmt.Sprintf("Gerrit %s refuses our account: %v. See to %s. %s", where, fault, mend, door.Patience)
	told := s.alerts.Tell(ctx, s.view.Now, text, "gerrit", "waits", where, mend)
	s.memory.NoVote = ""
	return errors.Join(door.RefusedError{Err: fault}, told, s.nothingPosted(ctx, d))
}

// nothingPosted forgets a message that Gerrit surely did not take. What an earlier try may have posted is still looked for.
func (s *showing) nothingPosted(ctx context.Context, d deed) error {
	if s.memory.Intent != d {
		return nil
	}
	s.memory.Intent = ""
	return s.record(ctx)
}
