package question

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/handsoff/handsoff/functions/openstack/cloud"
	"github.com/handsoff/handsoff/shared/chat"
	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/job"
)

// verifier steps "openstack verify": whether a cloud does what it should. With full, an environment is made, reached and given back.
type verifier struct{ *Questions }

// verifying is its checkpoint.
type verifying struct {
	Checks []check `json:"checks,omitempty"` // what was looked at
	Name   string  `json:"name,omitempty"`   // of the environment
	Create string  `json:"create,omitempty"` // the job that makes it
	Reach  []check `json:"reach,omitempty"`  // how its servers were reached
	Of     int     `json:"of,omitempty"`     // how many servers it has: not more than some are tried
	Delete string  `json:"delete,omitempty"` // the job that gives it back
	Stands string  `json:"stands,omitempty"` // how the environment ended, a job's state; empty while it is made or given back
}

// check is one thing that was looked at.
type check struct {
	Name    string `json:"name"`
	Why     string `json:"why,omitempty"`  // it is not well; empty when it is
	Note    string `json:"note,omitempty"` // what else is to be said
	Skipped bool   `json:"skipped,omitempty"`
}

// Step implements job.Stepper.
func (v *verifier) Step(ctx context.Context, run *job.Run) (job.Outcome, error) {
	at := &verifying{}
	if _, err := run.Load(at); err != nil {
		return job.Outcome{}, err
	}
	args := command.Values(run.Job().Args)
	grade := cloud.Viewer
	if args.Bool("full") {
		grade = cloud.Operator
	}
	c, err := v.one(args.String("cloud"), grade, verifyWords, who(run.Job()))
	if err != nil {
		return v.verdict(run, err)
	}
	if len(at.Checks) == 0 {
		if err := v.look(ctx, run, c, at); err != nil {
			return job.Outcome{}, err
		}
	}
	if why := unwell(at.Checks); why != "" {
		return job.Fail(fmt.Sprintf("%s is not well: %s", c.Name(), why), at.result(c)), nil
	}
	if !args.Bool("full") {
		return job.Done(at.result(c)), run.Say(ctx, "✓ %s is well: %s.", c.Name(), at.seen())
	}
	return v.tryOut(ctx, run, c, at)
}

// look looks at everything, and says what it saw.
func (v *verifier) look(ctx context.Context, run *job.Run, c *cloud.Cloud, at *verifying) error {
	bounded, cancel := context.WithTimeout(ctx, v.within.survey)
	defer cancel()
	at.Checks = v.survey(bounded, c)
	if cause := context.Cause(ctx); cause != nil {
		return cause
	}
	var say []string
	for _, one := range at.Checks {
		say = append(say, one.String())
	}
	return run.Save(ctx, job.Change{Checkpoint: at, Say: say, Parts: at.parts(), Progress: &job.Progress{Percent: -1, Line: "looked at " + chat.Count(len(at.Checks), "thing")}})
}

// String is what was seen, as people read it.
func (c check) String() string {
	switch {
	case c.Why != "":
		return "✗ " + c.Name + ": " + c.Why
	case c.Skipped:
		return "– " + c.Name + ": " + c.Note
	case c.Note != "":
		return "✓ " + c.Name + ": " + c.Note
	}
	return "✓ " + c.Name
}

func (at *verifying) parts() []job.Part {
	var parts []job.Part
	for _, one := range slices.Concat(at.Checks, at.Reach) {
		part := job.Part{Name: one.Name, State: string(job.Succeeded), Note: chat.Brief(one.Note, 200)}
		switch {
		case one.Why != "":
			part.State, part.Note = string(job.Failed), chat.Brief(one.Why, 200)
		case one.Skipped:
			part.State = job.PartSkipped
		}
		parts = append(parts, part)
	}
	if at.Create != "" {
		state := cmp.Or(at.Stands, string(job.Running))
		parts = append(parts, job.Part{Name: "environment " + at.Name, State: state, Job: cmp.Or(at.Delete, at.Create)})
	}
	return parts
}

// unwell says what is not well; empty when all is.
func unwell(checks []check) string {
	var why []string
	for _, one := range checks {
		if one.Why != "" {
			why = append(why, one.Name+": "+full(one.Why))
		}
	}
	return strings.Join(why, " ")
}

func (at *verifying) seen() string {
	well, skipped := 0, 0
	for _, one := range at.Checks {
		if one.Skipped {
			skipped++
			continue
		}
		well++
	}
	text := chat.Count(well, "thing") + " looked at"
	if skipped > 0 {
		text += fmt.Sprintf(", %d could not be", skipped)
	}
	return text
}

func (at *verifying) result(c *cloud.Cloud) map[string]any {
	return map[string]any{"cloud": c.Name(), "checks": slices.Concat(at.Checks, at.Reach), "environment": at.Name}
}
