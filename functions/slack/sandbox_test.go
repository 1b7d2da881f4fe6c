package main

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	sandbox "github.com/handsoff/handsoff/local-provider/sandbox/slack"
	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/function"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/job/jobtest"
)

// town is a hall whose Slack is the sandbox's, which refuses what Slack would and knows our app by its manifest.
type town struct {
	*hall

	people *sandbox.Server
	forges *forges
}

func newTown(t *testing.T) *town {
	t.Helper()
	text, err := os.ReadFile("../../deploy/slack/manifest.yml")
	if err != nil {
		t.Fatal(err)
	}
	manifest, err := sandbox.ReadManifest(text)
	if err != nil {
		t.Fatal(err)
	}
	manifest.Unfurl = append(manifest.Unfurl, "127.0.0.1")
	w := &town{forges: newForges(t)}
	app := httptest.NewServer(http.HandlerFunc(func(res http.ResponseWriter, req *http.Request) { w.handler.ServeHTTP(res, req) }))
	t.Cleanup(app.Close)
	w.people = sandbox.New(sandbox.Options{
		Token: botToken, SigningSecrets: []string{newSecret}, EventsURL: app.URL, RetryScale: 1e-9, Unlimited: true, Manifest: manifest,
	})
	t.Cleanup(w.people.Close)
	api := httptest.NewServer(w.people)
	t.Cleanup(api.Close)
	w.people.SetURL(api.URL)
	rdb := jobtest.Redis(t).Client(t)
	w.hall = idleHall(t, rdb, func(secrets map[string]string) {
		secrets[function.ConfigSecret] = fmt.Sprintf("roles: {operator: ['slack:U0ANN'], viewer: ['slack:*']}\nslack: {url: '%s/api/', unfurl: [{gerrit: '%s'}]}\n",
			api.URL, w.forges.URL)
	})
	w.desk.catalogue = commands()
	w.starts()
	return w
}

func (w *town) person(name string) *sandbox.Person {
	w.Helper()
	p, err := w.people.Person(name)
	if err != nil {
		w.Fatal(err)
	}
	return p
}

// sees waits until a person sees something in a conversation.
func (w *town) sees(name, channel, thread, what string) {
	w.Helper()
	jobtest.Eventually(w, what, func() bool {
		seen, err := w.person(name).See(channel, thread)
		if err != nil {
			w.Fatal(err)
		}
		for _, m := range seen {
			if strings.Contains(strings.Join(m.Lines, "\n"), what) {
				return true
			}
		}
		return false
	})
}

func TestSlackTakesTheHomeTab(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	id := w.accepts(of("slack:U0BOB", "run it"), needing("operator"))
	if err := w.person("ann").OpenHome(); err != nil {
		t.Fatal(err)
	}
	home := func() string {
		seen, _ := w.person("ann").SeeHome()
		return strings.Join(seen.Lines, "\n")
	}
	jobtest.Eventually(t, "the home tab", func() bool { return strings.Contains(home(), "What you may do") })
	if !strings.Contains(home(), id) {
		t.Error(home())
	}
	for _, button := range []string{"Approve", "Refresh"} {
		if err := w.person("ann").Do(t.Context(), sandbox.Act{View: "home", Action: button}); err != nil {
			t.Fatal(err)
		}
	}
	if e := w.only(); e.Command != "approve" || e.Args["id"] != id || e.Principal != "slack:U0ANN" {
		t.Errorf("%+v", e)
	}
}

func TestSlackTakesTheForm(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	ann := w.person("ann")
	if err := ann.Shortcut(t.Context(), "run"); err != nil {
		t.Fatal(err)
	}
	jobtest.Eventually(t, "the form", func() bool { return len(ann.SeeModals()) == 1 })
	if err := ann.Do(t.Context(), sandbox.Act{View: "modal", Action: "run:command", Value: "jenkins build"}); err != nil {
		t.Fatal(err)
	}
	jobtest.Eventually(t, "its fields", func() bool {
		return strings.Contains(strings.Join(ann.SeeModals()[0].Fields, " "), "job lines More Say it in")
	})
	w.desk.mu.Lock()
	w.desk.answer = func(e command.Envelope) command.Answer {
		if e.Args["job"] == "demo/slow" {
			return command.Answer{Text: "Done: " + e.Command}
		}
		return command.Answer{Text: "There is no such job.", Problem: &command.Problem{Code: command.CodeUsage, Argument: "job"}}
	}
	w.desk.mu.Unlock()
	for _, typed := range []string{"demo/slwo", "demo/slow"} {
		if err := ann.Do(t.Context(), sandbox.Act{View: "modal", Action: "job", Value: typed}); err != nil {
			t.Fatal(err)
		}
		err := ann.Submit(t.Context())
		if flaws := new(sandbox.FormError); typed == "demo/slwo" && (!errors.As(err, &flaws) || flaws.Error() != "job: There is no such job.") || typed == "demo/slow" && err != nil {
			t.Errorf("%s: %v", typed, err)
		}
	}
	if open := ann.SeeModals(); len(open) != 0 {
		t.Errorf("the form stays open: %+v", open)
	}
	w.sees("ann", "@handsoff", "", "Done: jenkins build")
}

func TestSlackTakesPreviewsAndFiles(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	w.judges()
	if _, err := w.person("eve").Say(sandbox.Saying{Channel: "#general", Text: "see " + w.forges.URL + "/7 please"}); err != nil {
		t.Fatal(err)
	}
	w.sees("bob", "#general", "", "Change 7")
	if _, err := w.person("eve").Upload(sandbox.Upload{Channel: "@handsoff", Name: "a.txt", Content: "good\n# x\nbad one\n"}); err != nil {
		t.Fatal(err)
	}
	w.sees("eve", "@handsoff", "", "3 ✗ bad one")
	w.settles()
	for _, e := range w.desk.envelopes() {
		if !e.Check {
			t.Errorf("%+v", e)
		}
	}
}

func TestSlackTakesWhatIsEmitted(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	worker := job.NewWorker(w.Jobs, job.WorkerOptions{Function: "slack", Name: "w", Steps: w.steps()})
	emits := func(channels ...string) *job.Job {
		list := make([]any, len(channels))
		for i, c := range channels {
			list[i] = c
		}
		id := w.accepts(func(r *job.Request) {
			r.Function, r.Command, r.Args = "slack", "emit", map[string]any{"channels": list, "message": "The gateway & all <!here>"}
		})
		if _, err := worker.Run(t.Context(), id); err != nil {
			t.Fatal(err)
		}
		j, err := w.Jobs.Get(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		return j
	}
	if j := emits("#ops", "quiet", "C0GENERAL"); j.State != job.Succeeded || len(j.Links) != 3 {
		t.Error(jobtest.Describe(j), j.Links)
	}
	for _, channel := range []string{"#ops", "#general", "#quiet"} {
		w.sees("ann", channel, "", "The gateway & all <!here>")
	}
	for channel, want := range map[string]string{"old": "#old is archived.", "private": "I know no channel #private", "opps": "perhaps #ops"} {
		if j := emits("ops", channel); j.State != job.Failed || !strings.Contains(j.Error, want) {
			t.Errorf("%s: %s", channel, jobtest.Describe(j))
		}
	}
	if err := worker.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
}
