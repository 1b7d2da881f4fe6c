package question

import (
	"context"
	"errors"
	"strings"

	"github.com/handsoff/handsoff/functions/openstack/cloud"
	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/job"
)

// refused is a sentence that says why something will not be done, and what to do instead.
type refused struct{ code, text string }

// Error implements error.
func (r refused) Error() string { return r.text }

func refuse(code, text string) error { return refused{code, text} }

// ready makes an answering command of one that gives lines. Errors become sentences: a person waits for this answer.
func (q *Questions) ready(lines func(ctx context.Context, call command.Call) ([]string, error)) func(context.Context, command.Call) (command.Answer, error) {
	return func(ctx context.Context, call command.Call) (command.Answer, error) {
		ctx, cancel := context.WithTimeout(ctx, q.within.answer)
		defer cancel()
		text, err := lines(ctx, call)
		if err != nil {
			return q.apologise(err, call), nil
		}
		return command.Answer{Text: strings.Join(text, "\n")}, nil
	}
}

// apologise puts an error into an answer.
func (q *Questions) apologise(err error, call command.Call) command.Answer {
	if no, ok := errors.AsType[refused](err); ok {
		return command.Answer{Text: no.text, Problem: &command.Problem{Code: no.code}}
	}
	fault := cloud.Judge(err)
	q.log.Info("a cloud's answer", "command", call.Command, "fault", fault.Error(), "cause", cause(fault))
	answer := command.Answer{Text: fault.Sentence(), Problem: &command.Problem{Code: codeOf(fault.Kind)}}
	if fault.Passing() {
		answer.Text += " Try again in a moment."
	}
	return answer
}

// cause is what the log says besides: a status and a request's number.
func cause(f *cloud.Fault) string {
	if f.Err == nil {
		return ""
	}
	return f.Err.Error()
}

func codeOf(kind cloud.Kind) string {
	switch kind {
	case cloud.Denied, cloud.Forbidden:
		return command.CodeForbidden
	case cloud.NotFound, cloud.Unknown:
		return command.CodeNotFound
	case cloud.Missing:
		return command.CodeMissing
	case cloud.Invalid:
		return command.CodeUsage
	case cloud.Conflict, cloud.Quota:
		return command.CodeConflict
	case cloud.Away, cloud.Lost, cloud.Busy, cloud.Broken, cloud.Odd:
	}
	return command.CodeUnavailable
}

// verdict turns an error of a step into an outcome: what may pass is an error that the engine waits out, all else ends the job with
// a sentence.
func (q *Questions) verdict(run *job.Run, err error) (job.Outcome, error) {
	if no, ok := errors.AsType[refused](err); ok {
		return job.Fail(no.text, nil), nil
	}
	fault, ok := errors.AsType[*cloud.Fault](err)
	if !ok {
		return job.Outcome{}, err
	}
	if fault.Passing() {
		return job.Outcome{}, err
	}
	q.log.Info("a cloud's answer", "job", run.Job().ID, "fault", fault.Error(), "cause", cause(fault))
	return job.Fail(fault.Sentence(), nil), nil
}
