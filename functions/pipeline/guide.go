package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/handsoff/handsoff/shared/chat"
	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/function"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/pipeline"
)

// guide answers what pipelines there are and what they look like.
type guide struct {
	set       *pipeline.Set
	jobs      *job.Store
	catalogue func(context.Context) (*command.Catalogue, error)
}

func (g *guide) calls() map[string]function.CallFunc {
	return map[string]function.CallFunc{
		"pipeline list": g.list, "pipeline show": g.show, "pipeline graph": g.graph, pipeline.RunWords: g.unknown,
	}
}

// commands are the pipelines as commands.
func (g *guide) commands(context.Context) ([]command.Spec, error) {
	specs := make([]command.Spec, 0, len(g.set.Pipelines))
	for _, p := range g.set.Pipelines {
		specs = append(specs, p.Spec())
	}
	return specs, nil
}

// list names the pipelines, what is wrong with any, and what of them cannot be run just now.
func (g *guide) list(ctx context.Context, _ command.Call) (command.Answer, error) {
	if len(g.set.Pipelines)+len(g.set.Faults) == 0 {
		return command.Answer{Text: "There is no pipeline: the configuration has none under pipelines (see docs/pipelines.md)."}, nil
	}
	rows := make([][]string, 0, len(g.set.Pipelines))
	var wrong []string
	for _, p := range g.set.Pipelines {
		rows = append(rows, []string{p.Name, p.Words, fmt.Sprintf("%d steps", len(p.Steps)), p.Summary})
		wrong = append(wrong, g.amiss(ctx, p)...)
	}
	for _, fault := range g.set.Faults {
		wrong = append(wrong, "✗ "+fault.String()+"; the pipeline is left out")
	}
	text := chat.Table(rows)
	if len(wrong) > 0 {
		text = strings.TrimSpace(text + "\n\n" + strings.Join(wrong, "\n"))
	}
	return command.Answer{Text: chat.Clean(text)}, nil
}

// amiss is what does not suit the commands that there are just now. Without a catalogue that cannot be told.
func (g *guide) amiss(ctx context.Context, p *pipeline.Pipeline) []string {
	known, err := g.catalogue(ctx)
	if err != nil {
		return nil
	}
	faults := p.Against(known)
	lines := make([]string, len(faults))
	for i, fault := range faults {
		lines[i] = "! " + fault.String()
	}
	return lines
}

// named finds a pipeline by its name or its words.
func (g *guide) named(name string) *pipeline.Pipeline {
	name = strings.ToLower(strings.Join(strings.Fields(name), " "))
	if p := g.set.Named(name); p != nil {
		return p
	}
	return g.set.Called(name)
}

// strange says that there is no such pipeline, and which were probably meant.
func (g *guide) strange(name, words string) command.Answer {
	names := make([]string, len(g.set.Pipelines))
	for i, p := range g.set.Pipelines {
		names[i] = p.Name
	}
	answer := command.Answer{
		Text:    "There is no pipeline " + chat.Quote(name, lineCells) + ".",
		Problem: &command.Problem{Code: command.CodeNotFound, Argument: "name"},
	}
	for _, fault := range g.set.Faults {
		if fault.Name == name {
			answer.Text = fault.String() + "; the pipeline is left out."
			return answer
		}
	}
	near := command.Nearest(name, names)
	if len(near) == 0 {
		near = names[:min(len(names), 5)]
	}
	for _, one := range near {
		answer.Problem.Suggestions = append(answer.Problem.Suggestions, words+" "+one)
	}
	return answer
}

// unknown answers "pipeline run" with a name that no pipeline has: those that there are, are commands.
func (g *guide) unknown(_ context.Context, call command.Call) (command.Answer, error) {
	return g.strange(command.Values(call.Args).String("name"), pipeline.RunWords), nil
}

// show tells what a pipeline does.
func (g *guide) show(ctx context.Context, call command.Call) (command.Answer, error) {
	name := command.Values(call.Args).String("name")
	p := g.named(name)
	if p == nil {
		return g.strange(name, "pipeline show"), nil
	}
	now, err := g.jobs.Now(ctx)
	if err != nil {
		return command.Answer{}, err
	}
	var s chat.Sheet
	s.Add("command", p.Words)
	s.Add("needs the role", p.Role)
	for _, arg := range p.Args {
		s.Add("argument", strings.TrimSuffix(arg.Name+": "+arg.Help, ": "))
	}
	s.Add("runs alone for", p.Lock)
	if p.Signoff != nil {
		s.Add("sign-off", "it waits for one")
	}
	if p.Limit > 0 {
		s.Add("time limit", command.FormatDuration(p.Limit))
	}
	s.Add("steps", p.Text(nil, now))
	text := p.Name + ": " + p.Summary + "\n" + s.String()
	if wrong := g.amiss(ctx, p); len(wrong) > 0 {
		text += "\n" + strings.Join(wrong, "\n")
	}
	return command.Answer{Text: chat.Clean(text)}, nil
}

// graph draws a pipeline, or a run of one with how its steps stand.
func (g *guide) graph(ctx context.Context, call command.Call) (command.Answer, error) {
	args := command.Values(call.Args)
	name := args.String("what")
	p, parts, err := g.drawn(ctx, name)
	if err != nil {
		return command.Answer{}, err
	}
	if p == nil {
		return g.strange(name, "pipeline graph"), nil
	}
	now, err := g.jobs.Now(ctx)
	if err != nil {
		return command.Answer{}, err
	}
	if args.String("format") == "svg" {
		return command.Answer{Text: p.SVG(parts, now)}, nil
	}
	return command.Answer{Text: p.Text(parts, now)}, nil
}

// drawn is what is to be drawn: a pipeline as it is, or as it was when a run of it began; nil when there is neither.
func (g *guide) drawn(ctx context.Context, name string) (*pipeline.Pipeline, []job.Part, error) {
	if p := g.named(name); p != nil {
		return p, nil, nil
	}
	id := strings.TrimPrefix(strings.ToLower(strings.TrimSpace(name)), "@")
	if !command.IsJobID(id) {
		return nil, nil, nil
	}
	j, err := g.jobs.Get(ctx, id)
	if errors.Is(err, job.ErrNotFound) {
		return nil, nil, nil
	}
	if err != nil {
		return nil, nil, err
	}
	s := &standing{}
	if !load(j, s) || s.Source == "" {
		return g.set.Called(j.Command), j.Parts, nil
	}
	p, err := pipeline.Parse(s.Name, s.Source)
	if err != nil {
		return nil, nil, nil //nolint:nilerr // it was made by another version: there is nothing to draw
	}
	return p, j.Parts, nil
}
