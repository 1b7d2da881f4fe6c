package main

import (
	"encoding/json"
	"fmt"
	"slices"

	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/pipeline"
	"github.com/handsoff/handsoff/shared/rule"
)

// values are what templates and conditions of a run see: args, steps and run.
func values(j *job.Job, s *standing) *rule.Env {
	steps := make(map[string]any, 2*len(s.Steps))
	for i := range s.Steps {
		stage, name := &s.Steps[i], s.pipeline.Steps[i].Name
		value := map[string]any{"state": stateFor(stage), "text": stage.Text, "job": stage.Job, "result": nil}
		var result any
		if len(stage.Result) > 0 && json.Unmarshal(stage.Result, &result) == nil {
			value["result"] = result
		}
		steps[name], steps[pipeline.Alike(name)] = value, value
	}
	args := j.Args
	if args == nil {
		args = map[string]any{}
	}
	return rule.NewEnv(map[string]any{
		"args": args, "steps": steps,
		"run": map[string]any{"id": j.ID, "by": j.Principal, "pipeline": s.pipeline.Name},
	})
}

// stateFor is a stage's state in a job's words; empty for one that has not begun.
func stateFor(s *stage) string {
	switch s.State {
	case answered, kept:
		return string(job.Succeeded)
	case refused, again:
		return string(job.Failed)
	case unsure:
		return string(job.Unknown)
	}
	return s.State
}

// tooLarge says that a step uses a result that was not kept; empty when it does not.
func tooLarge(s *standing, step *pipeline.Step) string {
	paths := step.Args.Paths()
	if step.When != nil {
		paths = append(paths, step.When.Paths()...)
	}
	for i := range s.Steps {
		name := s.pipeline.Steps[i].Name
		uses := slices.ContainsFunc(paths, func(path []string) bool {
			return len(path) > 2 && path[0] == "steps" && (path[1] == name || path[1] == pipeline.Alike(name)) && path[2] == "result"
		})
		if size := s.Steps[i].Size; uses && size > 0 {
			return fmt.Sprintf("it uses the result of %s, which has %d bytes; of one that has more than %d, or of more than %d in a run, nothing is kept",
				name, size, resultMost, resultsMost)
		}
	}
	return ""
}
