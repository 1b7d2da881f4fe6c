package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/redis/go-redis/v9"

	sandbox "github.com/handsoff/handsoff/local-provider/sandbox/github"
	"github.com/handsoff/handsoff/shared/function"
	"github.com/handsoff/handsoff/shared/inbox"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/job/jobtest"
)

const aStar = `{"action":"created","repository":{"id":1,"full_name":"acme/app"},"sender":{"id":1,"login":"ann"}}`

// headersOf are those of a delivery.
func headersOf(id, name, secret, body string) map[string]string {
	return map[string]string{
		eventHeader: name, deliveryHeader: id, signatureHeader: signed(secret, body), "Content-Type": "application/json",
	}
}

func TestWhatIsBelieved(t *testing.T) {
	t.Parallel()
	h := newHall(t, jobtest.Embedded(t))
	with := func(name, value string) func(map[string]string) { return func(m map[string]string) { m[name] = value } }
	none := func(map[string]string) {}
	other := strings.ReplaceAll(aStar, "acme/app", "acme/lib")
	strange := strings.ReplaceAll(aStar, "acme/app", "evil/app")
	for i, c := range []struct {
		secret, event, body string
		change              func(map[string]string)
		want                int
	}{
		{anySecret, "star", aStar, none, 202},
		{orgSecret, "star", aStar, none, 202},
		{repoSecret, "star", aStar, none, 202},
		{orgSecret, "star", other, none, 202},
		{anySecret, "star", strange, none, 202},
		{anySecret, "star", `{"sender":{"id":1}}`, none, 202},
		{anySecret, "star", aStar, with("Content-Type", "application/json; charset=utf-8"), 202},
		{repoSecret, "star", other, none, 403},
		{orgSecret, "star", strange, none, 403},
		{orgSecret, "star", `{"sender":{"id":1}}`, none, 403},
		{"another-secret-of-somebody", "star", aStar, none, 401},
		{anySecret, "star", aStar, with(signatureHeader, ""), 401},
		{anySecret, "star", aStar, with(signatureHeader, strings.Replace(signed(anySecret, aStar), "sha256=", "sha1=", 1)), 401},
		{anySecret, "star", aStar, with(signatureHeader, signed(anySecret, aStar+" ")), 401},
		{anySecret, "star", aStar, with("Content-Type", "application/x-www-form-urlencoded"), 415},
		{anySecret, "star", aStar, with("Content-Type", ""), 415},
		{anySecret, "star", aStar, with(deliveryHeader, ""), 400},
		{anySecret, "star", aStar, with(deliveryHeader, "a b"), 400},
		{anySecret, "star", aStar, with(eventHeader, ""), 400},
		{anySecret, "star", aStar, with(eventHeader, "Star?"), 400},
		{anySecret, "comment", aStar, none, 400}, // the topic of commands is ours
		{repoSecret, "star", `{"repository":{"full_name":"acme/lib","FULL_NAME":"acme/app"}}`, none, 403},
		{repoSecret, "star", `{"repository":{"FULL_NAME":"acme/app"}}`, none, 400},
		{anySecret, "star", `[]`, none, 400},
		{anySecret, "star", `{"repository":{"full_name":"x"}}`, none, 400},
		{anySecret, "ping", `{"zen":"x","hook":{"type":"App"}}`, none, 200},
		{orgSecret, "ping", `{"zen":"x"}`, none, 200},
		{orgSecret, "ping", `{"organization":{"login":"evil"}}`, none, 403},
	} {
		headers := headersOf(fmt.Sprintf("guid-%d", i), c.event, c.secret, c.body)
		c.change(headers)
		w := h.post(c.body, headers)
		if w.Code != c.want {
			t.Errorf("%d: %s signed with %s: %d %s, want %d", i, c.body, c.secret, w.Code, w.Body, c.want)
		}
		if right := signed(c.secret, c.body); strings.Contains(w.Body.String(), right[8:20]) || strings.Contains(w.Body.String(), "secret-of") {
			t.Errorf("%d: the answer tells of the signature: %s", i, w.Body)
		}
	}
	h.settles()
	if n := h.counts("refused_unsigned"); n != 4 {
		t.Errorf("%d are counted", n)
	}
	entries, err := h.Jobs.AuditTail(t.Context(), 50)
	if err != nil || !slices.ContainsFunc(entries, func(e job.AuditEntry) bool { return e.Who == "github" && e.Act == "refused" && e.Detail == "scope" }) {
		t.Errorf("%v %+v", err, entries)
	}
	if log := h.logs.String(); strings.Contains(log, "secret-of") || strings.Contains(log, signed(anySecret, aStar)[8:]) || strings.Contains(log, botToken) {
		t.Error("the log has secrets")
	}
}

func TestWithoutASecretNothingIsBelieved(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{"missing": "-", "empty": "\n", "short": "acme 123456789012345"} {
		h := newHall(t, jobtest.Embedded(t), func(secrets map[string]string) {
			secrets[webhookSecret] = text
			if text == "-" {
				delete(secrets, webhookSecret)
			}
		})
		for _, secret := range []string{"", "-", "acme 123456789012345", "123456789012345"} {
			if w := h.post(aStar, headersOf("g", "star", secret, aStar)); w.Code != http.StatusUnauthorized {
				t.Errorf("%s: %d", name, w.Code)
			}
		}
		if !strings.Contains(h.logs.String(), "nothing that comes from GitHub is believed") {
			t.Errorf("%s: the log does not say why", name)
		}
	}
}

// TestAgain: what is done is accepted and not done again; what is unfinished goes through; when there is no room GitHub is
// told so.
func TestAgain(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		h := newHall(t, rdb)
		for range 3 {
			if w := h.post(aStar, headersOf("guid", "star", anySecret, aStar)); w.Code != http.StatusAccepted {
				t.Errorf("%d %s", w.Code, w.Body)
			}
			h.settles()
		}
		if n := len(h.eventsOf("github.star.created")); n != 1 {
			t.Errorf("%d events", n)
		}
		h.box = inbox.Open(rdb, "nobody", inbox.Options{MaxPending: 1})
		for i, want := range []int{202, 202, 503} {
			body := strings.Replace(aStar, `"id":1`, fmt.Sprintf(`"id":%d`, 10+i/2), 1)
			w := h.post(body, headersOf(fmt.Sprint("x", i/2), "star", anySecret, body))
			if w.Code != want || want == 503 && w.Header().Get("Retry-After") == "" {
				t.Errorf("%d: %d %s", i, w.Code, w.Body)
			}
		}
	})
}

func TestLargeBodies(t *testing.T) {
	t.Parallel()
	h := newHall(t, jobtest.Embedded(t))
	pad := func(n int) string {
		head := `{"repository":{"id":1,"full_name":"acme/app"},"x":"`
		return head + strings.Repeat("x", n-len(head)-2) + `"}`
	}
	for size, want := range map[int]int{24 << 20: 202, 25 << 20: 202, 25<<20 + 1: 413} {
		body := pad(size)
		w := h.post(body, headersOf(fmt.Sprint(size), "push", anySecret, body))
		for again := 0; w.Code == http.StatusServiceUnavailable && again < 20; again++ { // a busy machine takes longer than GitHub waits
			w = h.post(body, headersOf(fmt.Sprint(size), "push", anySecret, body))
		}
		if w.Code != want {
			t.Errorf("%d: %d %s", size, w.Code, w.Body)
		}
	}
}

// TestWhoAnnouncesMuchHoldsNoRoom: what counts is what was sent. Anybody can announce a large body, and then be slow.
func TestWhoAnnouncesMuchHoldsNoRoom(t *testing.T) {
	t.Parallel()
	h := newHall(t, jobtest.Embedded(t))
	var slow sync.WaitGroup
	var ends []*io.PipeWriter
	for range maxReading / largest {
		in, out := io.Pipe()
		ends = append(ends, out)
		slow.Go(func() {
			r := httptest.NewRequest(http.MethodPost, "/", in)
			r.ContentLength = largest
			r.Header.Set(signatureHeader, signed("a-guess-of-somebody", ""))
			h.handler.ServeHTTP(httptest.NewRecorder(), r)
		})
		if _, err := out.Write([]byte("{")); err != nil { // it is being read
			t.Error(err)
		}
	}
	if w := h.post(aStar, headersOf("guid", "star", anySecret, aStar)); w.Code != http.StatusAccepted {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	for _, out := range ends {
		h.must(out.Close())
	}
	slow.Wait()
}

// TestThreeHooksCountOnce: the hooks of the organisation, the repository and the App tell of one comment.
func TestThreeHooksCountOnce(t *testing.T) {
	t.Parallel()
	h := newHall(t, jobtest.Embedded(t))
	_, err := h.github.AddHook(sandbox.NewHook{Of: "acme/app", URL: h.hooks.URL + "/hook", Secret: repoSecret})
	h.must(err)
	h.says("bob", 1, "Looks good")
	h.settles()
	sent := 0
	for _, of := range []string{"acme", "acme/app", ""} {
		for _, hook := range h.github.Hooks(of) {
			for _, d := range h.github.Deliveries(hook.ID) {
				if d.Event == "issue_comment" {
					sent++
					if d.Code != http.StatusAccepted {
						t.Errorf("%s: %d %s", of, d.Code, d.GotBody)
					}
				}
			}
		}
	}
	got := h.eventsOf("github.issue_comment.created")
	if sent < 2 || len(got) != 1 {
		t.Fatalf("%d deliveries, %d events", sent, len(got))
	}
	if e := got[0]; e.Subject != app1 || e.Author.Principal != "github:583232" || e.Author.Name != "bob" || e.Author.Self || e.Asked || e.Author.Groups != nil {
		t.Errorf("%+v", e)
	}
}

func TestWithoutGitHubItSaysSo(t *testing.T) {
	t.Parallel()
	h := idleHall(t, jobtest.Embedded(t))
	p := h.platform(h.client, func(secrets map[string]string) { secrets[function.ConfigSecret] = "roles: {viewer: ['telnet:*']}" })
	parts, err := setUp(context.Background(), p)
	if err != nil {
		t.Fatal(err)
	}
	h.handler = function.NewHandler(p, parts)
	if w := h.post("{}", map[string]string{"Content-Type": "application/json"}); w.Code != http.StatusNotFound || !strings.Contains(w.Body.String(), "not set up") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if len(parts.Steps) != 5 || len(parts.Calls) != 2 {
		t.Errorf("%d steps, %d calls", len(parts.Steps), len(parts.Calls))
	}
}
