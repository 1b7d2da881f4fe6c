package git

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// maxForced bounds the refs that one push may force: each is an argument of git's.
const maxForced = 5000

// Update is a ref that is to be pushed.
type Update struct {
	Name   string // in full
	Object string
	// Force gives the ref up that is there, if it still points at Old.
	Force bool
	Old   string
}

// Pushed is what became of a ref.
type Pushed struct {
	Name string
	// Way is how git says it: ' ' a fast-forward, '*' new, '+' forced, '=' as it was, '!' refused.
	Way byte
	Why string // of a refused one: "non-fast-forward", "fetch first", "already exists", "pre-receive hook declined"
}

// Refused reports whether the ref was not taken.
func (p Pushed) Refused() bool { return p.Way == '!' }

// Push gives refs, whose objects the copy has, to a server that takes all of them or none. Without being forced a branch
// only goes forward, and a tag stays what it is. When something is refused, the error is a *Fault of the kind Refused, and what became
// of each ref is returned too.
func (c *Cache) Push(ctx context.Context, to Address, updates []Update, w Watch) ([]Pushed, error) {
	return c.push(ctx, to, updates, w, "--atomic")
}

// Try asks a server what would become of a push, and pushes nothing. What would be refused is no error.
func (c *Cache) Try(ctx context.Context, to Address, updates []Update, w Watch) ([]Pushed, error) {
	pushed, err := c.push(ctx, to, updates, w, "--dry-run")
	if fault, ok := errors.AsType[*Fault](err); ok && fault.Kind == Refused && len(pushed) > 0 {
		return pushed, nil
	}
	return pushed, err
}

func (c *Cache) push(ctx context.Context, to Address, updates []Update, w Watch, how string) ([]Pushed, error) {
	repository, err := c.stage(updates)
	if err != nil {
		return nil, err
	}
	args := command(repository, "push", how, "--porcelain", "--progress", "--no-verify", "--no-follow-tags",
		"--recurse-submodules=no", "--no-signed")
	forced := 0
	for _, u := range updates {
		if u.Force {
			forced++
			args = append(args, "--force-with-lease="+u.Name+":"+u.Old)
		}
	}
	if forced > maxForced {
		return nil, &Fault{Kind: Odd, Sentence: fmt.Sprintf("%d refs would have to be forced, and at most %d can be at once", forced, maxForced), To: to}
	}
	var pushed []Pushed
	each := func(line string) error {
		if p, ok := parsePushed(line); ok {
			pushed = append(pushed, p)
		}
		return nil
	}
	_, err = c.all.run(ctx, c.work, task{
		args: append(args, "--", to.String(), "refs/*:refs/*"), to: to, dir: repository, watch: w, each: each,
	})
	return pushed, err
}

// stage makes a repository that borrows the copy's objects and has exactly the refs that are to be pushed.
func (c *Cache) stage(updates []Update) (string, error) {
	dir := c.work.file("push")
	if err := os.RemoveAll(dir); err != nil {
		return "", fmt.Errorf("git: prepare a push: %w", err)
	}
	if err := emptyRepository(dir); err != nil {
		return "", err
	}
	borrow := filepath.Join(dir, "objects", "info", "alternates")
	if err := os.WriteFile(borrow, []byte(filepath.Join(c.dir, "objects")+"\n"), 0o600); err != nil {
		return "", fmt.Errorf("git: prepare a push: %w", err)
	}
	refs := make(map[string]string, len(updates))
	for _, u := range updates {
		if err := CheckRef(u.Name); err != nil || !IsObject(u.Object) || u.Force && !IsObject(u.Old) || !strings.HasPrefix(u.Name, "refs/") {
			return "", fmt.Errorf("git: %s cannot be pushed", quoted(u.Name))
		}
		refs[u.Name] = u.Object
	}
	return dir, writeRefs(dir, refs)
}

// parsePushed reads a line of what git push --porcelain prints: "!\trefs/heads/a:refs/heads/a\t[rejected] (fetch first)".
func parsePushed(line string) (Pushed, bool) {
	fields := strings.SplitN(line, "\t", 3)
	if len(fields) != 3 || len(fields[0]) != 1 {
		return Pushed{}, false
	}
	_, name, ok := strings.Cut(fields[1], ":")
	if !ok {
		return Pushed{}, false
	}
	p := Pushed{Name: name, Way: fields[0][0]}
	if p.Refused() {
		p.Why = strings.TrimSuffix(strings.TrimPrefix(fields[2], "[rejected] ("), ")")
		p.Why = strings.TrimPrefix(p.Why, "[remote rejected] (")
	}
	return p, true
}
