package main

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/handsoff/handsoff/functions/jenkins/remote"
	sandbox "github.com/handsoff/handsoff/local-provider/sandbox/jenkins"
	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/command/commandtest"
	"github.com/handsoff/handsoff/shared/function"
	"github.com/handsoff/handsoff/shared/function/functiontest"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/job/jobtest"
)

func TestShortcutsOutliveJenkins(t *testing.T) {
	t.Parallel()
	b := newBench(t, nil)
	b.jenkins.Break(sandbox.Fault{Kind: sandbox.FaultDown})
	specs, err := b.cap.shortcuts(t.Context())
	if err != nil || len(specs) != 2 || specs[1].Words != "try typed" || specs[1].Extra == "" {
		t.Fatalf("before Jenkins was ever seen: %+v %v", specs, err)
	}
	b.jenkins.Mend()
	seen, err := b.cap.shortcuts(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	checkShortcuts(t, seen)
	b.jenkins.Break(sandbox.Fault{Kind: sandbox.FaultDown})
	b.pass(time.Hour)
	again, err := b.cap.shortcuts(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	checkShortcuts(t, again)
}

func checkShortcuts(t *testing.T, specs []command.Spec) {
	t.Helper()
	gone, typed := specs[0], specs[1]
	if gone.Words != "gone" || gone.Summary != "Build demo/gone (Jenkins has no such job)" {
		t.Errorf("%+v", gone)
	}
	var names []string
	for _, arg := range typed.Args {
		names = append(names, arg.Name+":"+arg.Type)
		if arg.Secret != (arg.Name == "PASSWORD") || !arg.Optional {
			t.Errorf("%+v", arg)
		}
	}
	want := "BOOLEAN:bool CHOICE:choice CREDENTIALS:string EXTENDED:string PASSWORD:string RUN:string STRING:string TEXT:string"
	if got := strings.Join(names, " "); got != want || typed.Summary != "Try every type" || typed.Role != "operator" {
		t.Errorf("%s %+v", got, typed)
	}
	if help := typed.Args[6].Help; help != "A line. (Jenkins' default: one line)" {
		t.Error(help)
	}
}

func TestShortcutBuilds(t *testing.T) {
	t.Parallel()
	b := newBench(t, nil)
	id := b.ask("try typed", map[string]any{"BOOLEAN": false, "STRING": "x", "extra": map[string]any{"EXTENDED": "red"}})
	b.ends(b.finished(id), job.Succeeded)
	got := b.jenkins.Starts()[0].Parameters
	if got["BOOLEAN"] != "false" || got["STRING"] != "x" || got["EXTENDED"] != "red" || got[markParameter] != id {
		t.Error(got)
	}
	b.ends(b.step(b.ask("gone", nil)), job.Failed, "Jenkins has no job demo/gone")
}

// TestDeclarations lets the function command's own reader judge all that this function declares.
func TestDeclarations(t *testing.T) {
	t.Parallel()
	declared := commandtest.Of(t, "jenkins")
	if declared[command.AnnotationFrom] != "/commands" {
		t.Error(declared[command.AnnotationFrom])
	}
	odd := shortcut{Summary: strings.Repeat("😀", 200)}
	if err := odd.check("demo/odd-one_out"); err != nil {
		t.Fatal(err)
	}
	parameters := []remote.Parameter{
		{Name: "with space", Type: "StringParameterDefinition"},
		{Name: "extra", Type: "StringParameterDefinition"},
		{Name: "c", Type: "ChoiceParameterDefinition", Choices: []string{" a", ""}, Description: strings.Repeat("😀", 500), Default: &struct {
			Value any `json:"value"`
		}{strings.Repeat("😀", 90)}},
	}
	for n := range 40 {
		parameters = append(parameters, remote.Parameter{Name: "p" + strings.Repeat("x", n), Type: "StringParameterDefinition"})
	}
	served, err := yaml.Marshal([]command.Spec{odd.spec("demo/odd", lastKnown{Parameters: parameters}, true)})
	if err != nil {
		t.Fatal(err)
	}
	catalogue := command.NewCatalogue(map[string]string{"jenkins": command.Declaration(declared) + "\n---\n" + string(served)})
	if faults := catalogue.Faults(); len(faults) > 0 {
		t.Error(faults)
	}
	b := capability{set: &settings{}}
	for words := range b.steps() {
		if catalogue.Lookup(words) == nil {
			t.Errorf("%s is not declared", words)
		}
	}
	for words := range b.calls() {
		if d := catalogue.Lookup(words); d == nil || !d.Now {
			t.Errorf("%s is not declared to answer at once", words)
		}
	}
	parsed, err := catalogue.Parse("jenkins build demo/slow seconds=30")
	if err != nil || parsed.Args["job"] != "demo/slow" || command.Values(parsed.Args).Extra()["seconds"] != "30" {
		t.Errorf("%+v %v", parsed, err)
	}
}

// TestFunction runs the function as its main does, over HTTP.
func TestFunction(t *testing.T) {
	t.Parallel()
	b := newBench(t, nil)
	served := functiontest.Serve(t, functiontest.Platform(t, functiontest.Place{Function: "jenkins", Redis: b.address, Secrets: map[string]string{
		function.ConfigSecret: strings.Replace(benchConfig, "http://filled.in", b.web.URL, 1), "jenkins-token": apiKey,
	}}), setUp)
	post := served.Post
	now := command.CatalogueRequest{Nonce: "n1", Time: time.Now()}
	if status, text := post("/commands", now); status != http.StatusOK || !strings.Contains(text, "words: try typed") {
		t.Error(status, text)
	}
	if status, text := post("/commands", now); status != http.StatusUnauthorized || !strings.Contains(text, "replayed") {
		t.Error("replayed:", status, text)
	}
	if status, _ := served.PostUnsigned("/commands", command.CatalogueRequest{Nonce: "n2", Time: time.Now()}); status != http.StatusUnauthorized {
		t.Error("unsigned:", status)
	}
	if status, _ := post("/commands", command.CatalogueRequest{Nonce: "n3", Time: time.Now().Add(-time.Hour)}); status != http.StatusUnauthorized {
		t.Error("stale:", status)
	}
	for words, want := range map[string]string{
		"jenkins info":       "Version: 2.528.3",
		"jenkins jobs":       "demo/slow (never built)",
		"jenkins queue":      "Jenkins' queue is empty.",
		"jenkins check":      "No jobs to check found",
		"jenkins job-health": "There is no job at the top of Jenkins, nor one named master or main in a folder there. Name one: jenkins job-health demo/slow",
	} {
		call := command.Call{Nonce: words, Time: time.Now(), Command: words, Roles: []string{"viewer"}}
		status, text := post("/", call)
		var answer command.Answer
		if err := json.Unmarshal([]byte(text), &answer); err != nil || status != http.StatusOK || !strings.Contains(answer.Text, want) {
			t.Errorf("%s: %d %s", words, status, text)
		}
	}
	id := b.build("demo/slow")
	if status, text := post("/", command.Nudge{Job: id}); status != http.StatusAccepted {
		t.Error(status, text)
	}
	jobtest.Eventually(t, "the build", func() bool { return len(b.job(id).Links) > 0 })
	b.cancel(id, "telnet:ann")
	jobtest.Eventually(t, "the stop", func() bool {
		post("/", command.Nudge{Job: id})
		b.jenkins.Advance(time.Second)
		return b.job(id).State.Final()
	})
	b.ends(b.job(id), job.Cancelled, "demo/slow #1 is ABORTED")
}

func TestUnconfigured(t *testing.T) {
	t.Parallel()
	b := newBench(t, nil)
	parts := unconfigured()
	answer, err := parts.Calls["jenkins info"](t.Context(), command.Call{})
	if err != nil || answer.Problem == nil || answer.Problem.Code != command.CodeMissing {
		t.Error(answer, err)
	}
	b.worker = job.NewWorker(b.store, job.WorkerOptions{Function: "jenkins", Name: "w", Steps: parts.Steps})
	b.ends(b.step(b.build("demo/slow")), job.Failed, "the configuration has no section jenkins")
}
