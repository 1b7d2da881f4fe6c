package webhook_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/handsoff/handsoff/functions/github/webhook"
	"github.com/handsoff/handsoff/shared/event"
	"github.com/handsoff/handsoff/shared/need"
)

const sha = "0123456789abcdef0123456789abcdef01234567"

var now = time.Date(2026, time.May, 4, 3, 2, 1, 0, time.UTC)

func read(t testing.TB, name, body string) *webhook.Payload {
	t.Helper()
	p, err := webhook.Read(name, []byte(body))
	if err != nil {
		t.Fatalf("%v: %s", err, body)
	}
	return p
}

func TestEvent(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, time.May, 1, 2, 3, 4, 0, time.UTC)
	const repo = `"repository":{"id":1,"full_name":"Acme/App","pushed_at":1777600984}`
	const sender = `"sender":{"id":583231,"login":"ann","type":"User"}`
	for name, c := range map[string]struct {
		event, body string
		want        event.Event
	}{
		"a push": {"push", `{"ref":"refs/heads/main","before":"` + strings.Repeat("0", 40) + `","after":"` + sha + `",` + repo + `,` + sender + `}`, event.Event{
			Topic: "github.push", Subject: "github:acme/app", Revision: sha, At: time.Unix(1777600984, 0).UTC(),
		}},
		"a branch that is deleted": {"push", `{"ref":"x","after":"` + strings.Repeat("0", 40) + `","repository":{"full_name":"a/b"},` + sender + `}`, event.Event{
			Topic: "github.push", Subject: "github:a/b", At: now,
		}},
		"a new head": {"pull_request", `{"action":"synchronize","number":12,"pull_request":{"number":12,"updated_at":"2026-05-01T02:03:04Z","head":{"sha":"` + sha + `"}},` + repo + `,` + sender + `}`, event.Event{
			Topic: "github.pull_request.synchronize", Subject: "github:acme/app#12", Revision: sha, Moved: true, At: at,
		}},
		"the end": {"pull_request", `{"action":"closed","pull_request":{"number":12,"updated_at":"2026-05-01T02:03:04Z","head":{"sha":"` + sha + `"}},` + repo + `,` + sender + `}`, event.Event{
			Topic: "github.pull_request.closed", Subject: "github:acme/app#12", Revision: sha, Over: true, At: at,
		}},
		"a comment": {"issue_comment", `{"action":"created","issue":{"number":7,"pull_request":{}},"comment":{"id":5,"updated_at":"2026-05-01T02:03:04Z"},` + repo + `,` + sender + `}`, event.Event{
			Topic: "github.issue_comment.created", Subject: "github:acme/app#7", At: at,
		}},
		"a check": {"check_run", `{"action":"completed","check_run":{"head_sha":"` + sha + `","completed_at":null,"started_at":"2026-05-01T02:03:04Z"},` + repo + `,` + sender + `}`, event.Event{
			Topic: "github.check_run.completed", Subject: "github:acme/app", Revision: sha, At: at,
		}},
		"nowhere": {"organization", `{"action":"member_added","organization":{"login":"acme","id":2},` + sender + `}`, event.Event{
			Topic: "github.organization.member_added", At: now,
		}},
	} {
		got := read(t, c.event, c.body).Of("guid", []byte(c.body), now)
		c.want.ID, c.want.Source, c.want.Payload = "guid", "github", json.RawMessage(c.body)
		c.want.Author = event.Author{Principal: "github:583231", Name: "ann"}
		if diff := cmp.Diff(&c.want, got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestMalformed(t *testing.T) {
	t.Parallel()
	for name, body := range map[string]string{
		"push": `[]`, "issues": `{`, "watch": `null`, "fork": `{"repository":{"full_name":"no-owner"}}`, "star": `{"repository":{"full_name":"a/b/../c"}}`,
		"member": `{"repository":"acme/app"}`, "": `{}`, "Push": `{}`, "a b": `{}`, strings.Repeat("x", 65): `{}`,
	} {
		if p, err := webhook.Read(name, []byte(body)); !errors.Is(err, webhook.ErrMalformed) || strings.Contains(err.Error(), "acme") {
			t.Errorf("%s: %+v, %v", name, p, err)
		}
	}
	p := read(t, "issues", `{"action":7,"issue":{"id":"x","number":3},"sender":null,"repository":null,"comment":[]}`)
	if p.Action != "" || p.Issue.Number != 3 || p.Subject() != "" || p.Sender.ID != 0 {
		t.Errorf("%+v", p)
	}
}

func TestWithin(t *testing.T) {
	t.Parallel()
	const inRepo = `{"repository":{"full_name":"Acme/App"},"organization":{"login":"other"},"installation":{"account":{"login":"third"}}}`
	for _, c := range []struct {
		body string
		in   []string
	}{
		{inRepo, []string{"*", "acme", "acme/app", "ACME/app"}},
		{`{"organization":{"login":"Acme"}}`, []string{"*", "acme"}},
		{`{"installation":{"account":{"login":"acme"}}}`, []string{"*", "acme"}},
		{`{"zen":"x"}`, []string{"*"}},
	} {
		p := read(t, "x", c.body)
		for _, scope := range []string{"*", "acme", "acme/app", "ACME/app", "acme/other", "other", "third", "", "acme/", "app", "/app"} {
			if got := p.Within(scope); got != slices.Contains(c.in, scope) {
				t.Errorf("%s within %q: %v", c.body, scope, got)
			}
		}
	}
}

// TestNames: the same thing told by two hooks has a name in common; two things have none.
func TestNames(t *testing.T) {
	t.Parallel()
	const fromOrg = `,"organization":{"login":"acme","id":2},"sender":{"id":1,"login":"ann","followers":3}`
	const fromRepo = `,"hook":{"id":9},"hook_id":9,"enterprise":{"id":3},"installation":{"id":4},"sender":{"id":1,"login":"ann"}`
	repo := func(stars int) string {
		return fmt.Sprintf(`,"repository":{"id":1,"full_name":"acme/app","stargazers_count":%d,"pushed_at":"2026-05-01T00:00:00Z"}`, stars)
	}
	same := []struct{ event, body string }{
		{"issue_comment", `"action":"created","comment":{"id":5,"updated_at":"2026-05-01T02:03:04Z","body":"x"}`},
		{"push", `"ref":"a","before":"b","after":"c"`},
		{"watch", `"action":"started"`},
		{"star", `"action":"created","starred_at":"2026-05-01T02:03:04Z"`},
		{"star", `"action":"deleted","starred_at":null`},
		{"pull_request", `"action":"labeled","label":{"id":3},"pull_request":{"id":5,"updated_at":"2026-05-01T02:03:04Z"}`},
		{"some_new_event", `"action":"x","thing":{"id":5,"list":[{"full_name":"a/b","id":1,"forks":2}]}`},
	}
	for _, c := range same {
		a, b := read(t, c.event, `{`+c.body+repo(1)+fromOrg+`}`), read(t, c.event, `{`+c.body+repo(2)+fromRepo+`}`)
		if diff := cmp.Diff(a.Names(), b.Names()); diff != "" || a.Likeness() != b.Likeness() && a.Names() == nil {
			t.Errorf("%s: %s %s and %s", c.event, diff, a.Likeness(), b.Likeness())
		}
	}
	different := []struct{ event, a, b string }{
		{"issue_comment", `"action":"created","comment":{"id":5,"updated_at":"1"}`, `"action":"created","comment":{"id":6,"updated_at":"1"}`},
		{"issue_comment", `"action":"edited","comment":{"id":5,"updated_at":"1","body":"x"}`, `"action":"edited","comment":{"id":5,"updated_at":"1","body":"y"}`},
		{"issue_comment", `"action":"created","comment":{"id":5}`, `"action":"deleted","comment":{"id":5}`},
		{"pull_request", `"action":"labeled","label":{"id":3},"pull_request":{"id":5}`, `"action":"labeled","label":{"id":4},"pull_request":{"id":5}`},
		{"pull_request", `"action":"synchronize","after":"a","pull_request":{"id":5}`, `"action":"synchronize","after":"b","pull_request":{"id":5}`},
		{"push", `"ref":"a","before":"b","after":"c","repository":{"id":1,"full_name":"a/b","pushed_at":1}`, `"ref":"a","before":"b","after":"c","repository":{"id":1,"full_name":"a/b","pushed_at":2}`},
		{"star", `"action":"created","starred_at":"1","sender":{"id":1,"login":"ann"}`, `"action":"created","starred_at":"2","sender":{"id":1,"login":"ann"}`},
		{"star", `"action":"created","starred_at":"1","sender":{"id":1,"login":"ann"}`, `"action":"created","starred_at":"1","sender":{"id":2,"login":"bob"}`},
		{"member", `"action":"added","member":{"id":1,"login":"ann"}`, `"action":"added","member":{"id":2,"login":"bob"}`},
	}
	for _, c := range different {
		a, b := read(t, c.event, `{`+c.a+`}`), read(t, c.event, `{`+c.b+`}`)
		if slices.ContainsFunc(a.Names(), func(name string) bool { return slices.Contains(b.Names(), name) }) || a.Names() == nil && a.Likeness() == b.Likeness() {
			t.Errorf("%s: %s and %s are one", c.event, c.a, c.b)
		}
	}
	if star := read(t, "star", `{"action":"created","starred_at":"1","sender":{"id":1}}`); star.Names() == nil {
		t.Error("a star that is given is not told apart by its time")
	}
	for _, action := range []string{"requested_action", "rerequested"} {
		if names := read(t, "check_run", `{"action":"`+action+`","check_run":{"id":1}}`).Names(); names != nil {
			t.Errorf("a second click is the first: %q", names)
		}
	}
}

// TestRecordedPayloads: whatever GitHub itself recorded is read, and becomes an event that can be kept.
func TestRecordedPayloads(t *testing.T) {
	t.Parallel()
	const examples = "@octokit/webhooks-examples"
	files, err := filepath.Glob(filepath.Join(need.Node(t, examples), examples, "*", "index.json"))
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	n := 0
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var kinds []struct {
			Name     string            `json:"name"`
			Examples []json.RawMessage `json:"examples"`
		}
		if err := json.Unmarshal(text, &kinds); err != nil {
			t.Fatal(err)
		}
		for _, kind := range kinds {
			for i, body := range kind.Examples {
				n++
				p, err := webhook.Read(kind.Name, body)
				if err != nil {
					t.Errorf("%s %d of %s: %v", kind.Name, i, file, err)
					continue
				}
				checkPayload(t, p, body)
			}
		}
	}
	if n < 100 {
		t.Errorf("only %d payloads", n)
	}
}

// checkPayload: what was read fits the inbox and the function event.
func checkPayload(t testing.TB, p *webhook.Payload, body []byte) {
	t.Helper()
	e := p.Of("guid", body, now)
	if len(e.Topic) > 200 || strings.ContainsAny(e.Topic+e.Subject+e.Revision, " \n\t") || len(e.Subject) > 256 || len(e.Revision) > 64 || e.At.IsZero() {
		t.Errorf("%+v", e)
	}
	names := append(p.Names(), p.Likeness()+" "+strings.Repeat("x", 100))
	if len(names) > 8 {
		t.Errorf("%d names", len(names))
	}
	for _, name := range names {
		if name == "" || len(name) > 256 {
			t.Errorf("named %q", name)
		}
	}
	if p.Subject() != "" && (!p.Within(p.Repository.Owner) || p.Within(p.Repository.Owner+"x")) {
		t.Errorf("%s is not within its owner", p.Subject())
	}
	if _, err := json.Marshal(e); err != nil {
		t.Error(err)
	}
}

// FuzzRead: whatever a signed body holds, it is malformed or fits all that comes after.
func FuzzRead(f *testing.F) {
	f.Add("push", []byte(`{"ref":"x","after":"`+sha+`","repository":{"id":1,"full_name":"a/b"}}`))
	f.Add("issue_comment", []byte(`{"action":"created","issue":{"number":1},"comment":{"id":1,"body":"/x","created_at":"2026-05-01T02:03:04Z"}}`))
	f.Add("check_suite", []byte(`{"action":"rerequested","check_suite":{"pull_requests":[{"number":3},{"number":"x"},7]}}`))
	f.Add("pull_request", []byte(`{"changes":{"body":{"from":"x"}},"pull_request":{"number":1e3,"head":{"sha":7}}}`))
	f.Fuzz(func(t *testing.T, name string, body []byte) {
		p, err := webhook.Read(name, body)
		if err != nil {
			if !errors.Is(err, webhook.ErrMalformed) {
				t.Fatal(err)
			}
			return
		}
		checkPayload(t, p, body)
		p.Pulls()
		p.Before()
	})
}
