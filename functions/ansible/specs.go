package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/handsoff/handsoff/shared/chat"
	"github.com/handsoff/handsoff/shared/command"
)

// Limits of a run's arguments, those that the bot before this one had.
const (
	maxVerbosity = 4
	maxForks     = 44
	usualForks   = 5
)

// ownArguments are the arguments that every run has.
var ownArguments = []string{
	"inventory", "tags", "skip_tags", "limit", "check", "diff", "verbosity", "forks", "user", command.ExtraArg,
}

// commands lists every playbook as a command of its own.
func (s *settings) commands(context.Context) ([]command.Spec, error) {
	specs := make([]command.Spec, 0, len(s.Playbooks))
	for _, p := range s.Playbooks {
		specs = append(specs, p.spec(s))
	}
	slices.SortFunc(specs, func(a, b command.Spec) int { return cmp.Compare(a.Words, b.Words) })
	return specs, nil
}

// words is the command that runs the playbook.
func (p *playbook) words() string { return runWords + p.name }

func (p *playbook) spec(s *settings) command.Spec {
	spec := command.Spec{
		Words: p.words(), Also: []string{"run playbook " + p.name}, Summary: chat.OneLine(p.Summary), Help: p.help(),
		Role: p.Role, Lock: p.Lock, Limit: p.Limit, Needs: []string{"ansible"}, Args: p.arguments(),
	}
	if p.Extra {
		spec.Extra = "further variables for the playbook, as name=value"
	}
	if p.Signoff != nil {
		spec.Signoff = &command.SignoffSpec{
			Need: p.Signoff.Need, Role: p.Signoff.Role, Self: p.Signoff.Self, Within: p.Signoff.Within, Unless: "check",
		}
	}
	return spec
}

func (p *playbook) help() string {
	parts := []string{}
	if p.Help != "" {
		parts = append(parts, strings.TrimSpace(p.Help))
	}
	if p.Repo != "" {
		parts = append(parts, fmt.Sprintf("Runs %s of %s%s.", p.Path, p.Repo, at(p.Ref)))
	} else {
		parts = append(parts, fmt.Sprintf("Runs %s.", p.Path))
	}
	if p.Retry.Count > 0 {
		parts = append(parts, fmt.Sprintf("Hosts that fail are tried again up to %d times.", p.Retry.Count))
	}
	if !p.Repeat {
		parts = append(parts, "It is not declared safe to repeat: should I die while it runs, it ends as unknown, and you decide.")
	}
	return strings.Join(parts, " ")
}

func at(ref string) string {
	if ref == "" {
		return ""
	}
	return " at " + ref
}

// arguments are those that must be given, then those of every run, then the other declared ones.
func (p *playbook) arguments() []command.Arg {
	var first, last []command.Arg
	for _, arg := range p.Args {
		if arg.Default == nil && !arg.Optional {
			first = append(first, arg)
		} else {
			last = append(last, arg)
		}
	}
	return slices.Concat(first, p.common(), last)
}

func (p *playbook) common() []command.Arg {
	hosts := command.Arg{Name: "inventory", Help: "where its hosts come from", Default: p.Inventories[0]}
	if len(p.Inventories) <= 64 { // as many choices as a command may have
		hosts.Type, hosts.Choices = command.TypeChoice, p.Inventories
	}
	return []command.Arg{
		hosts,
		{Name: "tags", Optional: true, Help: "only tasks with one of these tags, a,b"},
		{Name: "skip_tags", Optional: true, Help: "no tasks with one of these tags"},
		{Name: "limit", Optional: true, Help: "only these of the inventory's hosts, web1,web2 or a pattern"},
		{Name: "check", Type: command.TypeBool, Default: false, Help: "only show what would change"},
		{Name: "diff", Type: command.TypeBool, Default: false, Help: "show what changes in files"},
		{Name: "verbosity", Type: command.TypeInt, Default: 0, Help: fmt.Sprintf("how much ansible-playbook says, 0 to %d", maxVerbosity)},
		{Name: "forks", Type: command.TypeInt, Default: usualForks, Help: fmt.Sprintf("how many hosts at once, 1 to %d", maxForks)},
		{Name: "user", Optional: true, Help: "whom to log in as on the hosts"},
	}
}

// checkWords lets the reader of commands judge what becomes of the playbooks: what it would not take, the configuration is
// refused for, since a playbook that cannot be called is noticed too late.
func (s *settings) checkWords() error {
	specs, err := s.commands(context.Background())
	if err != nil {
		return err
	}
	if len(specs) == 0 {
		return nil
	}
	text, err := yaml.Marshal(specs)
	if err != nil {
		return fmt.Errorf("ansible.playbooks: %w", err)
	}
	faults := command.NewCatalogue(map[string]string{"ansible": string(text)}).Faults()
	if len(faults) == 0 {
		return nil
	}
	var texts []string
	for _, fault := range faults {
		texts = append(texts, fault.Text)
	}
	return errors.New("ansible.playbooks: " + strings.Join(texts, "; "))
}
