package main

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	sandbox "github.com/handsoff/handsoff/local-provider/sandbox/github"
	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/gap"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/job/jobtest"
	"github.com/handsoff/handsoff/shared/sign"

	"github.com/redis/go-redis/v9"
)

// TestNothingIsMissed: for a while nothing gets through; then GitHub is asked to send it again, and the ledger says so.
func TestNothingIsMissed(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		h := newHall(t, rdb)
		h.hooks.leadsTo(nil)
		for range 3 {
			h.says("bob", 1, "words")
		}
		h.hears()
		h.hooks.leadsTo(h.handler)
		if list := h.eventsOf("github.issue_comment.created"); len(list) != 0 {
			t.Fatal("they got through")
		}
		h.must(h.repair.Look(t.Context()))
		h.settles()
		if list := h.eventsOf("github.issue_comment.created"); len(list) != 3 {
			t.Errorf("%d came in the end; log:\n%s", len(list), h.logs)
		}
		open, err := gap.List(t.Context(), rdb, "github", 10)
		h.must(err)
		if len(open) == 0 || !open[0].Closed.IsZero() {
			t.Fatalf("%+v", open)
		}
		h.must(h.repair.Look(t.Context()))
		closed, err := gap.List(t.Context(), rdb, "github", 10)
		h.must(err)
		if len(closed) != len(open) {
			t.Errorf("%d gaps, then %d", len(open), len(closed))
		}
		for _, g := range closed {
			if g.Closed.IsZero() || g.Missed == 0 || g.Missed != g.Recovered || g.Lost != "" || g.How == "" {
				t.Errorf("%+v", g)
			}
		}
		h.must(h.repair.Look(t.Context()))
		h.settles()
		if list := h.eventsOf("github.issue_comment.created"); len(list) != 3 {
			t.Errorf("%d after another look", len(list))
		}
	})
}

// TestAnAnswerThatCameTooLate: what we have is not sent again.
func TestAnAnswerThatCameTooLate(t *testing.T) {
	t.Parallel()
	h := newHall(t, jobtest.Embedded(t))
	h.github.BreakWebhooks(sandbox.WebhookFault{Kind: sandbox.WebhookUnheard})
	h.says("bob", 1, "words")
	h.settles()
	h.github.MendWebhooks()
	before := len(h.github.Calls("/attempts"))
	h.must(h.repair.Look(t.Context()))
	if n := len(h.github.Calls("/attempts")) - before; n != 0 {
		t.Errorf("%d are sent again", n)
	}
	list, err := gap.List(t.Context(), h.client, "github", 10)
	h.must(err)
	for _, g := range list {
		if g.Closed.IsZero() || g.Recovered != g.Missed {
			t.Errorf("%+v", g)
		}
	}
}

// TestTickTakesTurns: of many ticks and processes one looks, in the background.
func TestTickTakesTurns(t *testing.T) {
	t.Parallel()
	h := newHall(t, jobtest.Embedded(t))
	for range 5 {
		h.must(h.tick(t.Context()))
	}
	jobtest.Eventually(t, "a look", func() bool { return len(h.github.Calls("/app/hook/deliveries")) > 0 })
	if n := len(h.github.Calls("/app/hook/config")); n != 1 {
		t.Errorf("%d looks", n)
	}
	if life := h.client.TTL(t.Context(), "handsoff:github:repair").Val(); life < 4*time.Minute || life > 5*time.Minute {
		t.Errorf("the turn holds for %s", life)
	}
}

// TestFindings: what is wrong with a webhook is told once, and again when it was put right in between.
func TestFindings(t *testing.T) {
	t.Parallel()
	h := newHall(t, jobtest.Embedded(t))
	for _, hook := range h.github.Hooks("acme/app") {
		h.github.RemoveHook(hook.ID)
	}
	notices := func() (texts []string) {
		list, err := jobtest.List(t.Context(), h.Jobs, job.Browse{Open: true, Notices: true})
		h.must(err)
		for _, j := range list {
			texts = append(texts, j.Text)
		}
		return texts
	}
	for range 2 {
		_ = h.repair.Look(t.Context())
	}
	first := notices()
	if len(first) != 1 || !strings.Contains(first[0], "No webhook of acme/app leads here") {
		t.Fatalf("%q", first)
	}
	_, err := h.github.AddHook(sandbox.NewHook{Of: "acme/app", URL: h.hooks.URL + "/hook", Form: true})
	h.must(err)
	for range 2 {
		_ = h.repair.Look(t.Context())
	}
	if list := strings.Join(notices(), "\n"); strings.Count(list, "\n") != 2 || !strings.Contains(list, "content type is not application/json") || !strings.Contains(list, "has no secret") {
		t.Errorf("%s", list)
	}
}

func TestHooksCommand(t *testing.T) {
	t.Parallel()
	h := newHall(t, jobtest.Embedded(t))
	h.hooks.leadsTo(nil)
	h.says("bob", 1, "words")
	h.hears()
	for _, hook := range h.github.Hooks("acme/app") {
		h.github.RemoveHook(hook.ID)
	}
	answer, err := h.calls()["github hooks"](t.Context(), command.Call{})
	h.must(err)
	for _, part := range []string{"acme hook ", "leads to", "/hook", "acme/app\n  No webhook of it leads here.", "the App", "failing: issue_comment.created", "answered 502"} {
		if !strings.Contains(answer.Text, part) {
			t.Errorf("%q is not in\n%s", part, answer.Text)
		}
	}
}

func TestRoutes(t *testing.T) {
	t.Parallel()
	h := newHall(t, jobtest.Embedded(t))
	ask := func(path, question string, signed bool) *httptest.ResponseRecorder {
		r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(question))
		if signed {
			r.Header.Set(sign.Header, h.Keys.Sign([]byte(question)))
		}
		w := httptest.NewRecorder()
		h.handler.ServeHTTP(w, r)
		return w
	}
	for question, want := range map[string]string{
		`{"repo":"acme/app","login":"bob","id":583232}`: `{"permission":"write"}`,
		`{"repo":"acme/app","login":"eve","id":583233}`: `{"permission":"read"}`,
		`{"repo":"acme/app","login":"bob","id":1}`:      `{"permission":"none"}`,
		`{"repo":"acme","login":"bob","id":583232}`:     `{"permission":"none"}`,
	} {
		if w := ask("/permission", question, true); w.Code != http.StatusOK || strings.TrimSpace(w.Body.String()) != want {
			t.Errorf("%s: %d %s, want %s", question, w.Code, w.Body, want)
		}
	}
	w := ask("/files", `{"repo":"acme/app","number":1}`, true)
	var files struct {
		Files []string `json:"files"`
	}
	if err := json.Unmarshal(w.Body.Bytes(), &files); err != nil || len(files.Files) != 1 || files.Files[0] != "main.go" {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	for path, question := range map[string]string{
		"/files": `{"repo":"acme/app","number":99}`, "/permission": `{"repo":"acme/none","login":"bob","id":583232}`,
	} {
		if w := ask(path, question, true); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), `"refused":"`) || !strings.Contains(w.Body.String(), "acme/") {
			t.Errorf("%s: %d %s", path, w.Code, w.Body)
		}
	}
	h.github.Break(sandbox.Fault{Kind: sandbox.FaultToken})
	for range 2 {
		for path, question := range map[string]string{"/files": `{"repo":"acme/app","number":1}`, "/permission": `{"repo":"acme/app","login":"bob","id":583232}`} {
			if w := ask(path, question, true); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "401") || !strings.Contains(w.Body.String(), `"for_now":true`) {
				t.Errorf("%s: %d %s", path, w.Code, w.Body)
			}
		}
	}
	if told := h.notices(); len(told) != 1 || !strings.Contains(told[0], "does not answer our account") {
		t.Errorf("told %q", told)
	}
	h.github.Mend()
	h.github.Break(sandbox.Fault{Kind: sandbox.FaultError, Path: "/pulls/1/files"})
	if w := ask("/files", `{"repo":"acme/app","number":1}`, true); w.Code != http.StatusServiceUnavailable || w.Header().Get("Retry-After") == "" {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	h.github.Mend()
	for _, path := range []string{"/permission", "/files"} {
		if w := ask(path, `{"repo":"acme/app","number":1}`, false); w.Code != http.StatusUnauthorized {
			t.Errorf("%s: %d", path, w.Code)
		}
		if w := ask(path, `[`, true); w.Code != http.StatusBadRequest {
			t.Errorf("%s: %d", path, w.Code)
		}
	}
}

// TestWithoutAnAccount events come in all the same; nothing is asked of GitHub.
func TestWithoutAnAccount(t *testing.T) {
	t.Parallel()
	h := newHall(t, jobtest.Embedded(t), func(secrets map[string]string) {
		delete(secrets, "github-token")
		delete(secrets, "github-app-key")
		secrets["handsoff-config"] = "github: {}"
	})
	h.says("bob", 1, "/build")
	h.settles()
	if n := len(h.eventsOf("github.issue_comment.created")); n != 1 {
		t.Errorf("%d events", n)
	}
	h.must(h.tick(context.Background()))
	for words, call := range h.calls() {
		if answer, err := call(t.Context(), command.Call{}); err != nil || answer.Problem == nil || answer.Problem.Code != command.CodeMissing {
			t.Errorf("%s: %+v %v", words, answer, err)
		}
	}
}
