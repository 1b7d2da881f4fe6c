package docs_test

import (
	"bytes"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// project is the folder of the repository, from here.
const project = ".."

// clone lays out what a clone of the repository would have, as it is now: what git would add included, what it ignores left out. Whoever
// writes pages names a clone that is there already by HANDSOFF_DOCS_CLONE, in which less is to be built.
func clone(t *testing.T) string {
	t.Helper()
	if dir := os.Getenv("HANDSOFF_DOCS_CLONE"); dir != "" {
		return dir
	}
	cmd := exec.CommandContext(t.Context(), "git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--deduplicate")
	cmd.Dir = project
	list, err := cmd.Output()
	if err != nil {
		t.Skipf("this is not a git repository: %v", err)
	}
	into := filepath.Join(t.TempDir(), "handsoff")
	for name := range bytes.SplitSeq(bytes.TrimRight(list, "\x00"), []byte{0}) {
		place(t, filepath.Join(project, string(name)), filepath.Join(into, string(name)))
	}
	return into
}

// place copies a file or a link. What was deleted and is still in git's index is left out.
func place(t *testing.T, from, to string) {
	t.Helper()
	info, err := os.Lstat(from)
	if os.IsNotExist(err) {
		return
	}
	if err == nil {
		err = os.MkdirAll(filepath.Dir(to), 0o700)
	}
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode()&fs.ModeSymlink != 0 {
		leads, err := os.Readlink(from)
		if err == nil {
			err = os.Symlink(leads, to)
		}
		if err != nil {
			t.Fatal(err)
		}
		return
	}
	text, err := os.ReadFile(from)
	if err == nil {
		err = os.WriteFile(to, text, info.Mode().Perm())
	}
	if err != nil {
		t.Fatal(err)
	}
}
