package main

import (
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/handsoff/handsoff/local-provider/sandbox/program/programtest"
)

const password = "0123456789abcdef"

func TestMain(m *testing.M) { programtest.Main(m, main) }

// A running is a started sandbox-git.
type running struct{ *programtest.Process }

func start(t *testing.T, dir string) *running {
	t.Helper()
	return &running{programtest.Start(t, "-listen", "127.0.0.1:0", "-dir", dir, "-password-file", programtest.File(t, "password", password+"\n"))}
}

func (p *running) page(user, key string) int {
	p.Helper()
	rq, err := http.NewRequestWithContext(p.Context(), http.MethodGet, p.URL+"/", nil)
	if err != nil {
		p.Fatal(err)
	}
	rq.SetBasicAuth(user, key)
	rsp, err := http.DefaultClient.Do(rq)
	if err != nil {
		p.Fatal(err)
	}
	defer rsp.Body.Close()
	return rsp.StatusCode
}

// git runs git as a person would, with the password in the URL that @ stands for.
func (p *running) git(dir string, args ...string) string {
	p.Helper()
	for i := range args {
		args[i] = strings.Replace(args[i], "@/", strings.Replace(p.URL, "://", "://handsoff:"+password+"@", 1)+"/", 1)
	}
	cmd := exec.CommandContext(p.Context(), "git", append([]string{"-c", "user.name=a", "-c", "user.email=a@example.org"}, args...)...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_NOSYSTEM=1", "GIT_TERMINAL_PROMPT=0")
	out, err := cmd.CombinedOutput()
	if err != nil {
		p.Fatalf("git %v: %v: %s", args, err, out)
	}
	return strings.TrimSpace(string(out))
}

// What was pushed is there when the program was killed and began again.
func TestKilledProgram(t *testing.T) {
	t.Parallel()
	dir, work := t.TempDir(), filepath.Join(t.TempDir(), "kettle")
	p := start(t, dir)
	p.git("/", "clone", "--quiet", "@/upstream/kettle", work)
	p.git(work, "commit", "--quiet", "--allow-empty", "--message", "More")
	p.git(work, "push", "--quiet", "origin", "HEAD:refs/heads/more")
	want := p.git(work, "rev-parse", "HEAD")
	p.Kill()

	p = start(t, dir)
	if got := p.git("/", "ls-remote", "@/upstream/kettle", "refs/heads/more"); !strings.HasPrefix(got, want) {
		t.Errorf("%q, want %s", got, want)
	}
}

func TestStop(t *testing.T) {
	t.Parallel()
	p := start(t, t.TempDir())
	for key, want := range map[string]int{password: http.StatusOK, "": http.StatusUnauthorized, "wrong": http.StatusUnauthorized} {
		if status := p.page("handsoff", key); status != want {
			t.Errorf("with the password %q it answers %d", key, status)
		}
	}
	p.Stop()
}

func TestBadSettings(t *testing.T) {
	t.Parallel()
	empty, good := programtest.File(t, "empty", " \n"), programtest.File(t, "good", password)
	programtest.Run(run).Refuses(t, map[string]string{
		"":                                      "a folder is needed",
		"-dir /x":                               "a password is needed: write one",
		"-dir /x -password-file " + empty:       "is empty",
		"-dir /x -password-file /none":          "read the password",
		"-password":                             "read the flags",
		"-dir /x -password-file " + good + " x": `unexpected argument "x"`,
		"-dir " + t.TempDir() + " -password-file " + good + " -listen none": "listen on none",
		"-dir " + good + "/state -password-file " + good:                    "make the folder",
	}, "-password-file")
}

// TestRunInProcess covers run itself, which the other tests start as a process.
func TestRunInProcess(t *testing.T) {
	t.Parallel()
	programtest.Run(run).Ends(t, "-listen", "127.0.0.1:0", "-dir", t.TempDir(), "-password-file", programtest.File(t, "password", password))
}
