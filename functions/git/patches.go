package main

import (
	"cmp"
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/handsoff/handsoff/shared/chat"
	"github.com/handsoff/handsoff/shared/git"
	"github.com/handsoff/handsoff/shared/job"
)

// patches are a series that must still apply onto an upstream's branch.
type patches struct {
	repo   git.Address
	branch string
	path   string // the folder with the patches; empty for the root
	onto   string
	pull   *pullConfig // nil where nothing is proposed
}

const (
	// maxPatches bounds a series.
	maxPatches = 1000
	// maxPatch bounds one patch, in bytes.
	maxPatch = 10 << 20
	// seriesFile orders the patches, one name a line; without it they go by their names.
	seriesFile = "series"
)

// checkPatches tries the patches. Where they do not go on by themselves, that is proposed as a pull request, if one is
// configured; a conflict ends the sync.
func (s *syncer) checkPatches(ctx context.Context, run *job.Run, m *mirror, p *pursuit, plan *plan, cache *git.Cache, r *reporter) error {
	onto, err := plan.tip(git.Heads + m.patches.onto)
	if err != nil {
		return err
	}
	r.phase("trying the patches of "+m.patches.repo.String(), afterFetch, afterCheck)
	if err := s.bring(ctx, m, onto, cache, r); err != nil {
		return err
	}
	series, commit, err := s.series(ctx, m.patches, r)
	if err != nil {
		return err
	}
	applied, err := cache.Apply(ctx, onto, series, r.watch())
	if err != nil {
		return err
	}
	if err := s.reach(ctx, "patched"); err != nil {
		return err
	}
	merged, conflicts := sorted(applied)
	if len(merged)+len(conflicts) == 0 {
		return s.tellPatches(ctx, p, r, fmt.Sprintf("The %s of %s still apply to %s.", chat.Count(len(applied), "patch"), m.patches.repo, m.patches.onto))
	}
	if err := s.propose(ctx, run, m, p, proposal{commit: commit, onto: onto, applied: applied}, cache, r); err != nil {
		return err
	}
	if len(conflicts) > 0 {
		return refused(m.inConflict(conflicts, onto, p.Pull))
	}
	return s.tellPatches(ctx, p, r, fmt.Sprintf("The patches still apply to %s, but %s only by merging: refresh them.%s", m.patches.onto, list(merged), link(p.Pull)))
}

// tellPatches tells people once, however often a sync is tried.
func (s *syncer) tellPatches(ctx context.Context, p *pursuit, r *reporter, text string) error {
	if p.Told == text {
		return nil
	}
	p.Told = text
	return r.save(ctx, job.Change{Checkpoint: p, Say: []string{text}})
}

func link(pull string) string {
	if pull == "" {
		return ""
	}
	return " Refreshed ones are proposed: " + pull
}

// tip is what the upstream's branch is at.
func (p *plan) tip(name string) (string, error) {
	for _, ref := range p.listed {
		if ref.Name == name {
			return ref.Object, nil
		}
	}
	return "", refused(fmt.Sprintf("Upstream has no branch %s, onto which the patches go. Nothing was pushed.", short(name)))
}

// bring sees to it that the branch is in the copy, also when it is not wanted downstream or there is nothing new.
func (s *syncer) bring(ctx context.Context, m *mirror, onto string, cache *git.Cache, r *reporter) error {
	lacking, err := cache.Lacking(ctx, []string{onto})
	if err != nil || len(lacking) == 0 {
		return err
	}
	return cache.Fetch(ctx, m.upstream, []string{git.Heads + m.patches.onto}, r.watch())
}

// series reads the patches, in their order, and the commit that they are of.
func (s *syncer) series(ctx context.Context, from *patches, r *reporter) ([]git.Patch, string, error) {
	dir, err := os.MkdirTemp("", "handsoff-patches-")
	if err != nil {
		return nil, "", fmt.Errorf("make a folder for the patches: %w", err)
	}
	defer func() { _ = os.RemoveAll(dir) }()
	commit, err := s.git.Export(ctx, from.repo.String(), git.Heads+from.branch, dir, r.line)
	if err != nil {
		return nil, "", err
	}
	root, err := os.OpenRoot(dir) // a link in a repository must not lead out of it
	if err != nil {
		return nil, "", fmt.Errorf("open the patches: %w", err)
	}
	defer func() { _ = root.Close() }()
	series, err := readSeries(root.FS(), cmp.Or(from.path, "."))
	if err != nil {
		return nil, "", refused(sentence(fmt.Sprintf("The patches of %s cannot be read: %v", from.repo, err)) + " Nothing was pushed.")
	}
	return series, commit, nil
}

func readSeries(files fs.FS, dir string) ([]git.Patch, error) {
	var names []string
	text, err := fs.ReadFile(files, filepath.ToSlash(filepath.Join(dir, seriesFile)))
	if err == nil {
		for line := range strings.Lines(string(text)) {
			name, _, _ := strings.Cut(line, "#")
			if name = strings.TrimSpace(name); name != "" {
				names = append(names, name)
			}
		}
	} else {
		entries, err := fs.ReadDir(files, dir)
		if err != nil {
			return nil, fmt.Errorf("there is no folder %s", dir)
		}
		for _, entry := range entries {
			if name := entry.Name(); strings.HasSuffix(name, ".patch") {
				names = append(names, name)
			}
		}
	}
	if len(names) > maxPatches {
		return nil, fmt.Errorf("there are more than %d", maxPatches)
	}
	return readPatches(files, dir, names)
}

func readPatches(files fs.FS, dir string, names []string) ([]git.Patch, error) {
	var series []git.Patch
	for _, name := range names {
		path := filepath.ToSlash(filepath.Join(dir, name))
		info, err := fs.Stat(files, path)
		if err != nil || !info.Mode().IsRegular() {
			return nil, fmt.Errorf("the series names %s, which is not there", name)
		}
		if info.Size() > maxPatch {
			return nil, fmt.Errorf("%s is larger than %d MiB", name, maxPatch>>20)
		}
		text, err := fs.ReadFile(files, path)
		if err != nil {
			return nil, fmt.Errorf("%s cannot be read", name)
		}
		series = append(series, git.Patch{Name: name, Text: text})
	}
	return series, nil
}

// sorted names the patches that merge, and gives those in conflict.
func sorted(applied []git.Applied) (merged []string, conflicts []git.Applied) {
	for _, a := range applied {
		switch a.Fit {
		case git.Merges:
			merged = append(merged, a.Name)
		case git.Conflicts:
			conflicts = append(conflicts, a)
		case git.Applies:
		}
	}
	return merged, conflicts
}

// inConflict says which patches no longer apply, and in which files.
func (m *mirror) inConflict(conflicts []git.Applied, onto, pull string) string {
	var parts []string
	for _, c := range conflicts[:min(len(conflicts), maxListed)] {
		files := slices.Clone(c.Files)
		slices.Sort(files)
		where := list(slices.Compact(files))
		if where == "" {
			where = c.Why
		}
		parts = append(parts, fmt.Sprintf("%s (%s)", c.Name, where))
	}
	if more := len(conflicts) - len(parts); more > 0 {
		parts = append(parts, fmt.Sprintf("and %d more", more))
	}
	text := fmt.Sprintf("Patches of %s are in conflict with %s at %s: %s. Nothing was pushed; refresh them in %s, then sync again.",
		m.mirrored, m.patches.onto, brief(onto), strings.Join(parts, "; "), m.patches.repo)
	if pull != "" {
		text += " A pull request has them with the conflicts marked: " + pull
	}
	return text
}
