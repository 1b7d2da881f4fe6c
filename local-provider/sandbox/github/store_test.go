package github_test

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/handsoff/handsoff/local-provider/sandbox/github"
)

// look is all that the REST API shows of the world, without addresses.
func (r *rig) look() map[string]string {
	r.Helper()
	out := map[string]string{}
	for _, path := range []string{
		"/repos/acme/app", "/repos/acme/app/pulls?state=all", "/repos/acme/app/pulls/1", "/repos/acme/app/issues/1/comments", "/repos/acme/app/pulls/1/reviews",
		"/repos/acme/app/pulls/1/comments", "/repos/acme/app/commits/greeting/check-runs", "/repos/acme/app/commits/greeting/check-suites",
		"/repos/acme/app/commits/greeting/status", "/repos/acme/app/branches", "/repos/acme/lib/issues?state=all", "/orgs/acme/members",
		"/repos/acme/app/collaborators", "/users/kim",
	} {
		got := r.send("GET", path, botToken, "")
		if got.StatusCode != http.StatusOK {
			r.Errorf("%s: %d %s", path, got.StatusCode, got.text)
		}
		out[path] = strings.ReplaceAll(got.text, strings.TrimPrefix(r.url, "http://"), "")
	}
	return out
}

func TestStateSurvives(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	kept := func(o *github.Options) { o.Dir = dir }
	r := newRig(t, kept)
	r.github.AddUser("kim")
	r.everything()
	id, err := r.github.Person("bob").Comment("acme/app", 1, "one")
	r.must(err)
	r.must(r.github.Person("eve").React(id, "heart"))
	hook := r.hookOf("acme/app")
	r.must(r.github.LoseWebhooks(hook, true))
	r.send("GET", "/repos/acme/app/pulls/1", botToken, "") // whether it can be merged is known from now on
	r.settled()
	before, deliveries := r.look(), r.github.Deliveries(hook)

	// A process that was killed has not closed anything, and may have been writing.
	torn, err := os.OpenFile(filepath.Join(dir, "github.jsonl"), os.O_APPEND|os.O_WRONLY, 0)
	r.must(err)
	_, _ = torn.WriteString(`{"kind":"comment","id":"7","val`)
	torn.Close()

	again := newRig(t, kept)
	for path, text := range again.look() {
		if text != before[path] && path != "/repos/acme/app/commits/greeting/check-suites" { // which tells the time
			t.Errorf("%s was\n%s\nand is\n%s", path, before[path], text)
		}
	}
	if got := again.github.Deliveries(hook); len(got) != len(deliveries) || got[0].GUID != deliveries[0].GUID {
		t.Errorf("%d deliveries survived of %d", len(got), len(deliveries))
	}
	if k := again.github.Hooks("acme/app"); len(k) != 1 || !k[0].Lost {
		t.Errorf("the hooks are %v", k)
	}
	next, err := again.github.Person("bob").Comment("acme/app", 1, "two")
	if err != nil || next <= id {
		t.Errorf("the next id after %d is %d, %v", id, next, err)
	}
}

func TestTimeGoesOnAfterARestart(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	kept := func(o *github.Options) { o.Dir = dir }
	r := newRig(t, kept)
	r.github.Advance(24 * time.Hour)
	_, err := r.github.Person("bob").Comment("acme/app", 1, "later")
	r.must(err)
	if again := newRig(t, kept); again.github.Now().Before(r.github.Now()) {
		t.Errorf("time went back from %v to %v", r.github.Now(), again.github.Now())
	}
}

func TestUnreadableState(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{"no json": "x\n", "no repo": `{"kind":"repo","id":"acme/app","value":[]}` + "\n"} {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "github.jsonl"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		s := github.New(github.Options{Token: botToken, Dir: dir})
		if err := s.Err(); err == nil || !strings.Contains(err.Error(), "line 1") {
			t.Errorf("%s: %v", name, err)
		}
		s.Close()
	}
}

// TestOldDeliveriesGo: a hook keeps so many, and none for longer than three days.
func TestOldDeliveriesGo(t *testing.T) {
	t.Parallel()
	r := newRig(t, func(o *github.Options) { o.Kept = 10 })
	hook := r.hookOf("acme/app")
	for range 20 {
		_, err := r.github.Person("bob").Comment("acme/app", 1, "x")
		r.must(err)
	}
	r.settled()
	if n := len(r.github.Deliveries(hook)); n != 10 {
		t.Errorf("%d are kept", n)
	}
	r.github.Advance(73 * time.Hour)
	_, err := r.github.Person("bob").Comment("acme/app", 1, "x")
	r.must(err)
	r.settled()
	if n := len(r.github.Deliveries(hook)); n != 1 {
		t.Errorf("after three days %d are kept", n)
	}
}
