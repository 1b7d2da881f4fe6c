package main

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/git"
)

// settings is the configuration's section "git".
type settings struct {
	git.Section `yaml:",inline"`

	Settle  time.Duration            `yaml:"settle,omitempty"` // how long a push whose git was ended may go on at the server
	Allow   []rule                   `yaml:"allow,omitempty"`
	Mirrors map[string]*mirrorConfig `yaml:"mirrors,omitempty"`

	mirrors map[string]*mirror
}

// rule allows addresses in "sync repo".
type rule struct {
	URLs  []string `yaml:"urls"`            // patterns, https://github.com/acme/*
	For   []string `yaml:"for,omitempty"`   // upstream, downstream, patches; all when empty
	Roles []string `yaml:"roles,omitempty"` // any of these is needed besides the command's own role

	patterns []git.Pattern
}

// mirrorConfig is an entry of git.mirrors.
type mirrorConfig struct {
	Summary        string               `yaml:"summary,omitempty"`
	Upstream       string               `yaml:"upstream"`
	Downstream     string               `yaml:"downstream"`
	Branches       []string             `yaml:"branches"`                   // names or patterns with one *; all when absent
	Tags           []string             `yaml:"tags"`                       // likewise
	TagsAsBranches []string             `yaml:"tags_as_branches,omitempty"` // tag:branch, both with a * or neither
	Diverged       string               `yaml:"diverged,omitempty"`         // fail (when empty), skip or force
	Patches        *patchesConfig       `yaml:"patches,omitempty"`
	Role           string               `yaml:"role,omitempty"` // "operator" when empty
	Lock           string               `yaml:"lock,omitempty"` // the downstream's when empty
	Limit          time.Duration        `yaml:"limit,omitempty"`
	Signoff        *command.SignoffSpec `yaml:"signoff,omitempty"`
}

// patchesConfig says where the patches are that must still apply.
type patchesConfig struct {
	Repo        string      `yaml:"repo"`
	Branch      string      `yaml:"branch,omitempty"` // of the patches; main when empty
	Path        string      `yaml:"path,omitempty"`   // the folder with the patches; the root when empty
	Onto        string      `yaml:"onto,omitempty"`   // the upstream's branch on which they go; main when empty
	PullRequest *pullConfig `yaml:"pull_request,omitempty"`
}

// pullConfig says where refreshed patches are proposed.
type pullConfig struct {
	Repo  string `yaml:"repo"` // owner/name at GitHub
	Base  string `yaml:"base,omitempty"`
	Title string `yaml:"title,omitempty"`
}

const (
	// syncLimit bounds a sync, where nothing else is configured.
	syncLimit = 12 * time.Hour
	// defaultSettle is how long a server may take to end a push whose client has gone.
	defaultSettle = 3 * time.Second
	// maxMirrors bounds the mirrors.
	maxMirrors = 500
)

var (
	nameForm   = regexp.MustCompile(`^[a-z0-9][a-z0-9_.-]{0,31}$`)
	folderForm = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9._/-]{0,200}$`)
	repoForm   = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9-]{0,38}/[A-Za-z0-9._-]{1,100}$`)
)

// check refuses what cannot work, with the key that is wrong.
func (s *settings) check() error {
	if err := s.Section.Check(); err != nil {
		return err
	}
	s.Settle = cmp.Or(s.Settle, defaultSettle)
	if s.Settle < 0 || s.Settle > time.Minute {
		return fmt.Errorf("git.settle: %s is not between nothing and a minute", s.Settle)
	}
	for i := range s.Allow {
		if err := s.Allow[i].check(); err != nil {
			return fmt.Errorf("git.allow, entry %d: %w", i+1, err)
		}
	}
	if len(s.Mirrors) > maxMirrors {
		return fmt.Errorf("git.mirrors: more than %d", maxMirrors)
	}
	s.mirrors = map[string]*mirror{}
	for _, name := range slices.Sorted(maps.Keys(s.Mirrors)) {
		m, err := s.mirror(name, s.Mirrors[name])
		if err != nil {
			return fmt.Errorf("git.mirrors.%s: %w", name, err)
		}
		s.mirrors[name] = m
	}
	return nil
}

func (r *rule) check() error {
	if len(r.URLs) == 0 {
		return errors.New("urls, a list of patterns, is needed")
	}
	for _, text := range r.URLs {
		p, err := git.ParsePattern(text)
		if err != nil {
			return fmt.Errorf("urls: %q: %w", text, err)
		}
		r.patterns = append(r.patterns, p)
	}
	for _, use := range r.For {
		if !slices.Contains(uses, use) {
			return fmt.Errorf("for: %q is none of %s", use, strings.Join(uses, ", "))
		}
	}
	return nil
}

// mirror reads one entry.
func (s *settings) mirror(name string, c *mirrorConfig) (*mirror, error) {
	if !nameForm.MatchString(name) {
		return nil, errors.New("a name is one word of small letters, digits and _ . -")
	}
	if c == nil {
		return nil, errors.New("upstream and downstream are needed")
	}
	m := &mirror{
		name: name, mirrored: name, summary: cmp.Or(c.Summary, "Bring "+name+" up to date with its upstream"), role: cmp.Or(c.Role, "operator"),
		lock: c.Lock, limit: cmp.Or(c.Limit, syncLimit), signoff: c.Signoff, diverged: cmp.Or(policy(c.Diverged), failDiverged),
	}
	var err error
	if m.upstream, err = s.address("upstream", c.Upstream); err != nil {
		return nil, err
	}
	if m.downstream, err = s.address("downstream", c.Downstream); err != nil {
		return nil, err
	}
	if m.upstream.Canonical() == m.downstream.Canonical() {
		return nil, errors.New("upstream and downstream are the same repository")
	}
	if !slices.Contains([]policy{failDiverged, skipDiverged, forceDiverged}, m.diverged) {
		return nil, fmt.Errorf("diverged: %q is none of fail, skip and force", c.Diverged)
	}
	if m.lock == "" {
		m.lock = "git " + command.OneSpelling(m.downstream.String()) // as that of sync repo
	}
	if err := m.choose(c.Branches, c.Tags, c.TagsAsBranches); err != nil {
		return nil, err
	}
	if m.patches, err = s.patches(c.Patches); err == nil && m.patches != nil && m.patches.repo.Canonical() == m.upstream.Canonical() {
		err = errors.New("patches.repo: the patches are not in the upstream itself")
	}
	return m, err
}

func (s *settings) address(key, text string) (git.Address, error) {
	a, err := git.ParseAddress(text)
	if err == nil && !slices.Contains(s.Protocols, a.Scheme()) {
		err = fmt.Errorf("%w (%s)", git.ErrProtocol, a.Scheme())
	}
	if err != nil {
		return git.Address{}, fmt.Errorf("%s: %w", key, err)
	}
	return a, nil
}

func (s *settings) patches(c *patchesConfig) (*patches, error) {
	if c == nil {
		return nil, nil
	}
	at, err := s.address("patches.repo", c.Repo)
	if err != nil {
		return nil, err
	}
	p := &patches{repo: at, branch: cmp.Or(c.Branch, "main"), path: strings.Trim(c.Path, "/"), onto: cmp.Or(c.Onto, "main")}
	for key, name := range map[string]string{"branch": p.branch, "onto": p.onto} {
		if err := git.CheckRef(name); err != nil {
			return nil, fmt.Errorf("patches.%s: %w", key, err)
		}
	}
	if p.path != "" && (!folderForm.MatchString(p.path) || strings.Contains(p.path, "..")) {
		return nil, errors.New("patches.path: it is no folder of a repository")
	}
	if pull := c.PullRequest; pull != nil {
		if !repoForm.MatchString(pull.Repo) {
			return nil, errors.New("patches.pull_request.repo: owner/name is needed")
		}
		p.pull = &pullConfig{Repo: pull.Repo, Base: cmp.Or(pull.Base, p.branch), Title: pull.Title}
	}
	return p, nil
}
