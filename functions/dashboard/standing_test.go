package main

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	goslack "github.com/slack-go/slack"

	"github.com/handsoff/handsoff/local-provider/sandbox/consent"
	"github.com/handsoff/handsoff/local-provider/sandbox/slack"
)

// backdate has something of the only session have been so long ago.
func (h *hall) backdate(field string, by time.Duration) {
	h.Helper()
	keys := h.sessions()
	if len(keys) != 1 {
		h.Fatalf("sessions: %v", keys)
	}
	record := h.record()
	record[field] = time.Now().Add(-by).UTC()
	body, err := json.Marshal(record)
	if err != nil {
		h.Fatal(err)
	}
	h.write(h.Redis.Set(h.Context(), keys[0], body, time.Hour).Err())
}

// record is the only session as Redis has it.
func (h *hall) record() map[string]any {
	h.Helper()
	record := map[string]any{}
	if err := json.Unmarshal([]byte(h.Redis.Get(h.Context(), h.sessions()[0]).Val()), &record); err != nil {
		h.Fatal(err)
	}
	return record
}

// TestWhoIsNoMember of the workspace is not logged in with Slack, and whose account is closed is logged out, though no role names a
// user group.
func TestWhoIsNoMember(t *testing.T) {
	t.Parallel()
	s := slack.New(slack.Options{Token: sandboxToken, Client: consent.Client{ID: "us", Secret: "slack-secret"}})
	at := httptest.NewServer(s)
	t.Cleanup(func() { at.Close(); s.Close() })
	h := bare(t, "  slack: {client_id: us, team: "+slack.HomeTeam+", url: "+at.URL+", api: "+at.URL+"/api/}", "slack: {url: "+at.URL+"/api/}")
	change := func(who string, to func(u *slack.User)) {
		t.Helper()
		if err := s.ChangeUser(who, to); err != nil {
			t.Fatal(err)
		}
	}
	v := h.visitor()
	agreed := v.agree(v.leave("slack", ""), "as", slack.Bob)
	change("bob", func(u *slack.User) { u.Restricted = true })
	if where := v.arrive(agreed); where != "../../../login/failed?why=member" {
		t.Errorf("a guest is led to %s", where)
	}
	if where := v.arrive(v.agree(v.leave("slack", ""), "as", slack.Ann)); where != "../../../" {
		t.Fatalf("a member is led to %s", where)
	}
	h.backdate("asked", 11*time.Minute)
	if p := v.get("login"); !strings.Contains(p.body, "slack:U0ANN") {
		t.Errorf("a member is shown %d", p.StatusCode)
	}
	change("ann", func(u *slack.User) { u.Deleted = true })
	if p := v.get("login"); !strings.Contains(p.body, "slack:U0ANN") {
		t.Errorf("Slack is asked each time: %d", p.StatusCode)
	}
	h.backdate("asked", 11*time.Minute)
	if p := v.get(""); p.StatusCode != http.StatusSeeOther || len(h.sessions()) != 0 {
		t.Errorf("whose account is closed is shown %d", p.StatusCode)
	}
}

// TestStanding is the name that the door slack gives somebody.
func TestStanding(t *testing.T) {
	t.Parallel()
	for want, user := range map[string]goslack.User{
		"slack:U1":        {TeamID: "T0HOME"},
		"slack-guest:U1":  {TeamID: "T0HOME", IsUltraRestricted: true},
		"slack-T0HOME:U1": {TeamID: "T0HOME", IsStranger: true},
		"":                {TeamID: "T0HOME", Deleted: true},
	} {
		if got := standing("U1", &user, true); got != want {
			t.Errorf("%+v is %q, want %q", user, got, want)
		}
	}
	for name, user := range map[string]goslack.User{"bot": {TeamID: "T0HOME", IsBot: true}, "of no team": {}} {
		if got := standing("U1", &user, true); got != "" {
			t.Errorf("a %s is %q", name, got)
		}
	}
	if got := standing("U1", &goslack.User{TeamID: "T0OTHER", IsRestricted: true}, false); got != "slack-T0OTHER:U1" {
		t.Errorf("somebody of elsewhere is %q", got)
	}
	for principal, want := range map[string]string{
		"slack:U0ANN": "U0ANN", "slack-guest:U0G": "U0G", "slack-T0OTHER:W0EVE": "W0EVE", "telnet:U0ANN": "", "slack-group:S0OPS": "", "slack:": "",
		"slack:*": "", "slack-x:U0ANN": "", "github:1": "",
	} {
		if got := slackUser(principal); got != want {
			t.Errorf("%s is %q at Slack", principal, got)
		}
	}
}
