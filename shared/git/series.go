package git

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"
)

// Patch is one patch of a series, as git format-patch makes it.
type Patch struct {
	Name string // its file's name, for people
	Text []byte
}

// Fit is how a patch goes onto what it is for.
type Fit int

// The fits.
const (
	// Applies says that the patch applies as it is.
	Applies Fit = iota
	// Merges says that it applies only by merging it with what has changed since: it should be refreshed.
	Merges
	// Conflicts says that a person has to decide.
	Conflicts
)

// Applied is what became of a patch.
type Applied struct {
	Name  string
	Fit   Fit
	Files []string // that are in conflict
	// Refreshed is the patch as it would apply. Of one in conflict it has the marks of the conflict in it, and is nil where
	// not even that could be made.
	Refreshed []byte
	Why       string // of one in conflict that has no files: git's words
}

// Apply tries patches onto a commit that the copy has, one after the other, and leaves both as they are. A patch in conflict does
// not keep those behind it from being tried.
func (c *Cache) Apply(ctx context.Context, onto string, patches []Patch, w Watch) ([]Applied, error) {
	tree, err := c.workTree(ctx, onto, w)
	if err != nil {
		return nil, err
	}
	var all []Applied
	for _, patch := range patches {
		applied, err := tree.apply(ctx, patch)
		if err != nil {
			return nil, err
		}
		all = append(all, applied)
	}
	return all, nil
}

// workTree is a checkout that is thrown away.
type workTree struct {
	*Cache

	dir   string
	watch Watch
}

func (c *Cache) workTree(ctx context.Context, onto string, w Watch) (*workTree, error) {
	t := &workTree{Cache: c, dir: c.work.file("tree"), watch: Watch{Held: w.Held}}
	if err := os.RemoveAll(t.dir); err != nil {
		return nil, fmt.Errorf("git: make a work tree: %w", err)
	}
	if err := os.MkdirAll(t.dir, 0o700); err != nil {
		return nil, fmt.Errorf("git: make a work tree: %w", err)
	}
	if err := emptyRepository(filepath.Join(t.dir, ".git")); err != nil {
		return nil, err
	}
	borrow := filepath.Join(t.dir, ".git", "objects", "info", "alternates")
	if err := os.WriteFile(borrow, []byte(filepath.Join(c.dir, "objects")+"\n"), 0o600); err != nil {
		return nil, fmt.Errorf("git: make a work tree: %w", err)
	}
	_, err := c.all.run(ctx, c.work, t.task(Watch{Held: w.Held, Progress: w.Progress}, "checkout", "--quiet", "--progress", "--detach", "--force", onto, "--"))
	return t, err
}

func (t *workTree) task(w Watch, args ...string) task {
	global := []string{"--git-dir=" + filepath.Join(t.dir, ".git"), "--work-tree=" + t.dir, "-c", "core.bare=false"}
	return task{args: append(global, args...), dir: t.dir, watch: w}
}

// do runs git and says whether it succeeded; its words are returned when it did not. An error is of another kind.
func (t *workTree) do(ctx context.Context, args ...string) (out string, said []string, err error) {
	out, err = t.all.run(ctx, t.work, t.task(t.watch, args...))
	if fault, ok := errors.AsType[*Fault](err); ok {
		return out, fault.Lines, nil
	}
	return out, nil, err
}

func (t *workTree) apply(ctx context.Context, patch Patch) (Applied, error) {
	applied := Applied{Name: patch.Name}
	file, err := t.work.write("patch", patch.Text)
	if err != nil {
		return applied, err
	}
	for _, way := range []struct {
		fit  Fit
		args []string
	}{{Applies, nil}, {Merges, []string{"--3way"}}} {
		args := append([]string{"am", "--quiet", "--keep-cr", "--committer-date-is-author-date", "--no-gpg-sign"}, way.args...)
		_, said, err := t.do(ctx, append(args, "--", file)...)
		if err != nil {
			return applied, err
		}
		if said == nil {
			applied.Fit = way.fit
			if way.fit == Merges {
				applied.Refreshed, err = t.format(ctx)
			}
			return applied, err
		}
		if way.fit == Merges {
			return t.conflict(ctx, applied, said)
		}
		if _, _, err := t.do(ctx, "am", "--abort"); err != nil {
			return applied, err
		}
	}
	return applied, nil
}

var failedFile = regexp.MustCompile(`^error: (?:patch failed: (.+):[0-9]+|(.+): (?:does not exist in index|already exists in index|does not match index|patch does not apply))$`)

// conflict finds out what the patch stumbles over, and goes on as if somebody had left the marks in.
func (t *workTree) conflict(ctx context.Context, applied Applied, said []string) (Applied, error) {
	applied.Fit = Conflicts
	unmerged, _, err := t.do(ctx, "diff", "--name-only", "--diff-filter=U", "-z")
	if err != nil {
		return applied, err
	}
	if unmerged != "" {
		applied.Files = strings.Split(strings.TrimSuffix(unmerged, "\x00"), "\x00")
		return t.marked(ctx, applied)
	}
	for _, line := range said {
		if m := failedFile.FindStringSubmatch(line); len(m) == 3 && !slices.Contains(applied.Files, m[1]+m[2]) {
			applied.Files = append(applied.Files, m[1]+m[2])
		}
	}
	applied.Why = because(said)
	_, _, err = t.do(ctx, "am", "--abort")
	return applied, err
}

// marked keeps a conflict with its marks as if it were resolved, so that a person sees where to decide.
func (t *workTree) marked(ctx context.Context, applied Applied) (Applied, error) {
	for _, args := range [][]string{{"add", "--all", "--force"}, {"am", "--continue", "--quiet"}} {
		_, said, err := t.do(ctx, args...)
		if err != nil {
			return applied, err
		}
		if said != nil {
			_, _, err := t.do(ctx, "am", "--abort")
			return applied, err
		}
	}
	text, err := t.format(ctx)
	applied.Refreshed = text
	return applied, err
}

// format is the last commit as a patch that is the same whenever it is made.
func (t *workTree) format(ctx context.Context) ([]byte, error) {
	text, said, err := t.do(ctx, "format-patch", "-1", "--stdout", "--zero-commit", "--no-signature", "HEAD")
	if err != nil || said != nil {
		return nil, errors.Join(err, fmt.Errorf("git: write a patch: %s", strings.Join(said, "; ")))
	}
	return []byte(text), nil
}

// CommitFiles makes a commit with these files changed, and nothing else, that is the same whenever it is made. The
// objects are in the copy afterwards.
func (c *Cache) CommitFiles(ctx context.Context, parent string, files map[string][]byte, message string, at time.Time) (string, error) {
	index := []string{"GIT_INDEX_FILE=" + c.work.file("commit-index")}
	run := func(stdin []byte, env []string, args ...string) (string, error) {
		text, err := c.all.run(ctx, c.work, task{args: command(c.dir, args...), dir: c.dir, env: slices.Concat(index, env), stdin: stdin})
		return strings.TrimSpace(text), err
	}
	if _, err := run(nil, nil, "read-tree", parent); err != nil {
		return "", err
	}
	var entries strings.Builder
	for name, text := range files {
		object, err := run(text, nil, "hash-object", "-w", "--stdin")
		if err != nil {
			return "", err
		}
		entries.WriteString("100644 " + object + "\t" + name + "\x00")
	}
	if _, err := run([]byte(entries.String()), nil, "update-index", "-z", "--add", "--index-info"); err != nil {
		return "", err
	}
	tree, err := run(nil, nil, "write-tree")
	if err != nil {
		return "", err
	}
	when := fmt.Sprintf("%d +0000", at.Unix())
	return run([]byte(message), []string{"GIT_AUTHOR_DATE=" + when, "GIT_COMMITTER_DATE=" + when}, "commit-tree", tree, "-p", parent)
}

// When is a commit's time.
func (c *Cache) When(ctx context.Context, commit string) (time.Time, error) {
	text, err := c.all.run(ctx, c.work, task{args: command(c.dir, "show", "--no-patch", "--format=%ct", commit, "--"), dir: c.dir})
	if err != nil {
		return time.Time{}, err
	}
	var seconds int64
	if _, err := fmt.Sscan(text, &seconds); err != nil {
		return time.Time{}, fmt.Errorf("git: read a commit's time: %w", err)
	}
	return time.Unix(seconds, 0), nil
}
