package function

import (
	"context"

	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/job"
)

// Unable is why something cannot be done here, such as a section that the configuration lacks: a sentence for people, with
// which jobs end and calls are answered.
type Unable string

// Parts are the commands of a function none of which can be done here.
func (u Unable) Parts(steps map[string]job.Stepper, calls map[string]CallFunc) *Parts {
	parts := &Parts{Steps: make(map[string]job.Stepper, len(steps)), Calls: make(map[string]CallFunc, len(calls))}
	for words := range steps {
		parts.Steps[words] = u
	}
	for words := range calls {
		parts.Calls[words] = u.Answer
	}
	return parts
}

// Step implements job.Stepper.
func (u Unable) Step(context.Context, *job.Run) (job.Outcome, error) {
	return job.Fail(string(u), nil), nil
}

// Answer is a CallFunc.
func (u Unable) Answer(context.Context, command.Call) (command.Answer, error) {
	return command.Answer{Text: string(u), Problem: &command.Problem{Code: command.CodeMissing}}, nil
}
