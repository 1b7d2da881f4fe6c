package git_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	sandbox "github.com/handsoff/handsoff/local-provider/sandbox/git"
	"github.com/handsoff/handsoff/shared/git"
)

// stocked is a copy of the upstream with everything in it.
func (b *bench) stocked() (*git.Cache, []git.Ref) {
	b.Helper()
	from := b.address(b.url(sandbox.Upstream))
	refs, err := b.all.List(b.Context(), from, git.Watch{})
	if err != nil {
		b.Fatal(err)
	}
	c, err := b.all.Cache(b.Context(), from, git.Watch{})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(c.Close)
	if err := c.Fetch(b.Context(), from, []string{git.Heads + "*", git.Tags + "*"}, git.Watch{}); err != nil {
		b.Fatal(err)
	}
	if err := c.Keep(refs, refs); err != nil {
		b.Fatal(err)
	}
	return c, refs
}

func updates(refs []git.Ref) []git.Update {
	var all []git.Update
	for _, ref := range refs {
		all = append(all, git.Update{Name: ref.Name, Object: ref.Object})
	}
	return all
}

func (b *bench) refs(repository string) string {
	b.Helper()
	return plain(b, b.path(repository), "for-each-ref", "--format=%(objectname) %(refname)")
}

func TestPush(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	c, refs := b.stocked()
	to := b.address(b.url(sandbox.Mirror))
	tried, err := c.Try(t.Context(), to, updates(refs), git.Watch{})
	if err != nil || len(tried) != len(refs) || b.refs(sandbox.Mirror) != "" {
		t.Fatalf("a trial: %v %v, and the server has %s", tried, err, b.refs(sandbox.Mirror))
	}
	pushed, err := c.Push(t.Context(), to, updates(refs), git.Watch{})
	if err != nil || len(pushed) != len(refs) || pushed[0].Way != '*' {
		t.Fatal(pushed, err)
	}
	if got, want := b.refs(sandbox.Mirror), b.refs(sandbox.Upstream); got != want {
		t.Errorf("the mirror has\n%s\nwant\n%s", got, want)
	}
}

// TestPushIsAllOrNothing: one ref that cannot go forward, or one that a hook refuses, and nothing is pushed.
func TestPushIsAllOrNothing(t *testing.T) {
	t.Parallel()
	for name, prepare := range map[string]func(b *bench) string{
		"a branch of its own": func(b *bench) string {
			b.commit(sandbox.Commit{Repository: sandbox.Mirror, Message: "Ours", Files: map[string]string{"ours": "x"}})
			return "main fetch first"
		},
		"a hook": func(b *bench) string {
			hooks := filepath.Join(b.path(sandbox.Mirror), "hooks")
			script := "#!/bin/sh\necho not on a Sunday >&2\nexit 1\n"
			if err := errors.Join(os.MkdirAll(hooks, 0o700), os.WriteFile(filepath.Join(hooks, "pre-receive"), []byte(script), 0o700)); err != nil {
				b.Fatal(err)
			}
			return "main pre-receive hook declined"
		},
		"a hook for one ref": func(b *bench) string {
			hooks := filepath.Join(b.path(sandbox.Mirror), "hooks")
			script := "#!/bin/sh\ntest \"$1\" != refs/tags/v1.0\n"
			if err := errors.Join(os.MkdirAll(hooks, 0o700), os.WriteFile(filepath.Join(hooks, "update"), []byte(script), 0o700)); err != nil {
				b.Fatal(err)
			}
			return "v1.0 hook declined"
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t)
			want := prepare(b)
			c, refs := b.stocked()
			before := b.refs(sandbox.Mirror)
			pushed, err := c.Push(t.Context(), b.address(b.url(sandbox.Mirror)), updates(refs), git.Watch{})
			fault, ok := errors.AsType[*git.Fault](err)
			if !ok || fault.Kind != git.Refused {
				t.Errorf("%v", err)
			}
			var refused []string
			for _, p := range pushed {
				if p.Refused() {
					refused = append(refused, filepath.Base(p.Name)+" "+p.Why)
				}
			}
			if !strings.Contains(strings.Join(refused, "\n"), want) {
				t.Errorf("refused: %q, want %s", refused, want)
			}
			if after := b.refs(sandbox.Mirror); after != before {
				t.Errorf("half pushed:\n%s", after)
			}
			if name == "a hook" && !strings.Contains(strings.Join(fault.Lines, "\n"), "remote: not on a Sunday") {
				t.Errorf("%q", fault.Lines)
			}
		})
	}
}

// TestForceOnlyWhatWasSeen: a ref that somebody moved since it was looked at is not given up.
func TestForceOnlyWhatWasSeen(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	c, refs := b.stocked()
	to := b.address(b.url(sandbox.Mirror))
	seen := b.commit(sandbox.Commit{Repository: sandbox.Mirror, Message: "Ours", Files: map[string]string{"ours": "x"}})
	var main git.Update
	for _, u := range updates(refs) {
		if u.Name == git.Heads+"main" {
			main = u
		}
	}
	main.Force, main.Old = true, seen
	moved := b.commit(sandbox.Commit{Repository: sandbox.Mirror, Message: "More", Files: map[string]string{"more": "x"}})
	if pushed, err := c.Push(t.Context(), to, []git.Update{main}, git.Watch{}); err == nil || !strings.Contains(pushed[0].Why, "stale info") {
		t.Errorf("%v %v", pushed, err)
	}
	main.Old = moved
	pushed, err := c.Push(t.Context(), to, []git.Update{main}, git.Watch{})
	if err != nil || pushed[0].Way != '+' || !strings.HasPrefix(b.refs(sandbox.Mirror), main.Object) {
		t.Errorf("%v %v", pushed, err)
	}
}
