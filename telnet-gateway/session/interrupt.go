package session

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/handsoff/handsoff/shared/chat"
	"github.com/handsoff/handsoff/shared/command"
)

// arm is a Ctrl-C that waits for a second one.
type arm struct {
	job   string
	until time.Time
	busy  bool // it is being looked how many jobs are running
	again bool // Ctrl-C was pressed once more meanwhile
}

func (a *arm) clear() {
	if !a.busy {
		*a = arm{}
	}
}

// interrupted takes Ctrl-C on an empty line. The rule is told by `?`.
func (s *session) interrupted(ctx context.Context) {
	if s.flight != nil {
		s.interruptFlight()
		return
	}
	target := s.jobs.foreground()
	switch {
	case s.backlog != nil:
		s.stopMissed()
	case s.arm.busy:
		s.arm.again = true
	case target == "":
		s.say("No job of this session is running. `jobs` lists all of them, `cancel <id>` cancels one, `quit` leaves.")
	case s.arm.job == target && time.Now().Before(s.arm.until):
		s.cancel(target)
	default:
		s.arm = arm{job: target, busy: true}
		s.busyWith(ctx, func(open []running, known bool) { s.decide(target, open, known) })
	}
}

// decide cancels the only job at once, and asks when there are others.
func (s *session) decide(target string, open []running, known bool) {
	again := s.arm.again
	s.arm = arm{}
	if s.jobs.foreground() != target {
		return // it ended in the meantime
	}
	if known && !slices.ContainsFunc(open, func(r running) bool { return r.id == target }) {
		s.jobs.ended(target)
		s.say(target + " has just ended.")
		return
	}
	if again || (known && len(open) <= 1) {
		s.cancel(target)
		return
	}
	s.arm = arm{job: target, until: time.Now().Add(s.door.Settings.Twice)}
	if i := slices.IndexFunc(open, func(r running) bool { return r.id == target }); i > 0 { // what is asked about stands first
		open = slices.Concat(open[i:i+1], open[:i], open[i+1:])
	}
	s.say(fmt.Sprintf("%d of your jobs are running: %s. Ctrl-C once more within %s cancels %s.",
		max(len(open), 1), list(open), about(s.door.Settings.Twice), target))
}

func (s *session) cancel(id string) {
	s.arm = arm{}
	s.say("Ctrl-C: cancelling " + id + ".")
	s.queue = append([]string{"cancel " + id}, s.queue...)
}

// interruptFlight takes Ctrl-C while an answer is awaited.
func (s *session) interruptFlight() {
	f := s.flight
	if n := len(s.queue); n > 0 {
		s.say(fmt.Sprintf("Not carried out: %s typed behind ", chat.Count(n, "line")) + quote(f.text) + ".")
		s.queue = nil
	}
	if f.told {
		f.abandon(errReplaced)
		return
	}
	f.interrupt = true
}

// stopAccepted applies a Ctrl-C that came before the answer.
func (s *session) stopAccepted(ctx context.Context, f *flight, a command.Answer) {
	if accepted(f.text, a) {
		s.interrupted(ctx)
	}
}
