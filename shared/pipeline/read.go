package pipeline

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/handsoff/handsoff/shared/chat"
	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/config"
	"github.com/handsoff/handsoff/shared/config/field"
	"github.com/handsoff/handsoff/shared/rule"
)

// Section is the key of the pipelines in the configuration.
const Section = "pipelines"

// Limits of what may be configured.
const (
	maxSteps     = 50
	maxPipelines = 200
	maxSource    = 128 << 10 // bytes, with what aliases stand for
	maxRetries   = 10
	maxWait      = 24 * time.Hour
	maxTimeout   = 30 * 24 * time.Hour
)

var (
	nameForm = regexp.MustCompile(`^[a-z0-9][a-z0-9_.-]{0,31}$`)
	stepForm = regexp.MustCompile(`^[a-z][a-z0-9_-]{0,31}$`)
)

// Set is the pipelines of a configuration.
type Set struct {
	Pipelines []*Pipeline    // those that are right, by their names
	Faults    []config.Fault // what is wrong with the others
}

// Named finds a pipeline by its name; nil when there is none.
func (s *Set) Named(name string) *Pipeline {
	return s.find(func(p *Pipeline) bool { return p.Name == name })
}

// Called finds a pipeline by its command's words; nil when there is none.
func (s *Set) Called(words string) *Pipeline {
	return s.find(func(p *Pipeline) bool { return p.Words == words })
}

func (s *Set) find(is func(*Pipeline) bool) *Pipeline {
	if i := slices.IndexFunc(s.Pipelines, is); i >= 0 {
		return s.Pipelines[i]
	}
	return nil
}

// Read reads the pipelines of a configuration. An entry with a mistake is left out, with a fault for each mistake in it, and
// the others work.
func Read(f *config.File) *Set {
	set := &Set{}
	node, ok := f.Sections[Section]
	if !ok || node.ShortTag() == "!!null" {
		return set
	}
	section, err := config.Plain(&node)
	if err != nil {
		set.Faults = []config.Fault{config.FaultOf(node.Line, err)}
		return set
	}
	if section.Kind != yaml.MappingNode {
		set.Faults = []config.Fault{{Line: node.Line, Text: "pipelines is a map: each entry begins with its name and a colon"}}
		return set
	}
	for i := 0; i+1 < len(section.Content); i += 2 {
		name, entry := section.Content[i], section.Content[i+1]
		p, faults := readEntry(name, entry)
		if set.Named(p.Name) != nil {
			faults = append(faults, config.Fault{Kind: "pipeline", Name: p.Name, Line: name.Line, Text: "there is a pipeline of this name already"})
		}
		if len(set.Pipelines) == maxPipelines {
			faults = append(faults, config.Fault{Kind: "pipeline", Name: p.Name, Line: name.Line, Text: fmt.Sprintf("there may be %d pipelines", maxPipelines)})
		}
		set.Faults = append(set.Faults, faults...)
		if len(faults) == 0 {
			set.Pipelines = append(set.Pipelines, p)
		}
	}
	set.settle()
	return set
}

// Parse reads a pipeline from its source, as it was when a run of it began.
func Parse(name, source string) (*Pipeline, error) {
	var document yaml.Node
	if err := yaml.Unmarshal([]byte(source), &document); err != nil || len(document.Content) == 0 {
		return nil, fmt.Errorf("pipeline %s: it cannot be read any more: %w", name, err)
	}
	p, faults := readEntry(&yaml.Node{Kind: yaml.ScalarNode, Value: name}, document.Content[0])
	if len(faults) > 0 {
		return nil, fmt.Errorf("pipeline %s: it cannot be read any more: %s", name, faults[0])
	}
	return p, nil
}

// readEntry reads one entry. The pipeline is whole only when there are no faults.
func readEntry(name, entry *yaml.Node) (*Pipeline, []config.Fault) {
	p := &Pipeline{Name: name.Value, Line: name.Line}
	source, err := yaml.Marshal(entry)
	if err != nil {
		return p, []config.Fault{{Kind: "pipeline", Name: p.Name, Line: p.Line, Text: chat.OneLine(err.Error())}}
	}
	p.Source = string(source)
	if len(source) > maxSource {
		return p, []config.Fault{{Kind: "pipeline", Name: p.Name, Line: p.Line, Text: fmt.Sprintf("it has %d bytes; a pipeline may have %d", len(source), maxSource)}}
	}
	r := &field.Reader{}
	if !nameForm.MatchString(p.Name) {
		r.Complainf(p.Line, "%.40q cannot be a pipeline's name; use small letters, digits and _ . -, at most 32", p.Name)
	}
	r.Each(entry, "a pipeline", field.Map{
		"words": field.Text(&p.Words), "summary": field.Text(&p.Summary), "help": field.Text(&p.Help), "role": field.Text(&p.Role), "lock": field.Text(&p.Lock),
		"limit": field.Duration(&p.Limit, 0, maxTimeout), "signoff": signoff(&p.Signoff), "args": arguments(&p.Args),
		"steps": func(node *yaml.Node) error { return p.readSteps(node, r) },
	})
	p.Words = cmp.Or(strings.Join(strings.Fields(p.Words), " "), "run "+p.Name)
	p.Role = cmp.Or(p.Role, "operator")
	p.Summary = cmp.Or(p.Summary, "Run the pipeline "+p.Name)
	faults := r.Faults
	if len(faults) == 0 {
		faults = p.check()
	}
	for i := range faults {
		faults[i].Kind, faults[i].Name = "pipeline", p.Name
	}
	return p, faults
}

// readSteps reads the list of steps; what is wrong in them goes to r.
func (p *Pipeline) readSteps(node *yaml.Node, r *field.Reader) error {
	if node.Kind != yaml.SequenceNode || len(node.Content) == 0 {
		return config.Misplaced(node.Line, "a list is expected: each step begins with - name:")
	}
	if len(node.Content) > maxSteps {
		return config.Misplaced(node.Line, "%d steps; there may be %d", len(node.Content), maxSteps)
	}
	for _, entry := range node.Content {
		s, found := readStep(entry)
		if s.Needs == nil {
			s.Needs = p.usualNeeds(s)
		}
		for _, f := range found {
			if s.Name != "" {
				f.Part = "step " + s.Name
			}
			r.Faults = append(r.Faults, f)
		}
		p.Steps = append(p.Steps, s)
	}
	return nil
}

// usualNeeds are what the next step needs where nothing is said: the one before it, or, as it runs whatever happens, all.
func (p *Pipeline) usualNeeds(s *Step) []string {
	needs := []string{}
	for i, before := range p.Steps {
		if s.Always || i == len(p.Steps)-1 {
			needs = append(needs, before.Name)
		}
	}
	return needs
}

func readStep(node *yaml.Node) (*Step, []config.Fault) {
	s := &Step{Line: node.Line}
	r := &field.Reader{}
	r.Each(node, "a step", field.Map{
		"name": field.Text(&s.Name), "run": field.Text(&s.Run), "needs": field.Texts(&s.Needs), "always": field.Yes(&s.Always),
		"timeout": field.Duration(&s.Timeout, 0, maxTimeout), "signoff": signoff(&s.Signoff),
		"args":       func(n *yaml.Node) error { return s.Args.UnmarshalYAML(n) },
		"when":       func(n *yaml.Node) error { s.When = &rule.Condition{}; return s.When.UnmarshalYAML(n) },
		"on_failure": func(n *yaml.Node) error { return s.readFailure(n) },
		"retry": field.Nested("retry", field.Map{
			"count": field.Count(&s.Retry.Count, 0, maxRetries), "wait": field.Duration(&s.Retry.Wait, 0, maxWait),
		}),
	})
	if source, err := yaml.Marshal(node); err == nil {
		s.Source = string(source)
	}
	s.Run = strings.ToLower(strings.Join(strings.Fields(s.Run), " "))
	return s, append(r.Faults, s.check()...)
}

func (s *Step) readFailure(node *yaml.Node) error {
	if node.Value != "continue" && node.Value != "stop" {
		return config.Misplaced(node.Line, "continue or stop is expected")
	}
	s.Continue = node.Value == "continue"
	return nil
}

// signoff reads a sign-off; whether it makes sense is checked with the command.
func signoff(into **command.SignoffSpec) func(*yaml.Node) error {
	return func(node *yaml.Node) error {
		spec := &command.SignoffSpec{Need: 1}
		*into = spec
		return field.Nested("signoff", field.Map{
			"need": field.Count(&spec.Need, 1, 10), "role": field.Text(&spec.Role), "self": field.Yes(&spec.Self),
			"within": field.Duration(&spec.Within, 0, maxTimeout), "unless": field.Text(&spec.Unless),
		})(node)
	}
}

// arguments reads the declared arguments of a pipeline.
func arguments(into *[]command.Arg) func(*yaml.Node) error {
	return func(node *yaml.Node) error {
		if node.Kind != yaml.SequenceNode {
			return config.Misplaced(node.Line, "a list is expected: each argument begins with - name:")
		}
		for _, entry := range node.Content {
			var arg command.Arg
			err := field.Nested("an argument", field.Map{
				"name": field.Text(&arg.Name), "type": field.Text(&arg.Type), "help": field.Text(&arg.Help), "choices": field.Texts(&arg.Choices),
				"default":  func(n *yaml.Node) error { return n.Decode(&arg.Default) },
				"optional": field.Yes(&arg.Optional), "secret": field.Yes(&arg.Secret),
			})(entry)
			if err != nil {
				return err
			}
			*into = append(*into, arg)
		}
		return nil
	}
}
