package main

import (
	"context"
	"encoding/base64"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/handsoff/handsoff/functions/dashboard/session"
	"github.com/handsoff/handsoff/local-provider/sandbox/consent"
	"github.com/handsoff/handsoff/local-provider/sandbox/github"
	"github.com/handsoff/handsoff/local-provider/sandbox/slack"
)

const sandboxToken = "the-sandbox's-own-token-of-enough-bytes"

// providers are a Slack and a GitHub, and the lines of the configuration that name them.
func providersOf(t *testing.T) []string {
	t.Helper()
	s := slack.New(slack.Options{Token: sandboxToken, Client: consent.Client{ID: "us", Secret: "slack-secret"}})
	g := github.New(github.Options{Token: sandboxToken, Client: consent.Client{ID: "us", Secret: "github-secret"}})
	at := httptest.NewServer(s)
	hub := httptest.NewServer(g)
	t.Cleanup(func() { at.Close(); hub.Close(); s.Close(); g.Close() })
	return []string{
		"  slack: {client_id: us, team: " + slack.HomeTeam + ", url: " + at.URL + ", api: " + at.URL + "/api/}",
		"  github: {client_id: us, url: " + hub.URL + ", api: " + hub.URL + "/api/v3}",
		"slack: {url: " + at.URL + "/api/}",
	}
}

// leave begins a login and gives the provider's page.
func (v *visitor) leave(provider, back string) *url.URL {
	v.Helper()
	p := v.get("login/with/" + provider + "?back=" + url.QueryEscape(back))
	where, err := p.Location()
	if p.StatusCode != http.StatusSeeOther || err != nil {
		v.Fatalf("%s: %d %v", provider, p.StatusCode, err)
	}
	return where
}

// agree is what somebody does at the provider: they go on as a person, or with deny as nobody. It gives where the browser is sent.
func (v *visitor) agree(where *url.URL, choice, person string) *url.URL {
	v.Helper()
	query := where.Query()
	query.Set(choice, person)
	at := *where
	at.RawQuery = query.Encode()
	r, err := http.NewRequestWithContext(v.Context(), http.MethodGet, at.String(), nil)
	if err != nil {
		v.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+sandboxToken)
	answer, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		v.Fatal(err)
	}
	_ = answer.Body.Close()
	back, err := answer.Location()
	if err != nil {
		v.Fatalf("%s: %d %v", at.String(), answer.StatusCode, err)
	}
	return back
}

// return is the way back, and gives where that leads.
func (v *visitor) arrive(at *url.URL) string {
	v.Helper()
	return v.get(strings.TrimPrefix(at.String(), v.base())).Header.Get("Location")
}

// TestLogins with Slack and GitHub: who agreed there is logged in, in the browser in which it began, and goes on where they were.
func TestLogins(t *testing.T) {
	t.Parallel()
	h := bare(t, providersOf(t)...)
	for provider, want := range map[string]struct{ person, principal string }{
		"slack": {slack.Ann, "slack:U0ANN"}, "github": {github.Ann, "github:583231"},
	} {
		v := h.visitor()
		page := v.leave(provider, "jobs/k3f7?x=1")
		query := page.Query()
		if query.Get("code_challenge_method") != "S256" || len(query.Get("code_challenge")) != 43 || len(query.Get("state")) < 40 || query.Get("client_id") != "us" ||
			query.Get("redirect_uri") != h.base()+"login/with/"+provider+"/back" {
			t.Errorf("%s: %v", provider, query)
		}
		back := v.agree(page, "as", want.person)
		if where := v.arrive(back); where != "../../../jobs/k3f7?x=1" {
			t.Errorf("%s leads to %s", provider, where)
		}
		if p := v.get("login"); !strings.Contains(p.body, want.principal) {
			t.Errorf("%s: %s", provider, p.body)
		}
		h.audited("login", want.principal)
		// The same answer again is worth nothing, not even in the same browser.
		if where := v.arrive(back); where != "../../../login/failed?why=browser" {
			t.Errorf("%s again leads to %s", provider, where)
		}
	}
}

// TestWrongLogins: nobody is logged in by an answer that is not to what this browser asked, or that the provider does not stand by.
func TestWrongLogins(t *testing.T) {
	t.Parallel()
	h := bare(t, providersOf(t)...)
	for provider, person := range map[string]string{"slack": slack.Ann, "github": github.Ann} {
		change := func(at *url.URL, name, value string) *url.URL {
			query := at.Query()
			query.Set(name, value)
			other := *at
			other.RawQuery = query.Encode()
			return &other
		}
		other := map[string]string{"slack": "github", "github": "slack"}[provider]
		for name, try := range map[string]struct {
			why string
			at  func(v *visitor) *url.URL
		}{
			"another state": {"browser", func(v *visitor) *url.URL {
				return change(v.agree(v.leave(provider, ""), "as", person), "state", "guessed")
			}},
			"no state":        {"browser", func(v *visitor) *url.URL { return change(v.agree(v.leave(provider, ""), "as", person), "state", "") }},
			"another browser": {"browser", func(v *visitor) *url.URL { o := h.visitor(); return o.agree(o.leave(provider, ""), "as", person) }},
			"another login": {"browser", func(v *visitor) *url.URL {
				v.leave(provider, "")
				o := h.visitor()
				return o.agree(o.leave(provider, ""), "as", person)
			}},
			"another provider": {"browser", func(v *visitor) *url.URL {
				at := v.agree(v.leave(provider, ""), "as", person)
				at.Path = strings.Replace(at.Path, "/"+provider+"/", "/"+other+"/", 1)
				return at
			}},
			"denied": {"denied", func(v *visitor) *url.URL { return v.agree(v.leave(provider, ""), "deny", "1") }},
			"an invented code": {"provider", func(v *visitor) *url.URL {
				return change(v.agree(v.leave(provider, ""), "as", person), "code", "guessed")
			}},
			"a code of another login": {"provider", func(v *visitor) *url.URL {
				o := h.visitor() // its challenge was another one: PKCE
				theirs := o.agree(o.leave(provider, ""), "as", person)
				return change(v.agree(v.leave(provider, ""), "as", person), "code", theirs.Query().Get("code"))
			}},
		} {
			v := h.visitor()
			if where := v.arrive(try.at(v)); where != "../../../login/failed?why="+try.why {
				t.Errorf("%s, %s: leads to %s", provider, name, where)
			}
			if p := v.get(""); p.StatusCode != http.StatusSeeOther {
				t.Errorf("%s, %s: somebody is logged in", provider, name)
			}
		}
	}
	if n := len(h.sessions()); n != 0 {
		t.Errorf("there are %d sessions", n)
	}
	h.audited("login refused", "web:nobody")
}

// TestOtherWorkspaces: who is known to Slack, but of another workspace, stays outside; and an id token that is not for us, or not
// for this login, counts for nothing.
func TestOtherWorkspaces(t *testing.T) {
	t.Parallel()
	h := bare(t, providersOf(t)...)
	v := h.visitor()
	if where := v.arrive(v.agree(v.leave("slack", ""), "as", slack.Stranger)); where != "../../../login/failed?why=team" {
		t.Errorf("a stranger is led to %s", where)
	}
	claims := `{"iss":"https://slack.test","aud":"us","exp":99999999999,"nonce":"n","sub":"U1","https://slack.com/user_id":"U1"}`
	user := `{"ok":true,"sub":"U1","https://slack.com/user_id":"U1","https://slack.com/team_id":"T0HOME","name":"x"}`
	for name, try := range map[string]struct{ claims, user string }{
		"right":           {claims, user},
		"another client":  {strings.Replace(claims, `"us"`, `["them"]`, 1), user},
		"another issuer":  {strings.Replace(claims, "slack.test", "evil.test", 1), user},
		"another login":   {strings.Replace(claims, `"nonce":"n"`, `"nonce":"m"`, 1), user},
		"expired":         {strings.Replace(claims, "99999999999", "1", 1), user},
		"another person":  {claims, strings.ReplaceAll(user, "U1", "U2")},
		"nobody":          {claims, `{"ok":false,"error":"invalid_auth"}`},
		"not a token":     {"", user},
		"no user":         {claims, strings.Replace(user, `"https://slack.com/user_id":"U1",`, "", 1)},
		"another team":    {claims, strings.Replace(user, "T0HOME", "T0OTHER", 1)},
		"what is no JSON": {claims, "<html>"},
	} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if strings.HasSuffix(r.URL.Path, "token") {
				fmt.Fprintf(w, `{"ok":true,"access_token":"xoxp-1","id_token":"e30.%s.x"}`, base64.RawURLEncoding.EncodeToString([]byte(try.claims)))
				return
			}
			_, _ = w.Write([]byte(try.user))
		}))
		p := &session.Slack{
			URL: "https://slack.test", API: server.URL, ClientID: "us", Team: "T0HOME", Client: server.Client(), Now: time.Now,
			Secret: func() (string, error) { return "s", nil },
			Stands: func(context.Context, string) error { return nil },
		}
		who, err := p.Redeem(t.Context(), session.Code{Code: "c", Nonce: "n"})
		if (err == nil) != (name == "right") || err == nil && who.Principal != "slack:U1" {
			t.Errorf("%s: %+v %v", name, who, err)
		}
		server.Close()
	}
}
