package main

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/handsoff/handsoff/functions/jenkins/remote"
	"github.com/handsoff/handsoff/shared/chat"
	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/job"
)

// Prefix of a parameter whose name a command's own argument has: "jenkins build demo/x parameters.job=…".
const parameterPrefix = "parameters."

// wish is the build that a job of ours was asked for, as it was asked for.
type wish struct {
	job   string
	given map[string]string
}

// wishOf reads it out of the job's command: jenkins build, or a shortcut.
func (c *capability) wishOf(j *job.Job) (wish, error) {
	arguments := command.Values(j.Args)
	if j.Command == "jenkins build" {
		name, err := remote.Clean(arguments.String("job"))
		if err != nil {
			return wish{}, refused(err.Error())
		}
		return wish{job: name, given: parameterNames(arguments.Extra())}, nil
	}
	for name, cut := range c.set.Jobs {
		if cut.words == j.Command {
			given := parameterNames(arguments.Extra())
			for _, key := range sorted(j.Args) {
				if key != command.ExtraArg {
					given[key] = arguments.String(key)
				}
			}
			return wish{job: name, given: given}, nil
		}
	}
	return wish{}, refused(fmt.Sprintf("the configuration has no shortcut %s any more", chat.Quote(j.Command, 80)))
}

func parameterNames(extra map[string]string) map[string]string {
	given := make(map[string]string, len(extra))
	for name, value := range extra {
		given[strings.TrimPrefix(name, parameterPrefix)] = value
	}
	return given
}

// plan is a build that may be asked for.
type plan struct {
	*filling
	job   *remote.Job
	name  string
	token string // the job's trigger token; empty for none
}

// plan checks a wish against the configuration and against what Jenkins knows.
func (c *capability) plan(ctx context.Context, j *job.Job) (*plan, error) {
	wanted, err := c.wishOf(j)
	if err != nil {
		return nil, err
	}
	roles := c.rolesOf(j.Principal, j.Groups)
	if err := c.set.mayTouch(wanted.job, roles); err != nil {
		return nil, refused(err.Error())
	}
	found, err := c.buildable(ctx, wanted.job)
	if err != nil {
		return nil, err
	}
	filled, err := fill(wanted.job, found.Parameters(), wanted.given)
	if err != nil {
		return nil, refused(err.Error())
	}
	allowed, err := c.set.allowed(wanted.job, roles, effective(found.Parameters(), filled.values), func(name string) bool { return slices.Contains(filled.secrets, name) })
	if err != nil {
		return nil, refused(err.Error())
	}
	token, err := c.triggerToken(allowed.token)
	if err != nil {
		return nil, refused(err.Error())
	}
	return &plan{filling: filled, job: found, name: wanted.job, token: token}, nil
}

// effective is what a build gets in the end: what is given, and the defaults of what is not. A rule holds for both.
func effective(declared []remote.Parameter, given map[string]string) map[string]string {
	values := make(map[string]string, len(declared))
	for _, p := range declared {
		switch {
		case p.Default != nil && p.Default.Value != nil:
			values[p.Name] = fmt.Sprint(p.Default.Value)
		case len(p.Choices) > 0:
			values[p.Name] = p.Choices[0]
		default:
			values[p.Name] = ""
		}
	}
	maps.Copy(values, given)
	return values
}

// buildable reads a job that can be built, or says why it cannot.
func (c *capability) buildable(ctx context.Context, name string) (*remote.Job, error) {
	found, err := c.api.Job(ctx, name)
	if remote.Is(err, remote.NotFound) {
		return nil, c.noSuchJob(ctx, name)
	}
	switch {
	case err != nil:
		return nil, err
	case found.Folder():
		return nil, refused(fmt.Sprintf("%s is a folder; a job in it is needed: jenkins jobs %s/**", name, name))
	case !found.Buildable:
		return nil, refused(fmt.Sprintf("%s is disabled in Jenkins", name))
	}
	return found, nil
}

func (c *capability) noSuchJob(ctx context.Context, name string) error {
	text := fmt.Sprintf("Jenkins has no job %s, or does not show it to %s", name, c.api.Account())
	items, err := c.api.Items(ctx)
	if err != nil {
		return refused(text) // without a suggestion, which is a courtesy
	}
	var names []string
	for _, item := range remote.Buildables(items) {
		names = append(names, item.FullName)
	}
	if near := command.Nearest(name, names); len(near) > 0 {
		text += "; perhaps you meant " + near[0]
	}
	return refused(text)
}

// mark chooses how the build will carry our id.
func (p *plan) mark() mark {
	for _, parameter := range p.job.Parameters() {
		if parameter.Name == markParameter && (kindOf(parameter) == textKind || kindOf(parameter) == unknownKind) {
			return parameterMark
		}
	}
	if p.token != "" {
		return causeMark
	}
	return noMark
}

// order is the request to Jenkins.
func (p *plan) order(id string) remote.Order {
	order := remote.Order{
		Job: p.name, Parameterized: p.job.Parameterized(), Values: maps.Clone(p.values), Token: p.token, Cause: causeText(id),
	}
	if p.mark() == parameterMark {
		order.Values[markParameter] = id
	}
	return order
}
