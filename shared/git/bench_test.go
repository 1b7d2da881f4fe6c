package git_test

import (
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"

	sandbox "github.com/handsoff/handsoff/local-provider/sandbox/git"
	"github.com/handsoff/handsoff/local-provider/sandbox/git/gittest"
	"github.com/handsoff/handsoff/shared/attend"
	"github.com/handsoff/handsoff/shared/git"
)

func TestMain(m *testing.M) {
	attend.Main()
	git.Main()
	os.Exit(m.Run())
}

// password is what the servers of the tests let in. Nothing may ever show it.
const password = "s3cret-of-the-tests"

// bench is a git server, and ourselves.
type bench struct {
	*testing.T
	server *sandbox.Server
	web    *httptest.Server
	dir    string // the work folder
	all    *git.Repositories
}

func newBench(t *testing.T) *bench {
	t.Helper()
	b := &bench{T: t, dir: filepath.Join(t.TempDir(), "work")}
	b.server = sandbox.New(sandbox.Options{Dir: t.TempDir(), Password: password, Seeds: true})
	if err := b.server.Err(); err != nil {
		t.Fatal(err)
	}
	b.web = httptest.NewServer(b.server)
	t.Cleanup(func() {
		b.server.Mend()
		b.web.Close()
	})
	b.all = b.configured(git.Section{
		Protocols:   []string{"http"},
		Credentials: []git.Credential{{URL: b.web.URL, User: "handsoff", Password: "git-http-password"}},
	})
	return b
}

func (b *bench) configured(section git.Section) *git.Repositories {
	b.Helper()
	all, err := git.New(section, func(string) ([]byte, error) { return []byte(password), nil }, b.dir)
	if err != nil {
		b.Fatal(err)
	}
	return all
}

func (b *bench) url(repository string) string { return b.web.URL + "/" + repository + ".git" }

func (b *bench) address(text string) git.Address {
	b.Helper()
	a, err := b.all.Address(text)
	if err != nil {
		b.Fatal(err)
	}
	return a
}

func (b *bench) commit(c sandbox.Commit) string { return gittest.Commit(b, b.server, c) }

// path is where a repository of the server is.
func (b *bench) path(repository string) string { return gittest.Path(b, b.server, repository) }

// plain runs git as anybody would.
func plain(tb testing.TB, dir string, args ...string) string { return gittest.Plain(tb, dir, args...) }
