package main

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/handsoff/handsoff/shared/chat"
)

// rule says which jobs may be built and stopped, with which parameters, by whom.
type rule struct {
	Jobs       string            `yaml:"jobs"`                 // a pattern over full names, "demo/**"
	Parameters map[string]values `yaml:"parameters,omitempty"` // what these parameters may be; others are free
	Roles      []string          `yaml:"roles,omitempty"`      // any of these is needed besides the command's own role
	Token      string            `yaml:"token,omitempty"`      // the secret with these jobs' remote trigger token

	glob glob
}

func (r *rule) check() error {
	parsed, err := parseGlob(r.Jobs)
	if err != nil {
		return fmt.Errorf("jobs: %w", err)
	}
	r.glob = parsed
	return nil
}

// values is what a parameter may be: a list of texts, or a regular expression (RE2) for the whole of it.
type values struct {
	list    []string
	pattern *regexp.Regexp
	text    string
}

// UnmarshalYAML implements yaml.Unmarshaler.
func (v *values) UnmarshalYAML(node *yaml.Node) error {
	switch node.Kind {
	case yaml.SequenceNode:
		if err := node.Decode(&v.list); err != nil {
			return fmt.Errorf("line %d: a list of texts is needed: %w", node.Line, err)
		}
		return nil
	case yaml.ScalarNode:
		pattern, err := regexp.Compile(`^(?:` + node.Value + `)$`)
		if err != nil {
			return fmt.Errorf("line %d: %w", node.Line, err)
		}
		v.pattern, v.text = pattern, node.Value
		return nil
	case yaml.DocumentNode, yaml.MappingNode, yaml.AliasNode:
	}
	return fmt.Errorf("line %d: a regular expression or a list of texts is needed", node.Line)
}

// MarshalYAML implements yaml.Marshaler.
func (v values) MarshalYAML() (any, error) {
	if v.pattern != nil {
		return v.text, nil
	}
	return v.list, nil
}

func (v values) allow(text string) bool {
	if v.pattern != nil {
		return v.pattern.MatchString(text)
	}
	return slices.Contains(v.list, text)
}

func (v values) String() string {
	if v.pattern != nil {
		return "match " + v.text
	}
	return "be one of " + strings.Join(v.list, ", ")
}

// permit is a rule that let something pass.
type permit struct {
	name  string // for people, "jenkins.allow demo/**"
	token string // the secret with the trigger token; empty for none
}

// allowed finds the rule under which somebody with these roles may build or stop job with these parameters. The error
// is a sentence that says what stands in the way. A shortcut's own rule comes first.
func (s *settings) allowed(job string, roles []string, given map[string]string, secret func(name string) bool) (permit, error) {
	var refusals []error
	for _, candidate := range s.rulesFor(job) {
		err := candidate.refuses(roles, given, secret)
		if err == nil {
			return permit{name: candidate.name, token: candidate.Token}, nil
		}
		refusals = append(refusals, err)
	}
	if len(refusals) > 0 {
		return permit{}, refusals[0]
	}
	return permit{}, fmt.Errorf("no rule covers %s: %s", job, s.coverage())
}

type namedRule struct {
	*rule
	name string
}

// rulesFor are the rules for a job, a shortcut's own first. A shortcut that rules nothing is only a name for the job: it
// must not let past what the rules for the job keep out.
func (s *settings) rulesFor(job string) []namedRule {
	var found []namedRule
	for i := range s.Allow {
		if s.Allow[i].glob.match(job) {
			found = append(found, namedRule{&s.Allow[i], "jenkins.allow " + s.Allow[i].Jobs})
		}
	}
	if cut, ok := s.Jobs[job]; ok && (cut.rules() || len(found) == 0) {
		own := rule{Parameters: cut.Parameters, Roles: cut.Roles, Token: cut.Token}
		found = slices.Insert(found, 0, namedRule{&own, "jenkins.jobs " + job})
	}
	return found
}

func (r namedRule) refuses(roles []string, given map[string]string, secret func(string) bool) error {
	if len(r.Roles) > 0 && !slices.ContainsFunc(r.Roles, func(role string) bool { return slices.Contains(roles, role) }) {
		return fmt.Errorf("%s is for the role %s", r.name, strings.Join(r.Roles, " or "))
	}
	for _, name := range sorted(given) {
		allowed, ruled := r.Parameters[name]
		if !ruled || allowed.allow(given[name]) {
			continue
		}
		if secret(name) {
			return fmt.Errorf("%s does not allow that value of %s", r.name, name)
		}
		return fmt.Errorf("%s wants %s to %s, not %s", r.name, name, allowed, chat.Quote(given[name], 80))
	}
	return nil
}

// coverage says what the configuration does allow.
func (s *settings) coverage() string {
	if len(s.Allow) == 0 {
		return "the configuration's jenkins.allow is empty"
	}
	var patterns []string
	for _, r := range s.Allow {
		patterns = append(patterns, r.Jobs)
	}
	return "jenkins.allow has " + strings.Join(patterns, ", ")
}

// mayTouch reports whether somebody with these roles may build or stop the job at all.
func (s *settings) mayTouch(job string, roles []string) error {
	_, err := s.allowed(job, roles, nil, func(string) bool { return false })
	if err != nil && len(s.rulesFor(job)) == 0 {
		return errors.New(err.Error() + ". Ask an admin to add it")
	}
	return err
}

func sorted[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for key := range m {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}
