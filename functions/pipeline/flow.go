package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/handsoff/handsoff/shared/chat"
	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/pipeline"
)

const (
	flowLook  = 5 * time.Second // when the jobs of a pipeline are looked at for their progress
	textMost  = 16 << 10        // bytes of what a command answered, as later steps may use it
	textLines = 300
	watchMost = 16 // addresses that an envelope takes
)

// flow is a run of a pipeline.
type flow struct {
	set   *pipeline.Set
	roles command.Roles
}

var _ script = (*flow)(nil)

// plan reads the pipeline as it is now, and looks whether anything in it is sure to be refused: better before it begins.
func (f *flow) plan(ctx context.Context, r *runner, j *job.Job) (*standing, string, error) {
	p := f.set.Called(j.Command)
	if p == nil {
		return nil, "there is no pipeline " + j.Command + " in the configuration any more", nil
	}
	if len(j.Why.Cause)+1 > command.MaxCauses {
		return nil, fmt.Sprintf("%d jobs and rules led here, one to the next, and a pipeline in a pipeline may not lead further. Nothing was started",
			len(j.Why.Cause)), nil
	}
	if known := r.known(ctx); known != nil {
		if why := f.unlikely(p, known, j); why != "" {
			if !strings.HasSuffix(why, "?") {
				why += "."
			}
			return nil, why + " Nothing was started", nil
		}
	}
	s := &standing{Name: p.Name, Source: p.Source, Steps: make([]stage, len(p.Steps)), pipeline: p}
	return s, "", f.keep(ctx, r, j, s)
}

// unlikely says why a run would fail half way: a command that is not there, arguments that do not suit it, a role that is
// missing. What has a condition may never be run, so nobody needs the role for it yet.
func (f *flow) unlikely(p *pipeline.Pipeline, known *command.Catalogue, j *job.Job) string {
	if faults := p.Against(known); len(faults) > 0 {
		return faults[0].Part + ": " + faults[0].Text
	}
	who := append([]string{j.Principal}, j.Groups...)
	for _, step := range p.Steps {
		d, err := known.Find(step.Run)
		if err != nil || step.When != nil {
			continue
		}
		if _, ok := command.Granted(f.roles, d.Role, who...); !ok {
			return "step " + step.Name + ": " + strings.TrimRight(command.Refusal(f.roles, d.Words, d.Role, who...), ".")
		}
	}
	return ""
}

func (f *flow) tasks(j *job.Job, s *standing) ([]task, error) {
	p, err := pipeline.Parse(s.Name, s.Source)
	if err != nil {
		return nil, err
	}
	if len(p.Steps) != len(s.Steps) {
		return nil, fmt.Errorf("job %s: %d steps are planned, %d known", j.ID, len(p.Steps), len(s.Steps))
	}
	s.pipeline = p
	tasks := make([]task, len(p.Steps))
	for i, step := range p.Steps {
		tasks[i] = task{always: step.Always, onward: step.Continue, retry: step.Retry}
		for _, need := range step.Needs {
			tasks[i].needs = append(tasks[i].needs, slices.IndexFunc(p.Steps, func(s *pipeline.Step) bool { return s.Name == need }))
		}
	}
	return tasks, nil
}

func (f *flow) order(ctx context.Context, r *runner, j *job.Job, s *standing, i int) (order, error) {
	step := s.pipeline.Steps[i]
	o := order{shown: step.Run, readable: true}
	if o.refused = tooLarge(s, step); o.refused != "" {
		return o, nil
	}
	env := values(j, s)
	if step.When != nil {
		holds, err := step.When.Holds(env)
		if err != nil {
			o.refused = "whether it is to be run cannot be told: " + chat.OneLine(err.Error())
			return o, nil
		}
		if o.skip = !holds; o.skip {
			return o, nil
		}
	}
	args, err := step.Args.Values(env)
	if err != nil {
		o.refused = "its arguments cannot be made: " + chat.OneLine(err.Error())
		return o, nil
	}
	o.envelope = command.Envelope{Command: step.Run, Args: args, Signoff: step.Signoff, Limit: step.Timeout}
	signoff := step.Signoff != nil
	if d := commandOf(r.known(ctx), step.Run); d != nil {
		o.now, signoff = d.Now, signoff || d.Signoff != nil
		if parsed, err := d.Adopt(args); err == nil {
			o.shown = chat.Brief(parsed.Line(), lineCells)
		}
	}
	if signoff { // those who can give it must see it
		o.envelope.Watch, err = watchers(ctx, r, j.ID)
	}
	return o, err
}

// commandOf is a command by its words; nil when that cannot be told.
func commandOf(known *command.Catalogue, words string) *command.Declared {
	if known == nil {
		return nil
	}
	d, err := known.Find(words)
	if err != nil {
		return nil
	}
	return d
}

// watchers are the addresses that follow a run.
func watchers(ctx context.Context, r *runner, id string) ([]string, error) {
	found, err := r.jobs.Watchers(ctx, id)
	if err != nil {
		return nil, err
	}
	addresses := make([]string, 0, len(found))
	for address := range found {
		addresses = append(addresses, address)
	}
	slices.Sort(addresses)
	return addresses[:min(len(addresses), watchMost)], nil
}

func (f *flow) unfit(*job.Job, *job.Job) string { return "" }

func (f *flow) id(j *job.Job, s *standing, i, try int) string {
	return fmt.Sprintf("run %s %s %d", j.ID, s.pipeline.Steps[i].Name, try)
}

func (f *flow) effect(s *standing, i, try int) string {
	if try > 1 {
		return fmt.Sprintf("step %s, try %d", s.pipeline.Steps[i].Name, try)
	}
	return "step " + s.pipeline.Steps[i].Name
}

func (f *flow) place(s *standing, i int) string { return s.pipeline.Steps[i].Name }

func (f *flow) name(s *standing, i int) string { return s.pipeline.Steps[i].Name }

func (f *flow) failure(s *standing) string {
	switch _, n := s.done(); n {
	case 0:
		return s.Failed
	case 1:
		return s.Failed + "; one more step was not begun"
	default:
		return fmt.Sprintf("%s; %d more steps were not begun", s.Failed, n)
	}
}

func (f *flow) counted(done, all int) string {
	return fmt.Sprintf("%d of %d steps had been done", done, all)
}

func (f *flow) look() time.Duration { return flowLook }

func (f *flow) bound(text string) string { return chat.Bound(text, textMost, textLines) }

// keep takes over what the run that this one repeats had done: the steps that went well and are as they were, after others of
// which the same is true. What always runs is run again.
func (f *flow) keep(ctx context.Context, r *runner, j *job.Job, s *standing) error {
	if j.RetryOf == "" {
		return nil
	}
	old, err := r.jobs.Get(ctx, j.RetryOf)
	if errors.Is(err, job.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	before := &standing{}
	if old.State == job.Succeeded || old.Command != j.Command || !load(old, before) {
		return nil
	}
	if _, err := f.tasks(old, before); err != nil {
		return nil //nolint:nilerr // nothing of it can be used
	}
	if names := takeOver(s, before); len(names) > 0 {
		s.opening = []string{"kept from " + old.ID + ": " + strings.Join(names, ", ")}
	}
	return nil
}
