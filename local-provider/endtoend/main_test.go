package endtoend

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/handsoff/handsoff/shared/job/jobtest"
)

// atOnce is how many tests run at a time. They wait far more than they compute.
const atOnce = 10

// lastCall is when nothing is waited for any more, so that whatever is fails with its own words and logs, and not with those of
// a package that took too long; aftermath is what that takes at most.
var lastCall = time.Now().Add(24 * time.Hour)

const aftermath = 2 * time.Minute

func TestMain(m *testing.M) {
	flag.Parse()
	if err := flag.Set("test.parallel", fmt.Sprint(atOnce)); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	if limit, ok := flag.Lookup("test.timeout").Value.(flag.Getter).Get().(time.Duration); ok && limit > 0 {
		lastCall = time.Now().Add(limit - min(aftermath, limit/4))
	}
	jobtest.Quiet()
	code := m.Run()
	if built.dir != "" {
		_ = os.RemoveAll(built.dir)
	}
	os.Exit(code)
}

// The project's folder, from here.
const project = "../.."

// built are the programs and the functions of one test run.
var built struct {
	once sync.Once
	dir  string
	err  error
}

// programs builds everything once and gives the folder with the programs, and the one with the functions' images.
func programs(tb testing.TB) (bin, images string) {
	tb.Helper()
	built.once.Do(func() {
		if built.dir, built.err = os.MkdirTemp("", "handsoff-endtoend-"); built.err == nil {
			built.err = build(built.dir)
		}
	})
	if built.err != nil {
		tb.Fatal(built.err)
	}
	return filepath.Join(built.dir, "bin"), filepath.Join(built.dir, "home", "images")
}

// build builds as `make up` does.
func build(dir string) error {
	bin := filepath.Join(dir, "bin")
	for _, args := range [][]string{
		{"go", "build", "-trimpath", "-ldflags", "-s -w", "-o", bin + "/", "./local-provider", "./telnet-gateway", "./gerrit-listener", "./irc-gateway", "./local-provider/sandbox/.../cmd/..."},
		{filepath.Join(bin, "local-provider"), "build", "-home", filepath.Join(dir, "home"), "-f", "stack.yml"},
		{filepath.Join(bin, "local-provider"), "build", "-home", filepath.Join(dir, "home"), "-f", pluginStack},
	} {
		cmd := exec.Command(args[0], args[1:]...)
		cmd.Dir, cmd.Env = project, append(os.Environ(), "CGO_ENABLED=0")
		if out, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("%v: %w\n%s", args, err, out)
		}
	}
	return nil
}

// pluginStack is the stack file of a function that nobody else knows of, from the project's folder.
const pluginStack = "local-provider/endtoend/testdata/plugin/stack.yml"
