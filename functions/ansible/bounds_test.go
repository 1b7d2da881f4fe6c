package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/handsoff/handsoff/shared/attend"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/mask"
)

// A checkpoint and a result hold a mebibyte each, also of a run on as many hosts as are remembered, with the longest names, all of
// which failed, or a few of which did.
func TestManyHosts(t *testing.T) {
	t.Parallel()
	set := settingsOf(t, configure(t, "/tmp/none", unrecorded))
	r := &runner{&capability{set: &set, now: time.Now}}
	const most = 1 << 20
	for _, bad := range []int{maxHosts, 7} {
		hosts := map[string]tally{}
		var failed []string
		for i := range maxHosts {
			name := fmt.Sprintf("%05d.%s", i, strings.Repeat("ü", 190))
			hosts[name] = tally{OK: 12345, Changed: 12345}
			if i >= maxHosts-bad {
				hosts[name] = tally{Failed: 1}
				failed = append(failed, name)
			}
		}
		var at course
		for range 3 {
			at.over(hosts)
		}
		res := r.result(&job.Job{Command: "ansible run ok"}, &at, failed, attend.Exit{})
		for name, document := range map[string]any{"checkpoint": at, "result": res} {
			if text, err := json.Marshal(document); err != nil || len(text) > most {
				t.Errorf("the %s has %d bytes, %v", name, len(text), err)
			}
		}
		if len(res.Hosts)+res.More != maxHosts || len(res.Failed)+res.MoreBad != bad || at.Hosts[failed[0]].Failed != 1 {
			t.Errorf("%d hosts and %d, %d failed and %d", len(res.Hosts), res.More, len(res.Failed), res.MoreBad)
		}
		if bad > 7 {
			text, _ := json.Marshal(res)
			if _, no := retryable(&job.Job{State: job.Failed, Result: text}); no == nil || !strings.Contains(no.Text, "10000 hosts that failed") {
				t.Errorf("%+v", no)
			}
		}
	}
}

// What a program left running is named by how it was called, and what is secret in that is not told.
func TestWhatIsLeftIsMasked(t *testing.T) {
	t.Parallel()
	program, err := attend.Start(attend.Spec{Path: "sh", Args: []string{"-c", `sh -c "sleep 600; : hunter22-secret" & sleep 0.2`}, Env: []string{"PATH=/usr/bin:/bin"}})
	if err != nil {
		t.Fatal(err)
	}
	if err := program.Go(); err != nil {
		t.Fatal(err)
	}
	<-program.Done()
	s := &session{program: program, hide: mask.New("hunter22-secret")}
	if left := strings.Join(s.exit().Left, " "); !strings.Contains(left, "sleep 600; : ***") || strings.Contains(left, "hunter22") {
		t.Errorf("%q", left)
	}
}

// Nor what a program says that prepares something and fails.
func TestWhatToolsSayIsMasked(t *testing.T) {
	t.Parallel()
	c := &capability{now: time.Now}
	err := c.aside(t.Context(), attend.Spec{Path: "sh", Args: []string{"-c", "echo 'ERROR! no hunter22-secret here'; exit 3"}, Env: []string{"PATH=/usr/bin:/bin"}},
		[]string{"hunter22-secret"})
	if failed, ok := errors.AsType[*toolError](err); !ok || failed.Error() != "sh ended with 3: no *** here" {
		t.Error(err)
	}
}

// A folder for temporary files is everybody's: what others can write to, or link elsewhere, is not worked in.
func TestWorkFolderIsOurs(t *testing.T) {
	t.Parallel()
	open := filepath.Join(t.TempDir(), "open")
	if err := os.Mkdir(open, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(open, 0o777); err != nil {
		t.Fatal(err)
	}
	if err := ownFolder(open); err != nil {
		t.Error(err)
	}
	if info, err := os.Stat(open); err != nil || info.Mode().Perm() != 0o700 {
		t.Error(info.Mode(), err)
	}
	link := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(open, link); err != nil {
		t.Fatal(err)
	}
	if err := ownFolder(link); err == nil {
		t.Error("a link is worked in")
	}
}

// What a repository links to may have no end.
func TestReadSome(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "file")
	if err := os.WriteFile(path, []byte("12345"), 0o600); err != nil {
		t.Fatal(err)
	}
	endless := filepath.Join(dir, "endless")
	if err := os.Symlink("/dev/zero", endless); err != nil {
		t.Fatal(err)
	}
	if text, err := readSome(path, 5); string(text) != "12345" || err != nil {
		t.Error(text, err)
	}
	if _, err := readSome(path, 4); err == nil {
		t.Error("more than it may")
	}
	if _, err := readSome(endless, 5); err == nil {
		t.Error("a device was read")
	}
	if _, err := readSome(filepath.Join(dir, "none"), 5); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
}
