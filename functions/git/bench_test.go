package main

import (
	"context"
	"errors"
	"flag"
	"log/slog"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	sandbox "github.com/handsoff/handsoff/local-provider/sandbox/git"
	"github.com/handsoff/handsoff/local-provider/sandbox/git/gittest"
	"github.com/handsoff/handsoff/shared/attend"
	"github.com/handsoff/handsoff/shared/config"
	"github.com/handsoff/handsoff/shared/git"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/job/jobtest"
)

func TestMain(m *testing.M) {
	attend.Main()
	git.Main()
	jobtest.Quiet()
	if os.Getenv(killJob) != "" {
		stepAndStand()
	}
	flag.Parse()
	_ = flag.Set("test.parallel", "5") // most of them wait, for git and for servers that hang
	os.Exit(m.Run())
}

var discard = slog.New(slog.DiscardHandler)

// password is what the server of the tests lets in. Nothing may ever show it.
const password = "s3cret-of-the-tests"

// bench is a git server, a Redis and the function's steps, under one clock that moves only when the test says so.
type bench struct {
	*testing.T
	server  *sandbox.Server
	web     *httptest.Server
	redis   *redis.Client
	address string // of Redis
	store   *job.Store
	config  *config.File
	set     settings
	cap     *capability
	worker  *job.Worker
	dir     string // the work folder

	mu    sync.Mutex
	clock time.Time
}

// mirrorOf is the usual mirror's configuration, with more lines.
const benchConfig = `
roles:
  operator: ["telnet:ann"]
  approver: ["telnet:bob"]
git:
  protocols: [http]
  settle: 2s
  credentials: [{url: "@", user: handsoff, password: git-http-password}]
  allow:
    - {urls: ["@/acme/*"], for: [downstream]}
    - {urls: ["@/upstream/*", "@/ops/**"], for: [upstream, patches]}
    - {urls: ["@/secret/*"], roles: [approver]}
  mirrors:
    kettle:
      upstream: "@/upstream/kettle"
      downstream: "@/acme/kettle"
`

// newBench starts all of it. more are further lines of the mirror kettle, or of the configuration behind it.
func newBench(t *testing.T, more string) *bench {
	t.Helper()
	b := &bench{T: t, clock: time.Now().Truncate(time.Second), dir: filepath.Join(t.TempDir(), "work")}
	b.server = sandbox.New(sandbox.Options{Dir: t.TempDir(), Password: password, Seeds: true})
	if err := b.server.Err(); err != nil {
		t.Fatal(err)
	}
	b.web = httptest.NewServer(b.server)
	t.Cleanup(func() {
		b.server.Mend()
		b.web.Close()
	})
	b.address = jobtest.Redis(t).Address
	b.redis = redis.NewClient(&redis.Options{Addr: b.address})
	t.Cleanup(func() { _ = b.redis.Close() })
	b.store = jobtest.Open(t, b.redis, job.Options{Now: b.now})
	b.configure(benchConfig + more)
	b.cap = b.capability(b.store)
	b.worker = b.newWorker(b.store, b.cap)
	return b
}

// configure reads a configuration in which @ is the server.
func (b *bench) configure(text string) {
	b.Helper()
	file, err := config.Parse([]byte(strings.ReplaceAll(text, "@", b.web.URL)))
	if err != nil {
		b.Fatal(err)
	}
	b.config, b.set = file, settings{}
	if _, err := file.Section("git", &b.set); err != nil {
		b.Fatal(err)
	}
	if err := b.set.check(); err != nil {
		b.Fatal(err)
	}
}

func (b *bench) capability(store *job.Store) *capability {
	b.Helper()
	all, err := git.New(b.set.Section, func(string) ([]byte, error) { return []byte(password), nil }, b.dir)
	if err != nil {
		b.Fatal(err)
	}
	return &capability{
		set: &b.set, git: all, roles: b.config, jobs: store, redis: b.redis, log: discard, now: b.now,
	}
}

func (b *bench) newWorker(store *job.Store, c *capability) *job.Worker {
	b.Helper()
	w := job.NewWorker(store, job.WorkerOptions{Function: "git", Name: "w", Steps: c.steps(), Lease: time.Minute, Heartbeat: 50 * time.Millisecond})
	b.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		if err := w.Stop(ctx); err != nil {
			b.Error(err)
		}
	})
	return w
}

func (b *bench) now() time.Time {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.clock
}

func (b *bench) pass(d time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.clock = b.clock.Add(d)
}

// ask accepts a command as ann.
func (b *bench) ask(words string, args map[string]any, changes ...func(*job.Request)) string {
	b.Helper()
	accepted, err := b.store.Accept(b.Context(), jobtest.Request(append([]func(*job.Request){func(r *job.Request) {
		r.Function, r.Command, r.Text, r.Args = "git", words, words, args
	}}, changes...)...))
	if err != nil {
		b.Fatal(err)
	}
	return accepted.ID
}

// finished steps a job, letting time pass, until it is finished.
func (b *bench) finished(id string) *job.Job {
	b.Helper()
	for range 200 {
		if _, err := b.worker.Run(b.Context(), id); err != nil {
			b.Fatal(err)
		}
		if j := b.job(id); j.State.Final() {
			return j
		}
		b.pass(time.Second)
	}
	b.Fatalf("not finished: %s\n%s", jobtest.Describe(b.job(id)), b.story(id))
	return nil
}

func (b *bench) job(id string) *job.Job {
	b.Helper()
	j, err := b.store.Get(b.Context(), id)
	if err != nil {
		b.Fatal(err)
	}
	return j
}

// sync syncs kettle.
func (b *bench) sync() *job.Job {
	b.Helper()
	return b.finished(b.ask("git sync kettle", nil))
}

// ends checks how a job ended, and what its end says.
func (b *bench) ends(j *job.Job, state job.State, says ...string) {
	b.Helper()
	text := j.Error
	if j.Receipt != nil {
		text += j.Receipt.Evidence + strings.Join(j.Receipt.Left, "\n")
	}
	if j.State != state {
		b.Errorf("it ended %s, want %s: %s\n%s", j.State, state, jobtest.Describe(j), b.story(j.ID))
	}
	b.says(text, says...)
}

func (b *bench) says(text string, wants ...string) {
	b.Helper()
	for _, want := range wants {
		if !strings.Contains(text, want) {
			b.Errorf("%q is missing in:\n%s", want, text)
		}
	}
}

func (b *bench) story(id string) string { return b.lines(b.store.Story(b.Context(), id, "", 1000)) }
func (b *bench) log(id string) string   { return b.lines(b.store.Log(b.Context(), id, "", 1000)) }

func (b *bench) lines(lines []job.Line, err error) string {
	b.Helper()
	if err != nil {
		b.Fatal(err)
	}
	var text []string
	for _, l := range lines {
		text = append(text, l.Text)
	}
	return strings.Join(text, "\n")
}

func (b *bench) commit(c sandbox.Commit) string { return gittest.Commit(b, b.server, c) }

// upstream commits to the upstream's branch.
func (b *bench) upstream(branch, file string) string {
	b.Helper()
	return b.commit(sandbox.Commit{Repository: sandbox.Upstream, Branch: branch, Message: "Add " + file, Files: map[string]string{file: file + "\n"}})
}

// downstream commits to the mirror's branch.
func (b *bench) downstream(branch, file string) string {
	b.Helper()
	return b.commit(sandbox.Commit{Repository: sandbox.Mirror, Branch: branch, Message: "Add " + file, Files: map[string]string{file: file + "\n"}})
}

func (b *bench) path(repository string) string { return gittest.Path(b, b.server, repository) }

// refs are a repository's, a line each.
func (b *bench) refs(repository string) string {
	b.Helper()
	return plain(b, b.path(repository), "for-each-ref", "--format=%(objectname) %(refname)")
}

// alike checks that the mirror has what the upstream has.
func (b *bench) alike() {
	b.Helper()
	if up, down := b.refs(sandbox.Upstream), b.refs(sandbox.Mirror); up != down {
		b.Errorf("the mirror has\n%s\nand the upstream\n%s", down, up)
	}
}

// hook gives the mirror a hook.
func (b *bench) hook(name, script string) {
	b.Helper()
	hooks := filepath.Join(b.path(sandbox.Mirror), "hooks")
	if err := errors.Join(os.MkdirAll(hooks, 0o700), os.WriteFile(filepath.Join(hooks, name), []byte("#!/bin/sh\n"+script), 0o700)); err != nil {
		b.Fatal(err)
	}
}

// plain runs git as anybody would.
func plain(tb testing.TB, dir string, args ...string) string { return gittest.Plain(tb, dir, args...) }
