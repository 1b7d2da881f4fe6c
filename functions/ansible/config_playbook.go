package main

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/handsoff/handsoff/shared/command"
)

// playbook is a playbook that may be run, and how.
type playbook struct {
	Repo         string            `yaml:"repo,omitempty"` // none: Path is absolute
	Ref          string            `yaml:"ref,omitempty"`  // a branch, a tag or a commit; the repository's own branch when empty
	Path         string            `yaml:"path"`
	Summary      string            `yaml:"summary,omitempty"`
	Help         string            `yaml:"help,omitempty"`
	Role         string            `yaml:"role,omitempty"`         // "operator" when empty
	Inventories  []string          `yaml:"inventories,omitempty"`  // those that may be used, the first by default; all when empty
	Requirements string            `yaml:"requirements,omitempty"` // roles and collections for ansible-galaxy, a file in the repository
	Dependencies []dependency      `yaml:"dependencies,omitempty"`
	Vars         map[string]any    `yaml:"vars,omitempty"`
	Secrets      map[string]string `yaml:"secrets,omitempty"` // extra variable → the secret with its value
	Args         []command.Arg     `yaml:"args,omitempty"`
	Extra        bool              `yaml:"extra,omitempty"` // whether any name=value may be given
	Vault        string            `yaml:"vault,omitempty"` // the secret with the vault password
	Env          map[string]string `yaml:"env,omitempty"`
	Retry        retryPolicy       `yaml:"retry,omitempty"`
	Repeat       bool              `yaml:"repeat,omitempty"` // safe to repeat: run again when its function died
	Signoff      *signoff          `yaml:"signoff,omitempty"`
	Lock         string            `yaml:"lock,omitempty"`
	Limit        time.Duration     `yaml:"limit,omitempty"` // two hours when empty

	name string
}

// dependency is a further repository that a playbook needs: it is laid out beside it, and its folder handed in.
type dependency struct {
	Name string `yaml:"name"`
	Repo string `yaml:"repo"`
	Ref  string `yaml:"ref,omitempty"`
}

// retryPolicy says how often hosts that failed or were not reached are tried again within one job.
type retryPolicy struct {
	Count int           `yaml:"count,omitempty"`
	Wait  time.Duration `yaml:"wait,omitempty"`
}

// signoff is who must agree before a playbook runs; a check run needs nobody.
type signoff struct {
	Need   int           `yaml:"need"`
	Role   string        `yaml:"role,omitempty"`
	Self   bool          `yaml:"self,omitempty"`
	Within time.Duration `yaml:"within,omitempty"`
}

// Limits of a playbook's configuration.
const (
	usualLimit   = 2 * time.Hour
	maxRetries   = 20
	maxSecrets   = 100
	maxVariables = 500
)

func (p *playbook) check(name string, s *settings) error {
	p.name = name
	set(&p.Role, "operator")
	set(&p.Summary, "Run the playbook "+name)
	set(&p.Limit, usualLimit)
	if !nameForm.MatchString(name) {
		return errors.New(nameRule)
	}
	if err := p.checkPlace(); err != nil {
		return err
	}
	if err := p.checkInventories(s); err != nil {
		return err
	}
	if err := p.checkVariables(); err != nil {
		return err
	}
	if p.Retry.Count < 0 || p.Retry.Count > maxRetries || p.Retry.Wait < 0 || p.Retry.Wait > 24*time.Hour {
		return fmt.Errorf("retry: a count up to %d and a wait up to a day are possible", maxRetries)
	}
	return checkEnv(p.Env)
}

func (p *playbook) checkPlace() error {
	switch {
	case p.Path == "":
		return errors.New("path is missing: the playbook's file")
	case p.Repo == "" && !filepath.IsAbs(p.Path):
		return fmt.Errorf("path: without a repo, %q must be an absolute path", p.Path)
	case p.Repo == "" && p.Ref != "":
		return errors.New("ref belongs to repo")
	}
	if err := errors.Join(checkWithin(p.Path, p.Repo != ""), checkRepository(p.Repo, p.Ref)); err != nil {
		return err
	}
	if p.Requirements != "" && !filepath.IsLocal(p.Requirements) {
		return fmt.Errorf("requirements: %q must be a file beside the playbook or in its repository", p.Requirements)
	}
	taken := []string{playbookFolder}
	for i, d := range p.Dependencies {
		switch {
		case !nameForm.MatchString(d.Name) || slices.Contains(taken, d.Name):
			return fmt.Errorf("dependencies, entry %d: the name %q is taken or not one: %s", i+1, d.Name, nameRule)
		case d.Repo == "":
			return fmt.Errorf("dependencies, entry %d: repo is missing", i+1)
		}
		if err := checkRepository(d.Repo, d.Ref); err != nil {
			return fmt.Errorf("dependencies.%s: %w", d.Name, err)
		}
		taken = append(taken, d.Name)
	}
	return nil
}

func (p *playbook) checkInventories(s *settings) error {
	if len(p.Inventories) == 0 {
		p.Inventories = sorted(s.Inventories)
	}
	if len(p.Inventories) == 0 {
		return errors.New("there is no inventory to run it on; declare one under ansible.inventories")
	}
	for _, name := range p.Inventories {
		entry, known := s.Inventories[name]
		switch {
		case !known:
			return fmt.Errorf("inventories: there is no inventory %q%s", name, perhaps(name, sorted(s.Inventories)))
		case entry.inPlaybook() && p.Repo == "":
			return fmt.Errorf("inventories: %s is a path in the playbook's repository, and the playbook has none", name)
		}
	}
	return nil
}

// perhaps suggests the nearest name.
func perhaps(name string, names []string) string {
	if near := command.Nearest(name, names); len(near) > 0 {
		return "; perhaps you meant " + near[0]
	}
	return ""
}

func (p *playbook) checkVariables() error {
	if len(p.Secrets) > maxSecrets || len(p.Vars) > maxVariables {
		return fmt.Errorf("at most %d secrets and %d vars are possible", maxSecrets, maxVariables)
	}
	taken := map[string]string{}
	claim := func(name, by string) error {
		if !variableForm.MatchString(name) {
			return fmt.Errorf("%s: %q is not the name of a variable", by, name)
		}
		if other, is := taken[name]; is {
			return fmt.Errorf("%s: %s is also among %s; a variable has one value", by, name, other)
		}
		taken[name] = by
		return nil
	}
	for _, name := range sorted(p.Secrets) {
		if err := claim(name, "secrets"); err != nil {
			return err
		}
		if p.Secrets[name] == "" {
			return fmt.Errorf("secrets: %s needs the name of a secret", name)
		}
	}
	for _, name := range sorted(p.Vars) {
		if err := claim(name, "vars"); err != nil {
			return err
		}
	}
	for _, arg := range p.Args {
		if slices.Contains(ownArguments, arg.Name) {
			return fmt.Errorf("args: %s is an argument of every run", arg.Name)
		}
		if err := claim(arg.Name, "args"); err != nil && !strings.Contains(err.Error(), "among vars") { // an argument overrides a var
			return err
		}
	}
	return nil
}
