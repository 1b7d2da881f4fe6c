package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/handsoff/handsoff/shared/chat"
	"github.com/handsoff/handsoff/shared/job"
)

// evidenceCells bounds what a receipt tells of a step's own one.
const evidenceCells = 300

// stopped writes the receipt, once everything has been seen stopped and what always runs has run.
func (t *turn) stopped(ctx context.Context) (job.Outcome, error) {
	var seen, left []string
	for i := range t.s.Steps {
		stage := &t.s.Steps[i]
		switch {
		case stage.State == unsure:
			left = append(left, t.script.name(t.s, i)+", was on its way and may have been answered")
			continue
		case !stage.Stopped && !t.tasks[i].always || stage.Job == "":
			continue
		}
		evidence, behind, err := t.evidence(ctx, i)
		if err != nil {
			return job.Outcome{}, err
		}
		seen, left = append(seen, evidence), append(left, behind...)
	}
	done, _ := t.s.done()
	stopped := slices.ContainsFunc(t.s.Steps, func(s stage) bool { return s.Stopped })
	switch {
	case t.s.Failed != "" && !stopped:
		return job.Fail(t.script.failure(t.s), t.script.result(t.s)), nil
	case done == len(t.s.Steps):
		return job.Done(t.script.result(t.s)), nil
	case len(seen) == 0:
		seen = []string{"nothing of it was running"}
	}
	return job.Stopped(strings.Join(seen, ", ")+"; "+t.script.counted(done, len(t.s.Steps)), left...), nil
}

// evidence is how the job of a step was seen to have ended, and what it left behind.
func (t *turn) evidence(ctx context.Context, i int) (evidence string, left []string, err error) {
	id := t.s.Steps[i].Job
	child, err := t.jobs.Get(ctx, id)
	if errors.Is(err, job.ErrNotFound) {
		return id + " had ended long before, and is forgotten", nil, nil
	}
	if err != nil {
		return "", nil, err
	}
	if child.State == job.Unknown {
		left = append(left, child.ID+" ended, and nobody can tell how: "+chat.OneLine(child.Error))
	}
	if t.tasks[i].always && child.State != job.Succeeded && child.State != job.Unknown {
		left = append(left, fmt.Sprintf("%s always runs, and is %s", t.script.name(t.s, i), outcome(child)))
	}
	evidence = fmt.Sprintf("%s is %s", child.ID, child.State)
	if child.Receipt != nil {
		evidence += " (" + chat.Brief(child.Receipt.Evidence, evidenceCells) + ")"
		left = append(left, child.Receipt.Left...)
	}
	return evidence, left, nil
}
