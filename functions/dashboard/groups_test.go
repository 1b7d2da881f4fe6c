package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/handsoff/handsoff/functions/dashboard/session"
	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/dashboard"
	"github.com/handsoff/handsoff/shared/function"
	"github.com/handsoff/handsoff/shared/function/functiontest"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/job/jobtest"
)

// workspace is a Slack that counts what it is asked for.
type workspace struct {
	*httptest.Server

	users, lists atomic.Int64
	status       atomic.Int64
	asked        atomic.Value // a func(), called while somebody is asked for
}

func newWorkspace(t *testing.T) *workspace {
	t.Helper()
	w := new(workspace)
	w.status.Store(http.StatusOK)
	w.Server = httptest.NewServer(http.HandlerFunc(func(to http.ResponseWriter, r *http.Request) {
		to.Header().Set("Content-Type", "application/json")
		to.WriteHeader(int(w.status.Load()))
		switch strings.TrimPrefix(r.URL.Path, "/api/") {
		case "auth.test":
			fmt.Fprint(to, `{"ok":true,"user_id":"U0BOT","bot_id":"B0BOT","team_id":"T0HOME","url":"https://x.slack.com/"}`)
		case "users.info":
			w.users.Add(1)
			if asked, is := w.asked.Load().(func()); is {
				asked()
			}
			fmt.Fprintf(to, `{"ok":true,"user":{"id":%q,"team_id":"T0HOME"}}`, r.FormValue("user"))
		case "usergroups.list":
			w.lists.Add(1)
			fmt.Fprint(to, `{"ok":true,"usergroups":[{"id":"S0OPS","users":["U0ANN"]},{"id":"S0OTHER","users":["U0ANN"]}]}`)
		}
	}))
	t.Cleanup(w.Close)
	return w
}

// place is the function with a configuration that has a Slack, and with a token for it unless it is to have none.
func place(t *testing.T, at, token string) *function.Platform {
	t.Helper()
	_, rdb := jobtest.New(t)
	written := fmt.Sprintf("roles: {viewer: [\"slack-group:S0OPS\"]}\nslack: {url: %s/api/}\ndashboard: {url: http://127.0.0.1/d, slack: {client_id: us, team: T0HOME}}\n", at)
	secrets := map[string]string{function.ConfigSecret: written}
	if token != "" {
		secrets[tokenSecret] = token
	}
	return functiontest.On(t, rdb, functiontest.Place{Function: "dashboard", Secrets: secrets})
}

// TestNobodyLogsInWithSlackUnasked: where it cannot be asked whether somebody is a member or a guest, nobody logs in that way.
func TestNobodyLogsInWithSlackUnasked(t *testing.T) {
	t.Parallel()
	for token, want := range map[string]int{"": http.StatusNotFound, "xoxb-1": http.StatusSeeOther} {
		parts, err := setUp(t.Context(), place(t, "http://127.0.0.1:1", token))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = parts.Stop(context.Background()) })
		mux := http.NewServeMux()
		for pattern, route := range parts.Routes {
			mux.Handle(pattern, route)
		}
		w := httptest.NewRecorder()
		mux.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/login/with/slack", nil))
		if w.Code != want {
			t.Errorf("with the token %q: %d", token, w.Code)
		}
		w = httptest.NewRecorder()
		mux.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/login", nil))
		if offered := strings.Contains(w.Body.String(), "Log in with Slack"); offered != (token != "") {
			t.Errorf("with the token %q it is offered: %v", token, offered)
		}
	}
}

// TestGroupsAreAskedForOnce: the members of user groups are asked for once for everybody, and where Slack does not answer, nobody
// waits for it again so soon.
func TestGroupsAreAskedForOnce(t *testing.T) {
	t.Parallel()
	at := newWorkspace(t)
	p := place(t, at.URL, "xoxb-1")
	one, err := readGroups(p)
	if err != nil {
		t.Fatal(err)
	}
	other, err := readGroups(p) // another replica
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		ann, err := one.of(t.Context(), "slack:U0ANN")
		bob, err2 := other.of(t.Context(), "slack:U0BOB")
		if errors.Join(err, err2) != nil || !slices.Equal(ann, []string{"slack-group:S0OPS"}) || len(bob) > 0 {
			t.Fatalf("%v %v %v %v", ann, bob, err, err2)
		}
	}
	if n := at.lists.Load(); n != 1 {
		t.Errorf("the list was asked for %d times", n)
	}
	left, leave := context.WithCancel(t.Context())
	at.asked.Store(func() { leave() })
	if _, err := one.of(left, "slack:U0ANN"); !errors.Is(err, context.Canceled) {
		t.Error("who has left is answered:", err)
	}
	at.asked = atomic.Value{}
	if list, err := one.of(t.Context(), "slack:U0ANN"); err != nil || len(list) != 1 {
		t.Errorf("after somebody who left: %v %v", list, err)
	}
	at.status.Store(http.StatusServiceUnavailable)
	before := at.users.Load()
	for i := range 5 {
		for _, who := range []string{"slack:U0ANN", "slack:U0BOB"} {
			list, err := other.of(t.Context(), who)
			if err == nil || len(list) > 0 || errors.Is(err, session.ErrLater) != (i > 0 || who == "slack:U0BOB") {
				t.Errorf("%s, %d: %v %v", who, i, list, err)
			}
		}
	}
	if n := at.users.Load() - before; n != 1 {
		t.Errorf("it was asked %d times while it was away", n)
	}
	if left := p.Redis.TTL(t.Context(), triedKey("")).Val(); left <= 0 || left > later {
		t.Errorf("it is not asked again for %v", left)
	}
	if list, err := other.of(t.Context(), "telnet:ann"); err != nil || len(list) > 0 {
		t.Errorf("of somebody else: %v %v", list, err)
	}
	at.status.Store(http.StatusOK)
	if err := p.Redis.Del(t.Context(), triedKey("")).Err(); err != nil {
		t.Fatal(err)
	}
	if list, err := other.of(t.Context(), "slack:U0ANN"); err != nil || len(list) != 1 {
		t.Errorf("when it answers again: %v %v", list, err)
	}
}

// TestGroupsOfManyAtOnceAreAskedForOnce: who logs in meanwhile waits for the same answer.
func TestGroupsOfManyAtOnceAreAskedForOnce(t *testing.T) {
	t.Parallel()
	at := newWorkspace(t)
	g, err := readGroups(place(t, at.URL, "xoxb-1"))
	if err != nil {
		t.Fatal(err)
	}
	const many = 10
	var all sync.WaitGroup // until everybody was asked for, so that all come to their groups at once
	all.Add(many)
	at.asked.Store(func() { all.Done(); all.Wait() })
	var people sync.WaitGroup
	for i := range many {
		people.Go(func() {
			if list, err := g.of(t.Context(), fmt.Sprintf("slack:U0EVE%d", i)); err != nil || len(list) > 0 {
				t.Error(list, err)
			}
		})
	}
	people.Wait()
	if n := at.lists.Load(); n != 1 {
		t.Errorf("the list was asked for %d times", n)
	}
}

func readGroups(p *function.Platform) (*groups, error) {
	settings, err := dashboard.Read(p.Config)
	if err != nil {
		return nil, err
	}
	return newGroups(p, settings)
}

// TestWhatADoorKnowsCountsThere: a group that only a door can vouch for is none of who logs in by its link.
func TestWhatADoorKnowsCountsThere(t *testing.T) {
	t.Parallel()
	h := bare(t)
	answer, err := h.parts.Calls["dashboard"](t.Context(), command.Call{
		Command: "dashboard", Principal: "irc:oftc/op", Groups: []string{"telnet:eve"}, Origin: job.Origin{Door: "irc"},
	})
	if err != nil || answer.Problem != nil {
		t.Fatalf("%+v %v", answer, err)
	}
	_, link, _ := strings.Cut(answer.Text, "\n")
	v := h.visitor()
	v.redeem(link, http.StatusSeeOther)
	if p := v.get(""); p.StatusCode != http.StatusForbidden || !strings.Contains(p.body, "irc:oftc/op, without any role") {
		t.Errorf("%d %s", p.StatusCode, p.body)
	}
}
