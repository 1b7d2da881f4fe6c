package github

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/handsoff/handsoff/functions/notify/door"
	"github.com/handsoff/handsoff/shared/github"
)

// trouble decides what an error of a deed means. It returns nil where the plan goes on another way.
func (s *showing) trouble(ctx context.Context, d deed, err error) error {
	fault, ok := errors.AsType[*github.Error](err)
	if !ok {
		return err // of Redis, or of another one who shows
	}
	if fault.Status > 0 && fault.Kind != github.Down {
		s.reached = true
	}
	switch fault.Kind {
	case github.RateLimited:
		return s.limited(ctx, d, fault)
	case github.Gone, github.Invalid:
		return s.lose(ctx, d, fault)
	case github.Refused:
		return s.refused(ctx, d, fault)
	case github.Down:
		if fault.Unsent {
			return errors.Join(err, s.nothingPosted(ctx, d))
		}
	case github.OK:
	}
	return err // what was begun may have happened: it is looked for
}

// nothingPosted forgets the post that a deed was, which GitHub surely did not take. What an earlier one may have posted is
// still looked for.
func (s *showing) nothingPosted(ctx context.Context, d deed) error {
	if s.memory.Intent == "" || s.memory.Intent != d {
		return nil
	}
	s.memory.Intent = ""
	return s.record(ctx)
}

// limited has the deed wait for as long as GitHub, or our own pace, says.
func (s *showing) limited(ctx context.Context, d deed, fault *github.Error) error {
	if !fault.Unsent {
		s.count("github_limited")
		s.log.InfoContext(ctx, "GitHub limits us", "doing", fault.Doing, "wait", fault.RetryAfter())
	}
	if err := s.nothingPosted(ctx, d); err != nil {
		return err
	}
	return door.LaterError{After: max(fault.RetryAfter(), atOnce), Reached: s.reached}
}

// lose goes on without what is not there any more, or does not take what we sent.
func (s *showing) lose(ctx context.Context, d deed, fault *github.Error) error {
	s.log.InfoContext(ctx, "something at GitHub is gone or takes nothing of ours", "deed", d, "address", s.address, "job", s.view.Job.ID, "error", fault)
	if fault.Kind == github.Invalid {
		s.count("github_invalid")
	}
	m := &s.memory
	m.Why = fault.Error()
	switch d {
	case react:
		m.Mute = true
	case lookComment, postComment, editComment:
		m.Comment.Lost = true
		if m.Intent == postComment {
			m.Intent = ""
		}
	case lookRun, createRun, editRun, setStatus:
		m.Run.Lost, m.Doubt = true, false
		if m.Intent == createRun {
			m.Intent = ""
		}
	}
	if m.empty(s.facts) {
		return s.drop(ctx, m.Why)
	}
	return s.record(ctx)
}

// refused goes on without what our account may not do, where something else can be done. It waits for an operator, who is
// told, where the account as a whole is refused or nothing else is left to do, but not for ever.
func (s *showing) refused(ctx context.Context, d deed, fault *github.Error) error {
	s.count("github_refused")
	if fault.Status == http.StatusForbidden {
		switch d {
		case react:
			return s.lose(ctx, d, fault)
		case createRun, lookRun:
			return s.withoutRun(ctx, fault)
		case setStatus, editRun:
			if s.facts.comments && !s.memory.Comment.Lost {
				return s.withoutStatus(ctx, d, fault)
			}
		case lookComment, postComment, editComment:
		}
	}
	s.log.ErrorContext(ctx, "GitHub refuses our account: nothing can be shown there until somebody sees to its permissions",
		"address", s.address, "job", s.view.Job.ID, "error", fault)
	if over := s.view.Job.Finished; !over.IsZero() && s.view.Now.Sub(over) > giveUp {
		return s.forsake(ctx, fault)
	}
	text := fmt.Sprintf("GitHub refuses our account: %v. See to %s. %s", fault, mend(fault), door.Patience)
	return errors.Join(door.RefusedError{Err: fault}, s.tell(ctx, fault, "waits", text), s.nothingPosted(ctx, d))
}

// withoutRun sets a commit status instead of a check run.
func (s *showing) withoutRun(ctx context.Context, fault *github.Error) error {
	text := fmt.Sprintf("GitHub lets our App write no check run, so a commit status is set instead: %v. "+
		"The App needs the permission checks: write.", fault)
	s.log.ErrorContext(ctx, "GitHub lets our App write no check run; a commit status is set instead. The App needs the permission checks: write",
		"address", s.address, "error", fault)
	if err := s.tell(ctx, fault, "run", text); err != nil {
		return err
	}
	s.memory.Status, s.memory.Doubt = true, false
	if s.memory.Intent == createRun {
		s.memory.Intent = ""
	}
	return s.record(ctx)
}

// withoutStatus leaves a commit as it is: the comment says how the job stands.
func (s *showing) withoutStatus(ctx context.Context, d deed, fault *github.Error) error {
	text := fmt.Sprintf("GitHub lets us set no status, so only a comment says how %s stands: %v. See to %s.", s.view.Job.ID, fault, mend(fault))
	s.log.ErrorContext(ctx, "GitHub lets us set no status", "address", s.address, "error", fault)
	if err := s.tell(ctx, fault, "status", text); err != nil {
		return err
	}
	return s.lose(ctx, d, fault)
}

// forsake ends an address at which our account was refused for too long, after those who run the bot were told.
func (s *showing) forsake(ctx context.Context, fault *github.Error) error {
	text := fmt.Sprintf("For a day GitHub did not let me say how %s ended, so I gave that up, and others it may be too: %v. "+
		"`job %s` says it; the audit trail has each.", s.view.Job.ID, fault, s.view.Job.ID)
	if err := s.tell(ctx, fault, "over", text); err != nil {
		return err
	}
	return s.drop(ctx, fault.Error())
}

// tell tells those who run the bot of a refusal: of the account as a whole, or of what it may not do in a repository.
func (s *showing) tell(ctx context.Context, fault *github.Error, what, text string) error {
	where := "everywhere"
	if fault.Status == http.StatusForbidden {
		where = s.place.Owner + "/" + s.place.Repo
	}
	return s.alerts.Tell(ctx, s.view.Now, text, "github", what, where)
}

// mend is what to see to after a refusal.
func mend(fault *github.Error) string {
	if fault.Status == http.StatusForbidden {
		return "the permissions of the App or the token there"
	}
	return "the App's key or the token"
}
