package git_test

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	sandbox "github.com/handsoff/handsoff/local-provider/sandbox/git"
	"github.com/handsoff/handsoff/shared/attend"
	"github.com/handsoff/handsoff/shared/git"
)

// TestSecretsStayOutOfSight looks at every process of ours while git waits for its server: the password is in no
// argument and no environment, and in no file but the one that the helper answers from.
func TestSecretsStayOutOfSight(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.server.Break(sandbox.Fault{Kind: sandbox.FaultHang, Method: "POST"})
	var said []string
	looked := make(chan int, 1)
	go func() {
		defer b.server.Mend()
		for b.server.Befallen() == 0 && t.Context().Err() == nil { // nothing to wait on but the server
			time.Sleep(time.Millisecond)
		}
		looked <- b.lookAtProcesses()
	}()
	refs, err := b.all.List(t.Context(), b.address(b.url(sandbox.Upstream)), git.Watch{
		Line: func(line string) { said = append(said, line) }, Begin: func(attend.Ref) error { return nil },
	})
	if n := <-looked; n < 3 { // the keeper, git, and its helper for HTTP
		t.Errorf("only %d processes were seen", n)
	}
	if text := strings.Join(said, "\n"); strings.Contains(text, password) {
		t.Error(text)
	}
	_, _ = refs, err // the fault has no answer
	b.lookAtFiles()
}

// lookAtProcesses counts the processes that have to do with the bench, none of which may show the password.
func (b *bench) lookAtProcesses() int {
	entries, err := os.ReadDir("/proc")
	if err != nil {
		b.Error(err)
	}
	seen := 0
	for _, entry := range entries {
		line, _ := os.ReadFile("/proc/" + entry.Name() + "/cmdline")
		environment, _ := os.ReadFile("/proc/" + entry.Name() + "/environ")
		if !bytes.Contains(append(line, environment...), []byte(b.dir)) && !bytes.Contains(line, []byte("handsoff-keeper")) {
			continue
		}
		seen++
		if bytes.Contains(line, []byte(password)) || bytes.Contains(environment, []byte(password)) {
			b.Errorf("process %s shows the password: %s", entry.Name(), bytes.ReplaceAll(line, []byte{0}, []byte{' '}))
		}
	}
	holds := 0
	b.eachFile(func(path string, text []byte, info fs.FileInfo) {
		if bytes.Contains(text, []byte(password)) {
			holds++
			if info.Mode().Perm() != 0o600 || filepath.Base(path) != "answers" {
				b.Errorf("%s with the mode %s holds the password", path, info.Mode())
			}
		}
	})
	if holds != 1 {
		b.Errorf("%d files hold the password", holds)
	}
	return seen
}

// lookAtFiles finds no password in what is left behind.
func (b *bench) lookAtFiles() {
	b.Helper()
	b.eachFile(func(path string, text []byte, _ fs.FileInfo) {
		if bytes.Contains(text, []byte(password)) {
			b.Errorf("%s was left with the password", path)
		}
	})
}

func (b *bench) eachFile(look func(path string, text []byte, info fs.FileInfo)) {
	err := filepath.WalkDir(b.dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return nil //nolint:nilerr // a file may go while we look
		}
		text, err := os.ReadFile(path)
		info, infoErr := entry.Info()
		if err == nil && infoErr == nil {
			look(path, text, info)
		}
		return nil
	})
	if err != nil {
		b.Error(err)
	}
}
