package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/handsoff/handsoff/shared/function"
	"github.com/handsoff/handsoff/shared/git"
	"github.com/handsoff/handsoff/shared/github"
	"github.com/handsoff/handsoff/shared/job"
)

// setUp reads the configuration and makes the function's parts. Without a section "git" the function runs and says what is
// missing.
func setUp(_ context.Context, p *function.Platform) (*function.Parts, error) {
	if !p.Config.Has("git") {
		return unconfigured(), nil
	}
	c, err := newCapability(p)
	if err != nil {
		return nil, err
	}
	return &function.Parts{
		Steps: c.steps(), Calls: c.calls(), Routes: map[string]http.Handler{function.CommandsRoute: function.ServeCommands(p, c.specs)},
		Stop: func(context.Context) error {
			if c.github != nil {
				c.github.Close()
			}
			return nil
		},
	}, nil
}

func newCapability(p *function.Platform) (*capability, error) {
	var set settings
	if _, err := p.Config.Section("git", &set); err != nil {
		return nil, err
	}
	if err := set.check(); err != nil {
		return nil, fmt.Errorf("configuration: %w", err)
	}
	dir := set.WorkDir
	if dir == "" {
		dir = filepath.Join(os.TempDir(), "handsoff-git")
	}
	repositories, err := git.New(set.Section, p.Secret, dir)
	if err != nil {
		return nil, err
	}
	app, err := account(p, &set)
	if err != nil {
		return nil, err
	}
	return &capability{
		set: &set, git: repositories, github: app, roles: p.Config, jobs: p.Jobs, redis: p.Redis, log: p.Log, now: time.Now,
	}, nil
}

// account is ours at GitHub, where a mirror proposes refreshed patches there.
func account(p *function.Platform, set *settings) (*github.App, error) {
	proposes := false
	for _, m := range set.mirrors {
		proposes = proposes || m.patches != nil && m.patches.pull != nil
	}
	if !proposes {
		return nil, nil
	}
	section, err := github.Read(p.Config)
	if err != nil {
		return nil, err
	}
	if section == nil {
		return nil, errors.New("configuration: git.mirrors has a pull_request, and there is no section github")
	}
	app, err := github.New(section, p.Secret, github.Options{Redis: p.Redis, Patience: pullPatience})
	if err != nil {
		return nil, fmt.Errorf("git.mirrors has a pull_request: %w", err)
	}
	return app, nil
}

// steps are the commands that are jobs.
func (c *capability) steps() map[string]job.Stepper {
	steps := map[string]job.Stepper{
		freeWords:   &syncer{c, c.free},
		statusWords: &looker{c},
	}
	for name := range c.set.mirrors {
		steps[syncWords+" "+name] = &syncer{c, c.configured}
	}
	return steps
}

// calls are the commands that answer at once.
func (c *capability) calls() map[string]function.CallFunc {
	return map[string]function.CallFunc{syncWords: c.unknownMirror, syncsWords: c.listSyncs}
}

// missing is what every command says when there is no configuration for it.
const missing function.Unable = "Git is not configured here: the configuration has no section git (see docs/git.md)."

func unconfigured() *function.Parts {
	none := &capability{set: &settings{}}
	return missing.Parts(none.steps(), none.calls())
}
