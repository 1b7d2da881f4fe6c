package git_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	sandbox "github.com/handsoff/handsoff/local-provider/sandbox/git"
	"github.com/handsoff/handsoff/shared/config"
	"github.com/handsoff/handsoff/shared/git"
)

func TestExport(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	path := b.path(sandbox.Upstream)
	plain(t, path, "-c", "user.name=x", "-c", "user.email=x@y", "tag", "-a", "-m", "annotated", "signed", "v1.0")
	for ref, want := range map[string]string{
		"": "main", "main": "main", "refs/heads/stable/1.0": "stable/1.0", "v1.0": "v1.0", "signed": "v1.0",
		plain(t, path, "rev-parse", "v1.0.1"): "v1.0.1",
	} {
		dir := filepath.Join(t.TempDir(), "out")
		commit, err := b.all.Export(t.Context(), b.url(sandbox.Upstream), ref, dir, nil)
		if wanted := plain(t, path, "rev-parse", want+"^{commit}"); err != nil || commit != wanted {
			t.Errorf("%q: %s %v, want %s", ref, commit, err, wanted)
			continue
		}
		got, err := os.ReadFile(filepath.Join(dir, "VERSION"))
		if wanted := plain(t, path, "show", want+":VERSION"); err != nil || strings.TrimSpace(string(got)) != wanted {
			t.Errorf("%q: %s %v, want %s", ref, got, err, wanted)
		}
		if _, err := os.Stat(filepath.Join(dir, ".git")); err == nil {
			t.Error("there is a .git among the files")
		}
	}
}

// TestExportCostsWhatChanged: what is there already is not fetched again.
func TestExportCostsWhatChanged(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	fetched := func() int {
		before := len(b.server.Asked())
		if _, err := b.all.Export(t.Context(), b.url(sandbox.Upstream), "main", filepath.Join(t.TempDir(), "out"), nil); err != nil {
			t.Fatal(err)
		}
		return strings.Count(strings.Join(b.server.Asked()[before:], "\n"), "POST")
	}
	first, again := fetched(), fetched()
	b.commit(sandbox.Commit{Repository: sandbox.Upstream, Message: "More", Files: map[string]string{"more": "x"}})
	if more := fetched(); first < 2 || again >= first || more <= again {
		t.Errorf("requests: %d at first, %d again, %d with something new", first, again, more)
	}
}

func TestExportFails(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.path("acme/empty")
	full := t.TempDir()
	if err := os.WriteFile(filepath.Join(full, "x"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ url, ref, dir, want string }{
		{b.url("acme/none"), "", "", "there is no repository http://"},
		{b.url("acme/empty"), "", "", "is empty"},
		{b.url(sandbox.Upstream), "none", "", "has no branch or tag none"},
		{b.url(sandbox.Upstream), strings.Repeat("ab", 20), "", "no branch or tag of"},
		{b.url(sandbox.Upstream), "--upload-pack=touch /tmp/x", "", "it begins with a hyphen"},
		{b.url(sandbox.Upstream), "main", full, "is not empty"},
		{"file:///etc", "", "", "its protocol is not among git.protocols"},
		{"/etc", "", "", "its protocol is not among git.protocols"},
		{"ext::sh -c true", "", "", "it holds characters"},
		{"http://127.0.0.1:1/x", "", "", "cannot be reached now"},
	} {
		dir := c.dir
		if dir == "" {
			dir = filepath.Join(t.TempDir(), "out")
		}
		if _, err := b.all.Export(t.Context(), c.url, c.ref, dir, nil); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s %s: %v, want %s", c.url, c.ref, err, c.want)
		}
	}
}

// TestExportTellsItsProgress, and says nothing of the password, to nobody.
func TestExportTellsItsProgress(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	var said []string
	if _, err := b.all.Export(t.Context(), b.url(sandbox.Upstream), "", filepath.Join(t.TempDir(), "out"), func(line string) { said = append(said, line) }); err != nil {
		t.Fatal(err)
	}
	if text := strings.Join(said, "\n"); !strings.Contains(text, "Counting objects: 100 %") || strings.Contains(text, password) {
		t.Error(text)
	}
}

// TestExportIsCancelled: git is gone, and what it left does no harm.
func TestExportIsCancelled(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.server.Break(sandbox.Fault{Kind: sandbox.FaultHang, Method: "POST"})
	ctx, cancel := context.WithCancelCause(t.Context())
	enough := errors.New("enough")
	go func() {
		for !strings.Contains(strings.Join(b.server.Asked(), "\n"), "POST") {
			if t.Context().Err() != nil {
				return
			}
			time.Sleep(time.Millisecond)
		}
		cancel(enough)
	}()
	dir := filepath.Join(t.TempDir(), "out")
	if _, err := b.all.Export(ctx, b.url(sandbox.Upstream), "", dir, nil); !errors.Is(err, enough) {
		t.Error(err)
	}
	b.server.Mend()
	if _, err := b.all.Export(t.Context(), b.url(sandbox.Upstream), "", dir, nil); err != nil {
		t.Error(err)
	}
}

func TestConfigure(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"":                                    "",
		"git: {mirrors: {x: {}}, allow: [y]}": "", // the function git's own
		"git: {protocols: [ext]}":             `git.protocols: "ext" is none of`,
		"git: {work_dir: 'a b'}":              "git.work_dir: it has to be an absolute path",
		"git: {credentials: [{url: 'https://x/', user: u, password: p, key: k}]}": "entry 1: password",
		"git: {credentials: [{url: 'https://u:p@x/'}]}":                           "entry 1: url: it holds a password",
		"git: {credentials: [{url: 'ssh://git@x/', password: p}]}":                "entry 1: an SSH server wants key",
		"git: {credentials: [{url: 'https://x/', password: p}]}":                  "entry 1: user is needed",
		"git: {credentials: [{url: 'file:///x', password: p}]}":                   "only https, http and ssh",
		"git: {credentials: [{url: 'https://x/', password: p, user: 'a b'}]}":     "user: it has characters",
		"git: {credentials: 1}": "git.credentials: a list is expected",
	} {
		file, err := config.Parse([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		_, err = git.Configure(file, nil, filepath.Join(t.TempDir(), "work"))
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", text, err, want)
		}
	}
}
