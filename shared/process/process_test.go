package process_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/handsoff/handsoff/shared/process"
)

func start(t *testing.T, script string) (*process.Child, *bufio.Reader) {
	t.Helper()
	read, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	child, err := process.Start(process.Spec{
		Path: "/bin/sh", Args: []string{"-c", script}, Dir: t.TempDir(), Output: write, Env: []string{"PATH=/usr/bin:/bin"},
	})
	if err != nil {
		t.Fatal(err)
	}
	_ = write.Close()
	t.Cleanup(func() {
		_ = child.Kill(context.Background())
		_ = read.Close()
	})
	return child, bufio.NewReader(read)
}

func line(t *testing.T, r *bufio.Reader) string {
	t.Helper()
	text, err := r.ReadString('\n')
	if err != nil {
		t.Fatalf("read what the process says: %v", err)
	}
	return strings.TrimSpace(text)
}

func TestRefNamesOneProcess(t *testing.T) {
	t.Parallel()
	self, err := process.Find(os.Getpid())
	if err != nil || !self.Alive() {
		t.Fatalf("Find(self) = %+v, %v; alive %v", self, err, self.Alive())
	}
	if size, err := self.Memory(); err != nil || size < 1<<20 {
		t.Errorf("Memory() = %d, %v", size, err)
	}
	other := self
	other.Start++
	earlier := self
	earlier.Boot = "another boot"
	for name, ref := range map[string]process.Ref{"another start": other, "another boot": earlier, "nobody": {}} {
		if ref.Alive() {
			t.Errorf("%s: Alive() = true", name)
		}
		if err := ref.Signal(0); !errors.Is(err, process.ErrGone) {
			t.Errorf("%s: Signal() = %v", name, err)
		}
		if err := ref.Stop(t.Context(), time.Second); err != nil {
			t.Errorf("%s: Stop() = %v; it must leave a stranger alone", name, err)
		}
	}
}

func TestStartInheritsNothing(t *testing.T) {
	t.Parallel()
	_, out := start(t, "env | sort | grep -v -e ^PWD= -e ^SHLVL= -e ^_=; ps -o sid= -p $$; echo $$")
	if got := line(t, out); got != "PATH=/usr/bin:/bin" {
		t.Errorf("environment begins with %q", got)
	}
	if session, pid := line(t, out), line(t, out); session != pid {
		t.Errorf("session %s of process %s: it must lead its own", session, pid)
	}
}

func TestStopEndsTheGroup(t *testing.T) {
	t.Parallel()
	for name, script := range map[string]string{
		"polite":          `sleep 600 & echo $!; trap 'exit 0' TERM; wait`,
		"deaf":            `trap '' TERM; sleep 600 & echo $!; while :; do wait; done`,
		"leader is first": `sleep 600 & echo $!; exec sleep 600`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			child, out := start(t, script)
			pid, err := strconv.Atoi(line(t, out))
			if err != nil {
				t.Fatal(err)
			}
			grandchild, err := process.Find(pid)
			if err != nil {
				t.Fatal(err)
			}
			if err := child.Stop(t.Context(), 200*time.Millisecond); err != nil {
				t.Fatal(err)
			}
			<-child.Exited
			if err := grandchild.Wait(t.Context()); err != nil || child.Alive() || grandchild.Alive() {
				t.Errorf("after Stop: leader alive %v, its child alive %v, %v", child.Alive(), grandchild.Alive(), err)
			}
		})
	}
}

func TestWaitForAStranger(t *testing.T) {
	t.Parallel()
	cmd := exec.CommandContext(t.Context(), "sleep", "600")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ref, err := process.Find(cmd.Process.Pid)
	if err != nil {
		t.Fatal(err)
	}
	impatient, cancel := context.WithCancel(t.Context())
	cancel()
	if err := ref.Wait(impatient); err == nil {
		t.Error("Wait returned nil while the process runs")
	}
	_ = cmd.Process.Kill()
	if err := ref.Wait(t.Context()); err != nil {
		t.Errorf("Wait after the end: %v", err)
	}
	if ref.Alive() {
		t.Error("a zombie counts as alive")
	}
	_ = cmd.Wait()
}

func TestLeaders(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	below := filepath.Join(dir, "below")
	beside := dir + "-beside"
	for _, d := range []string{below, beside} {
		if err := os.MkdirAll(d, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	t.Cleanup(func() { _ = os.RemoveAll(beside) })
	refs := make(map[string]process.Ref)
	for name, at := range map[string]string{"in": dir, "below": below, "beside": beside} {
		child, err := process.Start(process.Spec{Path: "/bin/sleep", Args: []string{"600"}, Dir: at})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = child.Kill(context.Background()) })
		refs[name] = child.Ref
	}
	found, err := process.Leaders(dir)
	if err != nil {
		t.Fatal(err)
	}
	for name, wanted := range map[string]bool{"in": true, "below": true, "beside": false} {
		if slices.Contains(found, refs[name]) != wanted {
			t.Errorf("Leaders has %s: %v, want %v", name, !wanted, wanted)
		}
	}
}

func TestBelow(t *testing.T) {
	t.Parallel()
	child, out := start(t, `sleep 600 & echo $!; setsid sh -c 'echo $$; exec sleep 601' & true & wait`)
	var pids []int
	for range 2 {
		pid, err := strconv.Atoi(line(t, out))
		if err != nil {
			t.Fatal(err)
		}
		pids = append(pids, pid)
	}
	for end := time.Now().Add(2 * time.Minute); ; time.Sleep(time.Millisecond) { // the shell goes on before its child has become another program
		command := (process.Seen{Ref: process.Ref{PID: pids[0]}}).Command()
		if command == fmt.Sprintf("sleep 600 (pid %d)", pids[0]) {
			break
		}
		if time.Now().After(end) {
			t.Fatalf("a child is seen as %s", command)
		}
	}
	all, err := process.All()
	if err != nil {
		t.Fatal(err)
	}
	found := make(map[int]process.Seen)
	for _, s := range process.Below(all, child.PID) {
		found[s.PID] = s
	}
	own, left := found[pids[0]], found[pids[1]]
	if own.Parent != child.PID || own.Group != child.PID || own.Session != child.PID {
		t.Errorf("a child is seen as %+v", own)
	}
	if left.Group != left.PID || left.Session != left.PID {
		t.Errorf("one in a session of its own is seen as %+v", left)
	}
	if _, there := found[child.PID]; there || len(process.Below(all, own.PID)) != 0 {
		t.Errorf("below are %v", found)
	}
}

func TestBelowLeavesOutTheDead(t *testing.T) {
	t.Parallel()
	all := []process.Seen{
		{Ref: process.Ref{PID: 2}, Parent: 1, Dead: true},
		{Ref: process.Ref{PID: 3}, Parent: 2},
		{Ref: process.Ref{PID: 1}, Parent: 3}, // numbers that were given again while we read
		{Ref: process.Ref{PID: 9}, Parent: 8},
	}
	if below := process.Below(all, 1); len(below) != 1 || below[0].PID != 3 {
		t.Errorf("Below = %+v", below)
	}
}
