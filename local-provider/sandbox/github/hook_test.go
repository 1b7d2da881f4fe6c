package github_test

import (
	"crypto/hmac"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	gogithub "github.com/google/go-github/v62/github"

	"github.com/handsoff/handsoff/local-provider/sandbox/fault"
	"github.com/handsoff/handsoff/local-provider/sandbox/github"
)

func TestWebhookHeaders(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	_, err := r.github.Person("bob").Comment("acme/app", 1, "/build")
	r.must(err)
	r.settled()
	came := r.inbox.take()
	guids := map[string]bool{}
	for _, h := range came {
		mac, old := hmac.New(sha256.New, []byte(secret)), hmac.New(sha1.New, []byte(secret))
		mac.Write(h.body)
		old.Write(h.body)
		for name, want := range map[string]string{
			"X-Hub-Signature-256": "sha256=" + hex.EncodeToString(mac.Sum(nil)), "X-Hub-Signature": "sha1=" + hex.EncodeToString(old.Sum(nil)),
			"Content-Type": "application/json", "X-Github-Event": "issue_comment",
		} {
			if got := h.header.Get(name); got != want {
				t.Errorf("%s is %s, want %s", name, got, want)
			}
		}
		if !strings.HasPrefix(h.header.Get("User-Agent"), "GitHub-Hookshot/") || h.header.Get("X-Github-Hook-Id") == "" {
			t.Errorf("headers: %v", h.header)
		}
		guids[h.header.Get("X-Github-Delivery")] = true
		_, installation := h.parsed["installation"]
		if app := h.header.Get("X-Github-Hook-Installation-Target-Type") == github.HookOfApp; app != installation {
			t.Errorf("to the App: %v, with its installation: %v", app, installation)
		}
	}
	if len(came) != 3 || len(guids) != 3 {
		t.Errorf("%d deliveries with %d GUIDs: a repository, its organisation and the App each get their own", len(came), len(guids))
	}
}

// hookOf is the only hook of a repository or organisation.
func (r *rig) hookOf(of string) int64 {
	r.Helper()
	all := r.github.Hooks(of)
	if len(all) != 1 {
		r.Fatalf("%q has %d hooks", of, len(all))
	}
	return all[0].ID
}

func TestRedelivery(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	admin, ctx := r.as("ann"), t.Context()
	hook := r.hookOf("acme/app")
	r.inbox.answers(func(webhook) int { return http.StatusInternalServerError })
	number, err := r.github.Person("eve").OpenIssue("acme/app", "It is broken", "")
	r.must(err)
	r.settled()
	r.inbox.answers(nil)
	r.inbox.take()
	r.must(r.github.LoseWebhooks(hook, true))
	r.must(r.github.Person("ann").Close("acme/app", number))
	r.must(r.github.LoseWebhooks(hook, false))
	r.settled()
	if came := r.inbox.take(); names(came, github.HookOfRepo) != "" || names(came, github.HookOfOrg) != "issues.closed" {
		t.Errorf("with a lost hook there came %v", came)
	}
	list, _, err := admin.Repositories.ListHookDeliveries(ctx, "acme", "app", hook, nil)
	r.must(err)
	var seen []string
	for _, d := range list {
		seen = append(seen, fmt.Sprint(d.GetEvent(), ".", d.GetAction(), " ", d.GetStatus(), " ", d.GetStatusCode()))
	}
	want := "issues.closed failed to connect to host 502; issues.opened Invalid HTTP Response: 500 500; ping. OK 202"
	if got := strings.Join(seen, "; "); got != want {
		t.Errorf("the deliveries are\n%s, want\n%s", got, want)
	}
	whole, _, err := admin.Repositories.GetHookDelivery(ctx, "acme", "app", hook, list[1].GetID())
	r.must(err)
	if payload, err := whole.ParseRequestPayload(); err != nil || payload.(*gogithub.IssuesEvent).GetIssue().GetNumber() != number {
		t.Errorf("its payload is %v, %v", payload, err)
	}
	if headers := whole.GetRequest().GetHeaders(); headers["X-GitHub-Event"] != "issues" || headers["X-GitHub-Delivery"] != list[1].GetGUID() {
		t.Errorf("its headers are %v", headers)
	}
	for _, d := range list[:2] {
		if _, rsp, err := admin.Repositories.RedeliverHookDelivery(ctx, "acme", "app", hook, d.GetID()); err != nil && rsp.StatusCode != http.StatusAccepted {
			t.Fatal(err)
		}
	}
	r.settled()
	came := r.inbox.take()
	if len(came) != 2 || came[0].header.Get("X-Github-Delivery") != list[0].GetGUID() {
		t.Errorf("again there came %d, with another GUID", len(came))
	}
	again, _, err := admin.Repositories.ListHookDeliveries(ctx, "acme", "app", hook, &gogithub.ListCursorOptions{PerPage: 2})
	r.must(err)
	for _, d := range again {
		if !d.GetRedelivery() || d.GetStatus() != "OK" || d.GetID() == list[0].GetID() {
			t.Errorf("a redelivery is %v", d)
		}
	}
	r.github.Advance(73 * time.Hour)
	if _, rsp, err := admin.Repositories.RedeliverHookDelivery(ctx, "acme", "app", hook, list[0].GetID()); err == nil || rsp.StatusCode != http.StatusNotFound {
		t.Errorf("after three days it is sent again: %v", err)
	}
}

// TestDeliveryPages walks through deliveries by their cursor.
func TestDeliveryPages(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	for i := range 24 {
		_, err := r.github.Person("bob").Comment("acme/app", 1, fmt.Sprint(i))
		r.must(err)
	}
	r.settled()
	app, seen, cursor := r.app(), map[int64]bool{}, ""
	for page := 0; ; page++ {
		list, rsp, err := app.Apps.ListHookDeliveries(t.Context(), &gogithub.ListCursorOptions{PerPage: 10, Cursor: cursor})
		r.must(err)
		for _, d := range list {
			seen[d.GetID()] = true
		}
		if cursor = rsp.Cursor; cursor == "" {
			if page != 2 || len(list) != 5 {
				t.Errorf("page %d has %d", page, len(list))
			}
			break
		}
	}
	if len(seen) != 25 {
		t.Errorf("%d deliveries", len(seen))
	}
}

func TestWebhookFaults(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	hook := r.hookOf("acme/app")
	for kind, want := range map[github.FaultKind]struct {
		came, kept int
		status     string
	}{
		github.WebhookLost: {0, 1, "failed to connect to host"}, github.WebhookVanished: {0, 0, ""}, github.WebhookTwice: {2, 1, "OK"},
		github.WebhookUnheard: {1, 1, "timed out"}, github.WebhookLate: {1, 1, "OK"},
	} {
		before := len(r.github.Deliveries(hook))
		r.github.BreakWebhooks(github.WebhookFault{Kind: kind, Hook: hook, Event: "issue_comment", Delay: time.Millisecond, Span: fault.Span{Times: 1}})
		_, err := r.github.Person("bob").Comment("acme/app", 1, string(kind))
		r.must(err)
		r.settled()
		came := strings.Fields(names(r.inbox.take(), github.HookOfRepo))
		kept := r.github.Deliveries(hook)
		if len(came) != want.came || len(kept)-before != want.kept || (want.kept == 1 && kept[0].Status != want.status) {
			t.Errorf("%s: %d came, %d are kept, %s; want %v", kind, len(came), len(kept)-before, kept[0].Status, want)
		}
	}
}

func TestHooksByREST(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	ann, ctx := r.as("ann"), t.Context()
	config := &gogithub.HookConfig{URL: new(r.github.Hooks("acme/app")[0].URL + "2"), ContentType: new("form"), Secret: new("other")}
	made, _, err := ann.Repositories.CreateHook(ctx, "acme", "lib", &gogithub.Hook{Config: config, Events: []string{"issues"}, Active: new(true)})
	r.must(err)
	_, err = r.github.Person("bob").OpenIssue("acme/lib", "x", "")
	r.must(err)
	r.settled()
	came := r.inbox.take()
	var form int
	for _, h := range came {
		if h.header.Get("Content-Type") == "application/x-www-form-urlencoded" && strings.HasPrefix(string(h.body), "payload=%7B") {
			form++
		}
	}
	if form != 2 { // a ping and the issue
		t.Errorf("%d forms came", form)
	}
	if made.GetConfig().GetSecret() == "other" {
		t.Error("the secret is told")
	}
	if _, err := ann.Repositories.PingHook(ctx, "acme", "lib", made.GetID()); err != nil {
		t.Error(err)
	}
	if _, err := ann.Repositories.DeleteHook(ctx, "acme", "lib", made.GetID()); err != nil {
		t.Error(err)
	}
	if list, _, err := ann.Organizations.ListHooks(ctx, "acme", nil); err != nil || len(list) != 1 || list[0].GetConfig().GetSecret() != "********" {
		t.Errorf("the organisation's hooks are %v, %v", list, err)
	}
	if list, _, err := r.installed().Repositories.ListHooks(ctx, "acme", "app", nil); err != nil || len(list) != 1 {
		t.Errorf("an installation with the permission sees %v, %v", list, err)
	}
	r.refused(r.send("GET", "/repos/acme/app/hooks", r.github.Token("bob"), ""), http.StatusNotFound, "Not Found")
	r.refused(r.send("GET", "/orgs/acme/hooks", r.github.Token("bob"), ""), http.StatusNotFound, "Not Found")
}
