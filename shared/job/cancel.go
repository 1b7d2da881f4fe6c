package job

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
)

// deadline asks a job to stop when its time limit passes. Where that of a job which led to it passed, a colon and that job's id follow.
const deadline = "deadline"

// DeadlineOf is who asks a job to stop when the time limit of another, which led to it, has passed.
func DeadlineOf(id string) string { return deadline + ":" + id }

// Deadline reports whether who asks a job to stop is a time limit that has passed, and of which other job that is; empty for
// its own.
func Deadline(who string) (of string, passed bool) {
	if who == deadline {
		return "", true
	}
	if of, passed = strings.CutPrefix(who, deadline+":"); passed {
		return of, true
	}
	return "", false
}

// Cancellation is what became of the wish that a job stop.
type Cancellation struct {
	State   State // Cancelled when it had not begun, else Cancelling
	Already bool  // somebody asked before
	Nudge   []Pointer
}

// Cancel asks a job and the jobs it started to stop; groups are what else roles know by as. It gives ErrNotFound or
// ErrFinished when there is nothing to stop.
func (s *Store) Cancel(ctx context.Context, id, by, reason string, groups ...string) (*Cancellation, error) {
	known := []byte(nil)
	if len(groups) > 0 {
		var err error
		if known, err = json.Marshal(groups); err != nil {
			return nil, fmt.Errorf("job %s: cancel: %w", id, err)
		}
	}
	answer, err := s.ask(ctx, cancelScript, id, by, reason, known)
	if err != nil {
		return nil, err
	}
	switch answer.word() {
	case "gone":
		return nil, fmt.Errorf("%w: %s", ErrNotFound, id)
	case "finished":
		return nil, fmt.Errorf("%w: %s is %s", ErrFinished, id, answer.text(1))
	}
	return &Cancellation{
		State: State(answer.text(1)), Already: answer.word() == "already", Nudge: answer.pointers(2),
	}, nil
}

// Hints delivers the ids of jobs that were just asked to stop, until ctx ends. A hint may be lost; the flag is not.
func (s *Store) Hints(ctx context.Context, hint func(id string)) {
	sub := s.rdb.Subscribe(ctx, cancelTopic)
	defer func() { _ = sub.Close() }() // nothing is lost with a hint
	messages := sub.Channel()
	for {
		select {
		case <-ctx.Done():
			return
		case m, open := <-messages:
			if !open {
				return
			}
			hint(m.Payload)
		}
	}
}

// Approved is where a sign-off stands after one more word.
type Approved struct {
	Got, Need int
	State     State // Queued once enough people approved; Failed when it would then close a ring of waiting
	Nudge     []Pointer
}

// Approve counts by's word for a job that waits for a sign-off; force lets it through at once. The caller has checked
// by's role; also are further principals of the same person, who has one word at all doors together. It gives
// ErrNotFound, ErrNotConfirming, ErrOwnWord, ErrOnlyOwnWord or ErrAlreadyApproved.
func (s *Store) Approve(ctx context.Context, id, by string, force bool, also ...string) (*Approved, error) {
	args := []any{id, by, flag(force)}
	for _, principal := range also {
		args = append(args, principal)
	}
	answer, err := s.ask(ctx, approveScript, args...)
	if err != nil {
		return nil, err
	}
	refused := map[string]error{
		"gone": ErrNotFound, "not": ErrNotConfirming, "own": ErrOwnWord, "theirs": ErrOnlyOwnWord, "again": ErrAlreadyApproved,
	}
	if err, ok := refused[answer.word()]; ok {
		return nil, fmt.Errorf("%w: %s", err, id)
	}
	return &Approved{
		Got: int(answer.number(1)), Need: int(answer.number(2)), State: State(answer.text(3)), Nudge: answer.pointers(4),
	}, nil
}
