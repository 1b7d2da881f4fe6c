package calendar

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/handsoff/handsoff/shared/chat"
	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/schedule"
)

// Pause has a schedule rest until it is resumed. That outlives every restart. The answer says what becomes of what has
// begun, and of what was about to.
func (c *Calendar) Pause(ctx context.Context, call command.Call) (command.Answer, error) {
	return c.change(ctx, call, "paused", func(s *schedule.Schedule, st *schedule.State, now time.Time) (string, error) {
		if p := st.Paused; p != nil {
			return "", stands(fmt.Sprintf("%s is already paused, by %s, %s.", s.Name, chat.OneLine(p.By), chat.Age(now.Sub(p.At))))
		}
		st.Paused = &schedule.Pause{By: call.Principal, At: now, Reason: command.Values(call.Args).String("reason")}
		return c.atRest(ctx, s, st, now)
	})
}

// Resume ends a pause. What would have come due meanwhile is not made up for.
func (c *Calendar) Resume(ctx context.Context, call command.Call) (command.Answer, error) {
	return c.change(ctx, call, "resumed", func(s *schedule.Schedule, st *schedule.State, now time.Time) (string, error) {
		if st.Paused == nil {
			return "", stands(s.Name + " is not paused.")
		}
		if err := c.look(ctx, s, st); err != nil {
			return "", err
		}
		if st.Due != nil { // it came due before the pause, which let it go
			st.LeaveOut("it was paused before it could begin")
		}
		if st.Paused = nil; !st.Next.After(now) {
			st.Next = s.Times.Next(now)
		}
		return "It comes due at " + moment(s, st.Next, now) + ".", nil
	})
}

// stands says to the person why nothing is changed.
type stands string

func (s stands) Error() string { return string(s) }

// change changes how a schedule stands. What edit says is added to the answer; an error of the kind stands says why not.
func (c *Calendar) change(ctx context.Context, call command.Call, act string, edit func(*schedule.Schedule, *schedule.State, time.Time) (string, error)) (command.Answer, error) {
	s, _, mistake, err := c.find(ctx, call)
	if err != nil || mistake != nil {
		return mistaken(mistake), err
	}
	now, err := c.Jobs.Now(ctx)
	if err != nil {
		return command.Answer{}, err
	}
	var more string
	err = c.alter(ctx, s, func(st *schedule.State) (err error) {
		more, err = edit(s, st, now)
		return err
	})
	if why := stands(""); errors.As(err, &why) {
		return command.Answer{Text: why.Error(), Problem: &command.Problem{Code: command.CodeConflict}}, nil
	}
	if err != nil {
		return command.Answer{}, err
	}
	detail := "schedule " + s.Name
	if reason := command.Values(call.Args).String("reason"); reason != "" {
		detail += ": " + chat.OneLine(reason)
	}
	if err := c.Jobs.Audit(ctx, job.AuditEntry{Who: call.Principal, Act: act, Detail: detail}); err != nil {
		return command.Answer{}, err
	}
	return command.Answer{Text: strings.TrimSpace(fmt.Sprintf("%s is %s. %s", s.Name, act, more))}, nil
}

// atRest says what becomes of the runs of a schedule that is being paused.
func (c *Calendar) atRest(ctx context.Context, s *schedule.Schedule, st *schedule.State, now time.Time) (string, error) {
	if err := c.look(ctx, s, st); err != nil {
		return "", err
	}
	var said []string
	switch due := st.Due; {
	case due != nil && due.Waits:
		said = append(said, fmt.Sprintf("Its run of %s, which waits for %s, is left out.", s.Clock(due.At), waited(st)))
	case due != nil:
		said = append(said, fmt.Sprintf("Its run of %s could not be handed in yet, and is left out.", s.Clock(due.At)))
	case !st.Next.IsZero() && !st.Next.After(now) && st.Cron == s.Times.String():
		said = append(said, fmt.Sprintf("Its run of %s had not begun, and is left out.", s.Clock(st.Next)))
	}
	for _, r := range st.Unfinished() {
		j, err := c.Jobs.Get(ctx, r.Job)
		switch {
		case errors.Is(err, job.ErrNotFound):
		case err != nil:
			return "", err
		case !j.State.Final():
			said = append(said, fmt.Sprintf("%s, of %s, is %s and goes on; cancel %s stops it.", r.Job, s.Clock(r.At), j.State, r.Job))
		}
	}
	return strings.Join(said, " "), nil
}

// look finds out whether a run that is being handed in while its schedule is paused has become a job, and notes it.
func (c *Calendar) look(ctx context.Context, s *schedule.Schedule, st *schedule.State) error {
	if st.Paused == nil || st.Due == nil || st.Due.Waits {
		return nil
	}
	id, err := c.Jobs.ByKey(ctx, keyOf(envelope(s, *st.Due)))
	if errors.Is(err, job.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	*st = st.Handed(id, "", true)
	return nil
}
