package life

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/functions/openstack/cloud"
	"github.com/handsoff/handsoff/functions/openstack/environment"
	"github.com/handsoff/handsoff/functions/openstack/environment/template"
	"github.com/handsoff/handsoff/functions/openstack/resource"
	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/command/commandtest"
	"github.com/handsoff/handsoff/shared/config"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/job/jobtest"
	"github.com/handsoff/handsoff/shared/sign/signtest"
)

// declared are the commands as stack.yml declares them, read once.
var declared struct {
	once      sync.Once
	catalogue *command.Catalogue
}

func catalogue(tb testing.TB) *command.Catalogue {
	tb.Helper()
	declared.once.Do(func() {
		declared.catalogue = command.NewCatalogue(map[string]string{"openstack": command.Declaration(commandtest.Of(tb, "openstack"))})
	})
	for _, fault := range declared.catalogue.Faults() {
		tb.Fatal(fault)
	}
	return declared.catalogue
}

// configured is the usual configuration.
const configured = `
roles:
  viewer: ["telnet:*"]
  operator: [telnet:ann, telnet:bob, slack:U0ANN]
  admin: [telnet:root]
  approver: [telnet:bob]
people:
  ann: [telnet:ann, slack:U0ANN]
openstack:
  keys: {ann: ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA}
  templates:
    small:
      summary: two servers behind a router
      parameters:
        size: {choices: [m1.nano, m1.small], default: m1.nano, help: the flavor}
        count: {type: int, default: 2, min: 1, max: 20}
      ttl: 8h
      max_ttl: 3d
      on_expiry: {warn: [2h, 30m], stop: true, stop_for: 4h, delete: true}
      networks: {inside: {subnets: [{cidr: 10.7.0.0/24}], router: public}}
      security_groups: {ssh: {rules: [{port: 22}]}}
      keypair: requester
      servers:
        web: {count: "{{ parameters.count }}", flavor: "{{ parameters.size }}", image: tiny, networks: [inside], security_groups: [ssh], login: cirros}
    keeping:
      keep_on_failure: true
      networks: {inside: {subnets: [{cidr: 10.7.0.0/24}]}}
      servers: {web: {flavor: m1.nano, image: tiny, networks: [inside]}}
    made:
      keypair: make
      networks: {inside: {subnets: [{cidr: 10.7.0.0/24}]}}
      servers: {web: {flavor: m1.nano, image: tiny, networks: [inside]}}
    guarded:
      signoff: {role: approver}
      networks: {inside: {}}
    answering:
      networks: {inside: {subnets: [{cidr: 10.7.0.0/24}], router: public}}
      servers: {web: {flavor: m1.nano, image: tiny, networks: [inside], floating_ip: public, ready: {ssh: true, within: 1m}}}
`

// bench is a Life on a Redis, with a world or a sandbox, and a function command of its own.
type bench struct {
	testing.TB
	rdb       *redis.Client
	address   string
	store     *job.Store
	clock     *jobtest.Clock
	catalogue *command.Catalogue
	clouds    *cloud.Clouds
	file      *config.File
	set       *template.Set
	world     *world // nil on a sandbox

	mu        sync.Mutex
	envelopes []command.Envelope
	answers   func(address string, port int) error
	away      bool                        // the function command cannot be reached
	refuses   func(command.Envelope) bool // whom the function command refuses; nil for nobody
	tick      func(time.Duration)
	lease     time.Duration     // of workers; 0 is the engine's
	bot       string            // our word in marks
	each      int               // how many environments one owner may have
	secrets   map[string]string // what the function was given
	beside    func(id string)   // what else goes on while a mortal process has a job
	stride    time.Duration     // between the steps of jobs; a second when 0
}

// labYAML is a clouds.yaml of a cloud that nobody asks: the world answers in its place.
const labYAML = `clouds: {lab: {auth: {auth_url: "http://127.0.0.1:9/v3", username: u, password: p, project_name: demo, user_domain_name: Default, project_domain_name: Default}}, root: {auth: {auth_url: "http://127.0.0.1:9/v3", username: u, password: p, project_name: admin, user_domain_name: Default, project_domain_name: Default}}}`

func newBench(tb testing.TB) *bench {
	tb.Helper()
	server := jobtest.Redis(tb)
	return benchOn(tb, server.Client(tb), server.Address, nil)
}

func benchOn(tb testing.TB, rdb *redis.Client, address string, clouds *cloud.Clouds) *bench {
	tb.Helper()
	b := &bench{TB: tb, rdb: rdb, address: address, clock: jobtest.NewClock(), clouds: clouds, catalogue: catalogue(tb)}
	if clouds == nil {
		pace := map[string]time.Duration{}
		for _, kind := range append(resource.Kinds(), "") {
			pace[kind] = time.Second
		}
		section := &cloud.Section{Default: "lab", Pace: pace, Clouds: map[string]*cloud.Entry{"lab": {Admin: "root", Horizon: "https://horizon.example.org"}}}
		made, err := cloud.New(section, func(string) ([]byte, error) { return []byte(labYAML), nil }, cloud.Options{})
		if err != nil {
			tb.Fatal(err)
		}
		b.clouds = made
	}
	b.configure(configured)
	b.reset()
	return b
}

func (b *bench) configure(text string) {
	b.Helper()
	file, err := config.Parse([]byte(text))
	if err != nil {
		b.Fatal(err)
	}
	b.file, b.set = file, template.Read(file)
	for _, fault := range b.set.Faults {
		b.Fatal(fault)
	}
}

// reset empties Redis and the world.
func (b *bench) reset() {
	b.Helper()
	if err := b.rdb.FlushAll(context.Background()).Err(); err != nil {
		b.Fatal(err)
	}
	b.store = jobtest.Open(b, b.rdb, job.Options{Now: b.clock.Now})
	b.world = newWorld(b.clock.Now)
	b.mu.Lock()
	defer b.mu.Unlock()
	b.envelopes, b.away, b.answers = nil, false, func(string, int) error { return nil }
}

// life is a process with these.
func (b *bench) life(store *job.Store, rdb redis.UniversalClient) *Life {
	l := &Life{
		clouds: b.clouds, templates: b.set, envs: environment.NewStore(rdb), jobs: store, roles: b.file,
		keys: signtest.Keys("0123456789abcdef0123456789abcdef"), log: slog.New(slog.DiscardHandler),
		times: Times{Settle: 10 * time.Second, GiveUp: 2 * time.Minute}.withDefaults(),
		nudge: func(context.Context, ...job.Pointer) {}, say: b.say,
		answers: func(_ context.Context, address string, port int, _ bool) error {
			b.mu.Lock()
			defer b.mu.Unlock()
			return b.answers(address, port)
		},
		kind: resource.Of, machinery: nova{}, ground: survey, bot: b.bot, each: b.each, secret: func(name string) ([]byte, error) {
			if text, there := b.secrets[name]; there {
				return []byte(text), nil
			}
			return nil, errors.New("no such secret")
		},
	}
	if b.world != nil {
		l.kind, l.ground, l.machinery = b.world.kindOf, b.world.ground, b.world
	}
	return l
}

// say is the function command: it reads an envelope as that does, and makes a job once per id.
func (b *bench) say(ctx context.Context, e command.Envelope) (command.Answer, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.envelopes = append(b.envelopes, e)
	if b.away {
		return command.Answer{}, errors.New("connection refused")
	}
	if b.refuses != nil && b.refuses(e) {
		return command.Answer{Text: "You need the role viewer.", Problem: &command.Problem{Code: command.CodeForbidden}}, nil
	}
	return b.take(ctx, e)
}

func (b *bench) take(ctx context.Context, e command.Envelope) (command.Answer, error) {
	e.Nonce, e.Time = "n", time.Now()
	body, err := json.Marshal(e)
	if err != nil {
		return command.Answer{}, err
	}
	if e, err = command.DecodeEnvelope(body); err != nil {
		return command.Answer{}, &command.RefusedError{Status: 400, Text: err.Error()}
	}
	parsed, err := b.read(e)
	if m := new(command.Mistake); errors.As(err, &m) {
		return m.Answer(), nil
	}
	if err != nil {
		return command.Answer{}, err
	}
	r := parsed.Request()
	r.Key, r.Principal, r.Groups, r.Parent, r.Why.Cause, r.Origin = e.Principal+" "+e.ID, e.Principal, e.Groups, e.Parent, e.Cause, e.Origin
	r.Signoff, r.Closing, r.Watch = command.Stricter(r.Signoff, e.Signoff), e.Closing, e.Watch
	accepted, err := b.store.Accept(ctx, r)
	if errors.Is(err, job.ErrParent) {
		return command.Answer{Text: "The job that asks for this is over.", Problem: &command.Problem{Code: command.CodeConflict}}, nil
	}
	if err != nil {
		return command.Answer{}, err
	}
	return command.Answer{Text: accepted.ID + " accepted", Job: accepted.ID, State: accepted.State, Accepted: true}, nil
}

func (b *bench) read(e command.Envelope) (*command.Parsed, error) {
	if e.Command == "" {
		return b.catalogue.Parse(e.Text)
	}
	d, err := b.catalogue.Find(e.Command)
	if err != nil {
		return nil, err
	}
	return d.Adopt(e.Args)
}

// accept makes a job of a line that ann types.
func (b *bench) accept(line string) string { return b.acceptAs("telnet:ann", line) }

func (b *bench) acceptAs(who, line string) string {
	b.Helper()
	answer, err := b.take(context.Background(), command.Envelope{
		ID: fmt.Sprint(line, time.Now().UnixNano()), Text: line, Principal: who, Origin: job.Origin{Door: "telnet", Address: who}, Watch: []string{who},
	})
	if err != nil || answer.Job == "" {
		b.Fatal(line, answer.Text, err)
	}
	return answer.Job
}

func (b *bench) job(id string) *job.Job {
	b.Helper()
	j, err := b.store.Get(context.Background(), id)
	if err != nil {
		b.Fatal(err)
	}
	return j
}

func (b *bench) env(name string) *environment.Environment {
	b.Helper()
	env, err := environment.NewStore(b.rdb).Get(context.Background(), name)
	if errors.Is(err, environment.ErrNotFound) {
		return nil
	}
	if err != nil {
		b.Fatal(err)
	}
	return env
}

func (b *bench) story(id string) []string {
	b.Helper()
	found, err := b.store.Story(context.Background(), id, "", 1000)
	if err != nil {
		b.Fatal(err)
	}
	texts := make([]string, len(found))
	for i, line := range found {
		texts[i] = line.Text
	}
	return texts
}

func (b *bench) worker(l *Life) *job.Worker {
	return job.NewWorker(l.jobs, job.WorkerOptions{Function: "openstack", Name: "w", Steps: l.Parts().Steps, Heartbeat: time.Hour, Lease: b.lease})
}

func (b *bench) end(w *job.Worker) {
	b.Helper()
	if err := w.Stop(context.Background()); err != nil {
		b.Fatal(err)
	}
}

// run steps what is due until the job has ended.
func (b *bench) run(id string) *job.Job {
	b.Helper()
	w := b.worker(b.life(b.store, b.rdb))
	defer b.end(w)
	b.until(w, func() bool { return b.job(id).State.Final() })
	return b.job(id)
}

// until steps all open jobs, a second or a stride apart, until something holds; 3,600 times at most.
func (b *bench) until(w *job.Worker, holds func() bool) {
	b.Helper()
	for range 3600 {
		if holds() {
			return
		}
		b.round(w)
	}
	open, _ := jobtest.List(context.Background(), b.store, job.Browse{Open: true})
	for _, j := range open {
		b.Log(jobtest.Describe(j), j.Progress.Line, b.story(j.ID))
	}
	b.Fatal("waited in vain")
}

// round lets every open job have a step.
func (b *bench) round(w *job.Worker) {
	b.Helper()
	open, err := jobtest.List(context.Background(), b.store, job.Browse{Open: true})
	if err != nil {
		b.Fatal(err)
	}
	for _, j := range open {
		if _, err := w.Run(context.Background(), j.ID); err != nil && !errors.Is(err, jobtest.ErrDead) {
			b.Fatal(err)
		}
	}
	b.pass(max(time.Second, b.stride))
}

func (b *bench) pass(d time.Duration) {
	b.clock.Add(d)
	if b.tick != nil {
		b.tick(d)
	}
}

// made makes an environment of a line, and gives its job.
func (b *bench) made(line string) *job.Job {
	b.Helper()
	j := b.run(b.accept(line))
	if j.State != job.Succeeded {
		b.Fatal(jobtest.Describe(j), b.story(j.ID))
	}
	return j
}

// bare makes sure that nothing is left.
func (b *bench) bare(where string) {
	b.Helper()
	if left := b.world.marked(); len(left) > 0 {
		b.Errorf("%s: left at the cloud: %s", where, left)
	}
	if names, err := environment.NewStore(b.rdb).Names(context.Background()); err != nil || len(names) > 0 {
		b.Errorf("%s: environments are left: %v %v", where, names, err)
	}
}

// has makes sure that somebody was told something.
func (b *bench) has(id string, texts ...string) {
	b.Helper()
	story := strings.Join(b.story(id), "\n")
	for _, text := range texts {
		if !strings.Contains(story, text) {
			b.Errorf("the story lacks %q:\n%s", text, story)
		}
	}
}

// items are the keys of an environment's things in a state.
func items(env *environment.Environment, state environment.ItemState) []string {
	var keys []string
	for key, item := range env.Items {
		if item.State == state {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	return keys
}
