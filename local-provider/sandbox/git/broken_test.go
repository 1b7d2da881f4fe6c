package git_test

import (
	"bufio"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/handsoff/handsoff/local-provider/sandbox/git"
	"github.com/handsoff/handsoff/shared/job/jobtest"
)

// TestABrokenPushLeavesNothingRunning: git's own backend, when it was told a length, never stops to ask for the rest.
func TestABrokenPushLeavesNothingRunning(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	_, url := serve(t, git.Options{Dir: dir, Seeds: true})
	conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", strings.TrimPrefix(url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	const login = "aGFuZHNvZmY6YSBwYXNzd29yZA==" // handsoff:a password
	_, err = fmt.Fprintf(conn, "POST /%s.git/git-receive-pack HTTP/1.1\r\nHost: x\r\nAuthorization: Basic %s\r\n"+
		"Content-Type: application/x-git-receive-pack-request\r\nContent-Length: 400000\r\n\r\n%s", git.Mirror, login, "0fff") // and the rest of a first packet never comes
	if err != nil {
		t.Fatal(err)
	}
	jobtest.Eventually(t, "the backend to begin", func() bool { return backends(t, dir) > 0 })
	if err := conn.(*net.TCPConn).CloseWrite(); err != nil {
		t.Fatal(err)
	}
	_, _ = bufio.NewReader(conn).ReadString('\n') // until the server has had enough, too
	_ = conn.Close()
	jobtest.Eventually(t, "the backend to end", func() bool { return backends(t, dir) == 0 })
}

// backends counts the processes that serve a repository below a folder.
func backends(t *testing.T, dir string) int {
	t.Helper()
	entries, err := filepath.Glob("/proc/[0-9]*/environ")
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, entry := range entries {
		if text, err := os.ReadFile(entry); err == nil && strings.Contains(string(text), "GIT_PROJECT_ROOT="+dir) {
			n++
		}
	}
	return n
}
