package pipeline

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/config"
)

// wordsForm is what a command's words look like.
var wordsForm = regexp.MustCompile(`^[a-z0-9][a-z0-9_.?-]{0,31}( [a-z0-9][a-z0-9_.?-]{0,31}){0,5}$`)

// check finds what is wrong with a step by itself.
func (s *Step) check() []config.Fault {
	var faults []config.Fault
	complain := func(format string, args ...any) {
		faults = append(faults, config.Fault{Line: s.Line, Text: fmt.Sprintf(format, args...)})
	}
	switch {
	case s.Name == "":
		complain("the step has no name")
	case !stepForm.MatchString(s.Name):
		complain("%.40q cannot be a step's name; use small letters, digits, _ and -, at most 32", s.Name)
	}
	switch {
	case s.Run == "":
		complain("the step runs nothing: write run: and a command's words, such as jenkins build")
	case !wordsForm.MatchString(s.Run):
		complain("run has a command's words only, such as jenkins build; what it is given stands under args")
	case s.Run == "batch":
		complain("a batch holds commands itself; make steps of its lines")
	}
	switch {
	case s.Signoff == nil:
	case s.Always:
		complain("a step that always runs cannot wait for a sign-off: it runs also when nobody is there")
	case s.Signoff.Unless != "":
		complain("the sign-off of a step has no unless; write when it is run under when")
	}
	return faults
}

// check finds what is wrong with a pipeline as a whole, once each part of it could be read.
func (p *Pipeline) check() []config.Fault {
	if len(p.Steps) == 0 {
		return []config.Fault{{Line: p.Line, Text: "the pipeline has no steps"}}
	}
	spec := p.Spec()
	if err := spec.Check(); err != nil {
		return []config.Fault{{Line: p.Line, Text: err.Error()}}
	}
	p.Args = spec.Args // with their defaults as they are typed
	if faults := p.checkNeeds(); len(faults) > 0 {
		return faults
	}
	if circle := p.circle(); circle != nil {
		text := "the steps need one another in a circle: " + strings.Join(circle, " needs ")
		return []config.Fault{{Line: p.Step(circle[0]).Line, Text: text}}
	}
	return p.checkReads()
}

func (p *Pipeline) checkNeeds() []config.Fault {
	var faults []config.Fault
	names := make([]string, 0, len(p.Steps))
	written := make(map[string]string, len(p.Steps))
	for _, s := range p.Steps {
		if other, twice := written[Alike(s.Name)]; twice {
			faults = append(faults, config.Fault{Part: "step " + s.Name, Line: s.Line, Text: "there is a step " + other + " already; names differ in more than - and _"})
		}
		names, written[Alike(s.Name)] = append(names, s.Name), s.Name
	}
	for _, s := range p.Steps {
		for i, need := range s.Needs {
			switch {
			case need == s.Name:
				faults = append(faults, config.Fault{Part: "step " + s.Name, Line: s.Line, Text: "it needs itself"})
			case p.Step(need) == nil:
				faults = append(faults, config.Fault{Part: "step " + s.Name, Line: s.Line, Text: "it needs " + need + ", and there is no such step" + command.Meant(need, names)})
			case slices.Contains(s.Needs[:i], need):
				faults = append(faults, config.Fault{Part: "step " + s.Name, Line: s.Line, Text: "it needs " + need + " twice"})
			}
		}
	}
	return faults
}

// Alike is a step's name as templates may write it, too: steps.post_deploy is the step post-deploy.
func Alike(name string) string { return strings.ReplaceAll(name, "-", "_") }

// circle finds steps that need one another: the first of them again at the end; nil when there are none.
func (p *Pipeline) circle() []string {
	for _, s := range p.Steps {
		if path := p.pathTo(s.Name, s.Name, nil); path != nil {
			return path
		}
	}
	return nil
}

// pathTo is how one step leads to another by what it needs.
func (p *Pipeline) pathTo(from, to string, seen map[string]bool) []string {
	if seen == nil {
		seen = make(map[string]bool)
	}
	for _, need := range p.Step(from).Needs {
		if need == to {
			return []string{from, need}
		}
		if seen[need] {
			continue
		}
		seen[need] = true
		if rest := p.pathTo(need, to, seen); rest != nil {
			return append([]string{from}, rest...)
		}
	}
	return nil
}

// checkReads finds templates that read what is not there: a slip in a name would be an empty value else.
func (p *Pipeline) checkReads() []config.Fault {
	var faults []config.Fault
	for _, s := range p.Steps {
		paths := s.Args.Paths()
		if s.When != nil {
			paths = append(paths, s.When.Paths()...)
		}
		var told []string
		for _, path := range paths {
			if text := p.misread(s, path); text != "" && !slices.Contains(told, text) {
				told = append(told, text)
				faults = append(faults, config.Fault{Part: "step " + s.Name, Line: s.Line, Text: text})
			}
		}
	}
	return faults
}

// What templates and conditions see, and what of a step.
var (
	roots     = []string{"args", "steps", "run"}
	ofRun     = []string{"id", "by", "pipeline"}
	ofStep    = []string{"state", "result", "text", "job"}
	takesOnly = map[string][]string{"run": ofRun}
)

// misread says why a step cannot read something; empty when it can.
func (p *Pipeline) misread(s *Step, path []string) string {
	switch {
	case !slices.Contains(roots, path[0]):
		return "there is no " + path[0] + " to read: there are args, steps and run" + command.Meant(path[0], roots)
	case len(path) == 1:
		return ""
	case path[0] == "args":
		names := make([]string, len(p.Args))
		for i, a := range p.Args {
			names[i] = a.Name
		}
		if !slices.Contains(names, path[1]) {
			return "it reads args." + path[1] + ", and the pipeline has no such argument" + command.Meant(path[1], names)
		}
	case path[0] == "run":
		if known := takesOnly["run"]; !slices.Contains(known, path[1]) {
			return "it reads run." + path[1] + "; there are " + strings.Join(known, ", ") + command.Meant(path[1], known)
		}
	default:
		return p.misreadStep(s, path)
	}
	return ""
}

// misreadStep: what a step reads of another must be there when it runs.
func (p *Pipeline) misreadStep(s *Step, path []string) string {
	names := make([]string, len(p.Steps))
	for i, other := range p.Steps {
		names[i] = other.Name
	}
	at := slices.IndexFunc(names, func(name string) bool { return name == path[1] || Alike(name) == path[1] })
	switch {
	case at < 0:
		return "it reads steps." + path[1] + ", and there is no such step" + command.Meant(path[1], names)
	case !slices.Contains(p.Before(s.Name), names[at]):
		return "it reads steps." + path[1] + ", which need not have ended by then; add it to needs"
	case len(path) > 2 && !slices.Contains(ofStep, path[2]):
		return "it reads steps." + path[1] + "." + path[2] + "; a step has " + strings.Join(ofStep, ", ") + command.Meant(path[2], ofStep)
	}
	return ""
}
