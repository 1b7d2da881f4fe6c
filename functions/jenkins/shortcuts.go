package main

import (
	"cmp"
	"errors"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/handsoff/handsoff/functions/jenkins/remote"
	"github.com/handsoff/handsoff/shared/chat"
	"github.com/handsoff/handsoff/shared/command"
)

// shortcut makes a command of its own of one job: an entry of jenkins.jobs, under the job's full name.
type shortcut struct {
	Summary    string            `yaml:"summary,omitempty"`
	Prefix     string            `yaml:"cmd_prefix,omitempty"`
	Suffix     string            `yaml:"cmd_suffix,omitempty"`
	Role       string            `yaml:"role,omitempty"` // "operator" when empty
	Parameters map[string]values `yaml:"parameters,omitempty"`
	Roles      []string          `yaml:"roles,omitempty"`
	Token      string            `yaml:"token,omitempty"` // the secret with the job's remote trigger token

	words string
}

var wordsForm = regexp.MustCompile(`^[a-z0-9][a-z0-9_.?-]{0,31}( [a-z0-9][a-z0-9_.?-]{0,31}){0,5}$`)

func (s *shortcut) check(job string) error {
	spaced := strings.NewReplacer("-", " ", "_", " ").Replace(path.Base(job))
	s.words = strings.ToLower(strings.Join(strings.Fields(s.Prefix+" "+spaced+" "+s.Suffix), " "))
	if !wordsForm.MatchString(s.words) {
		return errors.New("its name makes no command: up to six words of letters, digits and _ . ? - are needed")
	}
	set(&s.Role, "operator")
	set(&s.Summary, "Build "+job)
	s.Summary = chat.Cut(chat.Brief(s.Summary, maxSummary), maxSummary)
	return nil
}

// rules reports whether the shortcut says anything about who may build the job, and with what.
func (s *shortcut) rules() bool { return len(s.Parameters) > 0 || len(s.Roles) > 0 || s.Token != "" }

// spec declares the shortcut as a command. Its parameters stand in alphabetical order, as people who gave them by
// position have learned; known is false when Jenkins never told them.
func (s *shortcut) spec(job string, last lastKnown, known bool) command.Spec {
	spec := command.Spec{
		Words: s.words, Summary: s.Summary, Role: s.Role, Needs: []string{"jenkins"}, Limit: buildLimit,
		Help: "Builds the Jenkins job " + job + ".",
	}
	switch {
	case !known:
		spec.Extra = "parameters of the Jenkins job"
		spec.Help += " Jenkins has not said yet which parameters it takes; give them as name=value."
	case last.Missing:
		spec.Summary += " (Jenkins has no such job)"
		spec.Help += " Jenkins has no such job now, or does not show it to this account."
	default:
		var more bool
		if spec.Args, more = arguments(last.Parameters); more {
			spec.Extra = "the job's further parameters"
		}
	}
	return spec
}

// What the function command takes of a declared command.
const (
	maxArguments = 32
	maxChoices   = 64
	maxHelp      = 300 // bytes of an argument's help
	maxSummary   = 90  // bytes; there are 30 more for a note
)

var argumentName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_.-]{0,63}$`)

// arguments declares parameters. more says that some could not be declared; those are still taken as name=value.
func arguments(parameters []remote.Parameter) (args []command.Arg, more bool) {
	ordered := slices.Clone(parameters)
	slices.SortFunc(ordered, func(a, b remote.Parameter) int { return cmp.Compare(a.Name, b.Name) })
	for _, parameter := range ordered {
		switch {
		case parameter.Name == markParameter || kindOf(parameter) == fileKind:
		case !argumentName.MatchString(parameter.Name) || parameter.Name == command.ExtraArg || len(args) == maxArguments:
			more = true
		default:
			args = append(args, argument(parameter))
		}
	}
	return args, more
}

func argument(parameter remote.Parameter) command.Arg {
	kind := kindOf(parameter)
	arg := command.Arg{
		Name: parameter.Name, Optional: true, Secret: kind == passwordKind, Type: command.TypeString,
		Help: chat.Brief(parameter.Description, 120),
	}
	switch {
	case kind == boolKind:
		arg.Type = command.TypeBool
	case kind == choiceKind && plainChoices(parameter.Choices):
		arg.Type, arg.Choices = command.TypeChoice, parameter.Choices
	}
	if text := defaultText(parameter); text != "" && kind != passwordKind {
		// Not Arg.Default: Jenkins' own default must count, also when it has changed since it was read.
		arg.Help = strings.TrimSpace(arg.Help + " (Jenkins' default: " + text + ")")
	}
	arg.Help = chat.Cut(arg.Help, maxHelp)
	return arg
}

// plainChoices reports whether choices can be declared; Jenkins checks those that cannot.
func plainChoices(choices []string) bool {
	odd := func(choice string) bool {
		return choice == "" || len(choice) > 200 || choice != chat.Brief(choice, 200)
	}
	return len(choices) > 0 && len(choices) <= maxChoices && !slices.ContainsFunc(choices, odd)
}
