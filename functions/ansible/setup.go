package main

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/handsoff/handsoff/functions/ansible/ara"
	"github.com/handsoff/handsoff/shared/attend"
	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/function"
	"github.com/handsoff/handsoff/shared/git"
	"github.com/handsoff/handsoff/shared/job"
)

// patience bounds one try to reach the function command.
const patience = 10 * time.Second

// setUp reads the configuration and makes the function's parts. Without a section "ansible" the function runs and says
// what is missing; ARA may be away.
func setUp(ctx context.Context, p *function.Platform) (*function.Parts, error) {
	var set settings
	found, err := p.Config.Section("ansible", &set)
	if err != nil {
		return nil, err
	}
	if !found {
		return unconfigured(p), nil
	}
	if err := set.check(); err != nil {
		return nil, fmt.Errorf("configuration: %w", err)
	}
	c := &capability{
		set: &set, jobs: p.Jobs, redis: p.Redis, log: p.Log, secret: p.Secret, now: time.Now, orphan: attend.Orphaned, endFor: endFor,
		say: command.NewClient(p.GatewayURL, p.Keys, &http.Client{Timeout: patience}).Do,
	}
	if err := ownFolder(set.WorkDir); err != nil {
		return nil, err
	}
	if c.ara, err = connect(&set, p.Secret); err != nil {
		return nil, fmt.Errorf("configuration: ansible.%w", err)
	}
	repositories, err := git.Configure(p.Config, p.Secret, filepath.Join(set.WorkDir, "git"))
	if err != nil {
		return nil, err
	}
	c.export = repositories.Export
	c.sweep(ctx)
	return &function.Parts{
		Steps: c.steps(), Calls: c.calls(), Nudged: c.tend,
		Routes: map[string]http.Handler{function.CommandsRoute: function.ServeCommands(p, set.commands)},
		Stop: func(context.Context) error {
			if c.ara != nil {
				c.ara.HangUp()
			}
			return nil
		},
	}, nil
}

// ownFolder makes the work folder, and refuses one that somebody else has prepared or may write to: what is kept there is run, with
// secrets. Folders for temporary files are everybody's.
func ownFolder(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("ansible.work_dir: %w", err)
	}
	info, err := os.Lstat(dir)
	if err != nil {
		return fmt.Errorf("ansible.work_dir: %w", err)
	}
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !info.IsDir() || !ok || int(stat.Uid) != os.Geteuid() {
		return fmt.Errorf("ansible.work_dir: %s is not a folder of ours", dir)
	}
	if info.Mode().Perm()&0o077 != 0 {
		if err := os.Chmod(dir, 0o700); err != nil { //nolint:gosec // a folder needs the x
			return fmt.Errorf("ansible.work_dir: %w", err)
		}
	}
	return nil
}

func connect(set *settings, secret func(string) ([]byte, error)) (*ara.Client, error) {
	if set.ARA.URL == "" {
		return nil, nil
	}
	return ara.New(ara.Options{
		URL: set.ARA.URL, PublicURL: set.ARA.PublicURL, User: set.ARA.User, Timeout: set.ARA.Timeout,
		Password: func() ([]byte, error) { return secret(set.ARA.Password) },
	})
}

// sweep removes folders of runs that are over: a machine that lost its power left them, with secrets in them.
func (c *capability) sweep(ctx context.Context) {
	found, err := os.ReadDir(c.set.runsFolder())
	if err != nil {
		return // there are none
	}
	for _, entry := range found {
		id, _, _ := strings.Cut(entry.Name(), ".")
		j, err := c.jobs.Get(ctx, id)
		if err == nil && !j.State.Final() || err != nil && !isGone(err) {
			continue
		}
		if err := c.set.clearFolders(id); err != nil {
			c.log.WarnContext(ctx, "remove the folder of a run", "job", id, "error", err)
		}
	}
}

// steps are the commands that are jobs.
func (c *capability) steps() map[string]job.Stepper {
	steps := map[string]job.Stepper{"ansible inventory": &hostLister{c}}
	for name := range c.set.Playbooks {
		steps[runWords+name] = &runner{c}
	}
	return steps
}

// calls are the commands that answer at once.
func (c *capability) calls() map[string]function.CallFunc {
	return map[string]function.CallFunc{
		"ansible run":   c.noSuchPlaybook,
		"ansible list":  c.list,
		"ansible runs":  c.runs,
		"ansible show":  c.show,
		"ansible retry": c.retry,
		"ara url":       c.araURL,
	}
}

// missing is what every command says when there is no configuration for it.
const missing function.Unable = "Ansible is not configured here: the configuration has no section ansible (see docs/ansible.md)."

// unconfigured are the parts of a function without one. What ARA is owed from before is let go, as where ARA alone is configured no longer.
func unconfigured(p *function.Platform) *function.Parts {
	none := &capability{set: &settings{}, redis: p.Redis, log: p.Log}
	parts := missing.Parts(none.steps(), none.calls())
	parts.Nudged = none.tend
	return parts
}
