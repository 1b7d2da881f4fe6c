package git

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Cache is our copy of a repository, in the hands of one user at a time. End it with Close.
type Cache struct {
	all  *Repositories
	of   Address
	dir  string
	lock *os.File
	work *folder
}

// Cache opens our copy of a repository, and makes an empty one at first. It waits while somebody else works with it.
func (r *Repositories) Cache(ctx context.Context, of Address, w Watch) (*Cache, error) {
	digest := sha256.Sum256([]byte(of.Canonical()))
	dir := filepath.Join(r.dir, cachesFolder, hex.EncodeToString(digest[:12])+".git")
	lock, err := lockFile(ctx, dir+".lock", w.Waiting)
	if err != nil {
		return nil, err
	}
	work, err := r.newFolder()
	if err != nil {
		return nil, errors.Join(err, lock.Close())
	}
	c := &Cache{all: r, of: of, dir: dir, lock: lock, work: work}
	if err := c.prepare(); err != nil {
		c.Close()
		return nil, err
	}
	return c, nil
}

// Close lets others in.
func (c *Cache) Close() {
	c.work.remove()
	_ = c.lock.Close()
}

// Dir is where its repository is.
func (c *Cache) Dir() string { return c.dir }

// prepare makes an empty repository where there is none. It says of what, for people who look into the folder.
func (c *Cache) prepare() error {
	if _, err := os.Stat(filepath.Join(c.dir, "HEAD")); err == nil {
		return c.unlock()
	}
	if err := os.RemoveAll(c.dir); err != nil {
		return fmt.Errorf("git: make a cache: %w", err)
	}
	if err := emptyRepository(c.dir); err != nil {
		return err
	}
	return writeWhole(filepath.Join(c.dir, "description"), []byte(c.of.Canonical()+"\n"))
}

// unlock removes the locks, and what had come only in part, of a git that was killed: whoever has the cache is alone with it.
func (c *Cache) unlock() error {
	for _, name := range []string{"packed-refs.lock", "packed-refs.new", "shallow.lock", "config.lock", "HEAD.lock"} {
		if err := os.Remove(filepath.Join(c.dir, name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("git: free a cache: %w", err)
		}
	}
	for _, half := range []string{"objects/pack/tmp_*", "objects/pack/.tmp-*", "objects/tmp_objdir-*"} { // packs that came in part
		found, err := filepath.Glob(filepath.Join(c.dir, half))
		if err != nil {
			return fmt.Errorf("git: free a cache: %w", err)
		}
		for _, path := range found {
			if err := os.RemoveAll(path); err != nil {
				return fmt.Errorf("git: free a cache: %w", err)
			}
		}
	}
	return nil
}

// Discard removes the copy, when it cannot be read any more. The next who opens it begins with an empty one.
func (c *Cache) Discard() error {
	if err := os.RemoveAll(c.dir); err != nil {
		return fmt.Errorf("git: remove a damaged cache: %w", err)
	}
	return nil
}

// emptyRepository makes a bare repository without hooks or anything else of a template's.
func emptyRepository(dir string) error {
	for _, sub := range []string{"objects/info", "objects/pack", "refs/heads"} {
		if err := os.MkdirAll(filepath.Join(dir, sub), 0o700); err != nil {
			return fmt.Errorf("git: make a repository: %w", err)
		}
	}
	if err := writeWhole(filepath.Join(dir, "config"), []byte("[core]\n\trepositoryformatversion = 0\n\tbare = true\n")); err != nil {
		return err
	}
	return writeWhole(filepath.Join(dir, "HEAD"), []byte("ref: refs/heads/none\n"))
}

// writeWhole writes a file so that it is there as a whole or not at all.
func writeWhole(path string, text []byte) error {
	next := path + ".new"
	if err := os.WriteFile(next, text, 0o600); err != nil {
		return fmt.Errorf("git: write %s: %w", filepath.Base(path), err)
	}
	if err := os.Rename(next, path); err != nil {
		return fmt.Errorf("git: write %s: %w", filepath.Base(path), err)
	}
	return nil
}

// packedRefs is the file of all refs, see gitrepository-layout(5): the refs of a repository that git itself never writes to.
const packedRefs = "packed-refs"

// Refs are the refs that the copy has, by full name.
func (c *Cache) Refs() (map[string]string, error) {
	text, err := os.ReadFile(filepath.Join(c.dir, packedRefs))
	if errors.Is(err, fs.ErrNotExist) {
		return map[string]string{}, nil
	}
	if err != nil {
		return nil, fmt.Errorf("git: read the refs of a cache: %w", err)
	}
	refs := map[string]string{}
	for line := range strings.Lines(string(text)) {
		object, name, ok := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
		if ok && IsObject(object) && CheckRef(name) == nil {
			refs[name] = object
		}
	}
	return refs, nil
}

// writeRefs gives a repository exactly these refs.
func writeRefs(dir string, refs map[string]string) error {
	var text strings.Builder
	text.WriteString("# pack-refs with: sorted \n")
	for _, name := range slices.Sorted(maps.Keys(refs)) {
		text.WriteString(refs[name] + " " + name + "\n")
	}
	return writeWhole(filepath.Join(dir, packedRefs), []byte(text.String()))
}
