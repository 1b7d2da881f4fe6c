package attend_test

import (
	stdcontext "context"
	"encoding/json"
	"math/rand/v2"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/handsoff/handsoff/shared/attend"
)

func context() stdcontext.Context { return stdcontext.Background() }

// tree is a script that is hard to get rid of: deaf to signals, with a child, a daemon in a session of its own, and one
// whose environment is empty.
const tree = `trap '' INT TERM HUP
sleep 601 &
(setsid sleep 602 &)
(env -i sleep 603 &)
echo up
while :; do sleep 604; done`

// TestNothingOutlivesTheFunction kills the function where it matters most, and at moments that nobody chose.
func TestNothingOutlivesTheFunction(t *testing.T) {
	t.Parallel()
	t.Run("between Start and Go", func(t *testing.T) {
		t.Parallel()
		f := newFunction(t, tree, patienceName+"=1h") // it is its death that counts
		f.readRef(t)
		if attend.Look(f.ref) != attend.Alive {
			t.Error("its keeper is not seen")
		}
		f.kill()
		untilEmpty(t, f.dir)
		if got := attend.Look(f.ref); got != attend.Gone {
			t.Errorf("Look = %s", got)
		}
	})
	t.Run("while it runs", func(t *testing.T) {
		t.Parallel()
		f := newFunction(t, tree, patienceName+"=1h") // it is its death that counts
		f.readRef(t)
		f.say(t)
		if got := f.line(t); got != "up" {
			t.Fatalf("it says %q", got)
		}
		f.kill()
		untilEmpty(t, f.dir)
		if got := attend.Look(f.ref); got != attend.Gone {
			t.Errorf("Look = %s", got)
		}
	})
	t.Run("at any moment", func(t *testing.T) {
		t.Parallel()
		for range 40 {
			f := newFunction(t, tree, patienceName+"=1h")
			f.say(t)
			time.Sleep(rand.N(60 * time.Millisecond)) // any moment is one that must do
			f.kill()
		}
	})
}

// TestFunctionStopped: one that stands still cannot know that another attempt has begun.
func TestFunctionStopped(t *testing.T) {
	t.Parallel()
	f := newFunction(t, tree, patienceName+"=6s")
	f.readRef(t)
	f.say(t)
	if got := f.line(t); got != "up" {
		t.Fatalf("it says %q", got)
	}
	_ = f.cmd.Process.Signal(unix.SIGSTOP)
	for range 2400 {
		if attend.Look(f.ref) == attend.Gone {
			break
		}
		time.Sleep(50 * time.Millisecond)
	}
	if left := in(f.dir); len(left) != 1 {
		t.Errorf("beside the function there are %q", left)
	}
	_ = f.cmd.Process.Signal(unix.SIGCONT)
	_ = f.in.Close()
	var exit attend.Exit
	if err := json.Unmarshal([]byte(f.line(t)), &exit); err != nil {
		t.Fatal(err)
	}
	if exit.Signal != "SIGKILL" || exit.Left != nil || exit.Trouble != "the function was not heard for 6s, so the program was ended" {
		t.Errorf("Exit() = %+v", exit)
	}
}

func TestKeeperKilled(t *testing.T) {
	t.Parallel()
	lines := make(chan string, 1)
	var dir string
	a := begin(t, tree, func(s *attend.Spec) { s.Output, dir = &text{lines: lines}, s.Dir })
	<-lines
	if err := unix.Kill(a.Ref().Keeper.PID, unix.SIGKILL); err != nil {
		t.Fatal(err)
	}
	<-a.Done()
	if left := in(dir); len(left) != 0 {
		t.Errorf("there are %q", left)
	}
	if exit := a.Exit(); exit.Code != -1 || exit.Trouble != "its keeper was killed, so nobody saw how it ended" {
		t.Errorf("Exit() = %+v", exit)
	}
	ended, err := a.Stop(t.Context(), attend.Waits{}, nil)
	if err != nil || !strings.HasSuffix(ended.Evidence, " is empty, and no process carries its mark") {
		t.Errorf("Stop() = %+v, %v", ended, err)
	}
}

// TestTheDeadThatNobodyReaps are not taken for the living.
func TestTheDeadThatNobodyReaps(t *testing.T) {
	t.Parallel()
	f := newFunction(t, tree, initName+"=1")
	f.readRef(t)
	f.say(t)
	if got := f.line(t); got != "up" {
		t.Fatalf("it says %q", got)
	}
	_ = unix.Kill(f.ref.Keeper.PID, unix.SIGKILL)
	_ = f.in.Close()
	var exit attend.Exit
	if err := json.Unmarshal([]byte(f.line(t)), &exit); err != nil || exit.Trouble == "" {
		t.Errorf("Exit() = %+v, %v", exit, err)
	}
}

func TestKeeperKilledBeforeGo(t *testing.T) {
	t.Parallel()
	a, err := attend.Start(attend.Spec{Path: "/bin/sh", Args: []string{"-c", "exit"}})
	if err != nil {
		t.Fatal(err)
	}
	_ = unix.Kill(a.Ref().Keeper.PID, unix.SIGKILL)
	if err := a.Go(); err == nil || err.Error() != "the program's keeper was killed before it began" {
		t.Errorf("Go() = %v", err)
	}
	<-a.Done()
}

// TestBothKilled: who takes the job over ends what is left.
func TestBothKilled(t *testing.T) {
	t.Parallel()
	f := newFunction(t, tree)
	f.readRef(t)
	f.say(t)
	if got := f.line(t); got != "up" {
		t.Fatalf("it says %q", got)
	}
	_ = f.cmd.Process.Signal(unix.SIGSTOP) // so that it cannot do the keeper's work
	_ = unix.Kill(f.ref.Keeper.PID, unix.SIGKILL)
	for range 2400 { // the program itself goes without anybody's help
		if !slices.ContainsFunc(in(f.dir), func(command string) bool { return strings.Contains(command, "/sh -c ") }) {
			break
		}
		time.Sleep(50 * time.Millisecond)
	}
	if left := in(f.dir); slices.ContainsFunc(left, func(command string) bool { return strings.Contains(command, "/sh -c ") }) {
		t.Errorf("the program outlives its keeper: %q", left)
	}
	f.kill()
	for range 2400 {
		if attend.Look(f.ref) == attend.Gone {
			break
		}
		time.Sleep(50 * time.Millisecond)
	}
	if left := in(f.dir); len(left) != 0 {
		t.Errorf("Look says %s, and there are %q", attend.Look(f.ref), left)
	}
}

// TestKeeperStoppedAndFunctionKilled: looking wakes the one who is to end the program.
func TestKeeperStoppedAndFunctionKilled(t *testing.T) {
	t.Parallel()
	f := newFunction(t, tree)
	f.readRef(t)
	f.say(t)
	if got := f.line(t); got != "up" {
		t.Fatalf("it says %q", got)
	}
	_ = unix.Kill(f.ref.Keeper.PID, unix.SIGSTOP)
	f.kill()
	for range 2400 {
		if attend.Look(f.ref) == attend.Gone {
			break
		}
		time.Sleep(50 * time.Millisecond)
	}
	if left := in(f.dir); len(left) != 0 {
		t.Errorf("there are %q", left)
	}
}

// TestInterruptible: a function that a shell started in the background has SIGINT ignored; its program must not.
func TestInterruptible(t *testing.T) {
	t.Parallel()
	f := newFunction(t, "")
	f.kill()
	cmd := exec.Command("/bin/sh", "-c", "trap '' INT HUP; exec /proc/"+strconv.Itoa(os.Getpid())+"/exe")
	cmd.Env = []string{roleName + "=function", scriptName + "=echo up; exec sleep 600"}
	cmd.Dir, cmd.Stderr = f.dir, os.Stderr
	cmd.Stdin = strings.NewReader("\n\n")
	out, err := cmd.Output()
	var ended attend.Ended
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	if err != nil || json.Unmarshal([]byte(lines[len(lines)-1]), &ended) != nil {
		t.Fatalf("the function says %q: %v", out, err)
	}
	if len(ended.Signals) != 1 || ended.Signals[0].Signal != "SIGINT" {
		t.Errorf("Stop() = %+v", ended)
	}
}

func TestMemoryIsFlatWhileOutputStreams(t *testing.T) {
	t.Parallel()
	cmd := exec.Command("/proc/self/exe")
	cmd.Env = []string{roleName + "=stream"}
	out, err := cmd.Output()
	fields := strings.Fields(string(out))
	if err != nil || len(fields) != 2 || fields[0] != "100000000" {
		t.Fatalf("it says %q: %v", out, err)
	}
	if memory, err := strconv.Atoi(fields[1]); err != nil || (memory > 40<<10 && !raceEnabled) {
		t.Errorf("it took %d kB, %v", memory, err)
	}
}

func TestAHundredStartsLeaveNothing(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	cmd := exec.Command("/proc/self/exe")
	cmd.Env, cmd.Dir, cmd.Stderr = []string{roleName + "=stress"}, dir, os.Stderr
	out, err := cmd.Output()
	before, after, _ := strings.Cut(strings.TrimSpace(string(out)), "\n")
	if err != nil || before == "" || before != after {
		t.Errorf("before %q, after %q: %v", before, after, err)
	}
	if left := in(dir); len(left) != 0 {
		t.Errorf("there are %q", left)
	}
}

func TestLookAtWhatCannotBeSeen(t *testing.T) {
	t.Parallel()
	a := begin(t, "exec sleep 600")
	kept, err := json.Marshal(a.Ref()) // as a checkpoint does
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		change func(*attend.Ref)
		want   attend.Sighting
	}{
		"here":                {func(*attend.Ref) {}, attend.Alive},
		"another boot":        {func(r *attend.Ref) { r.Keeper.Boot = "another" }, attend.Elsewhere},
		"no boot is known":    {func(r *attend.Ref) { r.Keeper.Boot = "unknown" }, attend.Elsewhere},
		"another container":   {func(r *attend.Ref) { r.Namespace = "pid:[1]" }, attend.Elsewhere},
		"another host":        {func(r *attend.Ref) { r.Host += "x" }, attend.Elsewhere},
		"a number used again": {func(r *attend.Ref) { r.Keeper.Start--; r.Mark = "another" }, attend.Gone},
	} {
		var ref attend.Ref
		if err := json.Unmarshal(kept, &ref); err != nil {
			t.Fatal(err)
		}
		c.change(&ref)
		if got := attend.Look(ref); got != c.want {
			t.Errorf("%s: Look = %s, want %s", name, got, c.want)
		}
	}
	select {
	case <-a.Done():
		t.Error("looking ended it")
	default:
	}
}
