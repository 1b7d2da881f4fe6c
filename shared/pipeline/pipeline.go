package pipeline

import (
	"slices"
	"strings"
	"time"

	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/rule"
)

// Pipeline is a command whose job is steps.
type Pipeline struct {
	Name    string
	Line    int    // in the configuration
	Source  string // the entry as YAML, from which Parse makes it again
	Words   string // the command; "run <name>" where nothing is said
	Summary string
	Help    string
	Role    string // operator where nothing is said
	Lock    string
	Signoff *command.SignoffSpec
	Limit   time.Duration // of the whole run; 0 takes the engine's
	Args    []command.Arg
	Steps   []*Step // as listed
}

// Step is one command of a pipeline.
type Step struct {
	Name     string
	Line     int
	Source   string // the entry as YAML
	Run      string // the command's words
	Args     rule.Args
	Needs    []string        // the steps that must have gone well before; of one that always runs, ended
	When     *rule.Condition // nil runs it; where it does not hold, the step is skipped, which counts as well
	Retry    Retry
	Timeout  time.Duration // from when its job begins; 0 takes the command's
	Continue bool          // that it fails stops nothing and is not the run's failure
	Always   bool          // it runs whatever happens, also after a cancel
	Signoff  *command.SignoffSpec
}

// Retry says how often a step that failed is run again.
type Retry struct {
	Count int           // how often at most
	Wait  time.Duration // before each
}

// Step finds a step by its name; nil when there is none.
func (p *Pipeline) Step(name string) *Step {
	for _, s := range p.Steps {
		if s.Name == name {
			return s
		}
	}
	return nil
}

// Spec declares the pipeline as a command.
func (p *Pipeline) Spec() command.Spec {
	spec := command.Spec{
		Words: p.Words, Summary: p.Summary, Help: p.help(), Args: slices.Clone(p.Args), Role: p.Role,
		Lock: p.Lock, Signoff: p.Signoff, Limit: p.Limit, Needs: []string{Section},
	}
	if also := RunWords + " " + p.Name; also != p.Words {
		spec.Also = []string{also}
	}
	return spec
}

// RunWords begin the command of every pipeline: "pipeline run nightly".
const RunWords = "pipeline run"

// help is what is said of the pipeline, and its steps.
func (p *Pipeline) help() string {
	const most = 4000 // bytes; a declaration takes a few more
	names := make([]string, len(p.Steps))
	for i, s := range p.Steps {
		names[i] = s.Name
	}
	text := strings.TrimSpace(p.Help + "\nIts steps: " + strings.Join(names, ", ") + ".")
	if len(text) > most {
		return p.Help
	}
	return text
}

// Before lists the steps that lead to one, by name: those that it needs, those that these need, and so on.
func (p *Pipeline) Before(name string) []string {
	var found []string
	for queue := []string{name}; len(queue) > 0; queue = queue[1:] {
		s := p.Step(queue[0])
		if s == nil {
			continue
		}
		for _, need := range s.Needs {
			if !slices.Contains(found, need) {
				found, queue = append(found, need), append(queue, need)
			}
		}
	}
	return found
}

// Levels are the steps in the order in which they may run: those of one level side by side. A step stands one level below
// the last of those that it needs.
func (p *Pipeline) Levels() [][]*Step {
	depth := make(map[string]int, len(p.Steps))
	var levels [][]*Step
	for range p.Steps { // the longest chain has no more
		for _, s := range p.Steps {
			for _, need := range s.Needs {
				depth[s.Name] = max(depth[s.Name], depth[need]+1)
			}
		}
	}
	for _, s := range p.Steps {
		at := min(depth[s.Name], len(p.Steps)-1)
		for len(levels) <= at {
			levels = append(levels, nil)
		}
		levels[at] = append(levels[at], s)
	}
	return levels
}
