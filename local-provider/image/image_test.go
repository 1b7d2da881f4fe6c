package image_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/handsoff/handsoff/local-provider/image"
)

func TestFileName(t *testing.T) {
	t.Parallel()
	digest := "@sha256:" + strings.Repeat("ab", 32)
	for ref, want := range map[string]string{
		"ghcr.io/handsoff/command:latest": "ghcr.io+handsoff+command=latest",
		"ghcr.io/handsoff/command":        "ghcr.io+handsoff+command=latest",
		"command":                         "command=latest",
		"localhost:5000/a/b:v1.2":         "localhost=5000+a+b=v1.2",
		"localhost:5000/a":                "localhost=5000+a=latest",
		"a/b" + digest:                    "a+b~sha256=" + strings.Repeat("ab", 32),
		"a__b-c.d:_X":                     "a__b-c.d=_X",
	} {
		if got, err := image.FileName(ref); err != nil || got != want {
			t.Errorf("FileName(%q) = %q, %v; want %q", ref, got, err, want)
		}
	}
	for _, ref := range []string{
		"", "/", ".", "..", "../x", "a/../b", "a//b", "a/", "/a", "a:", "a:b:c", "A", "a b", "a\x00", "a+b", "a=b", "a~b", "a@b",
		"a:..", "-a", ".hidden", "a/.b", "a\n", strings.Repeat("a", image.MaxReference+1),
	} {
		if got, err := image.FileName(ref); !errors.Is(err, image.ErrReference) {
			t.Errorf("FileName(%q) = %q, %v; want a refusal", ref, got, err)
		}
	}
}

func FuzzFileName(f *testing.F) {
	f.Add("ghcr.io/handsoff/command:latest", "ghcr.io/handsoff/command")
	f.Add("a/b", "a+b")
	f.Add("localhost:5000/a", "../../etc/passwd")
	f.Fuzz(func(t *testing.T, a, b string) {
		nameA, errA := image.FileName(a)
		if errA != nil {
			return
		}
		if !filepath.IsLocal(nameA) || strings.ContainsAny(nameA, "/\x00") || strings.HasPrefix(nameA, ".") || len(nameA) > 255 {
			t.Fatalf("FileName(%q) = %q, which is not a plain file name", a, nameA)
		}
		nameB, errB := image.FileName(b)
		if errB == nil && nameA == nameB && a != b && a+":latest" != b && b+":latest" != a {
			t.Fatalf("%q and %q are both %q", a, b, nameA)
		}
	})
}

func TestFolder(t *testing.T) {
	t.Parallel()
	folder := image.Folder(t.TempDir())
	_, err := folder.Find("team/x")
	if !errors.Is(err, image.ErrUnknown) || !strings.Contains(err.Error(), "local-provider build") {
		t.Errorf("Find of nothing: %v; it must say how to build", err)
	}
	program := filepath.Join(t.TempDir(), "x")
	if err := os.WriteFile(program, []byte("one"), 0o700); err != nil {
		t.Fatal(err)
	}
	for _, want := range []bool{true, false} {
		if changed, err := folder.Install("team/x", program); err != nil || changed != want {
			t.Errorf("Install = %v, %v; want %v", changed, err, want)
		}
	}
	path, err := folder.Find("team/x:latest")
	if err != nil {
		t.Fatal(err)
	}
	before, err := folder.Digest("team/x")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(program, []byte("two"), 0o700); err != nil {
		t.Fatal(err)
	}
	if changed, err := folder.Install("team/x", program); err != nil || !changed {
		t.Errorf("Install of a new program = %v, %v", changed, err)
	}
	if after, err := folder.Digest("team/x"); err != nil || after == before {
		t.Errorf("the digest stayed %s, %v", after, err)
	}
	if err := os.Chmod(path, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := folder.Find("team/x"); !errors.Is(err, image.ErrUnknown) {
		t.Errorf("Find of a file that cannot be run: %v", err)
	}
}
