package main

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/openfaas/faas-provider/types"

	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/job/jobtest"
)

// What was just deployed is known as soon as somebody types it.
func TestDeployingTeachesAtOnce(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	if answer := b.say("telnet:ann", "cake bake"); answer.Problem == nil || answer.Problem.Code != command.CodeUnknown {
		t.Errorf("%+v", answer)
	}
	b.gateway.set(func() {
		b.gateway.functions["oven"] = map[string]string{command.Annotation: "- {words: cake bake, summary: Bake, role: operator}"}
	})
	if answer := b.say("telnet:ann", "cake bake"); answer.Job == "" {
		t.Errorf("%+v", answer)
	}
}

// A list of commands that is too long for one annotation is in several.
func TestAListOfCommandsInPieces(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.gateway.set(func() {
		b.gateway.functions["oven"] = map[string]string{
			command.Annotation:        "- {words: cake bake, summary: Bake, role: operator}\n",
			command.Annotation + ".2": "- {words: bread bake, summary: Bake, role: operator}",
			"handsoff.dev/commandsx":  "- {words: glue bake, summary: Not declared, role: operator}",
		}
		b.gateway.functions["grill"] = map[string]string{command.Annotation + ".only": "- {words: fish grill, summary: Grill, role: operator}"}
	})
	for text, known := range map[string]bool{"cake bake": true, "bread bake": true, "fish grill": true, "glue bake": false} {
		if answer := b.say("telnet:ann", text); (answer.Job != "") != known {
			t.Errorf("%s: %+v", text, answer)
		}
	}
}

// A function may serve more commands, which its configuration makes; when it does not answer, the last ones stay.
func TestFunctionsServeCommandsOfTheirOwn(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.gateway.set(func() {
		b.gateway.functions["teapot"][command.AnnotationFrom] = "/commands"
		b.gateway.functions["teapot"][command.Annotation+".2"] = "- {words: tea stir, summary: Stir, role: operator}"
		b.gateway.more["teapot"] = "- {words: tea rooibos, summary: Brew rooibos, role: operator, args: [{name: POT_Size, optional: true}]}"
	})
	for _, text := range []string{"tea rooibos POT_Size=2", "tea brew mint", "tea stir"} {
		if answer := b.say("telnet:ann", text); answer.Job == "" {
			t.Errorf("%s: %+v", text, answer)
		}
	}
	b.gateway.set(func() { delete(b.gateway.more, "teapot") })
	b.start()
	if answer := b.say("telnet:ann", "tea rooibos"); answer.Job == "" {
		t.Errorf("by a new process, while the function does not answer: %+v", answer)
	}
}

// silent is a gateway with one function, which serves its commands only once.
type silent struct{ asked int }

func (s *silent) Functions(context.Context) ([]types.FunctionStatus, error) {
	return []types.FunctionStatus{{Name: "f", Annotations: &map[string]string{command.AnnotationFrom: "/commands"}}}, nil
}

func (s *silent) Post(_ context.Context, _, path string, _ []byte) ([]byte, error) {
	if s.asked++; s.asked > 1 {
		return nil, errors.New("no answer")
	}
	return []byte("served at " + path), nil
}

func TestServedCommandsAreRememberedWithoutRedis(t *testing.T) {
	t.Parallel()
	server := jobtest.Redis(t)
	gateway := &silent{}
	d := &declarations{gateway: gateway, rdb: server.Client(t), log: slog.New(slog.DiscardHandler)}
	for i, asked := range []int{1, 1, 2} {
		if i == 2 {
			server.Kill(t)
			d.more["f"] = served{text: d.more["f"].text} // long ago
		}
		got, err := d.read(t.Context())
		if err != nil || !strings.Contains(got["f"], "served at /commands") || gateway.asked != asked {
			t.Errorf("%d: %q %v after asking %d times", i, got, err, gateway.asked)
		}
	}
}

// Without a gateway the catalogue that Redis keeps is used, also by a new process; without that too, it is said.
func TestTheCatalogueOutlivesTheGateway(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.gateway.set(func() { b.gateway.listing = http.StatusInternalServerError })
	w := b.post("/", enveloped(t, "telnet:ann", "tea brew mint"), newKey)
	if w.Code != http.StatusServiceUnavailable || !strings.Contains(w.Body.String(), "gateway") || w.Header().Get("Retry-After") == "" {
		t.Error(w.Code, w.Body)
	}
	b.gateway.set(func() { b.gateway.listing = 0 })
	if answer := b.say("telnet:ann", "tea brew mint"); answer.Job == "" {
		t.Errorf("%+v", answer)
	}
	b.gateway.set(func() { b.gateway.listing = http.StatusInternalServerError })
	if answer := b.say("telnet:ann", "unheard of"); answer.Problem.Code != command.CodeUnknown {
		t.Errorf("%+v", answer)
	}
	b.start()
	if answer := b.say("telnet:ann", "tea brew mint"); answer.Job == "" {
		t.Errorf("%+v", answer)
	}
}

func TestCatalogueForADoor(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	ask := func(principal string, change func(*command.CatalogueRequest)) []byte {
		r := command.CatalogueRequest{Principal: principal, Nonce: fresh(), Time: time.Now()}
		change(&r)
		body, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		return body
	}
	same := func(*command.CatalogueRequest) {}
	for principal, want := range map[string][2]string{
		"telnet:ann": {"tea brew", "config show"}, "telnet:vic": {"tea taste", "tea brew"}, "telnet:nobody": {"ping", "tea taste"},
		"telnet:adam": {"config show", "tea export"},
	} {
		w := b.post("/catalogue", ask(principal, same), newKey)
		var list []command.Declared
		if err := json.Unmarshal(w.Body.Bytes(), &list); err != nil || w.Code != http.StatusOK {
			t.Fatal(w.Code, w.Body, err)
		}
		words := make(map[string]string)
		for _, d := range list {
			words[d.Words] = d.Function
		}
		if words[want[0]] == "" || words[want[1]] != "" {
			t.Errorf("%s may use %v, want %s and not %s", principal, words, want[0], want[1])
		}
	}
	again := ask("telnet:ann", same)
	b.post("/catalogue", again, newKey)
	for name, test := range map[string]struct {
		body   []byte
		key    string
		status int
	}{
		"replayed":     {again, newKey, 401},
		"unsigned":     {ask("telnet:ann", same), "", 401},
		"cli key":      {ask("telnet:ann", same), deckKey, 401},
		"stale":        {ask("telnet:ann", func(r *command.CatalogueRequest) { r.Time = time.Time{} }), newKey, 401},
		"no nonce":     {ask("telnet:ann", func(r *command.CatalogueRequest) { r.Nonce = "" }), newKey, 400},
		"no principal": {ask("", same), newKey, 400},
		"no JSON":      {[]byte("telnet:ann"), newKey, 400},
	} {
		if w := b.post("/catalogue", test.body, test.key); w.Code != test.status {
			t.Errorf("%s: %d %s", name, w.Code, w.Body)
		}
	}
}
