package main

import (
	"bytes"
	"cmp"
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	sandbox "github.com/handsoff/handsoff/local-provider/sandbox/github"
	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/event"
	"github.com/handsoff/handsoff/shared/function"
	"github.com/handsoff/handsoff/shared/function/functiontest"
	"github.com/handsoff/handsoff/shared/github"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/job/jobtest"
	"github.com/handsoff/handsoff/shared/sign"
)

const (
	internalKey = "an-internal-key-of-enough-bytes"
	botToken    = "ghp_not_to_be_seen_anywhere"
	app1        = "github:acme/app#1"

	testConfig = `
bot: {alerts: ["slack:C0ADMIN"]}
roles: {operator: ["github-write:acme/*"]}
github:
  url: "%[1]s"
  api: "%[1]s/api/v3"
  app: {id: 4711}
  webhook: "%[2]s/hook"
  hooks: [{org: acme}, {repo: acme/app}, {app: true}]
rules:
  - {name: build, on: github.comment, where: {say: build, repo: acme/*}, run: jenkins build, args: {job: x}}
  - {name: verify, on: [github.pull_request.opened, github.pull_request.reopened], where: {repo: acme/app}, run: jenkins build, args: {job: x}}
  - {name: labelled, on: github.pull_request.labeled, where: {repo: acme/app, labels: safe}, run: jenkins build, args: {job: x}}
  - {name: after-checks, on: github.check_run.completed, where: {repo: acme/never}, run: jenkins build, args: {job: x}}
`
)

// appKey is the App's private key; making one takes a while.
var appKey = sync.OnceValue(func() []byte {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)})
})

// hall is a door between the sandbox's GitHub and a function command of the test.
type hall struct {
	testing.TB
	*door

	github  *sandbox.Server
	api     string // its address
	hooks   *switchboard
	desk    *desk
	logs    *functiontest.Lines
	handler http.Handler
	client  *redis.Client
}

// switchboard is the address at which GitHub reaches whoever is the function now.
type switchboard struct {
	*httptest.Server

	mu sync.Mutex
	to http.Handler
}

func newSwitchboard(tb testing.TB) *switchboard {
	s := &switchboard{}
	s.Server = httptest.NewServer(s)
	tb.Cleanup(s.Close)
	return s
}

func (s *switchboard) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	to := s.to
	s.mu.Unlock()
	if to == nil {
		http.Error(w, "nobody is there", http.StatusBadGateway)
		return
	}
	r.URL.Path = strings.TrimPrefix(r.URL.Path, "/hook")
	if r.URL.Path == "" {
		r.URL.Path = "/"
	}
	to.ServeHTTP(w, r)
}

func (s *switchboard) leadsTo(h http.Handler) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.to = h
}

// newHall builds one whose inbox is worked off.
func newHall(tb testing.TB, rdb *redis.Client, changes ...func(secrets map[string]string)) *hall {
	tb.Helper()
	h := idleHall(tb, rdb, changes...)
	h.starts()
	return h
}

// idleHall is one whose inbox nobody works off, and to which GitHub does not get through.
func idleHall(tb testing.TB, rdb *redis.Client, changes ...func(secrets map[string]string)) *hall {
	tb.Helper()
	h := &hall{TB: tb, desk: newDesk(tb, rdb), logs: &functiontest.Lines{}, hooks: newSwitchboard(tb), client: rdb}
	h.github = sandbox.New(sandbox.Options{
		Token: botToken, AppKey: appKey(), WebhookSecret: anySecret, EventsURL: h.hooks.URL + "/hook", Frozen: true, Unlimited: true,
	})
	tb.Cleanup(h.github.Close)
	at := httptest.NewServer(h.github)
	tb.Cleanup(at.Close)
	h.github.SetURL(at.URL)
	h.api = at.URL
	h.door = h.makes(rdb, nil, changes...)
	h.hears()
	h.github.Advance(2 * time.Second)
	return h
}

// makes makes a door on a client that may have hooks, as another process of the function would be.
func (h *hall) makes(rdb *redis.Client, transport http.RoundTripper, changes ...func(secrets map[string]string)) *door {
	h.Helper()
	p := h.platform(rdb, changes...)
	section, err := github.Read(p.Config)
	if err != nil {
		h.Fatal(err)
	}
	d, err := newDoor(p, section, transport)
	if err != nil {
		h.Fatal(err)
	}
	return d
}

// platform is what a door stands on.
func (h *hall) platform(rdb *redis.Client, changes ...func(secrets map[string]string)) *function.Platform {
	h.Helper()
	secrets := map[string]string{
		function.KeySecret: internalKey, function.ConfigSecret: fmt.Sprintf(testConfig, h.api, h.hooks.URL),
		github.TokenSecret: botToken + "\n", github.KeySecret: string(appKey()),
		webhookSecret: "acme " + orgSecret + "\nacme/app " + repoSecret + "\n" + anySecret + "\n",
	}
	for _, change := range changes {
		change(secrets)
	}
	return functiontest.On(h, rdb, functiontest.Place{
		Function: "github", Gateway: h.desk.URL, Secrets: secrets, Log: slog.New(slog.NewTextHandler(h.logs, nil)),
	})
}

// starts works the inbox off until the end of the test, and opens the door.
func (h *hall) starts() {
	h.start()
	h.handler = function.NewHandler(h.Platform, h.parts())
	h.hooks.leadsTo(h.handler)
	h.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
		defer cancel()
		if err := h.stop(ctx); err != nil {
			h.Error(err)
		}
	})
}

// hears waits until GitHub has sent what there is to send.
func (h *hall) hears() {
	h.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	if err := h.github.Settled(ctx); err != nil {
		h.Fatal(err)
	}
}

// settles waits until all is sent and nothing is left in the inbox.
func (h *hall) settles() {
	h.Helper()
	h.hears()
	jobtest.Eventually(h, "an empty inbox", func() bool {
		n, err := h.client.ZCard(context.Background(), "handsoff:inbox:github:due").Result()
		return err == nil && n == 0
	})
	h.hears()
}

// must is for people of the sandbox.
func (h *hall) must(err error) {
	h.Helper()
	if err != nil {
		h.Fatal(err)
	}
}

// says has somebody comment, two seconds later.
func (h *hall) says(login string, number int, body string) (comment int64) {
	h.Helper()
	h.github.Advance(2 * time.Second)
	id, err := h.github.Person(login).Comment("acme/app", number, body)
	h.must(err)
	return id
}

// comments are what stands under a pull request by us, without the hidden mark.
func (h *hall) comments(number int) []string {
	h.Helper()
	client, err := h.app.ClientFor(context.Background(), "acme", "app")
	h.must(err)
	list, _, err := client.Issues.ListComments(context.Background(), "acme", "app", number, nil)
	h.must(err)
	var said []string
	for _, c := range list {
		if c.GetUser().GetLogin() == sandbox.AppBot {
			_, text, _ := strings.Cut(c.GetBody(), "-->\n")
			said = append(said, text)
		}
	}
	return said
}

// events takes what was put into the inbox of the function event, the oldest first.
func (h *hall) events() []*event.Event {
	h.Helper()
	ctx := context.Background()
	var list []*event.Event
	keys, err := h.client.Keys(ctx, "handsoff:inbox:event:body:*").Result()
	h.must(err)
	slices.SortFunc(keys, func(a, b string) int { return cmp.Compare(numberOf(a), numberOf(b)) })
	for _, key := range keys {
		body, err := h.client.Get(ctx, key).Bytes()
		h.must(err)
		e, err := event.Read(body)
		h.must(err)
		list = append(list, e)
	}
	return list
}

// numberOf is which delivery a key of the inbox is of: the first part of its number.
func numberOf(key string) int {
	first, _, _ := strings.Cut(key[strings.LastIndexByte(key, ':')+1:], ".")
	n, _ := strconv.Atoi(first)
	return n
}

// eventsOf are those of a topic.
func (h *hall) eventsOf(topic string) []*event.Event {
	h.Helper()
	return slices.DeleteFunc(h.events(), func(e *event.Event) bool { return e.Topic != topic })
}

// made makes a job of a rule for the first pull request.
func (h *hall) made(rule string, asked *event.Asked, changes ...func(*job.Request)) string {
	h.Helper()
	ctx := context.Background()
	accepted, err := h.Jobs.Accept(ctx, jobtest.Request(append([]func(*job.Request){func(r *job.Request) {
		r.Principal, r.Watch = "rule:"+rule, []string{app1}
	}}, changes...)...))
	h.must(err)
	h.must(event.KeepJob(ctx, h.client, app1, event.SubjectJob{Job: accepted.ID, Rule: rule, Event: "e", Asked: asked, At: time.Now()}))
	return accepted.ID
}

// ends steps a job to its end.
func (h *hall) ends(id string, outcome job.Outcome) {
	h.Helper()
	w := job.NewWorker(h.Jobs, job.WorkerOptions{Function: "test", Name: "w", Steps: map[string]job.Stepper{"test run": fixed{outcome}}})
	defer func() { h.must(w.Stop(context.Background())) }()
	_, err := w.Run(context.Background(), id)
	h.must(err)
}

type fixed struct{ outcome job.Outcome }

func (f fixed) Step(context.Context, *job.Run) (job.Outcome, error) { return f.outcome, nil }

func (h *hall) counts(name string) int64 {
	h.Helper()
	counts, err := h.Jobs.Counts(context.Background())
	h.must(err)
	return counts[name]
}

// post sends a body as GitHub does.
func (h *hall) post(body string, headers map[string]string) *httptest.ResponseRecorder {
	h.Helper()
	r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(body))
	for name, value := range headers {
		r.Header.Set(name, value)
	}
	w := httptest.NewRecorder()
	h.handler.ServeHTTP(w, r)
	return w
}

// desk is a function command that says what it was told, and has faults.
type desk struct {
	testing.TB
	*httptest.Server

	mu     sync.Mutex
	asked  []command.Envelope
	faults []int // statuses of the next answers
	refuse string
}

func newDesk(tb testing.TB, _ *redis.Client) *desk {
	d := &desk{TB: tb}
	d.Server = httptest.NewServer(d)
	tb.Cleanup(d.Close)
	return d
}

func (d *desk) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		d.Error(err)
	}
	keys, err := sign.Parse([]byte(internalKey))
	if err != nil {
		d.Error(err)
	}
	if _, err := keys.Verify(body, r.Header.Get(sign.Header)); err != nil {
		d.Error(err)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if strings.HasPrefix(r.URL.Path, "/async-function/") {
		w.WriteHeader(http.StatusAccepted)
		return
	}
	if len(d.faults) > 0 {
		status := d.faults[0]
		d.faults = d.faults[1:]
		http.Error(w, "it is not to be", status)
		return
	}
	e, err := command.DecodeEnvelope(bytes.TrimSpace(body))
	if err != nil {
		d.Errorf("%v: %s", err, body)
	}
	d.asked = append(d.asked, e)
	answer := command.Answer{Text: strings.TrimSpace(fmt.Sprintf("You said %s %s %s", e.Command, command.Values(e.Args).String("id"), command.Values(e.Args).String("reason")))}
	if d.refuse != "" {
		answer = command.Answer{Text: d.refuse, Problem: &command.Problem{Code: command.CodeForbidden}}
	}
	if err := json.NewEncoder(w).Encode(answer); err != nil {
		d.Error(err)
	}
}

// envelopes lists what was asked, and empties the list.
func (d *desk) envelopes() []command.Envelope {
	d.mu.Lock()
	defer d.mu.Unlock()
	list := d.asked
	d.asked = nil
	return list
}

// refuses has everything refused with a sentence.
func (d *desk) refuses(text string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.refuse = text
}
