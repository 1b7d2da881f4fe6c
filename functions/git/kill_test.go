package main

import (
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	sandbox "github.com/handsoff/handsoff/local-provider/sandbox/git"
	"github.com/handsoff/handsoff/shared/config"
	"github.com/handsoff/handsoff/shared/git"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/job/jobtest"
)

// Variables of a process of the tests that steps one job, and stands still where it is to be killed.
const (
	killJob    = "HANDSOFF_TEST_JOB"
	killStep   = "HANDSOFF_TEST_STEP"
	killRedis  = "HANDSOFF_TEST_REDIS"
	killConfig = "HANDSOFF_TEST_CONFIG"
	killWork   = "HANDSOFF_TEST_WORK"
	killMark   = "HANDSOFF_TEST_MARK"
)

// stepAndStand is that process. It does not return.
func stepAndStand() {
	text, err := os.ReadFile(os.Getenv(killConfig))
	if err != nil {
		panic(err)
	}
	file, err := config.Parse(text)
	if err != nil {
		panic(err)
	}
	b := &bench{config: file}
	if _, err := file.Section("git", &b.set); err != nil {
		panic(err)
	}
	if err := b.set.check(); err != nil {
		panic(err)
	}
	rdb := redis.NewClient(&redis.Options{Addr: os.Getenv(killRedis)})
	store, err := job.Open(context.Background(), rdb, job.Options{})
	if err != nil {
		panic(err)
	}
	all, err := git.New(b.set.Section, func(string) ([]byte, error) { return []byte(password), nil }, os.Getenv(killWork))
	if err != nil {
		panic(err)
	}
	c := &capability{set: &b.set, git: all, roles: file, jobs: store, redis: rdb, log: discard, now: time.Now}
	c.at = func(_ context.Context, step string) error {
		if step == os.Getenv(killStep) {
			mark()
			select {}
		}
		return nil
	}
	w := job.NewWorker(store, job.WorkerOptions{Function: "git", Name: "killed", Steps: c.steps(), Lease: time.Second, Heartbeat: 200 * time.Millisecond})
	_, err = w.Run(context.Background(), os.Getenv(killJob))
	panic(err)
}

func mark() {
	if err := os.WriteFile(os.Getenv(killMark), nil, 0o600); err != nil {
		panic(err)
	}
}

// TestKilledAnywhere: the function is killed, git goes with it, and the next one ends the sync: once, and whole.
func TestKilledAnywhere(t *testing.T) {
	t.Parallel()
	for _, step := range []string{"looked", "fetched", "push begins", "pushed", "while it pushes"} {
		t.Run(strings.ReplaceAll(step, " ", "-"), func(t *testing.T) {
			t.Parallel()
			b := newBench(t, "")
			b.store = jobtest.Open(t, b.redis, job.Options{}) // a clock that runs: leases lapse
			b.cap.jobs = b.store
			b.worker = b.newWorker(b.store, b.cap)
			b.large()
			id := b.ask("git sync kettle", nil)
			b.kill(id, step)
			jobtest.Eventually(t, "git to end with the function", func() bool { return b.runs() == "" })
			j := b.real(id)
			b.ends(j, job.Succeeded)
			b.alike()
			if n := strings.Count(b.story(id), "Pushed 5 refs"); n != 1 {
				t.Errorf("people were told %d times:\n%s", n, b.story(id))
			}
			if pushes := b.pushes(); step == "pushed" && pushes != 1 {
				t.Errorf("it was pushed %d times", pushes)
			}
		})
	}
}

// kill runs the function until it comes to a step, or until the server's hook runs, and kills it there.
func (b *bench) kill(id, step string) {
	b.Helper()
	marked := filepath.Join(b.TempDir(), "mark")
	if step == "while it pushes" {
		b.hook("pre-receive", "touch "+marked+"\nsleep 2\n")
	}
	b.killMarked(id, benchConfig, step, marked)
}

// killMarked runs the function until a file is there, and kills it then.
func (b *bench) killMarked(id, configuration, step, marked string) {
	b.Helper()
	text := filepath.Join(b.TempDir(), "config")
	if err := os.WriteFile(text, []byte(strings.ReplaceAll(configuration, "@", b.web.URL)), 0o600); err != nil {
		b.Fatal(err)
	}
	cmd := exec.CommandContext(b.Context(), os.Args[0])
	cmd.Env = []string{
		"PATH=" + os.Getenv("PATH"), killJob + "=" + id, killStep + "=" + step, killRedis + "=" + b.address, killConfig + "=" + text,
		killWork + "=" + b.dir, killMark + "=" + marked,
	}
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	jobtest.Eventually(b, "the function to come so far", func() bool { return exists(marked) })
	if err := cmd.Process.Kill(); err != nil {
		b.Fatal(err)
	}
	_ = cmd.Wait() // it was killed
}

// real is finished for a clock that runs by itself.
func (b *bench) real(id string) *job.Job {
	b.Helper()
	for end := time.Now().Add(5 * time.Minute); time.Now().Before(end); time.Sleep(100 * time.Millisecond) {
		if _, err := b.worker.Run(b.Context(), id); err != nil {
			b.Fatal(err)
		}
		if j := b.job(id); j.State.Final() {
			return j
		}
	}
	b.Fatalf("not finished: %s\n%s", jobtest.Describe(b.job(id)), b.story(id))
	return nil
}

// pushes is how often something was pushed.
func (b *bench) pushes() int {
	return strings.Count(strings.Join(b.server.Asked(), "\n"), "POST acme/kettle git-receive-pack")
}

// TestPushThatWasLate: a server that went on with a push whose git was gone, behind our look, has taken it: people are told what
// was pushed, not that nothing is new.
func TestPushThatWasLate(t *testing.T) {
	t.Parallel()
	b := newBench(t, "")
	b.ends(b.sync(), job.Succeeded)
	there := make(map[string]string)
	for line := range strings.Lines(b.refs(sandbox.Mirror)) {
		object, name, _ := strings.Cut(strings.TrimSpace(line), " ")
		there[name] = object
	}
	id := b.ask("git sync kettle", nil)
	late, err := json.Marshal(pursuit{Late: &pushing{After: digest(there), Result: result{New: 5, Downstream: "there"}}})
	if err != nil {
		t.Fatal(err)
	}
	if err := b.redis.HSet(t.Context(), "handsoff:job:"+id, "checkpoint", late).Err(); err != nil {
		t.Fatal(err)
	}
	if _, err := b.worker.Run(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	if story := b.story(id); !strings.Contains(story, "Pushed 5 refs") || strings.Contains(story, "Nothing new") {
		t.Error(story)
	}
}
