package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/git"
	"github.com/handsoff/handsoff/shared/job"
)

// What an address may be for.
const (
	useUpstream   = "upstream"
	useDownstream = "downstream"
	usePatches    = "patches"
)

var uses = []string{useUpstream, useDownstream, usePatches}

// configured is the mirror whose own command a job is.
func (c *capability) configured(j *job.Job) (*mirror, error) {
	name := strings.TrimPrefix(j.Command, syncWords+" ")
	m, ok := c.set.mirrors[name]
	if !ok {
		return nil, refused(fmt.Sprintf("The mirror %s is not configured any more.", name))
	}
	return m, nil
}

// free makes a mirror of what "sync repo" was given.
func (c *capability) free(j *job.Job) (*mirror, error) {
	values := command.Values(j.Args)
	roles := c.roles.RolesOf(append([]string{j.Principal}, j.Groups...)...)
	m := &mirror{diverged: failDiverged}
	var err error
	if m.downstream, err = c.allowed(values.String("downstream_url"), useDownstream, roles); err != nil {
		return nil, err
	}
	if m.upstream, err = c.allowed(values.String("upstream_url"), useUpstream, roles); err != nil {
		return nil, err
	}
	if m.upstream.Canonical() == m.downstream.Canonical() {
		return nil, refused("upstream_url and downstream_url are the same repository. Nothing was pushed.")
	}
	m.mirrored = m.upstream.Name()
	branches, tags := values.List("upstream_branch_refs"), values.List("upstream_tag_refs")
	if err := m.choose(append([]string{}, branches...), append([]string{}, tags...), values.List("upstream_tags_as_branches_refs")); err != nil {
		return nil, refused(sentence("upstream_" + err.Error()))
	}
	if text := values.String("patch_repo_url"); text != "" {
		if m.patches, err = c.freePatches(text, values.String("patch_branch"), branches, roles); err != nil {
			return nil, err
		}
		if m.patches.repo.Canonical() == m.upstream.Canonical() {
			return nil, refused("patch_repo_url and upstream_url are the same repository. Nothing was pushed.")
		}
	}
	return m, nil
}

func (c *capability) freePatches(text, branch string, branches, roles []string) (*patches, error) {
	at, err := c.allowed(text, usePatches, roles)
	if err != nil {
		return nil, err
	}
	if err := git.CheckRef(branch); err != nil {
		return nil, refused(sentence(fmt.Sprintf("patch_branch: %v", err)))
	}
	p := &patches{repo: at, branch: branch, onto: branch}
	if len(branches) > 0 && !slices.Contains(branches, branch) && !strings.Contains(branches[0], "*") {
		p.onto = branches[0]
	}
	return p, nil
}

// allowed reads an address that a person gave, and refuses it unless git.allow covers it.
func (c *capability) allowed(text, use string, roles []string) (git.Address, error) {
	a, err := c.set.address(use+" address", text)
	if err != nil {
		return git.Address{}, refused(sentence(fmt.Sprintf("The %v", err)) + " Nothing was pushed.")
	}
	var lacking []string
	for _, r := range c.set.Allow {
		if !r.covers(a, use) {
			continue
		}
		if len(r.Roles) == 0 || slices.ContainsFunc(r.Roles, func(role string) bool { return slices.Contains(roles, role) }) {
			return a, nil
		}
		lacking = append(lacking, r.Roles...)
	}
	if len(lacking) > 0 {
		return git.Address{}, refused(fmt.Sprintf("To use %s as %s you need the role %s. Nothing was pushed.", a, use, strings.Join(lacking, " or ")))
	}
	return git.Address{}, refused(fmt.Sprintf("%s may not be used as %s here: git.allow does not cover it. Nothing was pushed.", a, use))
}

func (r *rule) covers(a git.Address, use string) bool {
	if len(r.For) > 0 && !slices.Contains(r.For, use) {
		return false
	}
	return slices.ContainsFunc(r.patterns, func(p git.Pattern) bool { return p.Covers(a) })
}
