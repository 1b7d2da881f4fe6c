package main

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/handsoff/handsoff/functions/jenkins/remote"
	"github.com/handsoff/handsoff/shared/function"
	"github.com/handsoff/handsoff/shared/job"
)

// setUp reads the configuration and makes the function's parts. Without a section "jenkins" the function runs and says what
// is missing; Jenkins itself may be away.
func setUp(_ context.Context, p *function.Platform) (*function.Parts, error) {
	var set settings
	found, err := p.Config.Section("jenkins", &set)
	if err != nil {
		return nil, err
	}
	if !found {
		return unconfigured(), nil
	}
	if err := set.check(); err != nil {
		return nil, fmt.Errorf("configuration: %w", err)
	}
	api, err := connect(p, &set)
	if err != nil {
		return nil, err
	}
	c := &capability{
		set: &set, api: api, roles: p.Config, jobs: p.Jobs, redis: p.Redis, log: p.Log,
		accept: p.Accept, secret: p.Secret, now: time.Now,
	}
	return &function.Parts{
		Steps: c.steps(), Calls: c.calls(),
		Routes: map[string]http.Handler{function.CommandsRoute: function.ServeCommands(p, c.shortcuts)},
		Stop:   func(context.Context) error { api.Close(); return nil },
	}, nil
}

func connect(p *function.Platform, set *settings) (*remote.Client, error) {
	options := remote.Options{
		URL: set.URL, PublicURL: set.PublicURL, User: set.User, Timeout: set.Timeout,
		Token: func() ([]byte, error) { return p.Secret(set.Token) },
	}
	if set.CA != "" {
		certificates, err := p.Secret(set.CA)
		if err != nil {
			return nil, fmt.Errorf("jenkins.ca: %w", err)
		}
		options.CA = certificates
	}
	api, err := remote.New(options)
	if err != nil {
		return nil, fmt.Errorf("configuration: jenkins: %w", err)
	}
	return api, nil
}

// steps are the commands that are jobs.
func (c *capability) steps() map[string]job.Stepper {
	steps := map[string]job.Stepper{
		"jenkins build":   &builder{c},
		"jenkins watch":   &watcher{capability: c},
		"jenkins console": &watcher{capability: c, reading: true},
		"jenkins stop":    &stopper{c},
		"jenkins restart": &restarter{c},
	}
	for _, cut := range c.set.Jobs {
		steps[cut.words] = &builder{c}
	}
	return steps
}

// calls are the commands that answer at once.
func (c *capability) calls() map[string]function.CallFunc {
	return map[string]function.CallFunc{
		"jenkins console":    c.console,
		"jenkins check":      c.ready(c.checkBranches),
		"jenkins job-health": c.ready(c.jobHealth),
		"jenkins info":       c.ready(c.info),
		"jenkins jobs":       c.ready(c.listJobs),
		"jenkins queue":      c.ready(c.listQueue),
	}
}

// missing is what every command says when there is no configuration for it.
const missing function.Unable = "Jenkins is not configured here: the configuration has no section jenkins (see docs/jenkins.md)."

func unconfigured() *function.Parts {
	none := &capability{set: &settings{}}
	return missing.Parts(none.steps(), none.calls())
}
