package main

import (
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/handsoff/handsoff/shared/attend"
	"github.com/handsoff/handsoff/shared/git"
	"github.com/handsoff/handsoff/shared/job/jobtest"
)

// TestMain serves as keeper, as the function itself (lives_test.go kills it), and else runs the tests.
func TestMain(m *testing.M) {
	attend.Main()
	git.Main()
	jobtest.Quiet()
	if os.Getenv(lifeVariable) != "" {
		os.Exit(live())
	}
	code := m.Run()
	araOnce.stop()
	os.Exit(code)
}

// realARA is one ARA API server for all tests, started by the first that needs it.
type realARA struct {
	once sync.Once
	cmd  *exec.Cmd
	dir  string
	err  error

	address string
}

var araOnce realARA

// araServer gives the address of the real ARA server, host:port.
func araServer(tb testing.TB) string {
	tb.Helper()
	araOnce.once.Do(func() { araOnce.err = araOnce.start(tb) })
	if araOnce.err != nil {
		tb.Fatal(araOnce.err)
	}
	return araOnce.address
}

// onARA configures that runs are recorded with it, however busy the machine is.
func onARA(tb testing.TB) string {
	tb.Helper()
	return "url: http://" + araServer(tb) + ", timeout: 1m"
}

func (a *realARA) start(tb testing.TB) error {
	tb.Helper()
	var err error
	if a.dir, err = os.MkdirTemp("", "handsoff-ara-"); err != nil {
		return err
	}
	provider, err := filepath.Abs("../../local-provider")
	if err != nil {
		return err
	}
	env := []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + a.dir, "LANG=C.UTF-8", "ARA_BASE_DIR=" + a.dir, `ARA_ALLOWED_HOSTS=["127.0.0.1"]`,
		// As it runs on one machine: with SQLite as Django has it, of two runs that record at once one loses what it had to say.
		"ARA_DATABASE_ENGINE=arasqlite", `ARA_DATABASE_OPTIONS=@json {"timeout": 120}`, "PYTHONPATH=" + provider, "PYTHONDONTWRITEBYTECODE=1",
	}
	migrate := exec.Command("ara-manage", "migrate", "--noinput")
	migrate.Env = env
	if out, err := migrate.CombinedOutput(); err != nil {
		return fmt.Errorf("ara-manage migrate: %w\n%s", err, out)
	}
	a.address = jobtest.FreeAddress(tb)
	log, err := os.Create(filepath.Join(a.dir, "server.log"))
	if err != nil {
		return err
	}
	a.cmd = exec.Command("ara-manage", "runserver", "--noreload", a.address)
	a.cmd.Env, a.cmd.Stdout, a.cmd.Stderr = env, log, log
	a.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	if err := a.cmd.Start(); err != nil {
		return err
	}
	for range 1200 {
		if answer, err := http.Get("http://" + a.address + "/api/v1/"); err == nil {
			_ = answer.Body.Close()
			if answer.StatusCode == http.StatusOK {
				return nil
			}
		}
		time.Sleep(100 * time.Millisecond)
	}
	return fmt.Errorf("ARA did not come up; see %s", log.Name())
}

func (a *realARA) stop() {
	if a.cmd != nil {
		_ = syscall.Kill(-a.cmd.Process.Pid, syscall.SIGKILL)
		_ = a.cmd.Wait()
	}
	if a.dir != "" {
		_ = os.RemoveAll(a.dir)
	}
}
