package slack_test

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/handsoff/handsoff/local-provider/sandbox/slack"
	"github.com/handsoff/handsoff/shared/need"
)

// boltTime is how long bolt's app may take for all of it.
const boltTime = 3 * time.Minute

// A boltApp is a running testdata/bolt.js, and what it says.
type boltApp struct {
	*testing.T
	slack *slack.Server
	url   string // of the app
	told  chan map[string]any
}

// newBoltApp starts a Slack and, behind it, an app made with Slack's own framework.
func newBoltApp(t *testing.T) *boltApp {
	t.Helper()
	modules := need.Node(t, "@slack/bolt")
	b := &boltApp{T: t, told: make(chan map[string]any, 100)}
	var current atomic.Pointer[slack.Server]
	door := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { current.Load().ServeHTTP(w, r) }))
	t.Cleanup(door.Close)
	cmd := exec.CommandContext(t.Context(), "node", "testdata/bolt.js")
	cmd.Env = append(os.Environ(), "NODE_PATH="+modules, "SLACK_URL="+door.URL, "SLACK_TOKEN="+appToken, "SIGNING_SECRET="+appSecret)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stderr = os.Stderr
	// bolt asks auth.test when it starts, so a Slack must be there; the one that it works with knows its port.
	first := b.newSlack(door.URL, "")
	current.Store(first)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	go b.listen(bufio.NewScanner(out))
	up := b.wants("up", nil)
	b.url = fmt.Sprintf("http://127.0.0.1:%v/slack", up["port"])
	b.slack = b.newSlack(door.URL, b.url)
	current.Store(b.slack)
	first.Close()
	t.Cleanup(b.slack.Close)
	return b
}

func (b *boltApp) newSlack(url, events string) *slack.Server {
	return slack.New(slack.Options{
		Token: appToken, SigningSecrets: []string{appSecret}, EventsURL: events, URL: url, Manifest: manifest(b.T), RetryScale: 0.001,
		Patience: time.Minute, // for a busy machine
	})
}

func (b *boltApp) listen(lines *bufio.Scanner) {
	for lines.Scan() {
		var one map[string]any
		if json.Unmarshal(lines.Bytes(), &one) == nil {
			b.told <- one
		}
	}
}

// wants waits until bolt's app was told of something with some fields.
func (b *boltApp) wants(what string, fields map[string]any) map[string]any {
	b.Helper()
	var others []any
	timeout := time.After(boltTime)
	for {
		select {
		case one := <-b.told:
			if one["what"] == "error" {
				b.Fatalf("bolt complains: %v", one["text"])
			}
			fits := one["what"] == what
			for name, value := range fields {
				fits = fits && fmt.Sprint(one[name]) == fmt.Sprint(value)
			}
			if fits {
				return one
			}
			others = append(others, one)
		case <-timeout:
			b.Fatalf("bolt's app was not told of %s %v, but of %v", what, fields, others)
		}
	}
}

func (b *boltApp) check(err error) {
	b.Helper()
	if err != nil {
		b.Fatal(err)
	}
}

// sees waits until a person sees a line.
func (b *boltApp) sees(p *slack.Person, channel, thread, line string) {
	b.Helper()
	deadline := time.Now().Add(boltTime)
	for {
		list, err := p.See(channel, thread)
		b.check(err)
		for _, m := range list {
			if slices.Contains(m.Lines, line) {
				return
			}
		}
		if time.Now().After(deadline) {
			b.Fatalf("%s is not to be seen in %s: %+v", line, channel, list)
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// TestBolt plays a day with an app made with Slack's own framework: it takes every signature, finds every field that it
// needs, and what it answers is seen.
func TestBolt(t *testing.T) {
	t.Parallel()
	b := newBoltApp(t)
	ctx := t.Context()
	ann, err := b.slack.Person("ann")
	b.check(err)

	b.check(b.slack.VerifyURL(ctx))
	b.check(ann.Slash(ctx, "#ops", "/handsoff tell @bob <1> & #general"))
	b.wants("command", map[string]any{"text": "tell <@U0BOB|bob> &lt;1&gt; &amp; <#C0GENERAL|general>", "user": slack.Ann, "channel": slack.Ops})
	b.sees(ann, "#ops", "", "I was told: tell @bob <1> & #general")
	b.sees(ann, "#ops", "", "and later this")

	ts, err := ann.Say(slack.Saying{Channel: "#ops", Text: "@handsoff jobs"})
	b.check(err)
	b.wants("app_mention", map[string]any{"text": "<@U0HANDSOFF> jobs", "ts": ts})
	b.sees(ann, "#ops", ts, "yes, @ann?")
	reply, err := ann.Say(slack.Saying{Channel: "@handsoff", Text: "status"})
	b.check(err)
	b.wants("message", map[string]any{"text": "status", "ts": reply})
	b.check(ann.Edit("@handsoff", reply, "jobs"))
	b.wants("message", map[string]any{"subtype": "message_changed"})
	b.check(ann.Delete("@handsoff", reply))
	b.wants("message", map[string]any{"subtype": "message_deleted"})
	_, err = ann.Upload(slack.Upload{Channel: "@handsoff", Name: "batch.txt", Content: "jobs\n"})
	b.check(err)
	b.wants("message", map[string]any{"subtype": "file_share", "files": "[batch.txt]"})
	_, err = ann.Say(slack.Saying{Channel: "#ops", Thread: ts, Text: "louder", Broadcast: true})
	b.check(err)
	b.wants("message", map[string]any{"subtype": "thread_broadcast", "thread": ts})
	_, err = ann.Say(slack.Saying{Channel: "#ops", Text: "see https://github.com/a/b/pull/1?x=1&y=2"})
	b.check(err)
	b.wants("link_shared", map[string]any{"links": "[https://github.com/a/b/pull/1?x=1&y=2]"})

	b.check(ann.OpenHome())
	b.wants("app_home_opened", map[string]any{"tab": "home"})
	b.check(ann.Do(ctx, slack.Act{View: "home", Action: "Go"}))
	b.wants("action", map[string]any{"value": "1", "from": "view", "view": "home"})

	_, err = b.slack.AddUser(slack.User{ID: slack.Eve, Name: "eve", Deleted: true})
	b.check(err)
	b.wants("user_change", map[string]any{"user": slack.Eve, "deleted": true})
	b.check(b.slack.SetMembers(slack.GroupOps, "ann", "eve"))
	b.wants("subteam_members_changed", map[string]any{"added": "[U0EVE]", "removed": "[U0BOB]"})
	b.modals(ann)
	for _, sent := range b.slack.Sent() {
		if sent.State != "taken" || len(sent.Attempts) != 1 {
			t.Errorf("bolt did not take at once: %+v", sent)
		}
	}
}

func (b *boltApp) modals(ann *slack.Person) {
	ctx := b.Context()
	b.check(ann.Shortcut(ctx, "Run a command"))
	b.wants("shortcut", map[string]any{"user": slack.Ann})
	modals := ann.SeeModals()
	if len(modals) != 1 || modals[0].Title != "Run" || !slices.Equal(modals[0].Fields, []string{"Job", "Seconds"}) {
		b.Fatalf("%+v", modals)
	}
	var flaws *slack.FormError
	if err := ann.Submit(ctx); !errors.As(err, &flaws) || flaws.Flaws["job"] == "" {
		b.Errorf("an empty field is submitted: %v", err)
	}
	if offered, err := ann.Suggest(ctx, slack.Act{View: "modal", Action: "Job", Value: "slow"}); err != nil || len(offered) != 1 {
		b.Errorf("offered %s, %v", offered, err)
	}
	b.check(ann.Do(ctx, slack.Act{View: "modal", Action: "Job", Value: "demo/slow"}))
	for _, step := range []struct{ seconds, flaw, top string }{
		{"61", "Seconds: At most 60.", "Run"}, {"x", "Seconds: Please enter a number.", "Run"}, {"60", "", "Sure?"},
	} {
		b.check(ann.Do(ctx, slack.Act{View: "modal", Action: "Seconds", Value: step.seconds}))
		err := ann.Submit(ctx)
		if got := fmt.Sprint(err); step.flaw != "" && got != step.flaw || step.flaw == "" && err != nil {
			b.Errorf("%s seconds: %v, want %q", step.seconds, err, step.flaw)
		}
		modals := ann.SeeModals()
		if top := modals[len(modals)-1].Title; top != step.top {
			b.Errorf("%s seconds: %q is on top", step.seconds, top)
		}
	}
	b.check(ann.Close(ctx, false))
	b.wants("view_closed", map[string]any{"title": "Sure?"})
	b.check(ann.Do(ctx, slack.Act{View: "modal", Action: "n", Value: "5"}))
	b.check(ann.Submit(ctx))
	b.wants("view", map[string]any{"seconds": 5, "job": "demo/slow", "title": "Run"})
	if modals := ann.SeeModals(); len(modals) != 0 {
		b.Errorf("%d modals are left", len(modals))
	}
}

// TestBoltRefuses: bolt takes nothing that is signed with another secret, and the person is told.
func TestBoltRefuses(t *testing.T) {
	t.Parallel()
	b := newBoltApp(t)
	b.slack.Close()
	other := slack.New(slack.Options{Token: appToken, SigningSecrets: []string{"another"}, EventsURL: b.url})
	defer other.Close()
	ann, err := other.Person("ann")
	b.check(err)
	if err := ann.Slash(t.Context(), "#ops", "/handsoff jobs"); err == nil || !strings.Contains(err.Error(), `"dispatch_failed"`) {
		t.Errorf("a wrong signature: %v", err)
	}
	if got := other.Sent(); len(got) != 1 || got[0].Attempts[0].Status != http.StatusUnauthorized {
		t.Errorf("%+v", got)
	}
}
