package calendar

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/handsoff/handsoff/shared/chat"
	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/schedule"
)

const (
	// saidCells bounds what is kept of an answer.
	saidCells = 300
	// newsBytes and newsMost bound what a job's story is told of what is new.
	newsBytes, newsMost = 4000, 40
)

// handIn gives a due run to the function command. Whatever happens, the run stays due until what became of it is written:
// the same envelope again makes the same job.
func (c *Calendar) handIn(ctx context.Context, s *schedule.Schedule, due schedule.Run) error {
	answer, err := c.ask(ctx, envelope(s, due))
	if err != nil {
		return fmt.Errorf("clock: schedule %s is handed in again in a moment: %w", s.Name, err)
	}
	switch {
	case answer.Problem != nil:
		text := fmt.Sprintf("The schedule %s could not run: %s", s.Name, answer.String())
		err = c.tell(ctx, s, hourly(s, due.At, answer.Text), text, c.interested(s))
	case !answer.Accepted && len(s.Announce) > 0:
		text := s.Shown(command.Known(ctx, c.Redis, c.Log)) + "\n" + answer.Text
		err = c.tell(ctx, s, fmt.Sprintf("schedule %s %d said", s.Name, due.At.UnixMilli()), text, s.Announce)
	}
	if err != nil {
		return err
	}
	id, said := became(answer)
	return c.alter(ctx, s, func(now *schedule.State) error {
		if now.Due != nil && !now.Due.Waits && now.Due.At.Equal(due.At) { // else a person let it go meanwhile
			now.Due = nil
		}
		now.Ran(due.Became(id, said), answer.Problem == nil)
		return nil
	})
}

// keyOf is how the function command knows the job of an envelope.
func keyOf(e command.Envelope) string { return e.Principal + " " + e.ID }

// ask hands an envelope in. What command will never take is an answer too; that it could not be reached, or that something
// it needs is down, is an error.
func (c *Calendar) ask(ctx context.Context, e command.Envelope) (command.Answer, error) {
	ctx, cancel := context.WithTimeout(ctx, handInLimit)
	defer cancel()
	answer, err := command.Settled(c.Say(ctx, e))
	if err == nil && answer.Problem != nil && answer.Problem.Code == command.CodeUnavailable {
		return command.Answer{}, errors.New(answer.Text)
	}
	return answer, err
}

// envelope is a due run as the function command takes it.
func envelope(s *schedule.Schedule, due schedule.Run) command.Envelope {
	e := command.Envelope{
		ID:        fmt.Sprintf("schedule %s %d", s.Name, due.At.UnixMilli()),
		Principal: s.Principal(), Origin: origin(s), Watch: s.Announce,
		Opening: opening(due.News),
		Cause:   []string{s.Principal()}, Notes: []string{fmt.Sprintf("it came due at %s by %s", s.Clock(due.At), s.Times)},
	}
	if due.Missed > 0 {
		e.Notes = append(e.Notes, fmt.Sprintf("it makes up for what was missed: nobody was there for %d of its times", due.Missed))
	}
	for _, name := range slices.Sorted(maps.Keys(due.Values)) {
		e.Notes = append(e.Notes, note("remembered "+name+" is "+due.Values[name]))
	}
	run, line := due.Run, due.Line // what came due is what it was then, also when the schedule was edited since
	if run == "" && line == "" {
		run, line = s.Run, s.Line
	}
	return fill(e, run, line, due.Args)
}

// fill puts in what is to be run.
func fill(e command.Envelope, run, line string, args map[string]any) command.Envelope {
	if line != "" {
		e.Text = line
	} else {
		e.Command, e.Args = run, args
	}
	if len(e.Notes) > mostNotes {
		e.Notes = e.Notes[:mostNotes]
	}
	return e
}

// mostNotes and noteBytes are what an envelope takes; noteCells is what people read of one.
const mostNotes, noteBytes, noteCells = 16, 500, 160

func note(text string) string {
	return chat.Bound(chat.Brief(text, noteCells), noteBytes, 1)
}

func origin(s *schedule.Schedule) job.Origin {
	o := job.Origin{Door: "schedule"}
	if len(s.Announce) > 0 {
		o.Address = s.Announce[0]
	}
	return o
}

// opening is what who follows a job is told first: what is new since the last success.
func opening(news []string) string {
	return chat.Bound(chat.Clean(strings.Join(news, "\n")), newsBytes, newsMost)
}
