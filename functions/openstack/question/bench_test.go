package question

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gophercloud/gophercloud/v2"
	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/functions/openstack/cloud"
	"github.com/handsoff/handsoff/functions/openstack/cloud/cloudtest"
	"github.com/handsoff/handsoff/functions/openstack/environment"
	"github.com/handsoff/handsoff/functions/openstack/environment/template"
	"github.com/handsoff/handsoff/functions/openstack/resource"
	sandbox "github.com/handsoff/handsoff/local-provider/sandbox/openstack"
	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/config"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/job/jobtest"
)

// bench is a cloud, a Redis and the commands, under one clock that moves only when the test says so.
type bench struct {
	testing.TB
	clouds *cloud.Clouds
	server *sandbox.Server // nil on a real cloud
	redis  *redis.Client
	store  *job.Store
	clock  *jobtest.Clock
	*Questions
	worker *job.Worker

	mu        sync.Mutex
	envelopes []command.Envelope
	deaf      map[string]error // addresses that do not answer, and why
	tried     []string         // "knock 22 10.0.0.3", "ping 10.0.0.3"
}

// inVain is how long a test waits for what must come, however busy the machine is.
const inVain = 10 * time.Minute

const benchConfig = `
roles:
  admin: ["telnet:ann"]
  operator: ["telnet:otto"]
  viewer: ["telnet:vera"]
  approver: ["telnet:bob"]
people:
  eve: ["slack:U1", "mail:eve@example.org", "telnet:eve"]
openstack:
  owners:
    templates:
      work:
        subject: "Work on {{ host }}"
        body: "Dear {{ owner }}, {{ what }} at {{ when }}: {{ servers }}. {{ description }}"
`

// newBench starts all of it. more changes the clouds' configuration.
func newBench(tb testing.TB, more ...func(*cloud.Section)) *bench {
	tb.Helper()
	clouds, server := cloudtest.Clouds(tb, more...)
	return benchOn(tb, clouds, server)
}

func benchOn(tb testing.TB, clouds *cloud.Clouds, server *sandbox.Server) *bench {
	tb.Helper()
	b := &bench{TB: tb, clouds: clouds, server: server, clock: jobtest.NewClock()}
	b.redis = jobtest.Redis(tb).Client(tb)
	b.store = jobtest.Open(tb, b.redis, job.Options{Now: b.clock.Now})
	b.Questions = b.questions(b.store, b.redis)
	b.worker = b.newWorker(b.store, b.Questions)
	return b
}

func (b *bench) questions(store *job.Store, rdb *redis.Client) *Questions {
	b.Helper()
	file, err := config.Parse([]byte(benchConfig))
	if err != nil {
		b.Fatal(err)
	}
	var set Section
	if _, err := file.Section("openstack", &set); err != nil {
		b.Fatal(err)
	}
	if err := set.Check(); err != nil {
		b.Fatal(err)
	}
	return &Questions{
		clouds: b.clouds, set: &set, roles: file, envs: environment.NewStore(rdb), jobs: store, log: slog.New(slog.DiscardHandler), now: b.clock.Now,
		accept: store.Accept, say: b.command,
		within: patience{answer: inVain, say: inVain, survey: inVain}, reacher: reacher{b.knock, b.ping},
	}
}

// knock and ping are what leads to servers.
func (b *bench) knock(_ context.Context, address string, port int, _ bool) error {
	return b.try(fmt.Sprintf("knock %d %s", port, address), address)
}

func (b *bench) ping(_ context.Context, address string) error {
	return b.try("ping "+address, address)
}

func (b *bench) try(what, address string) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.tried = append(b.tried, what)
	return b.deaf[address]
}

func (b *bench) newWorker(store *job.Store, q *Questions) *job.Worker {
	b.Helper()
	steps := q.Parts().Steps
	steps[createWords], steps[giveBackWords] = quick{q.envs}, quick{}
	w := job.NewWorker(store, job.WorkerOptions{Function: "openstack", Name: "w", Steps: steps, Lease: time.Minute, Heartbeat: 50 * time.Millisecond})
	b.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), inVain)
		defer cancel()
		if err := w.Stop(ctx); err != nil {
			b.Error(err)
		}
	})
	return w
}

// quick is a command of another part that is done at once.
type quick struct{ envs *environment.Store }

func (q quick) Step(ctx context.Context, run *job.Run) (job.Outcome, error) {
	args := command.Values(run.Job().Args)
	kind := args.String("template")
	if kind == "broken" {
		return job.Fail("It could not be made.", nil), nil
	}
	if kind == "" {
		return job.Done(nil), nil
	}
	env := &environment.Record{Name: args.String("name"), Owner: run.Job().Principal, Cloud: "lab", TTL: time.Hour, Plan: template.Plan{Items: []template.Item{
		{Key: "server.web.1", Kind: resource.KindServer}, {Key: "server.web.2", Kind: resource.KindServer}, {Key: "server.web.2.address", Kind: resource.KindFloatingIP},
	}}}
	if kind == "many" {
		for i := range 8 {
			env.Plan.Items = append(env.Plan.Items, template.Item{Key: fmt.Sprintf("server.db.%d", i+1), Kind: resource.KindServer})
		}
	}
	if kind == "answering" {
		env.Plan.Items[0].Ready = &template.Ready{Port: 443}
		env.Plan.Items[2].Ready = &template.Ready{Port: 22, SSH: true}
	}
	by := environment.By(run)
	if err := q.envs.Reserve(ctx, by, env, run.Job().Created.Add(time.Hour), "", environment.Ceiling{}); err != nil {
		return job.Outcome{}, err
	}
	items := []*environment.Item{
		{Key: "server.web.1", Kind: resource.KindServer, Name: "web-1", ID: "s1", State: environment.Whole, Addresses: []string{"10.0.0.3"}},
		{Key: "server.web.2", Kind: resource.KindServer, Name: "web-2", ID: "s2", State: environment.Whole, Addresses: []string{"10.0.0.4"}},
		{Key: "server.web.2.address", Kind: resource.KindFloatingIP, ID: "f2", State: environment.Whole, Addresses: []string{"203.0.113.4"}},
	}
	for _, plan := range env.Plan.Items[len(items):] {
		items = append(items, &environment.Item{Key: plan.Key, Kind: plan.Kind, Name: plan.Key, ID: plan.Key, State: environment.Whole, Addresses: []string{"10.0.0.9"}})
	}
	return job.Done(nil), q.envs.Write(ctx, by, env.Name, environment.Change{State: environment.Ready, Items: items})
}

// command is the function command: it makes a job of an envelope, once per id.
func (b *bench) command(ctx context.Context, e command.Envelope) (command.Answer, error) {
	b.mu.Lock()
	b.envelopes = append(b.envelopes, e)
	b.mu.Unlock()
	r := jobtest.Request(func(r *job.Request) {
		r.Key, r.Function, r.Command, r.Text, r.Args = e.Principal+" "+e.ID, "openstack", e.Command, e.Command, e.Args
		r.Principal, r.Groups, r.Parent, r.Why.Cause, r.Opening, r.Closing = e.Principal, e.Groups, e.Parent, e.Cause, e.Opening, e.Closing
		if e.Signoff != nil {
			r.Signoff = &job.Signoff{Need: e.Signoff.Need, Role: cmp.Or(e.Signoff.Role, "approver"), Self: e.Signoff.Self}
		}
	})
	accepted, err := b.store.Accept(ctx, r)
	if err != nil {
		return command.Answer{}, err
	}
	return command.Answer{Job: accepted.ID, State: accepted.State, Accepted: true}, nil
}

// asks gives a command that answers at once, as somebody.
func (b *bench) asks(as, words string, args map[string]any) command.Answer {
	b.Helper()
	answer, err := b.Parts().Calls[words](context.Background(), command.Call{Command: words, Args: args, Principal: as})
	if err != nil {
		b.Fatal(err)
	}
	return answer
}

// answers checks what a viewer is answered.
func (b *bench) answers(words string, args map[string]any, wants ...string) string {
	b.Helper()
	return b.answersTo("telnet:vera", words, args, wants...)
}

// answersTo checks what somebody is answered.
func (b *bench) answersTo(as, words string, args map[string]any, wants ...string) string {
	b.Helper()
	text := b.asks(as, words, args).Text
	b.says(text, wants...)
	return text
}

func (b *bench) says(text string, wants ...string) {
	b.Helper()
	for _, want := range wants {
		if !strings.Contains(text, want) {
			b.Errorf("%q is missing in:\n%s", want, text)
		}
	}
}

// accept accepts a job as somebody.
func (b *bench) accept(as, words string, args map[string]any) string {
	b.Helper()
	accepted, err := b.store.Accept(context.Background(), jobtest.Request(func(r *job.Request) {
		r.Function, r.Command, r.Text, r.Args, r.Principal = "openstack", words, words, args, as
	}))
	if err != nil {
		b.Fatal(err)
	}
	return accepted.ID
}

func (b *bench) job(id string) *job.Job {
	b.Helper()
	j, err := b.store.Get(context.Background(), id)
	if err != nil {
		b.Fatal(err)
	}
	return j
}

// step steps whatever is due.
func (b *bench) step(ids ...string) {
	b.Helper()
	for _, id := range ids {
		if _, err := b.worker.Run(context.Background(), id); err != nil {
			b.Fatal(err)
		}
	}
}

// until steps a job, letting time pass, until it is as wanted.
func (b *bench) until(id string, ok func(*job.Job) bool) *job.Job {
	b.Helper()
	end := time.Now().Add(inVain)
	for {
		b.step(id)
		if j := b.job(id); ok(j) {
			return j
		}
		if time.Now().After(end) {
			b.Fatalf("in vain: %s\n%s", jobtest.Describe(b.job(id)), b.story(id))
		}
		b.clock.Add(time.Second)
		time.Sleep(10 * time.Millisecond) // the cloud's own time passes
	}
}

func (b *bench) finished(id string) *job.Job {
	b.Helper()
	return b.until(id, func(j *job.Job) bool { return j.State.Final() })
}

// ends checks how a job ended, and what it said.
func (b *bench) ends(j *job.Job, state job.State, says ...string) {
	b.Helper()
	text := b.story(j.ID) + "\n" + j.Error
	if j.Receipt != nil {
		text += "\n" + j.Receipt.Evidence + "\n" + strings.Join(j.Receipt.Left, "\n")
	}
	if j.State != state {
		b.Errorf("it ended %s, want %s: %s", j.State, state, jobtest.Describe(j))
	}
	b.says(text, says...)
	if j.State.Final() && len(j.Offers) > 0 {
		b.Errorf("it is over, and offers %v", j.Offers)
	}
}

func (b *bench) story(id string) string {
	b.Helper()
	lines, err := b.store.Story(context.Background(), id, "", 1000)
	if err != nil {
		b.Fatal(err)
	}
	var text []string
	for _, l := range lines {
		text = append(text, l.Text)
	}
	return strings.Join(text, "\n")
}

func (b *bench) lab() *cloud.Cloud { return cloudtest.Lab(b, b.clouds) }

// client is a service as demo.
func (b *bench) client(of cloud.Service) *gophercloud.ServiceClient {
	b.Helper()
	client, err := b.lab().Client(context.Background(), of)
	if err != nil {
		b.Fatal(err)
	}
	return client
}

// id finds a thing of a service by its name.
func (b *bench) id(of cloud.Service, what, name string) string {
	b.Helper()
	var list map[string]any
	if err := read(context.Background(), b.client(of), &list, url.Values{}, what); err != nil {
		b.Fatal(err)
	}
	things, _ := list[what].([]any)
	for _, thing := range things {
		if t, _ := thing.(map[string]any); t["name"] == name || name == "" {
			id, _ := t["id"].(string)
			return id
		}
	}
	b.Fatalf("there is no %s %s: %v", what, name, list)
	return ""
}

// boots makes a server and waits until it is ACTIVE. It is gone after the test.
func (b *bench) boots(name string, metadata map[string]string) string {
	b.Helper()
	id := b.makes(name, metadata)
	b.waits(id, "ACTIVE")
	return id
}

func (b *bench) makes(name string, metadata map[string]string) string {
	b.Helper()
	cloudtest.Whole(b, b.clouds)
	if metadata == nil {
		metadata = map[string]string{}
	}
	client := b.client(cloud.Compute)
	var made struct {
		Server struct{ ID string } `json:"server"`
	}
	_, err := client.Post(context.Background(), client.ServiceURL("servers"), map[string]any{"server": map[string]any{
		"name": name, "imageRef": b.id(cloud.Image, "images", ""), "flavorRef": b.id(cloud.Compute, "flavors", "m1.nano"),
		"networks": []any{map[string]any{"uuid": b.id(cloud.Network, "networks", "shared")}}, "metadata": metadata,
	}}, &made, &gophercloud.RequestOpts{OkCodes: []int{http.StatusAccepted}})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		if _, err := client.Delete(context.Background(), client.ServiceURL("servers", made.Server.ID), nil); err != nil && !cloud.Is(err, cloud.NotFound) {
			b.Error(err)
		}
	})
	return made.Server.ID
}

func (b *bench) waits(id, status string) *server {
	b.Helper()
	end := time.Now().Add(inVain)
	for {
		found, err := byIDs(context.Background(), b.lab(), []string{id})
		if err != nil {
			b.Fatal(err)
		}
		if len(found) == 1 && found[0].Status == status && found[0].Task == "" {
			return &found[0]
		}
		if time.Now().After(end) {
			b.Fatalf("the server does not come to %s: %+v", status, found)
		}
		time.Sleep(50 * time.Millisecond)
	}
}
