package main

import (
	"encoding/json"
	"slices"

	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/pipeline"
)

// load reads the checkpoint of another job; false when it has none that can be read.
func load(j *job.Job, s *standing) bool {
	return j.Checkpoint != nil && json.Unmarshal(j.Checkpoint, s) == nil && len(s.Steps) > 0
}

// takeOver marks what an earlier run had done, and names those steps.
func takeOver(s, before *standing) []string {
	var names []string
	taken := make(map[string]bool)
	for _, level := range s.pipeline.Levels() {
		for _, step := range level {
			i := indexOf(s.pipeline, step.Name)
			was, ok := earlier(before, step)
			missing := slices.ContainsFunc(step.Needs, func(need string) bool { return !taken[need] })
			if !ok || missing || step.Always {
				continue
			}
			switch {
			case was.good():
				s.Steps[i] = was
				if was.State != skipped {
					s.Steps[i].State = kept
					names = append(names, step.Name)
				}
				taken[step.Name] = true
			case step.Continue && was.over(): // it is run again, and what followed had not depended on it
				taken[step.Name] = true
			}
		}
	}
	return names
}

// earlier is where a step stood in an earlier run; false when it was another step then.
func earlier(before *standing, step *pipeline.Step) (stage, bool) {
	i := indexOf(before.pipeline, step.Name)
	if i < 0 || before.pipeline.Steps[i].Source != step.Source || !slices.Equal(before.pipeline.Steps[i].Needs, step.Needs) {
		return stage{}, false
	}
	return before.Steps[i], true
}

func indexOf(p *pipeline.Pipeline, name string) int {
	return slices.IndexFunc(p.Steps, func(s *pipeline.Step) bool { return s.Name == name })
}
