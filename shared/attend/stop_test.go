package attend_test

import (
	stdcontext "context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/handsoff/handsoff/shared/attend"
)

// signals are the names of those sent.
func signals(sent []attend.Sent) string {
	var names []string
	for _, s := range sent {
		names = append(names, strings.TrimPrefix(s.Signal, "SIG"))
	}
	return strings.Join(names, " ")
}

func TestStop(t *testing.T) {
	t.Parallel()
	long, short := time.Hour, 300*time.Millisecond
	for _, c := range []struct {
		name, script string
		waits        attend.Waits
		there        string // what must run before it is stopped
		signals      string
		exit         attend.Exit
	}{
		{"polite", `echo up; exec sleep 600`, attend.Waits{Term: long, Kill: long}, "", "INT", attend.Exit{Code: -1, Signal: "SIGINT"}},
		{"polite in its own words", `trap 'kill $!; exit 4' INT; sleep 600 & echo up; wait`, attend.Waits{Term: long, Kill: long}, "", "INT", attend.Exit{Code: 4}},
		{"deaf to interrupts", `trap '' INT; echo up; exec sleep 600`, attend.Waits{Term: short, Kill: long}, "", "INT TERM", attend.Exit{Code: -1, Signal: "SIGTERM"}},
		{"deaf", tree, attend.Waits{Term: short, Kill: short}, "sleep 602", "INT TERM KILL", attend.Exit{Code: -1, Signal: "SIGKILL", Left: []string{"sleep 602"}}},
		{"stopped", `echo up; kill -STOP $$`, attend.Waits{Term: long, Kill: long}, "", "INT", attend.Exit{Code: -1, Signal: "SIGINT"}},
		{
			"leader goes, its child does not", `(trap '' INT; sleep 605) & sleep 606 & echo up; wait`,
			attend.Waits{Term: short, Kill: long},
			"sleep 605",
			"INT TERM",
			attend.Exit{Code: -1, Signal: "SIGINT"},
		},
		{"at once", tree, attend.Waits{}, "sleep 602", "INT TERM KILL", attend.Exit{Code: -1, Signal: "SIGKILL", Left: []string{"sleep 602"}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			lines := make(chan string, 1)
			var dir string
			a := begin(t, c.script, func(s *attend.Spec) { s.Output, dir = &text{lines: lines}, s.Dir })
			<-lines
			if c.there != "" {
				untilThere(t, dir, c.there)
			}
			var told []string
			ended, err := a.Stop(t.Context(), c.waits, func(signal string) { told = append(told, strings.TrimPrefix(signal, "SIG")) })
			if err != nil || ended.Left != nil || signals(ended.Signals) != c.signals || strings.Join(told, " ") != c.signals {
				t.Errorf("Stop() = %+v, %v; told %q; want %s", ended, err, told, c.signals)
			}
			if !strings.HasPrefix(ended.Evidence, "its process group ") || !strings.HasSuffix(ended.Evidence, " is empty, and nothing that it started is left") {
				t.Errorf("evidence %q", ended.Evidence)
			}
			if left := in(dir); len(left) != 0 {
				t.Errorf("there are %q", left)
			}
			exit := a.Exit()
			exit.Left = slices.DeleteFunc(without(exit.Left), func(s string) bool { return s == "sleep 603" })
			if exit.Code != c.exit.Code || exit.Signal != c.exit.Signal || !slices.Equal(exit.Left, c.exit.Left) {
				t.Errorf("Exit() = %+v, want %+v", exit, c.exit)
			}
		})
	}
}

// without leaves out the identifiers of processes.
func without(commands []string) []string {
	var names []string
	for _, command := range commands {
		name, _, _ := strings.Cut(command, " (pid ")
		names = append(names, name)
	}
	return names
}

func TestLeftBehind(t *testing.T) {
	t.Parallel()
	var output text
	var dir string
	a := begin(t, `(setsid sleep 607 &) ; sleep 608 & setsid bash -c 'exec -a "ssh: /tmp/mux [mux]" sleep 609' & echo done; until [ -e go ]; do sleep 0.01; done; exit 0`,
		func(s *attend.Spec) { s.Path, s.Output, dir = "/bin/bash", &output, s.Dir })
	untilThere(t, dir, "sleep 607", "sleep 608", "ssh: /tmp/mux [mux] 609")
	if err := os.WriteFile(filepath.Join(dir, "go"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	<-a.Done() // although all of them hold its output open
	exit := a.Exit()
	left := without(exit.Left)
	slices.Sort(left)
	if exit.Code != 0 || !slices.Equal(left, []string{"sleep 607", "sleep 608"}) || output.String() != "done\n" {
		t.Errorf("Exit() = %+v, output %q", exit, output.String())
	}
}

func TestHelpersThatEndAreNotLeftBehind(t *testing.T) {
	t.Parallel()
	a, err := attend.StartWith(attend.Spec{Path: "/bin/sh", Args: []string{"-c", `(sleep 0.05 &); exit 0`}, Env: path},
		attend.Patience, time.Hour, time.Second, time.Minute, time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Go(); err != nil {
		t.Fatal(err)
	}
	<-a.Done()
	if exit := a.Exit(); exit.Left != nil {
		t.Errorf("Exit() = %+v", exit)
	}
}

func TestDiesByItself(t *testing.T) {
	t.Parallel()
	a := begin(t, "kill -SEGV $$")
	<-a.Done()
	if exit := a.Exit(); exit.Code != -1 || exit.Signal != "SIGSEGV" || exit.Trouble != "" {
		t.Errorf("Exit() = %+v", exit)
	}
}

// TestStopOfAFlood: a program that waits for its output to be read is stopped too, though nobody reads.
func TestStopOfAFlood(t *testing.T) {
	t.Parallel()
	slow := &slowWriter{first: make(chan struct{}), rest: make(chan struct{})}
	a := begin(t, "trap '' INT TERM; yes", func(s *attend.Spec) { s.Output = slow })
	<-slow.first
	var stop sync.WaitGroup
	killed := make(chan struct{})
	stop.Go(func() {
		ended, err := a.Stop(t.Context(), attend.Waits{}, func(signal string) {
			if signal == "SIGKILL" {
				close(killed)
			}
		})
		if err != nil || signals(ended.Signals) != "INT TERM KILL" {
			t.Errorf("Stop() = %+v, %v", ended, err)
		}
	})
	<-killed
	close(slow.rest)
	stop.Wait()
}

// slowWriter takes the first piece, and the next ones when it is told to.
type slowWriter struct {
	once        sync.Once
	first, rest chan struct{}
}

func (w *slowWriter) Write(p []byte) (int, error) {
	w.once.Do(func() { close(w.first) })
	<-w.rest
	return len(p), nil
}

func TestStopHurries(t *testing.T) {
	t.Parallel()
	lines := make(chan string, 1)
	a := begin(t, `trap '' INT TERM; echo up; while :; do sleep 600; done`, func(s *attend.Spec) { s.Output = &text{lines: lines} })
	<-lines
	interrupted := make(chan struct{})
	var first sync.WaitGroup
	first.Go(func() {
		ended, err := a.Stop(t.Context(), attend.Waits{Term: time.Hour, Kill: time.Hour}, func(signal string) {
			if signal == "SIGINT" {
				close(interrupted)
			}
		})
		if err != nil || signals(ended.Signals) != "INT TERM KILL" {
			t.Errorf("first Stop() = %+v, %v", ended, err)
		}
	})
	<-interrupted
	impatient, cancel := stdcontext.WithCancel(t.Context())
	cancel()
	if ended, err := a.Stop(impatient, attend.Waits{Term: time.Hour, Kill: time.Hour}, nil); !errors.Is(err, stdcontext.Canceled) || ended.Evidence != "it is being stopped" {
		t.Errorf("impatient Stop() = %+v, %v", ended, err)
	}
	ended, err := a.Stop(t.Context(), attend.Waits{}, nil)
	if err != nil || signals(ended.Signals) != "INT TERM KILL" {
		t.Errorf("second Stop() = %+v, %v", ended, err)
	}
	first.Wait()
}

func TestStopBeforeGo(t *testing.T) {
	t.Parallel()
	a, err := attend.Start(attend.Spec{Path: "/bin/sh", Args: []string{"-c", "exit"}})
	if err != nil {
		t.Fatal(err)
	}
	ended, err := a.Stop(t.Context(), attend.Waits{Term: time.Hour, Kill: time.Hour}, nil)
	if err != nil || ended.Evidence != "it had not begun" || ended.Signals != nil {
		t.Errorf("Stop() = %+v, %v", ended, err)
	}
	if err := a.Go(); err == nil || err.Error() != "the program was stopped before it began" {
		t.Errorf("Go() = %v", err)
	}
}

func TestWhatCannotBeStarted(t *testing.T) {
	t.Parallel()
	if _, err := attend.Start(attend.Spec{Path: "no-such-program"}); !errors.Is(err, exec.ErrNotFound) {
		t.Errorf("Start() = %v", err)
	}
	a, err := attend.Start(attend.Spec{Path: "/bin/sh", Dir: filepath.Join(t.TempDir(), "missing")})
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Go(); err == nil || err.Error() != "start /bin/sh: no such file or directory" {
		t.Errorf("Go() = %v", err)
	}
	<-a.Done()
	if exit := a.Exit(); exit.Code != -1 {
		t.Errorf("Exit() = %+v", exit)
	}
	if err := a.Go(); err == nil {
		t.Error("it goes twice")
	}
}

// TestKeeperStopped: a keeper that somebody stopped is woken, and the stop goes on.
func TestKeeperStopped(t *testing.T) {
	t.Parallel()
	var dir string
	a := begin(t, "exec sleep 600", func(s *attend.Spec) { dir = s.Dir })
	_ = unix.Kill(a.Ref().Keeper.PID, unix.SIGSTOP)
	ended, err := a.Stop(t.Context(), attend.Waits{Term: time.Hour, Kill: time.Hour}, nil)
	if err != nil || signals(ended.Signals) != "INT" || len(in(dir)) != 0 {
		t.Errorf("Stop() = %+v, %v; there are %q", ended, err, in(dir))
	}
}

// TestOutputHeldElsewhere: what the program handed to somebody who is not below it cannot hold up its end.
func TestOutputHeldElsewhere(t *testing.T) {
	t.Parallel()
	lines := make(chan string, 1)
	a, err := attend.StartWith(attend.Spec{
		Path: "/bin/sh", Args: []string{"-c", "echo $$; exec sleep 600"}, Env: path, Output: &text{lines: lines},
	}, attend.Patience, time.Second, time.Second, 100*time.Millisecond, time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Go(); err != nil {
		t.Fatal(err)
	}
	held, err := os.OpenFile("/proc/"+<-lines+"/fd/1", os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer held.Close()
	if _, err := a.Stop(t.Context(), attend.Waits{}, nil); err != nil {
		t.Fatal(err)
	}
	if exit := a.Exit(); exit.Trouble != "something elsewhere holds its output open, which was not read further" {
		t.Errorf("Exit() = %+v", exit)
	}
}

type full int

func (f *full) Write([]byte) (int, error) {
	*f++
	return 0, errors.New("the disk is full")
}

func TestAWriterThatFailsDoesNotHoldUpTheProgram(t *testing.T) {
	t.Parallel()
	var disk full
	a := begin(t, "head -c 1000000 /dev/zero; exit 5", func(s *attend.Spec) { s.Output = &disk })
	<-a.Done()
	if disk != 1 {
		t.Errorf("the writer that failed was written to %d times", disk)
	}
	if exit := a.Exit(); exit.Code != 5 || exit.Trouble != "some of its output could not be kept: the disk is full" {
		t.Errorf("Exit() = %+v", exit)
	}
}

func TestTheProgramHoldsNothingOfOurs(t *testing.T) {
	t.Parallel()
	careless, err := unix.Dup(1) // as whoever starts a function may leave one open in it
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = unix.Close(careless) }()
	lines := make(chan string, 1)
	a := begin(t, "echo up; kill -STOP $$", func(s *attend.Spec) {
		s.Output, s.Events = &text{lines: lines}, &text{}
	})
	<-lines
	var held []string
	entries, err := os.ReadDir(fmt.Sprintf("/proc/%d/fd", a.Group()))
	for _, entry := range entries {
		target, _ := os.Readlink(fmt.Sprintf("/proc/%d/fd/%s", a.Group(), entry.Name()))
		held = append(held, entry.Name()+" "+target)
	}
	if err != nil || len(held) != 4 || held[0] != "0 /dev/null" || held[1][2:] != held[2][2:] || !strings.HasPrefix(held[3], "3 pipe:") {
		t.Errorf("its descriptors are %q, %v", held, err)
	}
}

// TestWhatWillNotGo: a process of another user, as sudo makes one, is told, and not forgotten.
func TestWhatWillNotGo(t *testing.T) {
	t.Parallel()
	if os.Getuid() != 0 {
		t.Skip("another user can only be had as root")
	}
	dir, err := os.MkdirTemp("", "attend")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	if err := os.Symlink("/bin/sh", filepath.Join(dir, "sh")); err != nil {
		t.Fatal(err)
	}
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	become, self := filepath.Join(dir, "become"), filepath.Join(dir, "self")
	for from, to := range map[string]string{"/usr/bin/setpriv": become, program: self} {
		if out, err := exec.Command("cp", "--dereference", from, to).CombinedOutput(); err != nil {
			t.Fatalf("%s: %v", out, err)
		}
	}
	for file, mode := range map[string]os.FileMode{dir: 0o755, self: 0o755, become: 0o755 | os.ModeSetuid} {
		if err := os.Chmod(file, mode); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command(self)
	cmd.Dir = dir
	cmd.Env = []string{roleName + "=stubborn", scriptName + "=echo up; exec " + become + " --reuid 0 --clear-groups sleep 610"}
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	t.Logf("%s", out)
	if err != nil || !strings.Contains(string(out), `"left":["sleep 610 (pid `) || !strings.Contains(string(out), "it was killed, and not all of it has gone") {
		t.Errorf("the function says %s: %v", out, err)
	}
	if left := in(dir); len(left) != 2 {
		t.Errorf("the process and its keeper are %q", left)
	}
	_ = exec.Command("sh", "-c", "for p in /proc/[0-9]*; do [ \"$(readlink $p/cwd)\" = \"$0\" ] && grep -q sleep $p/comm && kill -9 ${p#/proc/}; done", dir).Run()
	untilEmpty(t, dir)
}
