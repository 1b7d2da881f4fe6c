package main

import (
	"context"

	"github.com/handsoff/handsoff/functions/github/pulls"
	"github.com/handsoff/handsoff/functions/github/report"
	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/function"
	"github.com/handsoff/handsoff/shared/github"
	"github.com/handsoff/handsoff/shared/job"
)

// steps are the commands that are jobs.
func (d *door) steps() map[string]job.Stepper {
	steps := d.desk().Steps()
	steps["github pr-report"] = &report.Reporter{App: d.app, Now: d.Jobs.Now}
	if d.app == nil {
		for words := range steps {
			steps[words] = unable{noAccount}
		}
	}
	return steps
}

// calls are the commands that answer at once.
func (d *door) calls() map[string]function.CallFunc {
	if d.app == nil {
		return map[string]function.CallFunc{"github pr show": answers(noAccount), "github hooks": answers(noAccount)}
	}
	return map[string]function.CallFunc{"github pr show": d.desk().Show, "github hooks": d.hooks}
}

func (d *door) desk() *pulls.Desk { return &pulls.Desk{App: d.app, Redis: d.Redis, Now: d.Jobs.Now} }

// What commands say that cannot be done here.
var (
	missing   = "GitHub is not set up here: the configuration has no section github."
	noAccount = "I have no account at GitHub: give me an App (github.app.id and the secret " + github.KeySecret + ") or a token (the secret " + github.TokenSecret + ")."
)

// unconfigured are the function's commands while there is no section github.
func unconfigured() *function.Parts {
	parts := &function.Parts{Steps: new(pulls.Desk).Steps(), Calls: map[string]function.CallFunc{}}
	parts.Steps["github pr-report"] = nil
	for words := range parts.Steps {
		parts.Steps[words] = unable{missing}
	}
	for _, words := range []string{"github pr show", "github hooks"} {
		parts.Calls[words] = answers(missing)
	}
	return parts
}

// answers says why a command cannot be done here.
func answers(text string) function.CallFunc {
	return func(context.Context, command.Call) (command.Answer, error) {
		return command.Answer{Text: text, Problem: &command.Problem{Code: command.CodeMissing}}, nil
	}
}

// unable ends every job that cannot be done here.
type unable struct{ why string }

// Step implements job.Stepper.
func (u unable) Step(context.Context, *job.Run) (job.Outcome, error) {
	return job.Fail(u.why, nil), nil
}
