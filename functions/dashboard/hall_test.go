package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/config"
	"github.com/handsoff/handsoff/shared/dashboard"
	"github.com/handsoff/handsoff/shared/function"
	"github.com/handsoff/handsoff/shared/function/functiontest"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/job/jobtest"
	"github.com/handsoff/handsoff/shared/sign"
)

// settings of the tests: ops may everything, ann operates, bob approves, eve only looks; mallory is nobody.
const settings = `
bot: {name: handsoff}
roles: {admin: [telnet:ops], force: [telnet:ops], operator: [telnet:ann], approver: [telnet:bob], viewer: [telnet:eve]}
people: {ann: ["telnet:ann", "slack:U0ANN"]}
dashboard:
  url: %s/function/dashboard
%s`

// hall is the function on a Redis, behind a gateway, with a function command that carries out what it is asked for, and a
// function demo whose jobs do what a test says.
type hall struct {
	testing.TB

	Jobs   *job.Store
	Redis  *redis.Client
	Config *config.File
	keys   sign.Keys
	log    *slog.Logger

	parts  *function.Parts
	server *httptest.Server // the gateway
	worker *job.Worker

	mu    sync.Mutex
	asked []command.Envelope
	say   func(e command.Envelope) (command.Answer, bool) // a test's own answers
	stage *stage
}

// newHall makes one; more are further lines of the configuration's section dashboard.
func newHall(tb testing.TB, rdb *redis.Client, more ...string) *hall {
	tb.Helper()
	h := &hall{TB: tb, stage: &stage{steps: map[string]chan job.Change{}}}
	h.server = httptest.NewServer(http.HandlerFunc(h.gateway))
	tb.Cleanup(h.server.Close)
	written := fmt.Sprintf(settings, h.server.URL, strings.Join(more, "\n"))
	p := functiontest.On(tb, rdb, functiontest.Place{
		Function: "dashboard", Gateway: h.server.URL,
		Secrets: map[string]string{function.ConfigSecret: written, dashboard.SlackSecret: "slack-secret", dashboard.GitHubSecret: "github-secret", tokenSecret: sandboxToken},
	})
	h.Jobs, h.Redis, h.Config, h.keys, h.log = p.Jobs, p.Redis, p.Config, p.Keys, p.Log
	parts, err := setUp(tb.Context(), p)
	if err != nil {
		tb.Fatal(err)
	}
	h.parts = parts
	tb.Cleanup(func() { _ = parts.Stop(context.Background()) })
	h.worker = job.NewWorker(h.Jobs, job.WorkerOptions{Function: "demo", Name: "demo", Steps: map[string]job.Stepper{"demo run": h.stage}, Heartbeat: 20 * time.Millisecond})
	tb.Cleanup(func() { _ = h.worker.Stop(context.Background()) })
	h.keepCatalogue()
	return h
}

// bare is one on a Redis of its own.
func bare(tb testing.TB, more ...string) *hall {
	tb.Helper()
	_, rdb := jobtest.New(tb)
	return newHall(tb, rdb, more...)
}

// keepCatalogue is what the function command does: others look commands up in it.
func (h *hall) keepCatalogue() {
	h.Helper()
	source := command.NewSource(func(context.Context) (map[string]string, error) {
		return map[string]string{"env": `[{words: env extend, summary: Keep it, role: viewer, args: [{name: name}]}, {words: env delete, summary: Give it back, role: force, args: [{name: name}]}]`, "demo": `- {words: demo run, summary: Do something, role: operator, args: [{name: what, optional: true}, {name: token, secret: true, optional: true}, {name: pin, secret: true, optional: true}]}`}, nil
	}, h.Redis, h.log)
	if _, err := source.Renew(h.Context()); err != nil {
		h.Fatal(err)
	}
}

// gateway has the dashboard below its path, and the function command.
func (h *hall) gateway(w http.ResponseWriter, r *http.Request) {
	switch {
	case r.URL.Path == "/function/command":
		h.command(w, r)
	case strings.HasPrefix(r.URL.Path, "/function/dashboard/"):
		mux := http.NewServeMux()
		for pattern, route := range h.parts.Routes {
			mux.Handle(pattern, route)
		}
		http.StripPrefix("/function/dashboard", mux).ServeHTTP(w, r)
	default:
		http.NotFound(w, r)
	}
}

// command carries out what the tests' pages ask for, by the roles of the configuration.
func (h *hall) command(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err == nil {
		_, err = h.keys.Verify(body, r.Header.Get(sign.Header))
	}
	e, decodeErr := command.DecodeEnvelope(body)
	if err != nil || decodeErr != nil {
		h.Errorf("an envelope: %v %v", err, decodeErr)
		http.Error(w, "no", http.StatusUnauthorized)
		return
	}
	h.mu.Lock()
	h.asked = append(h.asked, e)
	say := h.say
	h.mu.Unlock()
	answer := command.Answer{}
	done := false
	if say != nil {
		answer, done = say(e)
	}
	if !done {
		answer = h.carryOut(r.Context(), e)
	}
	_ = json.NewEncoder(w).Encode(answer)
}

func (h *hall) carryOut(ctx context.Context, e command.Envelope) command.Answer {
	id := command.Values(e.Args).String("id")
	roles := h.Config.RolesOf(e.Who()...)
	has := func(role string) bool { return slices.Contains(roles, role) }
	no := func(text string) command.Answer {
		return command.Answer{Text: text, Job: id, Problem: &command.Problem{Code: command.CodeForbidden}}
	}
	switch e.Command {
	case "cancel", "reject":
		j, err := h.Jobs.Get(ctx, id)
		if err != nil || !has("operator") && !h.Config.Same(e.Principal, j.Principal) && (e.Command != "reject" || !has("approver")) {
			return no("cancel " + id + " needs the role operator.")
		}
		done, err := h.Jobs.Cancel(ctx, id, e.Principal, command.Values(e.Args).String("reason"))
		if err != nil {
			return no(err.Error())
		}
		go func() { _, _ = h.worker.Run(context.WithoutCancel(ctx), id) }()
		return command.Answer{Text: "Cancelling " + id + "; the receipt will follow.", Job: id, State: done.State}
	case "approve":
		if !has("approver") {
			return no("approve " + id + " needs the role approver.")
		}
		got, err := h.Jobs.Approve(ctx, id, e.Principal, command.Values(e.Args).Bool("force"))
		if err != nil {
			return no(err.Error())
		}
		return command.Answer{Text: "Approved; it goes on.", Job: id, State: got.State}
	case "retry":
		if !has("operator") {
			return no("retry " + id + " needs the role operator.")
		}
		made, err := h.Jobs.Accept(ctx, demo(func(r *job.Request) { r.RetryOf, r.Principal, r.Key = id, e.Principal, e.ID }))
		if err != nil {
			return no(err.Error())
		}
		return command.Answer{Text: made.ID + " does " + id + " again", Job: made.ID, State: made.State, Accepted: true}
	}
	return command.Answer{Text: "you said " + e.Text + e.Command}
}

// given are the commands that reached the function command.
func (h *hall) given() []command.Envelope {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Clone(h.asked)
}

// demo is a request for a job of the function demo.
func demo(changes ...func(*job.Request)) job.Request {
	r := jobtest.Request(func(r *job.Request) {
		r.Function, r.Command, r.Text, r.Principal = "demo", "demo run", "demo run what=demo/slow", "telnet:ann"
		r.Origin = job.Origin{Door: "telnet"}
		r.Args = map[string]any{"what": "demo/slow"}
		r.Why = job.Why{Role: "operator", Granted: "roles.operator lists telnet:ann"}
		r.Key, r.Nonce, r.Signoff, r.Lock, r.Watch = "", "", nil, "", nil
	})
	for _, change := range changes {
		change(&r)
	}
	return r
}

// accept makes a job.
func (h *hall) accept(changes ...func(*job.Request)) string {
	h.Helper()
	made, err := h.Jobs.Accept(h.Context(), demo(changes...))
	if err != nil {
		h.Fatal(err)
	}
	return made.ID
}

// running makes a job, and when it runs gives what it is to do.
func (h *hall) running(changes ...func(*job.Request)) (string, chan<- job.Change) {
	h.Helper()
	id := h.accept(changes...)
	go func() { _, _ = h.worker.Run(context.WithoutCancel(h.Context()), id) }()
	does := h.stage.of(id)
	does <- job.Change{} // which nobody takes before it runs
	return id, does
}

// ended makes a job that has ended well, with a log.
func (h *hall) ended(log []string, changes ...func(*job.Request)) string {
	h.Helper()
	id, does := h.running(changes...)
	if len(log) > 0 {
		does <- job.Change{Log: log, Say: []string{"build #12 runs"}}
	}
	close(does)
	jobtest.Eventually(h, id+" to end", func() bool {
		j, err := h.Jobs.Get(h.Context(), id)
		return err == nil && j.State.Final()
	})
	return id
}
