package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/handsoff/handsoff/shared/attend"
	"github.com/handsoff/handsoff/shared/job"
)

// maxRequirements bounds a requirements file, in bytes.
const maxRequirements = 1 << 20

// layGalaxy installs the roles and collections that the playbook requires. What the same requirements installed before is used
// again, so requirements should name versions.
func (c *capability) layGalaxy(ctx context.Context, run *job.Run, l *layout) error {
	file := l.wish.playbook.Requirements
	if file == "" {
		return nil
	}
	path := filepath.Join(l.dir, file)
	text, err := readSome(path, maxRequirements)
	if errors.Is(err, fs.ErrNotExist) {
		return refused("the requirements " + file + " are not there")
	}
	if err != nil {
		return refused(fmt.Sprintf("the requirements %s cannot be read: %v", file, err))
	}
	sum := sha256.Sum256(text)
	shelf := filepath.Join(c.set.WorkDir, "galaxy", hex.EncodeToString(sum[:12]))
	if _, err := os.Stat(shelf); err == nil {
		l.galaxy = shelf
		return nil
	}
	if err := run.Save(ctx, job.Change{Progress: &job.Progress{Percent: -1, Line: "installing the roles and collections of " + file}}); err != nil {
		return fmt.Errorf("save: %w", err)
	}
	if err := c.install(ctx, l, path, text); err != nil {
		return err
	}
	l.galaxy = shelf
	return c.shelve(l.path("galaxy"), shelf)
}

// install lets ansible-galaxy do its work within the run's folder.
func (c *capability) install(ctx context.Context, l *layout, path string, text []byte) error {
	for _, kind := range []string{"role", "collection"} {
		into := l.path("galaxy", kind+"s")
		if err := os.MkdirAll(into, 0o700); err != nil {
			return fmt.Errorf("make the folder for %ss: %w", kind, err)
		}
		if kind == "collection" && !strings.Contains(string(text), "collections:") {
			continue // an older ansible-galaxy calls a list of roles a mistake here
		}
		args := []string{"role", "install", "--role-file=" + path, "--roles-path=" + into}
		if kind == "collection" {
			args = []string{"collection", "install", "--requirements-file=" + path, "--collections-path=" + into}
		}
		err := c.aside(ctx, attend.Spec{Path: c.sibling("ansible-galaxy"), Args: args, Env: c.environment(l), Dir: filepath.Dir(path)}, l.hidden)
		if failed, ok := errors.AsType[*toolError](err); ok {
			return refused(fmt.Sprintf("the %ss of %s could not be installed: %v", kind, filepath.Base(path), failed))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// shelve moves what was installed to where other runs find it; another run may have been faster.
func (c *capability) shelve(from, shelf string) error {
	if err := os.MkdirAll(filepath.Dir(shelf), 0o700); err != nil {
		return fmt.Errorf("make the folder for roles and collections: %w", err)
	}
	err := os.Rename(from, shelf)
	if _, found := os.Stat(shelf); found == nil {
		return nil
	}
	if err != nil {
		return fmt.Errorf("keep roles and collections: %w", err)
	}
	return nil
}

// sibling is another program of the Ansible that is used.
func (c *capability) sibling(name string) string {
	if strings.Contains(c.set.Program, "/") {
		return filepath.Join(filepath.Dir(c.set.Program), name)
	}
	return name
}
