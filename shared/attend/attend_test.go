package attend_test

import (
	"bytes"
	stdcontext "context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/handsoff/handsoff/shared/attend"
)

func TestMain(m *testing.M) {
	attend.Main()
	if role, there := roles()[os.Getenv(roleName)]; there {
		if err := role(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// text is what a program wrote, readable while it writes.
type text struct {
	mutex sync.Mutex
	bytes bytes.Buffer
	lines chan string // each whole line, when not nil
}

func (w *text) Write(p []byte) (int, error) {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	n, err := w.bytes.Write(p)
	for w.lines != nil {
		line, rest, found := bytes.Cut(w.bytes.Bytes(), []byte("\n"))
		if !found {
			break
		}
		w.lines <- string(line)
		w.bytes = *bytes.NewBuffer(bytes.Clone(rest))
	}
	return n, err
}

func (w *text) String() string {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	return w.bytes.String()
}

var path = []string{"PATH=/usr/local/bin:/usr/bin:/bin"}

// begin starts a shell script and lets it go.
func begin(t *testing.T, script string, change ...func(*attend.Spec)) *attend.Attended {
	t.Helper()
	dir := folder(t)
	spec := attend.Spec{Path: filepath.Join(dir, "sh"), Args: []string{"-c", script}, Env: path, Dir: dir}
	for _, c := range change {
		c(&spec)
	}
	a, err := attend.Start(spec)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := stdcontext.WithTimeout(context(), time.Minute)
		defer cancel()
		if _, err := a.Stop(ctx, attend.Waits{}, nil); err != nil {
			t.Errorf("the last stop: %v", err)
		}
	})
	if err := a.Go(); err != nil {
		t.Fatal(err)
	}
	return a
}

func TestOutputAndExit(t *testing.T) {
	t.Parallel()
	var output, failures, events text
	a := begin(t, `cat; echo out; echo err >&2; echo event >&3; env | sort >&2; exit 3`, func(s *attend.Spec) {
		s.Output, s.Errors, s.Events, s.Stdin = &output, &failures, &events, []byte("in\n")
	})
	<-a.Done()
	if exit := a.Exit(); exit.Code != 3 || exit.Signal != "" || exit.Left != nil || exit.Trouble != "" {
		t.Errorf("Exit() = %+v", exit)
	}
	if output.String() != "in\nout\n" || events.String() != "event\n" {
		t.Errorf("output %q, events %q", output.String(), events.String())
	}
	for line := range strings.SplitSeq(strings.TrimSpace(failures.String()), "\n") {
		name, _, _ := strings.Cut(line, "=")
		if !slices.Contains([]string{"err", "PATH", "PWD", "HANDSOFF_ATTENDED", "OLDPWD", "SHLVL", "_"}, name) {
			t.Errorf("the program has %q of us", line)
		}
	}
	if attend.Look(a.Ref()) != attend.Gone {
		t.Error("it is not gone")
	}
}
