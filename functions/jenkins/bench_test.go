package main

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/functions/jenkins/remote"
	sandbox "github.com/handsoff/handsoff/local-provider/sandbox/jenkins"
	"github.com/handsoff/handsoff/shared/config"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/job/jobtest"
)

const (
	account = "svc-handsoff"
	apiKey  = "11d4f0a8e6c3b27f95"
)

// bench is a Jenkins, a Redis and the function's steps, under one clock that moves only when the test says so.
type bench struct {
	*testing.T
	jenkins *sandbox.Server
	web     *httptest.Server
	address string // of Redis
	store   *job.Store
	redis   *redis.Client
	config  *config.File
	set     settings
	cap     *capability
	worker  *job.Worker

	mu    sync.Mutex
	clock time.Time
	token string
}

const benchConfig = `
roles:
  operator: ["telnet:ann"]
  viewer: ["telnet:vic"]
  admin: ["telnet:root"]
jenkins:
  url: http://filled.in
  user: ` + account + `
  settle: 4s
  stop: {term_after: 10s, kill_after: 10s}
  allow:
    - jobs: demo/*
      parameters: {seconds: "[0-9]{1,4}"}
  jobs:
    demo/typed: {summary: Try every type, cmd_prefix: try}
    demo/gone: {}
`

// newBench starts all of it. change, if not nil, changes the settings before they are checked.
func newBench(t *testing.T, change func(*settings, *sandbox.Options)) *bench {
	t.Helper()
	b := &bench{T: t, clock: time.Now().Truncate(time.Second), token: apiKey}
	file, err := config.Parse([]byte(benchConfig))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := file.Section("jenkins", &b.set); err != nil {
		t.Fatal(err)
	}
	options := sandbox.Options{User: account, Token: apiKey, Frozen: true, QuietPeriod: -1}
	if change != nil {
		change(&b.set, &options)
	}
	if err := b.set.check(); err != nil {
		t.Fatal(err)
	}
	b.config, b.jenkins = file, sandbox.New(options)
	t.Cleanup(b.jenkins.Close)
	b.clock = b.jenkins.Now()
	b.web = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Date", b.now().UTC().Format(http.TimeFormat))
		b.mu.Lock() // a request of a process that died may still be on its way when the bench is reset
		jenkins := b.jenkins
		b.mu.Unlock()
		jenkins.ServeHTTP(w, r)
	}))
	t.Cleanup(b.web.Close)
	b.address = jobtest.Redis(t).Address
	b.redis = redis.NewClient(&redis.Options{Addr: b.address})
	t.Cleanup(func() { _ = b.redis.Close() })
	b.store = jobtest.Open(t, b.redis, job.Options{Now: b.now})
	b.cap = b.capability(nil)
	b.worker = job.NewWorker(b.store, job.WorkerOptions{Function: "jenkins", Name: "w", Steps: b.cap.steps(), Lease: time.Minute})
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		if err := b.worker.Stop(ctx); err != nil {
			t.Error(err)
		}
	})
	return b
}

// capability makes one that reaches Jenkins through transport; nil for the usual one.
func (b *bench) capability(transport http.RoundTripper) *capability {
	b.Helper()
	api, err := remote.New(remote.Options{
		URL: b.web.URL, User: account, Timeout: b.set.Timeout, Transport: transport,
		Token: func() ([]byte, error) { b.mu.Lock(); defer b.mu.Unlock(); return []byte(b.token), nil },
	})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(api.Close)
	return &capability{
		set: &b.set, api: api, roles: b.config, jobs: b.store, redis: b.redis,
		log: slog.New(slog.DiscardHandler), now: b.now,
		accept: b.store.Accept,
		secret: func(name string) ([]byte, error) { return []byte(name), nil },
	}
}

func (b *bench) now() time.Time {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.clock
}

// pass lets time pass, for Jenkins and for us.
func (b *bench) pass(d time.Duration) {
	b.mu.Lock()
	b.clock = b.clock.Add(d)
	b.mu.Unlock()
	b.jenkins.Advance(d)
}

// ask accepts a command as ann.
func (b *bench) ask(words string, args map[string]any, changes ...func(*job.Request)) string {
	b.Helper()
	accepted, err := b.store.Accept(b.Context(), jobtest.Request(append([]func(*job.Request){func(r *job.Request) {
		r.Function, r.Command, r.Text, r.Args = "jenkins", words, words, args
	}}, changes...)...))
	if err != nil {
		b.Fatal(err)
	}
	return accepted.ID
}

// build asks for a build with parameters as name=value.
func (b *bench) build(name string, pairs ...string) string {
	b.Helper()
	extra := map[string]any{}
	for _, pair := range pairs {
		key, value, _ := strings.Cut(pair, "=")
		extra[key] = value
	}
	return b.ask("jenkins build", map[string]any{"job": name, "extra": extra})
}

// step steps a job once, if it is due.
func (b *bench) step(id string) *job.Job {
	b.Helper()
	if _, err := b.worker.Run(b.Context(), id); err != nil {
		b.Fatal(err)
	}
	return b.job(id)
}

func (b *bench) job(id string) *job.Job {
	b.Helper()
	j, err := b.store.Get(b.Context(), id)
	if err != nil {
		b.Fatal(err)
	}
	return j
}

// until steps a job, a second apart, until the condition holds.
func (b *bench) until(id, what string, ok func(*job.Job) bool) *job.Job {
	b.Helper()
	for range 2000 {
		j := b.step(id)
		if ok(j) {
			return j
		}
		if j.State.Final() {
			b.Fatalf("waited in vain for %s: %s\n%s", what, jobtest.Describe(j), b.story(id))
		}
		b.pass(time.Second)
	}
	b.Fatalf("waited in vain for %s: %s\n%s", what, jobtest.Describe(b.job(id)), b.story(id))
	return nil
}

func (b *bench) finished(id string) *job.Job {
	b.Helper()
	return b.until(id, "the end", func(j *job.Job) bool { return j.State.Final() })
}

// building steps a job until its build runs.
func (b *bench) building(id string) *job.Job {
	b.Helper()
	return b.until(id, "the build", func(j *job.Job) bool { return len(j.Links) > 0 })
}

func (b *bench) cancel(id, by string) {
	b.Helper()
	if _, err := b.store.Cancel(b.Context(), id, by, "enough"); err != nil {
		b.Fatal(err)
	}
}

func (b *bench) story(id string) string { return b.lines(b.store.Story, id) }
func (b *bench) log(id string) string   { return b.lines(b.store.Log, id) }

func (b *bench) lines(read func(ctx context.Context, id, after string, most int64) ([]job.Line, error), id string) string {
	b.Helper()
	lines, err := read(b.Context(), id, "", 1<<20)
	if err != nil {
		b.Fatal(err)
	}
	var texts []string
	for _, line := range lines {
		texts = append(texts, line.Text)
	}
	return strings.Join(texts, "\n")
}

// says fails the test unless text has all parts.
func (b *bench) says(text string, parts ...string) {
	b.Helper()
	for _, part := range parts {
		if !strings.Contains(text, part) {
			b.Errorf("%q is missing in:\n%s", part, text)
		}
	}
}

// ends fails the test unless the job ended so.
func (b *bench) ends(j *job.Job, state job.State, parts ...string) {
	b.Helper()
	text := j.Error
	if j.Receipt != nil {
		text += j.Receipt.Evidence + " " + strings.Join(j.Receipt.Left, " ")
	}
	if j.State != state {
		b.Fatalf("it is %s, not %s: %s\n%s", j.State, state, jobtest.Describe(j), b.story(j.ID))
	}
	b.says(text, parts...)
}

// started is how many builds of a job were ever started.
func (b *bench) started(name string, want int) {
	b.Helper()
	if n := b.jenkins.Started(name); n != want {
		b.Errorf("%s was started %d times, not %d: %+v", name, n, want, b.jenkins.Starts())
	}
}
