package main

import (
	"encoding/json"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/command/commandtest"
	"github.com/handsoff/handsoff/shared/function"
	"github.com/handsoff/handsoff/shared/function/functiontest"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/job/jobtest"
)

// serve starts the function over HTTP with a configuration, and gives a way to post to it as others of ours do.
func serve(t *testing.T, address, configuration string) (post func(path string, body any) (int, string)) {
	t.Helper()
	p := functiontest.Platform(t, functiontest.Place{
		Function: "ansible", Redis: address, Secrets: map[string]string{function.ConfigSecret: configuration},
	})
	return functiontest.Serve(t, p, setUp).Post
}

// TestFunction runs the function as its main does, over HTTP, and asks it all that answers at once.
func TestFunction(t *testing.T) {
	t.Parallel()
	redis := jobtest.Redis(t)
	store := jobtest.Open(t, redis.Client(t), job.Options{})
	post := serve(t, redis.Address, configure(t, filepath.Join(t.TempDir(), "w"), ""))
	status, specs := post("/commands", command.CatalogueRequest{Nonce: "n1", Time: time.Now()})
	if faults := command.NewCatalogue(map[string]string{"ansible": specs}).Faults(); status != http.StatusOK || len(faults) > 0 || !strings.Contains(specs, "ansible run slow") {
		t.Error(status, faults)
	}
	if status, _ := post("/commands", command.CatalogueRequest{Nonce: "n1", Time: time.Now()}); status != http.StatusUnauthorized {
		t.Error("replayed:", status)
	}
	if _, err := store.Accept(t.Context(), jobtest.Request(func(r *job.Request) {
		r.Function, r.Command, r.Args = "ansible", "ansible run slow", map[string]any{"inventory": "two"}
	})); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct{ words, argument, value, want string }{
		{"ansible list", "", "", "ansible run fail: Run the playbook fail (for operator; on two)"},
		{"ansible list", "", "", "script: by a script"},
		{"ansible run", "playbook", "slo", "There is no playbook slo; perhaps you meant slow. There is again, away, become"},
		{"ansible run", "", "", "Which playbook? There is again, "},
		{"ansible runs", "", "", " slow on two: queued"},
		{"ansible show", "run", "zzzz", "I know no run zzzz"},
		{"ansible show", "run", "12", "No ARA server is configured"},
		{"ansible retry", "job", "zzzz", "I know no run zzzz"},
		{"ara url", "", "", "No ARA server is configured; runs are recorded on the function's machine"},
	} {
		call := command.Call{Nonce: test.words + test.value + test.want, Time: time.Now(), Command: test.words, Args: map[string]any{test.argument: test.value}}
		status, text := post("/", call)
		var answer command.Answer
		if err := json.Unmarshal([]byte(text), &answer); err != nil || status != http.StatusOK || !strings.Contains(answer.Text, test.want) {
			t.Errorf("%s %s: %d %s", test.words, test.value, status, text)
		}
	}
}

func TestUnconfigured(t *testing.T) {
	t.Parallel()
	redis := jobtest.Redis(t)
	post := serve(t, redis.Address, "{}")
	if _, text := post("/", command.Call{Nonce: "n", Time: time.Now(), Command: "ansible list"}); !strings.Contains(text, "no section ansible") {
		t.Error(text)
	}
}

// TestDeclarations lets the function command's own reader judge all that this function declares.
func TestDeclarations(t *testing.T) {
	t.Parallel()
	declared := commandtest.Of(t, "ansible")
	if declared[command.AnnotationFrom] != "/commands" {
		t.Fatal("stack.yml does not declare the function ansible with its commands")
	}
	set := settingsOf(t, configure(t, "/tmp/none", unrecorded))
	specs, err := set.commands(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	served, err := yaml.Marshal(specs)
	if err != nil {
		t.Fatal(err)
	}
	catalogue := command.NewCatalogue(map[string]string{"ansible": command.Declaration(declared) + "\n---\n" + string(served)})
	if faults := catalogue.Faults(); len(faults) > 0 {
		t.Error(faults)
	}
	c := &capability{set: &set}
	for words := range c.steps() {
		if d := catalogue.Lookup(words); d == nil || d.Now {
			t.Errorf("%s is not declared as a job", words)
		}
	}
	for words := range c.calls() {
		if d := catalogue.Lookup(words); d == nil || !d.Now {
			t.Errorf("%s is not declared to answer at once", words)
		}
	}
	parsed, err := catalogue.Parse("ansible run ok two limit=a check=true shade=green")
	if err != nil || parsed.Command.Words != "ansible run ok" || parsed.Args["inventory"] != "two" || parsed.Args["check"] != true {
		t.Errorf("%+v %v", parsed, err)
	}
	parsed, err = catalogue.Parse("ansible run nothing two")
	if err == nil && parsed.Command.Words != "ansible run" {
		t.Errorf("%+v", parsed)
	}
}
