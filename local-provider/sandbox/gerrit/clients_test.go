package gerrit_test

import (
	"context"
	"net"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/handsoff/handsoff/local-provider/sandbox/gerrit"
	"github.com/handsoff/handsoff/shared/need"
)

// clientTime is how long a foreign client may take.
const clientTime = 2 * time.Minute

// drive runs a script of a foreign client, which says "all is well" at its end.
func (r *rig) drive(interpreter, script string) {
	r.Helper()
	ctx, cancel := context.WithTimeout(r.Context(), clientTime)
	defer cancel()
	host, port, _ := net.SplitHostPort(r.ssh)
	home := r.TempDir()
	cmd := exec.CommandContext(ctx, interpreter, "testdata/"+script)
	cmd.Env = append(os.Environ(), "HOME="+home, "GERRIT_URL="+r.url, "GERRIT_USER="+r.user, "GERRIT_PASSWORD="+r.pass, "GERRIT_HOST="+host,
		"GERRIT_PORT="+port, "GERRIT_KEY="+r.keyFile, "GERRIT_HOSTS="+r.knownHosts())
	if out, err := cmd.CombinedOutput(); err != nil || !strings.Contains(string(out), "all is well") {
		r.Errorf("%v\n%s", err, out)
	}
}

// TestGerritlib drives SSH by OpenStack's own client: its watcher of events, its queries, its reviews.
func TestGerritlib(t *testing.T) {
	t.Parallel()
	interpreter := need.Python(t, "gerritlib")
	r := newRig(t)
	n := r.push(gerrit.Upload{Subject: "Seen by gerritlib"})
	ctx, cancel := context.WithTimeout(t.Context(), clientTime)
	pushed := make(chan error, 1)
	go func() { pushed <- r.amendAndTalk(ctx, n) }()
	r.drive(interpreter, "gerritlib_client.py")
	cancel()
	if err := <-pushed; err != nil {
		t.Error(err)
	}
	c, _ := r.gerrit.Change(n)
	if c.Vote("Verified", 1000004) != 1 {
		t.Errorf("its vote did not come: %+v", c.Votes)
	}
}

// amendAndTalk pushes what a watcher waits for as soon as there is one, and goes on saying things until the watcher has heard
// of it: gerritlib reads one line of those that come together, and the next when more come.
func (r *rig) amendAndTalk(ctx context.Context, number int) error {
	if err := r.gerrit.AwaitStreams(ctx, 1); err != nil {
		return err
	}
	if err := r.as("bob").Amend(number, gerrit.Upload{Subject: "Seen again"}); err != nil {
		return err
	}
	often := time.NewTicker(20 * time.Millisecond)
	defer often.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-often.C:
			if err := r.as("bob").Review(number, gerrit.Review{Message: "still here"}); err != nil {
				return err
			}
		}
	}
}

// TestPygerrit drives REST by pygerrit2.
func TestPygerrit(t *testing.T) {
	t.Parallel()
	interpreter := need.Python(t, "pygerrit2")
	r := newRig(t)
	r.push(gerrit.Upload{Subject: "Seen by pygerrit"})
	r.drive(interpreter, "pygerrit_client.py")
	c, _ := r.gerrit.Change(6)
	if c.Vote("Verified", 1000004) != -1 || c.Topic != "" {
		t.Errorf("its vote did not come: %+v", c.Votes)
	}
}
