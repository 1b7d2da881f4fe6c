package main

import (
	"context"
	"encoding/json"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/command/commandtest"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/job/jobtest"
	"github.com/handsoff/handsoff/shared/sign/signtest"
)

func TestStackDeclaresWhatIsThere(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	annotations := make(map[string]string)
	for name, all := range commandtest.Annotations(t) {
		annotations[name] = command.Declaration(all)
	}
	catalogue := command.NewCatalogue(annotations)
	if faults := catalogue.Faults(); len(faults) > 0 {
		t.Error(faults)
	}
	own := (&dispatcher{Platform: b.platform}).ownCommands()
	for _, d := range catalogue.Commands() {
		if d.Function != "command" {
			continue
		}
		if own[d.Words] == nil || !d.Now {
			t.Errorf("%s is declared and not there, or makes a job", d.Words)
		}
		delete(own, d.Words)
	}
	for words := range own {
		t.Errorf("%s is there and not declared", words)
	}
}

func TestAJobHoldsWhatWasAsked(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	parent, err := b.platform.Jobs.Accept(t.Context(), job.Request{Function: "tea", Command: "tea brew", Principal: "rule:tea-time"})
	if err != nil {
		t.Fatal(err)
	}
	answer := b.say("telnet:ann", "Tea  brew “green tea” password=hush minutes=3", func(e *command.Envelope) {
		e.Watch, e.Cause, e.Parent = []string{"telnet:ann", "telnet:vic"}, []string{"rule:tea-time"}, parent.ID
	})
	if answer.Text != answer.Job+" accepted: tea brew 'green tea' minutes=3 password=***" || answer.State != job.Queued {
		t.Errorf("%+v", answer)
	}
	j, err := b.platform.Jobs.Get(t.Context(), answer.Job)
	if err != nil {
		t.Fatal(err)
	}
	watchers, err := b.platform.Jobs.Watchers(t.Context(), j.ID)
	if err != nil || len(watchers) != 2 {
		t.Error(watchers, err)
	}
	args := command.Values(j.Args)
	if j.Function != "teapot" || j.Command != "tea brew" || j.Principal != "telnet:ann" || j.Lock != "teapot/green tea" || j.Parent != parent.ID ||
		args.String("sort") != "green tea" || args.Int("minutes") != 3 || args.String("password") != "hush" || strings.Contains(j.Text, "hush") {
		t.Errorf("%+v", j)
	}
	want := job.Why{Role: "operator", Granted: "roles.operator lists telnet:ann", Cause: []string{"rule:tea-time"}}
	if !reflect.DeepEqual(j.Why, want) {
		t.Errorf("%+v", j.Why)
	}
	nudged := []string{<-b.gateway.nudged, <-b.gateway.nudged}
	slices.Sort(nudged)
	if !slices.Equal(nudged, []string{"notify " + j.ID, "teapot " + j.ID}) {
		t.Error("nudged:", nudged)
	}
}

func TestTheSameEnvelopeMakesOneJob(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	same := func(e *command.Envelope) { e.ID = "same" }
	first := b.say("telnet:ann", "tea brew mint", same)
	again := b.say("telnet:ann", "tea brew mint", same)
	if again.Job != first.Job || again.Text != first.Job+" was accepted before and is queued: tea brew mint" {
		t.Errorf("%+v, then %+v", first, again)
	}
	if other := b.say("telnet:bob", "tea brew mint", same); other.Job == first.Job {
		t.Error("another person's envelope with the same id gave this one's job")
	}
}

func TestValuesAreNeverReadAsWords(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	hostile := "mint' minutes=9; tea smash\n--force `id` $HOME"
	answer := b.say("telnet:ann", "", func(e *command.Envelope) {
		e.Command, e.Args = "tea brew", map[string]any{"sort": hostile, "minutes": 2}
	})
	j, err := b.platform.Jobs.Get(t.Context(), answer.Job)
	if err != nil {
		t.Fatal(err, answer)
	}
	if args := command.Values(j.Args); args.String("sort") != hostile || args.Int("minutes") != 2 || j.Command != "tea brew" {
		t.Errorf("%+v", j)
	}
	for _, args := range []map[string]any{{"sort": "a\x1b[2J"}, {"sort": []any{"a"}}, {"sort": "a", "more": "b"}, {}, nil} {
		answer := b.say("telnet:ann", "", func(e *command.Envelope) { e.Command, e.Args = "tea brew", args })
		if answer.Job != "" || answer.Problem == nil || answer.Problem.Code != command.CodeUsage {
			t.Errorf("%v: %+v", args, answer)
		}
	}
	answer = b.say("telnet:ann", "", func(e *command.Envelope) { e.Command = "tea brew mint" })
	if answer.Job != "" || answer.Problem.Code != command.CodeUnknown {
		t.Errorf("a command with an argument in its words: %+v", answer)
	}
}

func TestCallCarriesWhoAsks(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.say("telnet:ann", "tea taste mint", func(e *command.Envelope) {
		e.ID, e.Watch, e.Cause = "one", []string{"telnet:ann"}, []string{"job:k3f7", "rule:tea-time"}
	})
	call := b.gateway.calls[0]
	if call.Nonce == "" || time.Since(call.Time) > time.Minute {
		t.Error("neither nonce nor time")
	}
	call.Nonce, call.Time = "", time.Time{}
	want := command.Call{
		ID: "one", Command: "tea taste", Args: map[string]any{"sort": "mint"}, Principal: "telnet:ann", Roles: []string{"operator", "viewer"},
		Origin: job.Origin{Door: "telnet", Address: "telnet:ann"}, Watch: []string{"telnet:ann"},
		Cause: []string{"job:k3f7", "rule:tea-time"},
	}
	if !reflect.DeepEqual(call, want) {
		t.Errorf("%+v, want %+v", call, want)
	}
}

func TestAFunctionThatDoesNotAnswer(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	for status, says := range map[int]string{
		404: "The function teapot does not know tea taste; it may be of another version, and needs to be deployed again.",
		429: "The function teapot has too much to do; try again in a moment.",
		500: "The function teapot failed (500); its log says why: faas-cli logs teapot",
	} {
		b.gateway.set(func() {
			b.gateway.answers["teapot"] = func(w http.ResponseWriter, _ command.Call) { http.Error(w, "<html>stack trace", status) }
		})
		answer := b.say("telnet:ann", "tea taste mint")
		if answer.Text != says || answer.Problem.Code != command.CodeUnavailable {
			t.Errorf("%d: %+v", status, answer)
		}
	}
	b.gateway.set(func() {
		b.gateway.answers["teapot"] = func(w http.ResponseWriter, _ command.Call) { _, _ = w.Write([]byte("<html>")) }
	})
	if answer := b.say("telnet:ann", "tea taste mint"); answer.Problem == nil || answer.Problem.Code != command.CodeUnavailable {
		t.Errorf("HTML: %+v", answer)
	}
}

func TestNudgesNeverDelayAnAnswer(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.gateway.hold = make(chan struct{})
	t.Cleanup(func() { close(b.gateway.hold) })
	for range nudgesAtMax + 10 {
		if answer := b.say("telnet:ann", "tea brew mint"); answer.Job == "" {
			t.Fatalf("%+v", answer)
		}
	}
}

func TestRefusalsAreRemembered(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	answer := b.say("telnet:vic", "tea brew mint password=hush")
	const text = "tea brew needs the role operator; you have viewer. cli:deck, telnet:adam, telnet:ann and 3 others could do it."
	if answer.Text != text || answer.Problem.Code != command.CodeForbidden || answer.Job != "" {
		t.Errorf("%+v", answer)
	}
	last, err := command.LastRefusal(t.Context(), b.platform.Redis, "telnet:vic")
	if err != nil || last == nil || last.Text != text || last.Role != "operator" ||
		!reflect.DeepEqual(last.Notes, []string{"you asked for: tea brew mint password=***"}) {
		t.Errorf("%+v %v", last, err)
	}
	if n := b.count("refused_role"); n != 1 {
		t.Error("refused_role is", n)
	}
	entries, err := b.platform.Jobs.AuditTail(t.Context(), 1)
	if err != nil || entries[0].Who != "telnet:vic" || entries[0].Detail != "tea brew needs the role operator" {
		t.Error(entries, err)
	}
	if none, err := command.LastRefusal(t.Context(), b.platform.Redis, "telnet:ann"); none != nil || err != nil {
		t.Error(none, err)
	}
}

func TestWithoutRedisItIsSaid(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.say("telnet:ann", "ping")
	b.redis.Kill(t)
	for _, text := range []string{"ping", "tea brew mint"} {
		w := b.post("/", enveloped(t, "telnet:ann", text), newKey)
		var answer command.Answer
		if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil || w.Code != http.StatusServiceUnavailable ||
			answer.Problem.Code != command.CodeUnavailable || strings.Contains(answer.Text, "redis:") {
			t.Errorf("%s: %d %s", text, w.Code, w.Body)
		}
	}
	b.redis.Start(t)
	jobtest.Eventually(t, "the client to try again", func() bool { return b.platform.Redis.Ping(t.Context()).Err() == nil })
	if answer := b.say("telnet:ann", "tea brew mint"); answer.Job == "" {
		t.Errorf("once Redis is back: %+v", answer)
	}
}

// A Redis that is full, or cannot write its file, starts nothing and is named.
func TestRedisThatTakesNoWrites(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.say("telnet:ann", "ping")
	if err := b.platform.Redis.ConfigSet(t.Context(), "maxmemory", "1").Err(); err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"tea brew mint", "alias add x ping"} {
		w := b.post("/", enveloped(t, "telnet:ann", text), newKey)
		var answer command.Answer // and no error, after which a door would try again and leave whoever waits without the reason
		if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil || w.Code != http.StatusOK || answer.Problem.Code != command.CodeUnavailable || !strings.Contains(answer.Text, "maxmemory") {
			t.Errorf("%s: %d %s", text, w.Code, w.Body)
		}
	}
	if answer := b.say("telnet:ann", "ping"); answer.Text != "pong" {
		t.Errorf("what writes nothing goes on: %+v", answer)
	}
	if err := b.platform.Redis.ConfigSet(t.Context(), "maxmemory", "0").Err(); err != nil {
		t.Fatal(err)
	}
	if answer := b.say("telnet:ann", "tea brew mint"); answer.Job == "" {
		t.Errorf("once there is room: %+v", answer)
	}
}

// The doors' client and the function understand each other, through a gateway.
func TestClient(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	server := newFront(t, b.handler)
	keys := signtest.Keys(newKey)
	client := command.NewClient(server, keys, &http.Client{Timeout: time.Minute})
	answer, err := client.Do(t.Context(), command.Envelope{Principal: "telnet:ann", Text: "tea brew mint"})
	if err != nil || answer.Job == "" {
		t.Fatal(answer, err)
	}
	list, err := client.Catalogue(t.Context(), "telnet:ann")
	if err != nil || len(list) < 5 {
		t.Error(list, err)
	}
	for i := range list {
		if list[i].Words == "tea brew" && list[i].Usage() != "tea brew <sort> [minutes=4] [password]" {
			t.Error(list[i].Usage())
		}
	}
	stranger := command.NewClient(server, signtest.Keys("a key that nobody knows here"), http.DefaultClient)
	refused := new(command.RefusedError)
	if _, err := stranger.Do(context.Background(), command.Envelope{Principal: "telnet:ann", Text: "ping"}); err == nil || !asRefused(err, &refused) ||
		refused.Status != http.StatusUnauthorized {
		t.Error(err)
	}
}
