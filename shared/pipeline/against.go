package pipeline

import (
	"maps"
	"slices"
	"strings"

	"github.com/handsoff/handsoff/shared/chat"
	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/config"
)

// Against compares the steps with the commands that there are: those that do not exist now, and arguments that they do not
// take, miss, or take in another form. What a template gives is known only when it runs.
func (p *Pipeline) Against(c *command.Catalogue) []config.Fault {
	var faults []config.Fault
	for _, s := range p.Steps {
		for _, text := range s.against(c) {
			faults = append(faults, config.Fault{Kind: "pipeline", Name: p.Name, Part: "step " + s.Name, Line: s.Line, Text: text})
		}
	}
	return faults
}

func (s *Step) against(c *command.Catalogue) []string {
	d, err := c.Find(s.Run)
	if err != nil {
		words := make([]string, 0, len(c.Commands()))
		for _, known := range c.Commands() {
			words = append(words, known.Words)
		}
		return []string{"there is no command " + s.Run + " just now" + command.Meant(s.Run, words)}
	}
	var texts []string
	if d.Now && s.Signoff != nil {
		texts = append(texts, d.Words+" answers at once, so nobody can sign it off first")
	}
	if d.Now && s.Timeout > 0 {
		texts = append(texts, d.Words+" answers at once, so a timeout means nothing to it")
	}
	return append(texts, s.ill(d)...)
}

// ill says which arguments do not suit a command.
func (s *Step) ill(d *command.Declared) []string {
	var texts []string
	names := make([]string, len(d.Args))
	for i, a := range d.Args {
		names[i] = a.Name
		_, given := s.Args[a.Name]
		if !given && a.Default == nil && !a.Optional {
			texts = append(texts, d.Words+" needs the argument "+a.Name)
		}
		value, fixed := s.Args.Fixed(a.Name)
		if !fixed || value == nil {
			continue
		}
		one := &command.Declared{Spec: command.Spec{Words: d.Words, Args: []command.Arg{a}}}
		if _, err := one.Adopt(map[string]any{a.Name: value}); err != nil {
			texts = append(texts, strings.TrimRight(chat.OneLine(err.Error()), "."))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(s.Args)) {
		if !slices.Contains(names, name) && d.Extra == "" {
			texts = append(texts, d.Words+" has no argument "+name+command.Meant(name, names))
		}
	}
	return texts
}
