package main

import (
	"github.com/handsoff/handsoff/functions/github/pulls"
	"github.com/handsoff/handsoff/functions/github/report"
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
			steps[words] = noAccount
		}
	}
	return steps
}

// calls are the commands that answer at once.
func (d *door) calls() map[string]function.CallFunc {
	if d.app == nil {
		return map[string]function.CallFunc{"github pr show": noAccount.Answer, "github hooks": noAccount.Answer}
	}
	return map[string]function.CallFunc{"github pr show": d.desk().Show, "github hooks": d.hooks}
}

func (d *door) desk() *pulls.Desk { return &pulls.Desk{App: d.app, Redis: d.Redis, Now: d.Jobs.Now} }

// What commands say that cannot be done here.
var (
	missing                   = "GitHub is not set up here: the configuration has no section github."
	noAccount function.Unable = "I have no account at GitHub: give me an App (github.app.id and the secret " + github.KeySecret + ") or a token (the secret " + github.TokenSecret + ")."
)

// unconfigured are the function's commands while there is no section github.
func unconfigured() *function.Parts {
	steps := new(pulls.Desk).Steps()
	steps["github pr-report"] = nil
	return function.Unable(missing).Parts(steps, map[string]function.CallFunc{"github pr show": nil, "github hooks": nil})
}
