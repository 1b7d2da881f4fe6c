package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/handsoff/handsoff/shared/git"
	"github.com/handsoff/handsoff/shared/job"
)

// layout is a run that is ready to begin.
type layout struct {
	*folder

	wish      *wish
	id        string
	dir       string   // in which ansible-playbook runs
	playbook  string   // its path
	hosts     string   // the inventory's
	variables []string // files of extra variables
	limit     string   // a file with the only hosts that count; empty for all
	vaults    []string
	key       string
	known     string
	galaxy    string // folder with roles and collections; empty for none
	config    string // ansible.cfg; empty for Ansible's own choice
	commit    string
	recording recording
}

// prepare lays out all that ansible-playbook is given. Nothing happens outside this machine but reading.
func (c *capability) prepare(ctx context.Context, run *job.Run, w *wish, at *course) (*layout, error) {
	made, err := c.set.makeFolder(run.Job().ID, at.Try)
	if err != nil {
		return nil, err
	}
	l := &layout{folder: made, wish: w, id: run.Job().ID}
	l.hidden = append(l.hidden, w.hidden...)
	for _, part := range []func(context.Context, *job.Run, *layout) error{
		c.layPlaybook, c.layDependencies, c.layInventory, c.layVariables, c.layKeys, c.layGalaxy, c.layRecording,
	} {
		if err := part(ctx, run, l); err != nil {
			return nil, err
		}
	}
	if len(at.Only) > 0 {
		if l.limit, err = l.write("limit", []byte(strings.Join(at.Only, "\n")+"\n")); err != nil {
			return nil, err
		}
	}
	return l, nil
}

func (c *capability) layPlaybook(ctx context.Context, run *job.Run, l *layout) error {
	p := l.wish.playbook
	if p.Repo == "" {
		l.dir, l.playbook = filepath.Dir(p.Path), p.Path
	} else {
		commit, err := c.fetch(ctx, run, p.Repo, p.Ref, l.path(playbookFolder))
		if err != nil {
			return err
		}
		l.dir, l.commit = l.path(playbookFolder), commit
		l.playbook = filepath.Join(l.dir, p.Path)
	}
	return present(l.playbook, "the playbook "+p.Path)
}

// present refuses what is not there.
func present(path, what string) error {
	_, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return refused(what + " is not there")
	case err != nil:
		return refused(fmt.Sprintf("%s cannot be read: %v", what, err))
	}
	return nil
}

// fetch lays a repository out at one commit.
func (c *capability) fetch(ctx context.Context, run *job.Run, repo, ref, dir string) (string, error) {
	progress := func(line string) {
		_ = run.Save(ctx, job.Change{Progress: &job.Progress{Percent: -1, Line: plain(line)}}) // a courtesy
	}
	progress("fetching " + repo + at(ref))
	commit, err := c.export(ctx, repo, ref, dir, progress)
	if fault, ok := errors.AsType[*git.Fault](err); ok && !fault.Passing() || errors.Is(err, git.ErrProtocol) {
		return "", refused(fmt.Sprintf("%s%s could not be fetched: %v", repo, at(ref), err))
	}
	if err != nil {
		return "", fmt.Errorf("fetch %s%s: %w", repo, at(ref), err)
	}
	return commit, nil
}

func (c *capability) layDependencies(ctx context.Context, run *job.Run, l *layout) error {
	folders := map[string]any{}
	for _, d := range l.wish.playbook.Dependencies {
		if _, err := c.fetch(ctx, run, d.Repo, d.Ref, l.path("dependencies", d.Name)); err != nil {
			return err
		}
		folders[d.Name] = l.path("dependencies", d.Name)
	}
	if len(folders) > 0 {
		l.wish.vars["handsoff_dependencies"] = folders
	}
	return nil
}

func (c *capability) layInventory(ctx context.Context, run *job.Run, l *layout) (err error) {
	from := l.wish.from
	switch {
	case from.inPlaybook():
		l.hosts = filepath.Join(l.dir, from.Path)
	case from.Repo != "":
		dir := l.path(inventoryFolder, "repository")
		if _, err := c.fetch(ctx, run, from.Repo, from.Ref, dir); err != nil {
			return err
		}
		l.hosts = filepath.Join(dir, from.Path)
	default:
		if l.hosts, err = l.folder.hosts(from); err != nil {
			return err
		}
	}
	return present(l.hosts, "the inventory "+l.wish.inventory)
}

func (c *capability) layVariables(_ context.Context, _ *job.Run, l *layout) (err error) {
	vars, literal := maps.Clone(l.wish.vars), maps.Clone(l.wish.literal)
	p := l.wish.playbook
	vars["handsoff_job"], vars["ara_playbook_name"] = l.id, p.name
	for _, name := range sorted(p.Secrets) {
		value, err := c.read(p.Secrets[name])
		if err != nil {
			return err
		}
		vars[name], literal[name], l.hidden = string(value), true, append(l.hidden, string(value))
	}
	l.variables, err = l.folder.variables(vars, literal)
	return err
}

// read reads a secret; that it is missing is a person's to mend.
func (c *capability) read(name string) ([]byte, error) {
	value, err := c.secret(name)
	if err != nil {
		c.log.Error("read a secret", "secret", name, "error", err)
		return nil, refused(fmt.Sprintf("the secret %s cannot be read here; an admin has to give it to the function ansible", name))
	}
	return value, nil
}

// layKeys copies the secrets that Ansible and ssh want as files: ssh refuses a key that others can read.
func (c *capability) layKeys(_ context.Context, _ *job.Run, l *layout) error {
	for _, item := range []struct {
		secret, file string
		into         func(path string)
	}{
		{l.wish.playbook.Vault, "vault-playbook", func(path string) { l.vaults = append(l.vaults, path) }},
		{l.wish.from.Vault, "vault-inventory", func(path string) { l.vaults = append(l.vaults, path) }},
		{c.set.PrivateKey, "key", func(path string) { l.key = path }},
		{c.set.KnownHosts, "known_hosts", func(path string) { l.known = path }},
	} {
		if item.secret == "" {
			continue
		}
		value, err := c.read(item.secret)
		if err != nil {
			return err
		}
		write := l.folder.secret
		if item.secret == c.set.KnownHosts { // public
			write = func(file string, text []byte) (string, error) {
				return l.write(file, append(slices.Clip(text), '\n'))
			}
		}
		path, err := write(item.file, value)
		if err != nil {
			return err
		}
		item.into(path)
	}
	return nil
}
