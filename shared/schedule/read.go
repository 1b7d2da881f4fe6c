package schedule

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/config"
	"github.com/handsoff/handsoff/shared/memory"
	"github.com/handsoff/handsoff/shared/rule"
)

const (
	// most is how many schedules there may be.
	most = 1000
	// mostAddresses is how many addresses may follow a schedule's jobs.
	mostAddresses = 8
	// mostChanged is how many remembered values a schedule may depend on.
	mostChanged = 16
)

// entry is a schedule as the configuration writes it.
type entry struct {
	Name     string         `yaml:"name"`
	Cron     string         `yaml:"cron"`
	Zone     string         `yaml:"zone"`
	Run      string         `yaml:"run"`
	Args     map[string]any `yaml:"args"`
	Line     string         `yaml:"line"`
	Announce texts          `yaml:"announce"`
	Missed   Missed         `yaml:"missed"`
	Overlap  Overlap        `yaml:"overlap"`
	Changed  texts          `yaml:"changed"`
}

// texts is one text or a list of them.
type texts []string

// UnmarshalYAML takes both.
func (t *texts) UnmarshalYAML(node *yaml.Node) error {
	if node.Kind == yaml.ScalarNode {
		*t = texts{node.Value}
		return nil
	}
	return node.Decode((*[]string)(t))
}

// Read reads the configuration's list "schedules". An entry with a mistake is left out and told of by Faults.
func Read(f *config.File) *Set {
	set := &Set{}
	node, ok := f.Sections["schedules"]
	if !ok || node.Tag == "!!null" {
		return set
	}
	if node.Kind != yaml.SequenceNode {
		set.faults = append(set.faults, config.Fault{Line: node.Line, Text: "schedules is to be a list, each entry with a name"})
		return set
	}
	for i, item := range node.Content {
		if i == most {
			set.faults = append(set.faults, config.Fault{Line: item.Line, Text: fmt.Sprintf("there may be %d schedules", most)})
			break
		}
		set.add(item)
	}
	return set
}

func (s *Set) add(node *yaml.Node) {
	e, err := decode(node)
	var made *Schedule
	if err == nil {
		made, err = e.schedule()
	}
	if err == nil && s.Find(made.Name) != nil {
		err = fmt.Errorf("there is another one of this name, at line %d", s.Find(made.Name).At)
	}
	if err != nil {
		s.faults = append(s.faults, config.Fault{Kind: "schedule", Name: e.Name, Line: node.Line, Text: err.Error()})
		return
	}
	made.At = node.Line
	s.list = append(s.list, made)
}

func decode(node *yaml.Node) (e entry, err error) {
	if node.Kind != yaml.MappingNode {
		return e, errors.New("an entry is to have keys: name, cron, run or line")
	}
	err = node.Decode(&e) // its name is known then, whatever else is wrong
	if wrong := shape(node); wrong != nil {
		err = wrong
	}
	return e, err
}

// schedule checks an entry.
func (e entry) schedule() (*Schedule, error) {
	s := &Schedule{
		Name: e.Name, Run: strings.Join(strings.Fields(e.Run), " "), Args: e.Args, Line: strings.TrimSpace(e.Line),
		Announce: e.Announce, Missed: e.Missed, Overlap: e.Overlap, Changed: e.Changed,
	}
	if s.Missed == "" {
		s.Missed = MissedRun
	}
	if s.Overlap == "" {
		s.Overlap = OverlapRefuse
	}
	switch {
	case s.Name == "":
		return nil, errors.New("name is missing")
	case !names.MatchString(s.Name):
		return nil, errors.New("a name is letters, digits, - and _, at most 64 of them")
	case (s.Run == "") == (s.Line == ""):
		return nil, errors.New("write either run, a command's words, or line, a line of text")
	case s.Line != "" && len(s.Args) > 0:
		return nil, errors.New("args belong to run, not to line")
	case !slices.Contains([]Missed{MissedRun, MissedReport, MissedIgnore}, s.Missed):
		return nil, errors.New("missed is run, report or ignore")
	case !slices.Contains([]Overlap{OverlapRefuse, OverlapQueue, OverlapAllow}, s.Overlap):
		return nil, errors.New("overlap is refuse, queue or allow")
	case len(s.Announce) > mostAddresses || len(s.Changed) > mostChanged:
		return nil, fmt.Errorf("announce may name %d addresses, changed %d values", mostAddresses, mostChanged)
	}
	var err error
	if s.Times, err = ParseTimes(e.Cron, e.Zone); err != nil {
		return nil, err
	}
	return s, errors.Join(s.checkNames(), s.parseArgs())
}

func (s *Schedule) checkNames() error {
	for _, address := range s.Announce {
		if door, where, ok := strings.Cut(address, ":"); !ok || door == "" || where == "" || where == "*" {
			return fmt.Errorf("announce: %q is not an address; write door:where, such as slack:C123 or telnet:ann", address)
		}
	}
	for _, name := range s.Changed {
		if err := memory.CheckName(name); err != nil {
			return fmt.Errorf("changed: %q: %w", name, err)
		}
	}
	_, err := command.Tidy(s.Line)
	return err
}

// parseArgs reads the templates among the arguments.
func (s *Schedule) parseArgs() error {
	s.templates = make(map[string]*rule.Template)
	for name, value := range s.Args {
		text, isText := value.(string)
		if !isText {
			continue
		}
		t, err := rule.ParseTemplate(text)
		if err != nil {
			return fmt.Errorf("args.%s: %w", name, err)
		}
		if !t.Fixed() {
			s.templates[name] = t
		}
	}
	return nil
}

// Recalls lists the remembered values that the schedule depends on or puts into its arguments.
func (s *Schedule) Recalls() []string {
	list := slices.Clone(s.Changed)
	for _, t := range s.templates {
		list = append(list, t.Recalls()...)
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// Fill fills the arguments with what is remembered. An error is a sentence for people.
func (s *Schedule) Fill(remembered map[string]memory.Change) (map[string]any, error) {
	known := make(map[string]any, len(remembered))
	for name, c := range remembered {
		known[name] = map[string]any{"value": c.Value, "subject": c.Subject, "url": c.URL, "at": c.At}
	}
	args := make(map[string]any, len(s.Args))
	for name, value := range s.Args {
		args[name] = value
		if t := s.templates[name]; t != nil {
			filled, err := t.Value(rule.NewEnv(map[string]any{"remembered": known}))
			if err != nil {
				return nil, fmt.Errorf("args.%s: %w", name, err)
			}
			args[name] = filled
		}
	}
	return args, nil
}
