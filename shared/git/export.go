package git

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// Export writes the files of a ref's commit into dir, which must be empty or not there, and returns the commit. ref is a
// branch, a tag, a full ref's name or a commit's full name; empty for the repository's own choice (HEAD). progress, if not
// nil, is told what git says. Submodules are left out, and files that git-lfs keeps elsewhere are pointers.
func (r *Repositories) Export(ctx context.Context, url, ref, dir string, progress func(line string)) (commit string, err error) {
	from, err := r.Address(url)
	if err != nil {
		return "", fmt.Errorf("the repository's address cannot be used: %w", err)
	}
	w := told(progress)
	found, err := r.find(ctx, from, ref, w)
	if err != nil {
		return "", err
	}
	c, err := r.Cache(ctx, from, w)
	if err != nil {
		return "", err
	}
	defer c.Close()
	if commit, err = c.bring(ctx, from, found, w); err != nil {
		return "", c.suspect(err)
	}
	return commit, c.checkOut(ctx, commit, dir)
}

// told shows a person what git says: lines, and each tenth of a part of its work.
func told(progress func(line string)) Watch {
	if progress == nil {
		return Watch{}
	}
	part, tenth := "", -1
	return Watch{
		Line: progress,
		Progress: func(p Progress) {
			if p.Part != part || p.Percent/10 != tenth {
				part, tenth = p.Part, p.Percent/10
				progress(fmt.Sprintf("%s: %d %%", p.Part, p.Percent))
			}
		},
		Waiting: func() { progress("Somebody else works with the same repository; waiting for them.") },
	}
}

// find looks what a ref is. A commit's name is taken as it is.
func (r *Repositories) find(ctx context.Context, from Address, ref string, w Watch) (Ref, error) {
	if IsObject(ref) {
		return Ref{Object: ref}, nil
	}
	wanted := []string{"HEAD"}
	if ref != "" {
		if err := CheckRef(ref); err != nil {
			return Ref{}, fmt.Errorf("%s is no ref: %w", quoted(ref), err)
		}
		wanted = []string{Heads + ref, Tags + ref}
		if strings.HasPrefix(ref, "refs/") {
			wanted = []string{ref}
		}
	}
	refs, err := r.List(ctx, from, w, append(wanted, peeled(wanted)...)...)
	if err != nil {
		return Ref{}, err
	}
	for _, name := range wanted {
		for _, found := range refs {
			if found.Name == name {
				return found, nil
			}
		}
	}
	if ref == "" {
		return Ref{}, &Fault{Kind: Missing, Sentence: from.String() + " is empty", To: from}
	}
	return Ref{}, &Fault{Kind: Missing, Sentence: fmt.Sprintf("%s has no branch or tag %s", from, ref), To: from}
}

func peeled(names []string) []string {
	var all []string
	for _, name := range names {
		if name != "HEAD" {
			all = append(all, name+"^{}")
		}
	}
	return all
}

// bring sees to it that a ref's commit is in the copy, and returns it.
func (c *Cache) bring(ctx context.Context, from Address, wanted Ref, w Watch) (string, error) {
	lacking, err := c.Lacking(ctx, []string{wanted.Object})
	if err != nil || len(lacking) == 0 {
		return wanted.Commit(), err
	}
	names := []string{wanted.Name}
	if wanted.Name == "" {
		names = []string{Heads + "*", Tags + "*"}
	}
	if err := c.Fetch(ctx, from, names, w); err != nil {
		return "", err
	}
	if wanted.Name == "" {
		if lacking, err = c.Lacking(ctx, []string{wanted.Object}); err != nil {
			return "", err
		} else if len(lacking) > 0 {
			return "", &Fault{Kind: Missing, Sentence: fmt.Sprintf("no branch or tag of %s has the commit %s", from, wanted.Object), To: from}
		}
	}
	return wanted.Commit(), c.remember(wanted)
}

// remember keeps a ref's object known, so that the next fetch costs only what is new.
func (c *Cache) remember(ref Ref) error {
	refs, err := c.Refs()
	if err != nil || ref.Name == "" {
		return err
	}
	name := ref.Name
	if name == "HEAD" {
		name = "refs/exported/HEAD"
	}
	refs[name] = ref.Object
	return writeRefs(c.dir, refs)
}

// suspect throws a copy away that git cannot read: it is made anew when the work is tried again.
func (c *Cache) suspect(err error) error {
	if fault, ok := errors.AsType[*Fault](err); ok && fault.Kind == Broken {
		return errors.Join(err, c.Discard())
	}
	return err
}

// checkOut writes a commit's files.
func (c *Cache) checkOut(ctx context.Context, commit, dir string) (err error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("git: make the folder for the files: %w", err)
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) > 0 {
		return fmt.Errorf("git: the folder %s is not empty", filepath.Base(dir))
	}
	index := []string{"GIT_INDEX_FILE=" + c.work.file("index")}
	read := command(c.dir, "read-tree", commit)
	if _, err := c.all.run(ctx, c.work, task{args: read, dir: c.dir, env: index}); err != nil {
		return c.suspect(err)
	}
	write := append([]string{"--work-tree=" + dir}, command(c.dir, "checkout-index", "--all", "--force", "--quiet")...)
	if _, err := c.all.run(ctx, c.work, task{args: write, dir: dir, env: index}); err != nil {
		return c.suspect(err)
	}
	return nil
}
