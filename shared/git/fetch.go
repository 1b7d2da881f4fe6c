package git

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
)

// List asks a server for its branches and tags. names, when there are any, are full names or patterns that end with *; only what fits
// one of them is listed.
func (r *Repositories) List(ctx context.Context, at Address, w Watch, names ...string) ([]Ref, error) {
	f, err := r.newFolder()
	if err != nil {
		return nil, err
	}
	defer f.remove()
	args := []string{"ls-remote", "--quiet"}
	if len(names) == 0 {
		args = append(args, "--heads", "--tags")
	}
	args = append(append(args, "--", at.String()), names...)
	var refs refList
	if _, err := r.run(ctx, f, task{args: args, to: at, dir: f.path, watch: w, each: refs.take}); err != nil {
		return nil, err
	}
	return refs, nil
}

// Fetch brings the objects of refs into the copy. names are full names, or patterns with one *. Which refs the copy has
// stays as it is, see Keep.
func (c *Cache) Fetch(ctx context.Context, from Address, names []string, w Watch) error {
	args := command(c.dir, "fetch", "--quiet", "--progress", "--no-tags", "--dry-run", "--no-write-fetch-head",
		"--no-recurse-submodules", "--no-auto-maintenance", "--", from.String())
	for _, name := range names {
		args = append(args, "+"+name+":refs/fetched/"+strings.TrimPrefix(name, "refs/"))
	}
	_, err := c.all.run(ctx, c.work, task{args: args, to: from, dir: c.dir, watch: w})
	return err
}

// Keep makes refs the copy's, so that their objects are known to be there the next time. listed is all that the
// server has now: what it has no more is dropped.
func (c *Cache) Keep(listed, fetched []Ref) error {
	before, err := c.Refs()
	if err != nil {
		return err
	}
	now := map[string]string{}
	for _, ref := range listed {
		if object, ok := before[ref.Name]; ok {
			now[ref.Name] = object
		}
	}
	for _, ref := range fetched {
		now[ref.Name] = ref.Object
	}
	return writeRefs(c.dir, now)
}

// Lacking lists which of the objects are not in the copy.
func (c *Cache) Lacking(ctx context.Context, objects []string) ([]string, error) {
	if len(objects) == 0 {
		return nil, nil
	}
	var lacking []string
	each := func(line string) error {
		if object, ok := strings.CutSuffix(line, " missing"); ok {
			lacking = append(lacking, object)
		}
		return nil
	}
	_, err := c.all.run(ctx, c.work, task{
		args: command(c.dir, "cat-file", "--batch-check=%(objectname)"), dir: c.dir, stdin: []byte(strings.Join(objects, "\n") + "\n"), each: each,
	})
	return lacking, err
}

// Apart counts the commits that each of two has and the other lacks. Both have to be in the copy.
func (c *Cache) Apart(ctx context.Context, one, other string) (ahead, behind int, err error) {
	text, err := c.all.run(ctx, c.work, task{
		args: command(c.dir, "rev-list", "--left-right", "--count", one+"..."+other, "--"), dir: c.dir,
	})
	if err != nil {
		return 0, 0, err
	}
	if _, err := fmt.Sscan(text, &ahead, &behind); err != nil {
		return 0, 0, fmt.Errorf("git: count commits: %w", err)
	}
	return ahead, behind, nil
}

const (
	// manyPacks is how many packs a copy may have before they are joined: each sync adds one.
	manyPacks = 30
)

// Tidy joins packs when there are many.
func (c *Cache) Tidy(ctx context.Context, w Watch) error {
	packs, err := filepath.Glob(filepath.Join(c.dir, "objects", "pack", "*.pack"))
	if err != nil || len(packs) < manyPacks {
		return nil //nolint:nilerr // the pattern is a good one
	}
	_, err = c.all.run(ctx, c.work, task{
		args: command(c.dir, "repack", "-d", "-q", "--geometric=2", "--write-midx"), dir: c.dir, watch: w,
	})
	return err
}
