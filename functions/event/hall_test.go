package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/event"
	"github.com/handsoff/handsoff/shared/function"
	"github.com/handsoff/handsoff/shared/function/functiontest"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/job/jobtest"
	"github.com/handsoff/handsoff/shared/ruling"
	"github.com/handsoff/handsoff/shared/sign"
)

const (
	internalKey = "an-internal-key-of-enough-bytes"
	headSHA     = "1a2b3c4d5e6f1a2b3c4d5e6f1a2b3c4d5e6f1a2b"
	nextSHA     = "99887766554433221100ffeeddccbbaa99887766"
	people      = `
bot: {alerts: ["slack:C0ADMIN"]}
roles:
  operator: ["rule:*"]
  release: ["github:7"]
`
)

// hall is the function between a Redis and a gateway of the test.
type hall struct {
	testing.TB
	*desk

	gateway *gateway
	config  string
	n       int // events made
}

// newHall builds one with rules, whose inbox is worked off when it is told to.
func newHall(tb testing.TB, rdb *redis.Client, rules string) *hall {
	tb.Helper()
	h := &hall{TB: tb, gateway: newGateway(tb, rdb), config: people + "rules:\n" + rules}
	h.desk = h.makes(rdb)
	return h
}

// makes makes the function on a client that may have hooks, as another process of it would be.
func (h *hall) makes(rdb *redis.Client) *desk {
	h.Helper()
	return newDesk(functiontest.On(h, rdb, functiontest.Place{
		Function: event.Function, Gateway: h.gateway.URL, Secrets: map[string]string{function.KeySecret: internalKey, function.ConfigSecret: h.config},
	}))
}

// starts works the inbox off until the end of the test.
func (h *hall) starts() {
	h.start()
	h.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		if err := h.worker.Stop(ctx); err != nil {
			h.Error(err)
		}
	})
}

// happens puts an event in and waits until it is dealt with.
func (h *hall) happens(e *event.Event) {
	h.Helper()
	h.puts(e)
	h.settles()
}

func (h *hall) puts(e *event.Event) {
	h.Helper()
	if _, err := event.Put(context.Background(), h.box, e); err != nil {
		h.Fatal(err)
	}
	h.worker.Kick()
}

// settles waits until nothing is left in the inbox.
func (h *hall) settles() {
	h.Helper()
	jobtest.Eventually(h, "an empty inbox", func() bool {
		n, err := h.Redis.ZCard(context.Background(), "handsoff:inbox:event:due").Result()
		return err == nil && n == 0
	})
}

// pull is an event about the pull request 12 of acme/app.
func (h *hall) pull(action string, changes ...func(e *event.Event)) *event.Event {
	h.n++
	e := &event.Event{
		ID: fmt.Sprintf("d-%d", h.n), Topic: "github.pull_request." + action, Source: "github", At: time.Now(),
		Author: event.Author{Principal: "github:7", Name: "ann"}, Subject: "github:acme/app#12", Revision: headSHA,
		Payload: json.RawMessage(`{"action":"` + action + `","repository":{"full_name":"acme/app"},"sender":{"id":7,"login":"ann"},` +
			`"pull_request":{"number":12,"title":"Make it work","html_url":"https://github.example/acme/app/pull/12","head":{"sha":"` + headSHA + `"},"base":{"ref":"main"},"state":"open"}}`),
	}
	for _, change := range changes {
		change(e)
	}
	return e
}

// comment is somebody's command in a comment on that pull request.
func (h *hall) comment(word string, args ...string) *event.Event {
	line := strings.Join(append([]string{word}, args...), " ")
	return h.pull("", func(e *event.Event) {
		e.Topic, e.Asked, e.Answer = event.Comment, true, "github:acme/app#12~5"
		e.Payload, _ = json.Marshal(map[string]any{
			"repository": map[string]any{"full_name": "acme/app"}, "issue": map[string]any{"number": 12},
			"asked": event.Asked{Line: line, Word: word, Args: args, Text: strings.Join(args, " ")},
			"head":  event.Head{SHA: headSHA, Ref: "topic", Repo: "acme/app", Base: "main", Number: 12},
		})
	})
}

// patch is an event about the change 4711 of Gerrit.
func (h *hall) patch(kind string, changes ...func(e *event.Event)) *event.Event {
	h.n++
	e := &event.Event{
		ID: fmt.Sprintf("g-%d", h.n), Topic: "gerrit." + kind, Source: "gerrit:review", At: time.Now().Add(-time.Minute),
		Author: event.Author{Principal: "gerrit:review/1000012", Name: "gus"}, Subject: "gerrit:review/4711", Revision: headSHA,
		Payload: json.RawMessage(`{"type":"` + kind + `","change":{"project":"openstack/nova","branch":"main","number":4711,"subject":"Fix it","url":"https://r/4711"},` +
			`"patchSet":{"number":3,"revision":"` + headSHA + `","ref":"refs/changes/11/4711/3"},"newRev":"` + headSHA + `"}`),
	}
	for _, change := range changes {
		change(e)
	}
	return e
}

// calls a command of the function.
func (h *hall) says(words string, args map[string]any) command.Answer {
	h.Helper()
	if args == nil {
		args = map[string]any{}
	}
	if _, given := args["limit"]; !given {
		args["limit"] = 20
	}
	text, _ := json.Marshal(command.Call{Command: words, Args: args, Principal: "telnet:ops", Time: time.Now()})
	var call command.Call
	if err := json.Unmarshal(text, &call); err != nil { // as it comes over the wire
		h.Fatal(err)
	}
	answer, err := h.calls()[words](context.Background(), call)
	if err != nil {
		h.Fatal(err)
	}
	return answer
}

// notices are the texts of all notices with where they are shown, the oldest first, sorted by text.
func (h *hall) notices() []string {
	h.Helper()
	list, err := jobtest.List(context.Background(), h.Jobs, job.Browse{Open: true, Notices: true})
	if err != nil {
		h.Fatal(err)
	}
	var texts []string
	for _, j := range list {
		watchers, err := h.Jobs.Watchers(context.Background(), j.ID)
		if err != nil {
			h.Fatal(err)
		}
		var where []string
		for address := range watchers {
			where = append(where, address)
		}
		slices.Sort(where)
		texts = append(texts, strings.Join(where, ",")+" "+j.Text)
	}
	slices.Sort(texts)
	return texts
}

// outcomes are what was decided, the oldest first: "event rule outcome".
func (h *hall) outcomes() []string {
	h.Helper()
	list, err := ruling.Decisions(context.Background(), h.Redis, 1000, func(*ruling.Decision) bool { return true })
	if err != nil {
		h.Fatal(err)
	}
	var texts []string
	for _, one := range slices.Backward(list) {
		texts = append(texts, one.Event+" "+one.Rule+" "+one.Outcome)
	}
	return texts
}

func (h *hall) wants(got, want []string) {
	h.Helper()
	if !slices.Equal(got, want) {
		h.Errorf("got\n  %s\nwant\n  %s", strings.Join(got, "\n  "), strings.Join(want, "\n  "))
	}
}

// gateway is OpenFaaS' with a function command that makes jobs of "jenkins build", answers anything else at once and
// refuses what it is told to, and with a function github that knows who may what.
type gateway struct {
	testing.TB
	*httptest.Server

	jobs *job.Store
	keys sign.Keys

	mu          sync.Mutex
	asked       []command.Envelope
	done        map[string]int // how often what answers at once was done, by the envelope's id
	checked     []command.Envelope
	answers     map[string]command.Answer // by command
	faults      []int                     // statuses of the next answers of command
	permissions map[string]string         // by login
	refuses     string                    // why GitHub answers no question
	forNow      bool                      // until somebody sees to our account
	files       []string
	away        bool // whether the function github is
	askedGitHub []string
}

func newGateway(tb testing.TB, rdb *redis.Client) *gateway {
	keys, err := sign.Parse([]byte(internalKey))
	if err != nil {
		tb.Fatal(err)
	}
	g := &gateway{
		TB: tb, jobs: jobtest.Open(tb, rdb, job.Options{}), keys: keys, answers: map[string]command.Answer{},
		permissions: map[string]string{"ann": "write", "eve": "read"}, done: map[string]int{},
	}
	g.Server = httptest.NewServer(g)
	tb.Cleanup(g.Close)
	return g
}

func (g *gateway) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		g.Error(err)
	}
	if _, err := g.keys.Verify(body, r.Header.Get(sign.Header)); err != nil {
		g.Error(err)
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	switch {
	case strings.HasPrefix(r.URL.Path, "/async-function/"):
		w.WriteHeader(http.StatusAccepted)
	case strings.HasPrefix(r.URL.Path, "/function/github/"):
		g.github(w, strings.TrimPrefix(r.URL.Path, "/function/github"), body)
	case r.URL.Path == "/function/command":
		g.command(w, body)
	default:
		g.Errorf("nobody expected %s", r.URL.Path)
		w.WriteHeader(http.StatusNotFound)
	}
}

func (g *gateway) github(w http.ResponseWriter, path string, body []byte) {
	g.askedGitHub = append(g.askedGitHub, path)
	if g.away {
		w.WriteHeader(http.StatusBadGateway)
		return
	}
	var question struct {
		Repo   string `json:"repo"`
		Login  string `json:"login"`
		ID     int64  `json:"id"`
		Number int    `json:"number"`
	}
	if err := json.Unmarshal(body, &question); err != nil || question.Repo != "acme/app" {
		g.Errorf("%s %v", body, err)
	}
	if g.refuses != "" {
		_ = json.NewEncoder(w).Encode(map[string]any{"permission": "none", "files": []string{}, "refused": g.refuses, "for_now": g.forNow})
		return
	}
	if path == "/files" {
		_ = json.NewEncoder(w).Encode(map[string]any{"files": g.files})
		return
	}
	may, known := g.permissions[question.Login]
	if !known {
		may = "none"
	}
	_ = json.NewEncoder(w).Encode(map[string]any{"permission": may})
}

func (g *gateway) command(w http.ResponseWriter, body []byte) {
	if len(g.faults) > 0 {
		status := g.faults[0]
		g.faults = g.faults[1:]
		http.Error(w, "not to be", status)
		return
	}
	e, err := command.DecodeEnvelope(body)
	if err != nil {
		g.Errorf("%v: %s", err, body)
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	_ = json.NewEncoder(w).Encode(g.answer(e))
}

func (g *gateway) answer(e command.Envelope) command.Answer {
	if e.Check {
		g.checked = append(g.checked, e)
	} else {
		g.asked = append(g.asked, e)
	}
	if answer, told := g.answers[e.Command]; told {
		return answer
	}
	if e.Check {
		return command.Answer{Text: "may be done: " + e.Command}
	}
	if e.Command != "jenkins build" {
		g.done[e.ID]++
		return command.Answer{Text: "Done: " + e.Command}
	}
	accepted, err := g.jobs.Accept(context.Background(), job.Request{
		Key: e.Principal + " " + e.ID, Nonce: e.Nonce, Function: "jenkins", Command: e.Command, Text: e.Command, Args: e.Args,
		Principal: e.Principal, Groups: e.Groups, Origin: e.Origin, Watch: e.Watch, Why: job.Why{Cause: e.Cause, Notes: e.Notes},
	})
	if err != nil {
		g.Error(err)
		return command.Answer{}
	}
	return command.Answer{Text: accepted.ID + " accepted", Job: accepted.ID, Accepted: true}
}

// envelopes lists what was asked for, and empties the list.
func (g *gateway) envelopes() []command.Envelope {
	g.mu.Lock()
	defer g.mu.Unlock()
	list := g.asked
	g.asked = nil
	return list
}

// sets changes what the gateway does.
func (g *gateway) sets(change func(g *gateway)) {
	g.mu.Lock()
	defer g.mu.Unlock()
	change(g)
}

// only is the one envelope that was asked.
func (h *hall) only() command.Envelope {
	h.Helper()
	list := h.gateway.envelopes()
	if len(list) != 1 {
		h.Fatalf("asked %d times: %+v", len(list), list)
	}
	return list[0]
}

// open lists the unfinished jobs that are no notices.
func (h *hall) open() []*job.Job {
	h.Helper()
	list, err := jobtest.List(context.Background(), h.Jobs, job.Browse{Open: true})
	if err != nil {
		h.Fatal(err)
	}
	return list
}

// slowGerrit knows which files a change has, and when it was asked.
type slowGerrit struct {
	files []string
	asked time.Time
}

func (g *slowGerrit) Files(context.Context, *event.Event) ([]string, error) {
	g.asked = time.Now()
	return g.files, nil
}
