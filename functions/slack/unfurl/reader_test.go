package unfurl_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"
	goslack "github.com/slack-go/slack"

	"github.com/handsoff/handsoff/functions/slack/unfurl"
	"github.com/handsoff/handsoff/shared/slack/slacktest"
)

const token = "ghp_not-to-be-seen"

// forge is a GitHub and a Gerrit in one, which says what it was asked for.
func forge(t *testing.T, routes map[string]http.HandlerFunc) *httptest.Server {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if route := routes[r.URL.EscapedPath()]; route != nil {
			route(w, r)
			return
		}
		t.Logf("no route for %s", r.URL.EscapedPath())
		http.NotFound(w, r)
	}))
	t.Cleanup(server.Close)
	return server
}

func say(text string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, text) }
}

const pull = `{"number":12,"title":"Fix <it> & more","state":"open","draft":false,"merged":false,"additions":12,"deletions":3,
	"user":{"login":"ann"},"head":{"label":"ann:fix-it","ref":"fix-it","user":{"login":"ann"}},
	"base":{"label":"OpenStack:main","ref":"main","user":{"login":"OpenStack"},"repo":{"full_name":"OpenStack/nova"}},
	"labels":[{"name":"bug"},{"name":"needs review"}]}`

func TestPullRequest(t *testing.T) {
	t.Parallel()
	var asked atomic.Value
	server := forge(t, map[string]http.HandlerFunc{"/repos/openstack/nova/pulls/12": func(w http.ResponseWriter, r *http.Request) {
		asked.Store(r.Header.Get("Authorization"))
		say(pull)(w, r)
	}})
	first := site(t, unfurl.GitHub, "https://github.com", server.URL)
	second := site(t, unfurl.GitHub, "https://git.example.org", server.URL)
	reader := unfurl.NewReader(http.DefaultTransport, []*unfurl.Site{first, second}, token)
	found, err := reader.Read(t.Context(), unfurl.Target{Site: first, Org: "openstack", Repo: "nova", Number: "12"})
	if err != nil {
		t.Fatal(err)
	}
	want := &unfurl.Found{
		Title: "Fix <it> & more", URL: "https://github.com/OpenStack/nova/pull/12", Name: "OpenStack/nova#12", State: unfurl.Open,
		Author: "ann", Branch: "main ← ann:fix-it", Added: 12, Gone: 3, Notes: []string{"bug", "needs review"},
	}
	if diff := cmp.Diff(want, found); diff != "" {
		t.Error(diff)
	}
	if asked.Load() != "Bearer "+token {
		t.Errorf("asked with %v", asked.Load())
	}
	if _, err := reader.Read(t.Context(), unfurl.Target{Site: second, Org: "openstack", Repo: "nova", Number: "12"}); err != nil {
		t.Fatal(err)
	}
	if asked.Load() != "" {
		t.Errorf("the token of one site went to another: %v", asked.Load())
	}
}

func TestPullRequestStates(t *testing.T) {
	t.Parallel()
	for state, text := range map[unfurl.State]string{
		unfurl.Open: `"state":"open"`, unfurl.Draft: `"state":"open","draft":true`,
		unfurl.Merged: `"state":"closed","merged":true`, unfurl.Closed: `"state":"closed","draft":true`,
	} {
		server := forge(t, map[string]http.HandlerFunc{"/repos/a/b/pulls/1": say("{" + text + "}")})
		at := site(t, unfurl.GitHub, "https://github.com", server.URL)
		found, err := unfurl.NewReader(http.DefaultTransport, nil, "").Read(t.Context(), unfurl.Target{Site: at, Org: "a", Repo: "b", Number: "1"})
		if err != nil || found.State != state {
			t.Errorf("%s: %+v, %v", text, found, err)
		}
	}
}

const review = `)]}'
{"project":"openstack/nova","branch":"master","topic":"bug/1","subject":"Fix it","status":"NEW","insertions":1,"deletions":0,
 "_number":987654,"owner":{"name":"Ann Onym","username":"ann"},
 "labels":{"Verified":{"rejected":{"_account_id":1},"recommended":{"_account_id":2}},"Code-Review":{"approved":{}},"Workflow":{}}}`

func TestChange(t *testing.T) {
	t.Parallel()
	server := forge(t, map[string]http.HandlerFunc{
		"/r/changes/987654":                  say(review),
		"/r/changes/openstack%2Fnova~987654": say(review),
	})
	at := site(t, unfurl.Gerrit, server.URL+"/r", "")
	want := &unfurl.Found{
		Title: "Fix it", URL: server.URL + "/r/c/openstack/nova/+/987654", Name: "openstack/nova 987654", State: unfurl.Open,
		Author: "Ann Onym", Branch: "master", Added: 1, Notes: []string{"Code-Review approved", "Verified rejected", "topic bug/1"},
	}
	for _, project := range []string{"", "openstack/nova"} {
		found, err := unfurl.NewReader(http.DefaultTransport, nil, "").Read(t.Context(), unfurl.Target{Site: at, Project: project, Number: "987654"})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, found); diff != "" {
			t.Error(diff)
		}
	}
}

func TestWhatIsNotShown(t *testing.T) {
	t.Parallel()
	var strayed atomic.Int32
	elsewhere := forge(t, nil)
	elsewhere.Config.Handler = http.HandlerFunc(func(http.ResponseWriter, *http.Request) { strayed.Add(1) })
	server := forge(t, map[string]http.HandlerFunc{
		"/changes/1": func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, elsewhere.URL, http.StatusFound) },
		"/changes/2": say(`)]}'{"_number":2,"is_private":true,"subject":"a secret"}`),
		"/changes/3": say(`)]}'{"_number":4,"subject":"another one"}`),
		"/changes/4": say(`<html>`),
		"/changes/5": say(`)]}'{"_number":5,"subject":"` + strings.Repeat("x", 11<<20) + `"}`),
		"/changes/6": func(w http.ResponseWriter, r *http.Request) { http.Error(w, "login", http.StatusForbidden) },
		"/changes/8": func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/changes/8", http.StatusFound) },
	})
	at := site(t, unfurl.Gerrit, server.URL, "")
	for number := 1; number <= 8; number++ {
		found, err := unfurl.NewReader(http.DefaultTransport, nil, token).Read(t.Context(), unfurl.Target{Site: at, Number: fmt.Sprint(number)})
		if err == nil {
			t.Errorf("%d was shown: %+v", number, found)
		} else if strings.Contains(err.Error(), token) {
			t.Errorf("%d: %v", number, err)
		}
	}
	if strayed.Load() != 0 {
		t.Error("a redirect to another host was followed")
	}
}

func TestARenamedRepositoryIsFound(t *testing.T) {
	t.Parallel()
	server := forge(t, map[string]http.HandlerFunc{
		"/repos/a/old/pulls/1": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "/repositories/7/pulls/1", http.StatusMovedPermanently)
		},
		"/repositories/7/pulls/1":   say(`{"title":"t","base":{"repo":{"full_name":"a/new"}}}`),
		"/repos/a/secret/pulls/1":   say(`{}`),
		"/repositories/8/pulls/123": say(`{}`),
	})
	at := site(t, unfurl.GitHub, "https://github.com", server.URL)
	found, err := unfurl.NewReader(http.DefaultTransport, nil, "").Read(t.Context(), unfurl.Target{Site: at, Org: "a", Repo: "old", Number: "1"})
	if err != nil || found.URL != "https://github.com/a/old/pull/1" {
		t.Errorf("%+v, %v", found, err)
	}
}

// FuzzAttachment: whatever a forge says, Slack takes what is made of it, and it pings nobody.
func FuzzAttachment(f *testing.F) {
	f.Add("Fix <!channel> & <@U1>", "main|x", "ann\n>", "`bug`")
	f.Fuzz(func(t *testing.T, title, branch, author, note string) {
		found := &unfurl.Found{
			Title: title, URL: "https://github.com/a/b/pull/1", Name: branch + "#1", State: unfurl.Merged, Author: author, Branch: branch,
			Notes: []string{note, note, note, note, note, note, note, note, note},
		}
		a := found.Attachment()
		if err := slacktest.CheckMessage(a.Blocks.BlockSet, a.Fallback); err != nil {
			t.Fatal(err)
		}
		body, err := json.Marshal(a.Blocks)
		if err != nil {
			t.Fatal(err)
		}
		var decoded goslack.Blocks
		if err := json.Unmarshal(body, &decoded); err != nil {
			t.Fatal(err)
		}
		for _, block := range decoded.BlockSet {
			for _, said := range texts(block) {
				if rest := strings.TrimPrefix(said, "*<https://github.com/a/b/pull/1|"); strings.Contains(rest, "<") {
					t.Fatalf("%q", said)
				}
			}
		}
	})
}

func texts(block goslack.Block) []string {
	switch b := block.(type) {
	case *goslack.SectionBlock:
		return []string{b.Text.Text}
	case *goslack.ContextBlock:
		var said []string
		for _, element := range b.ContextElements.Elements {
			if text, ok := element.(*goslack.TextBlockObject); ok {
				said = append(said, text.Text)
			}
		}
		return said
	}
	return nil
}
