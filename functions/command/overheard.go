package main

import (
	"context"
	"errors"

	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/job"
)

// overheard answers what was said among people and was no command: nothing is shown.
var overheard = command.Answer{Problem: &command.Problem{Code: command.CodeOverheard}}

// notForUs reports whether an answer to something overheard is about a mistake: then it was not meant for the bot. "job
// done" has the form of a command, and only the function that owns it knows that there is no job of that name. Of a line that
// is a command by its mark, whoever owns that says itself whether it was meant; a is nil for what is no command at all.
func notForUs(a *asked, answer command.Answer) bool {
	if answer.Problem == nil {
		return false
	}
	switch answer.Problem.Code {
	case command.CodeUsage, command.CodeUnknown, command.CodeNotFound:
		return a == nil || !a.Prefixed
	case command.CodeMissing:
		return a != nil && a.Prefixed
	default:
		return false
	}
}

// moot reports whether something overheard is a line with a mark as people write them to one another, or signs off a job that
// does not wait for it: "ok" and "go" are said among people all the time.
func (d *dispatcher) moot(ctx context.Context, a *asked) (bool, error) {
	if a.Prefixed {
		return !command.PrefixedAmongPeople(a.from.Text), nil
	}
	if a.Command.Words != "approve" && a.Command.Words != "reject" {
		return false, nil
	}
	id := command.Values(a.Args).String("id")
	if !command.IsJobID(id) {
		return false, nil // the function jobs knows how people write ids
	}
	j, err := d.Jobs.Get(ctx, id)
	if errors.Is(err, job.ErrNotFound) {
		return true, nil
	}
	if err != nil {
		return false, err
	}
	return j.State != job.Confirming, nil
}
