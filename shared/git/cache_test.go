package git_test

import (
	"os"
	"path/filepath"
	"testing"

	sandbox "github.com/handsoff/handsoff/local-provider/sandbox/git"
	"github.com/handsoff/handsoff/shared/git"
)

// A git that was killed while it fetched leaves a lock, and what had come of a pack: the next one who has the copy removes both.
func TestWhatAKilledGitLeft(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	at, err := b.all.Address(b.url(sandbox.Upstream))
	if err != nil {
		t.Fatal(err)
	}
	c, err := b.all.Cache(t.Context(), at, git.Watch{})
	if err != nil {
		t.Fatal(err)
	}
	c.Close()
	left := []string{"packed-refs.lock", "objects/pack/tmp_pack_x8Jq2a", "objects/pack/tmp_idx_a"}
	for _, name := range left {
		if err := os.WriteFile(filepath.Join(c.Dir(), name), []byte("half"), 0o400); err != nil {
			t.Fatal(err)
		}
	}
	if c, err = b.all.Cache(t.Context(), at, git.Watch{}); err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	for _, name := range left {
		if _, err := os.Lstat(filepath.Join(c.Dir(), name)); err == nil {
			t.Errorf("%s is still there", name)
		}
	}
}
