package main

import (
	"context"
	"encoding/json"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/shared/attend"
	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/config"
	"github.com/handsoff/handsoff/shared/git"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/job/jobtest"
)

const hunter = `hunter2 "is" long`

// unrecorded spares a test the seconds that ARA takes.
const unrecorded = "record: false"

// benchConfig is what the bench is configured with. {playbooks}, {work} and {ara} are filled in.
const benchConfig = `
roles:
  operator: ["telnet:ann"]
  viewer: ["telnet:vic"]
ansible:
  ara: {{ara}}
  work_dir: {work}
  stop: {term_after: 1s, kill_after: 1s}
  inventories:
    two: {static: "a ansible_connection=local\nb ansible_connection=local\n"}
    one: {static: "a ansible_connection=local\n"}
    away: {static: "a ansible_connection=local\nc ansible_host=127.0.0.1 ansible_port=1 ansible_connection=ssh\n"}
    script: {script: "#!/bin/sh\necho '{\"web\": {\"hosts\": [\"w1\", \"w2\"], \"children\": [\"db\"]}, \"db\": {\"hosts\": [\"d1\"]}}'\n"}
    plugin: {plugin: {plugin: ansible.builtin.constructed}}
    remote: {static: "far ansible_connection=fake\n"}
  playbooks:
    ok:
      path: {playbooks}/ok.yml
      inventories: [two, one, away]
      vars: {name: everybody}
      args: [{name: greeting, optional: true}]
      extra: true
    slow: {path: {playbooks}/slow.yml, inventories: [two], extra: true, lock: "deploy/{inventory}"}
    uneven: {path: {playbooks}/uneven.yml, inventories: [two]}
    parted: {path: {playbooks}/slow.yml, inventories: [away]}
    count: {path: {playbooks}/count.yml, inventories: [one], extra: true}
    again: {path: {playbooks}/slow.yml, inventories: [one], extra: true, repeat: true}
    fail: {path: {playbooks}/fail.yml, inventories: [two], retry: {count: 1}, extra: true}
    away: {path: {playbooks}/ok.yml, inventories: [away]}
    prompt: {path: {playbooks}/prompt.yml, inventories: [one], extra: true}
    become: {path: {playbooks}/become.yml, inventories: [one], env: {ANSIBLE_BECOME_EXE: {playbooks}/asking-sudo}}
    secrets: {path: {playbooks}/secrets.yml, inventories: [one], secrets: {db_password: db-password}, args: [{name: given, secret: true, optional: true}, {name: proceed, optional: true}]}
    flood: {path: {playbooks}/flood.yml, inventories: [one], extra: true}
    stubborn: {path: {playbooks}/stubborn.yml, inventories: [one]}
    daemon: {path: {playbooks}/daemon.yml, inventories: [one], extra: true}
`

// bench is the function's steps over a real Redis, with the real ansible-playbook.
type bench struct {
	testing.TB
	server  *jobtest.Server
	address string // of Redis
	store   *job.Store
	redis   *redis.Client
	set     settings
	work    string
	cap     *capability
	worker  *job.Worker
	handed  []command.Envelope
}

// configure fills the bench's configuration in. ara is YAML, "url: …".
func configure(tb testing.TB, work, ara string) string {
	tb.Helper()
	playbooks, err := filepath.Abs("testdata/playbooks")
	if err != nil {
		tb.Fatal(err)
	}
	return strings.NewReplacer("{playbooks}", playbooks, "{work}", work, "{{ara}}", "{"+ara+"}").Replace(benchConfig)
}

func settingsOf(tb testing.TB, text string) settings {
	tb.Helper()
	var set settings
	file, err := config.Parse([]byte(text))
	if err != nil {
		tb.Fatal(err)
	}
	if _, err := file.Section("ansible", &set); err != nil {
		tb.Fatal(err)
	}
	if err := set.check(); err != nil {
		tb.Fatal(err)
	}
	return set
}

// benches counts them.
var benches atomic.Int64

// newBench starts all of it; ara is as configure takes it.
func newBench(tb testing.TB, ara string, changes ...func(*settings)) *bench {
	tb.Helper()
	b := &bench{TB: tb, server: jobtest.Redis(tb), work: filepath.Join(tb.TempDir(), "work")}
	b.address = b.server.Address
	b.set = settingsOf(tb, configure(tb, b.work, ara))
	for _, change := range changes {
		change(&b.set)
	}
	b.redis = redis.NewClient(&redis.Options{Addr: b.address})
	tb.Cleanup(func() { _ = b.redis.Close() })
	b.store = jobtest.Open(tb, b.redis, job.Options{})
	// All share one ARA server, which knows runs by their job.
	if err := b.redis.IncrBy(tb.Context(), "handsoff:seq", 10_000*benches.Add(1)).Err(); err != nil {
		tb.Fatal(err)
	}
	b.cap = b.capability()
	b.worker = job.NewWorker(b.store, job.WorkerOptions{Function: "ansible", Name: "w", Steps: b.cap.steps(), RetryFor: 5 * time.Second})
	tb.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		if err := b.worker.Stop(ctx); err != nil {
			tb.Error(err)
		}
	})
	return b
}

func (b *bench) capability() *capability {
	b.Helper()
	c := &capability{
		set: &b.set, jobs: b.store, redis: b.redis, log: slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError})),
		now: time.Now, orphan: attend.Orphaned, endFor: enough, secret: benchSecret,
		say: func(_ context.Context, e command.Envelope) (command.Answer, error) {
			b.handed = append(b.handed, e)
			return command.Answer{Text: "accepted"}, nil
		},
	}
	client, err := connect(&b.set, c.secret)
	if err != nil {
		b.Fatal(err)
	}
	c.ara = client
	repositories, err := git.New(git.Section{}, benchSecret, filepath.Join(b.TempDir(), "git"))
	if err != nil {
		b.Fatal(err)
	}
	c.export = repositories.Export
	return c
}

func benchSecret(name string) ([]byte, error) {
	switch name {
	case "db-password":
		return []byte(hunter), nil
	case "ara-password":
		return []byte("opensesame-ara"), nil
	}
	return nil, os.ErrNotExist
}

// ask accepts a run as ann.
func (b *bench) ask(playbook string, args map[string]any, changes ...func(*job.Request)) string {
	b.Helper()
	words := playbook
	if !strings.Contains(playbook, " ") {
		words = "ansible run " + playbook
	}
	accepted, err := b.store.Accept(b.Context(), jobtest.Request(append([]func(*job.Request){func(r *job.Request) {
		r.Function, r.Command, r.Text, r.Args = "ansible", words, words, args
	}}, changes...)...))
	if err != nil {
		b.Fatal(err)
	}
	return accepted.ID
}

// with are extra variables as the grammar hands them in.
func with(pairs ...string) map[string]any {
	extra := map[string]any{}
	for _, pair := range pairs {
		name, value, _ := strings.Cut(pair, "=")
		extra[name] = value
	}
	return map[string]any{command.ExtraArg: extra}
}

// held are the variables with which the playbooks slow and again wait in their last task until they may proceed.
func (b *bench) held() (args map[string]any, proceed func()) {
	b.Helper()
	path := filepath.Join(b.TempDir(), "proceed")
	return with("proceed=" + path), func() {
		b.Helper()
		if err := os.WriteFile(path, nil, 0o600); err != nil {
			b.Fatal(err)
		}
	}
}

// begin gives a job to the worker.
func (b *bench) begin(id string) {
	b.Helper()
	if _, err := b.worker.Take(b.Context(), id); err != nil {
		b.Fatal(err)
	}
}

func (b *bench) job(id string) *job.Job {
	b.Helper()
	j, err := b.store.Get(b.Context(), id)
	if err != nil {
		b.Fatal(err)
	}
	return j
}

// enough is how long anything here may take on a busy machine.
const enough = 2 * time.Minute

// until waits until the job is as wanted.
func (b *bench) until(id, what string, ok func(*job.Job) bool) *job.Job {
	b.Helper()
	for end := time.Now().Add(enough); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		j := b.job(id)
		if ok(j) {
			return j
		}
		if j.State.Final() {
			b.Fatalf("waited in vain for %s: %s %s\n%s\n%s", what, jobtest.Describe(j), j.Error, b.story(id), clipped(b.log(id)))
		}
	}
	b.Fatalf("waited in vain for %s: %s\n%s\n%s", what, jobtest.Describe(b.job(id)), b.story(id), clipped(b.log(id)))
	return nil
}

// atTask waits until a host is seen at work on a task, of which the job is told a moment after the task itself.
func (b *bench) atTask(id, task string) *job.Job {
	b.Helper()
	return b.until(id, "the task "+task, func(j *job.Job) bool {
		var at course
		_ = json.Unmarshal(j.Checkpoint, &at)
		return at.At.Task == task && len(at.At.Hosts)+len(at.At.Here) > 0
	})
}

func (b *bench) finished(id string) *job.Job {
	b.Helper()
	return b.until(id, "the end", func(j *job.Job) bool { return j.State.Final() })
}

// run runs a job to its end.
func (b *bench) run(id string) *job.Job {
	b.Helper()
	b.begin(id)
	return b.finished(id)
}

func (b *bench) cancel(id string) {
	b.Helper()
	if _, err := b.store.Cancel(b.Context(), id, "telnet:ann", "enough"); err != nil {
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
			b.Errorf("%q is missing in:\n%s", part, clipped(text))
		}
	}
}

// clipped is a text short enough for a test's message.
func clipped(text string) string {
	if len(text) > 6000 {
		return text[:3000] + "\n[…]\n" + text[len(text)-3000:]
	}
	return text
}

// ends fails the test unless the job ended so.
func (b *bench) ends(j *job.Job, state job.State, parts ...string) {
	b.Helper()
	text := j.Error
	if j.Receipt != nil {
		text += j.Receipt.Evidence + " " + strings.Join(j.Receipt.Left, " ")
	}
	if j.State != state {
		b.Fatalf("it is %s, not %s: %s %s\n%s\n%s", j.State, state, jobtest.Describe(j), text, b.story(j.ID), clipped(b.log(j.ID)))
	}
	b.says(text, parts...)
}

// result reads what a run came to.
func (b *bench) result(j *job.Job) result {
	b.Helper()
	var res result
	if err := json.Unmarshal(j.Result, &res); err != nil {
		b.Fatal(err)
	}
	return res
}

// tidy fails the test if a run left a folder.
func (b *bench) tidy() {
	b.Helper()
	if left, _ := filepath.Glob(filepath.Join(b.set.runsFolder(), "*")); len(left) > 0 {
		b.Errorf("left behind: %v", left)
	}
}
