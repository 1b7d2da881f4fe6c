package attend_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/handsoff/handsoff/shared/attend"
	"github.com/handsoff/handsoff/shared/process"
)

// roleName is the variable that makes this test's program a function that attends a shell script: the function is what
// the tests kill.
const (
	roleName, scriptName, patienceName = "ATTEND_TEST_ROLE", "ATTEND_TEST_SCRIPT", "ATTEND_TEST_PATIENCE"
	// initName makes the function like the first process of a container, to which all orphans come, and which reaps none.
	initName = "ATTEND_TEST_INIT"
)

func roles() map[string]func() error {
	return map[string]func() error{"function": attending, "stream": streaming, "stress": stressing, "stubborn": stubborn}
}

// attending starts the script, prints the Ref, lets it go when a line comes in, prints the script's output, and in the
// end how it ended.
func attending() error {
	patience, err := time.ParseDuration(os.Getenv(patienceName))
	if err != nil {
		patience = attend.Patience
	}
	if os.Getenv(initName) != "" {
		if err := unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0); err != nil {
			return err
		}
	}
	a, err := attend.StartWith(attend.Spec{
		Path: "./sh", Args: []string{"-c", os.Getenv(scriptName)}, Env: path, Output: os.Stdout,
	}, patience, 250*time.Millisecond, 3*time.Second, 10*time.Second, 3*time.Second)
	if err != nil {
		return err
	}
	in := bufio.NewReader(os.Stdin)
	if err := json.NewEncoder(os.Stdout).Encode(a.Ref()); err != nil {
		return err
	}
	if _, err := in.ReadString('\n'); err != nil {
		return err
	}
	if err := a.Go(); err != nil {
		return err
	}
	if _, err := in.ReadString('\n'); err == nil {
		ended, err := a.Stop(context(), attend.Waits{Term: time.Minute, Kill: time.Minute}, nil)
		if err != nil {
			return err
		}
		return json.NewEncoder(os.Stdout).Encode(ended)
	}
	<-a.Done()
	return json.NewEncoder(os.Stdout).Encode(a.Exit())
}

// function is the started one.
type function struct {
	cmd *exec.Cmd
	dir string
	in  io.WriteCloser
	out *bufio.Reader
	ref attend.Ref
}

// newFunction starts one that has not let its script go.
func newFunction(t *testing.T, script string, env ...string) *function {
	t.Helper()
	f := &function{dir: folder(t), cmd: exec.Command("/proc/self/exe")}
	f.cmd.Dir = f.dir
	f.cmd.Env = append([]string{roleName + "=function", scriptName + "=" + script}, env...)
	f.cmd.Stderr = os.Stderr
	in, err := f.cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := f.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	f.in, f.out = in, bufio.NewReader(out)
	if err := f.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		f.kill()
		untilEmpty(t, f.dir)
	})
	return f
}

func (f *function) kill() {
	_ = f.cmd.Process.Kill()
	_ = f.cmd.Wait()
}

func (f *function) say(t *testing.T) {
	t.Helper()
	if _, err := io.WriteString(f.in, "\n"); err != nil {
		t.Fatal(err)
	}
}

func (f *function) readRef(t *testing.T) {
	t.Helper()
	if err := json.Unmarshal([]byte(f.line(t)), &f.ref); err != nil {
		t.Fatal(err)
	}
}

func (f *function) line(t *testing.T) string {
	t.Helper()
	line, err := f.out.ReadString('\n')
	if err != nil {
		t.Fatalf("the function says %q and then: %v", line, err)
	}
	return strings.TrimSpace(line)
}

// folder is one with a shell in it, so that a keeper, which stands elsewhere, shows for which test it is.
func folder(t testing.TB) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.Symlink("/bin/sh", filepath.Join(dir, "sh")); err != nil {
		t.Fatal(err)
	}
	return dir
}

// in returns the processes whose working directory is dir, and the keepers of its programs.
func in(dir string) []string {
	all, err := process.All()
	if err != nil {
		return []string{err.Error()}
	}
	var found []string
	for _, s := range all {
		at, _ := os.Readlink(fmt.Sprintf("/proc/%d/cwd", s.PID))
		command := s.Command()
		if !s.Dead && (at == dir || strings.HasPrefix(command, "handsoff-keeper "+dir+"/")) {
			found = append(found, command)
		}
	}
	return found
}

// untilThere waits until all these run in dir: a shell goes on before what it has begun has become what it is to be.
func untilThere(t testing.TB, dir string, commands ...string) {
	t.Helper()
	var there []string
	for range 2400 {
		there = without(in(dir))
		if !slices.ContainsFunc(commands, func(command string) bool { return !slices.Contains(there, command) }) {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Fatalf("after two minutes there are %q, not all of %q", there, commands)
}

// untilEmpty waits until nothing runs in dir.
func untilEmpty(t testing.TB, dir string) {
	t.Helper()
	var left []string
	for range 2400 {
		if left = in(dir); len(left) == 0 {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Errorf("after two minutes there are %q", left)
}

// streaming reads 100 MB and prints how much it was and the most memory that this took, in kB.
func streaming() error {
	var count counter
	a, err := attend.Start(attend.Spec{
		Path: "/bin/sh", Args: []string{"-c", "head -c 100000000 /dev/zero"}, Env: path, Output: &count,
	})
	if err != nil {
		return err
	}
	if err := a.Go(); err != nil {
		return err
	}
	<-a.Done()
	var usage unix.Rusage
	if err := unix.Getrusage(unix.RUSAGE_SELF, &usage); err != nil {
		return err
	}
	_, err = fmt.Println(int(count), usage.Maxrss)
	return err
}

type counter int

func (c *counter) Write(p []byte) (int, error) {
	*c += counter(len(p))
	return len(p), nil
}

// starts is how many; the race detector sleeps a second at the end of each keeper.
var starts = map[bool]int{false: 100, true: 20}[raceEnabled]

// stressing starts and ends many, in all ways, and prints what is left of descriptors, goroutines and children.
func stressing() error {
	if err := once(0); err != nil { // after which Go's poller is there
		return err
	}
	before := leftovers()
	for i := range starts {
		if err := once(i); err != nil {
			return fmt.Errorf("start %d: %w", i, err)
		}
	}
	runtime.GC()
	after := leftovers()
	for range 12_000 { // goroutines that are about to return
		if after == before {
			break
		}
		time.Sleep(10 * time.Millisecond)
		after = leftovers()
	}
	_, err := fmt.Printf("%s\n%s\n", before, after)
	return err
}

func once(i int) error {
	scripts := []string{
		"exit 0", "sleep 600", "trap '' INT TERM; sleep 600 & wait; sleep 600", "setsid sleep 600 & exit 1",
		"sleep 600 & sleep 600 & wait", "kill -SEGV $$",
	}
	var output text
	a, err := attend.Start(attend.Spec{
		Path: "./sh", Args: []string{"-c", scripts[i%len(scripts)]}, Env: path, Output: &output, Errors: &output,
	})
	if err != nil {
		return err
	}
	if i%7 != 0 {
		if err := a.Go(); err != nil {
			return err
		}
	}
	time.Sleep(rand.N(5 * time.Millisecond))
	if i%5 == 0 {
		_ = unix.Kill(a.Ref().Keeper.PID, unix.SIGKILL)
	}
	wait := time.Duration(i%3) * time.Millisecond
	if _, err := a.Stop(context(), attend.Waits{Term: wait, Kill: wait}, nil); err != nil {
		return err
	}
	if attend.Look(a.Ref()) != attend.Gone {
		return fmt.Errorf("it is %s", attend.Look(a.Ref()))
	}
	return nil
}

// leftovers counts what this process holds.
func leftovers() string {
	descriptors, _ := os.ReadDir("/proc/self/fd")
	all, _ := process.All()
	children := 0
	for _, s := range all {
		if s.Parent == os.Getpid() {
			children++
		}
	}
	return fmt.Sprintf("%d descriptors, %d goroutines, %d children", len(descriptors), runtime.NumGoroutine(), children)
}

// stubborn stops a script that it has no right to kill, and dies while it is being stopped.
func stubborn() error {
	lines := make(chan string, 1)
	a, err := attend.Start(attend.Spec{
		Path: "./sh", Args: []string{"-c", os.Getenv(scriptName)}, Env: path, Output: &text{lines: lines},
	})
	if err != nil {
		return err
	}
	if err := a.Go(); err != nil {
		return err
	}
	<-lines
	for { // until the program has become another's
		raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/comm", a.Group()))
		if err != nil || string(raw) == "sleep\n" {
			break
		}
		time.Sleep(time.Millisecond)
	}
	ended, err := a.Stop(context(), attend.Waits{}, nil)
	if err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(ended)
}
