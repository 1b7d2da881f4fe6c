package main

import (
	"cmp"
	"errors"
	"path"
	"slices"
	"strings"

	"github.com/handsoff/handsoff/functions/jenkins/remote"
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

func (s *shortcut) check(job string) error {
	spaced := strings.NewReplacer("-", " ", "_", " ").Replace(path.Base(job))
	s.words = strings.ToLower(strings.Join(strings.Fields(s.Prefix+" "+spaced+" "+s.Suffix), " "))
	if s.words == "" {
		return errors.New("its name has no words")
	}
	set(&s.Role, "operator")
	set(&s.Summary, "Build "+job)
	return nil
}

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
		spec.Args = arguments(last.Parameters)
	}
	return spec
}

func arguments(parameters []remote.Parameter) []command.Arg {
	ordered := slices.Clone(parameters)
	slices.SortFunc(ordered, func(a, b remote.Parameter) int { return cmp.Compare(a.Name, b.Name) })
	var args []command.Arg
	for _, parameter := range ordered {
		if parameter.Name == markParameter || kindOf(parameter) == fileKind {
			continue
		}
		args = append(args, argument(parameter))
	}
	return args
}

func argument(parameter remote.Parameter) command.Arg {
	kind := kindOf(parameter)
	arg := command.Arg{
		Name: parameter.Name, Optional: true, Secret: kind == passwordKind,
		Help: remote.Plain(parameter.Description, 200),
	}
	switch kind {
	case boolKind:
		arg.Type = "bool"
	case choiceKind:
		arg.Type, arg.Choices = "choice", parameter.Choices
	case textKind, passwordKind, runKind, credentialsKind, fileKind, validatedKind, unknownKind:
		arg.Type = "string"
	}
	if text := defaultText(parameter); text != "" && kind != passwordKind {
		// Not Arg.Default: Jenkins' own default must count, also when it has changed since it was read.
		arg.Help = strings.TrimSpace(arg.Help + " (Jenkins' default: " + text + ")")
	}
	return arg
}
