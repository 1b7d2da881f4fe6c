package main

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/shared/function"
	"github.com/handsoff/handsoff/shared/job/jobtest"
	"github.com/handsoff/handsoff/shared/slack"
)

// TestWhoSomebodyIs: by the id and the team, never the name.
func TestWhoSomebodyIs(t *testing.T) {
	t.Parallel()
	h := newHall(t, jobtest.Redis(t).Client(t))
	for _, c := range []struct{ user, principal, groups string }{
		{"U0ANN", "slack:U0ANN", ""},
		{"U0GRO", "slack:U0GRO", "slack-group:S0OPS"}, // the other group is in no role
		{"U0GRID", "slack:U0GRID", ""},                // of a team that the configuration calls ours
		{"U0GUEST", "slack-guest:U0GUEST", ""},        // in a group, but a guest
		{"U0ULTRA", "slack-guest:U0ULTRA", ""},
		{"U0STR", "slack-T0OTHER:U0STR", ""},
		{"U0STRG", "slack-T0OTHER:U0STRG", ""},
		{"U0NEVER", "slack-T0HOME:U0NEVER", ""},
	} {
		h.types(c.user, "t."+c.user, "hello")
		if e := h.only(); e.Principal != c.principal || strings.Join(e.Groups, " ") != c.groups {
			t.Errorf("%s is %s of %q", c.user, e.Principal, e.Groups)
		}
	}
}

// TestWhoIsNotListenedTo: nothing is done for them, and that is noted.
func TestWhoIsNotListenedTo(t *testing.T) {
	t.Parallel()
	h := newHall(t, jobtest.Redis(t).Client(t))
	h.types("U0GONE", "t.1", "hello")
	h.types("U0CI", "t.2", "hello")
	h.types("U0FLOW", "t.3", "hello")
	h.types("U0WHO", "t.4", "hello")
	h.event("Ev1", inOps("U0GONE", rootTS, "<@U0BOT> hello"))
	h.event("Ev2", inOps("U0CI", laterTS, "<@U0BOT> hello", `"bot_id":"B0CI"`))
	h.event("Ev3", inOps("U0BOT", thirdTS, "<@U0BOT> hello", `"bot_id":"B0BOT"`)) // ourselves: not even noted
	h.wants()
	if list := h.desk.envelopes(); len(list) != 0 {
		t.Errorf("asked for %+v", list)
	}
	for why, want := range map[string]int64{"deactivated": 2, "bot": 3, "unknown": 1} {
		if n := h.counts("ignored_" + why); n != want {
			t.Errorf("%s: counted %d, want %d", why, n, want)
		}
	}
	turned := h.turnedAway()
	for _, want := range []string{
		"slack:U0GONE ignored: deactivated: slash", "slack:U0GONE ignored: deactivated: event message",
		"slack:U0CI ignored: bot: slash", "slack:U0CI ignored: bot: event message", "slack:U0WHO ignored: unknown: slash",
	} {
		if !slices.Contains(turned, want) {
			t.Errorf("those who were turned away lack %q:\n%s", want, strings.Join(turned, "\n"))
		}
	}
	if len(turned) != 6 {
		t.Errorf("turned away:\n%s", strings.Join(turned, "\n"))
	}
	if audit := h.audited(); len(audit) != 4 { // each of them once an hour
		t.Errorf("audit:\n%s", strings.Join(audit, "\n"))
	}
}

// TestAFloodHidesNobody: whoever sends what is not signed does not keep out of the audit who is not listened to.
func TestAFloodHidesNobody(t *testing.T) {
	t.Parallel()
	h := newHall(t, jobtest.Redis(t).Client(t))
	for range 20 {
		h.post(inJSON, "{}", nil)
	}
	h.types("U0GONE", "t.1", "hello")
	h.settles()
	if audit := h.audited(); !slices.Contains(audit, "slack:U0GONE ignored: deactivated: slash") {
		t.Errorf("audit:\n%s", strings.Join(audit, "\n"))
	}
}

// TestIdentityIsKeptBriefly: Slack is asked once, and again as soon as it says that something changed.
func TestIdentityIsKeptBriefly(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		h := newHall(t, rdb)
		asks := func(what string, people, groups int) {
			t.Helper()
			h.settles()
			if p, g := h.slack.called("users.info"), h.slack.called("usergroups.list"); p != people || g != groups {
				t.Errorf("%s: asked %d times for a person and %d for groups; want %d and %d", what, p, g, people, groups)
			}
		}
		for _, trigger := range []string{"1", "2", "3"} {
			h.types("U0GRO", trigger, "hello")
		}
		asks("three commands at once", 1, 1)
		for key, most := range map[string]time.Duration{personKey("U0GRO"): personLife, slack.GroupsKey: slack.GroupsLife} {
			if ttl := rdb.PTTL(t.Context(), key).Val(); ttl <= 0 || ttl > most {
				t.Errorf("%s is kept for %s", key, ttl)
			}
		}
		h.slack.has("U0GRO", "deleted", true)
		h.event("Ev1", `{"type":"user_change","user":{"id":"U0GRO","deleted":true}}`)
		h.settles()
		h.desk.envelopes()
		h.types("U0GRO", "4", "hello")
		asks("after user_change", 2, 1)
		if list := h.desk.envelopes(); len(list) != 0 {
			t.Errorf("somebody deactivated is listened to: %+v", list)
		}
		for i, kind := range []string{"subteam_updated", "subteam_members_changed", "subteam_created"} {
			h.types("U0EVE", kind+"a", "hello")
			h.event("Ev"+kind, `{"type":"`+kind+`","subteam":{"id":"S0OPS"},"subteam_id":"S0OPS"}`)
			h.settles()
			if text := rdb.Get(t.Context(), slack.GroupsKey).Val(); text != "" {
				t.Errorf("%d: after %s there is still %s", i, kind, text)
			}
			if err := rdb.Del(t.Context(), slack.GroupsKey).Err(); err != nil {
				t.Fatal(err)
			}
		}
	})
}

func TestGroupsAreAskedForOnlyWhenARoleNamesOne(t *testing.T) {
	t.Parallel()
	config := func(roles string) func(map[string]string) {
		return func(secrets map[string]string) {
			_, section, _ := strings.Cut(secrets[function.ConfigSecret], "slack: ")
			secrets[function.ConfigSecret] = roles + "slack: " + section
		}
	}
	for _, c := range []struct {
		roles, groups string
		asked         int
	}{
		{`roles: {operator: ["slack:U0GRO"]}`, "", 0},
		{`roles: {operator: ["slack-group:S0OTHER"]}`, "slack-group:S0OTHER", 1},
		{`roles: {operator: ["slack-group:*"]}`, "slack-group:S0OPS slack-group:S0OTHER", 1},
	} {
		h := newHall(t, jobtest.Redis(t).Client(t), config(c.roles+"\n"))
		h.types("U0GRO", "1", "hello")
		if e := h.only(); strings.Join(e.Groups, " ") != c.groups || h.slack.called("usergroups.list") != c.asked {
			t.Errorf("%s: in %q, asked %d times", c.roles, e.Groups, h.slack.called("usergroups.list"))
		}
	}
}

// TestGroupsThatCannotBeAskedFor give nobody a role; who has one by name keeps it.
func TestGroupsThatCannotBeAskedFor(t *testing.T) {
	t.Parallel()
	h := newHall(t, jobtest.Redis(t).Client(t))
	h.slack.fails("usergroups.list", "missing_scope")
	h.types("U0GRO", "1", "hello")
	if e := h.only(); e.Principal != "slack:U0GRO" || len(e.Groups) != 0 {
		t.Errorf("%+v", e)
	}
	if !strings.Contains(h.logs.String(), "which user group") {
		t.Error("nobody is told")
	}
	h.slack.fails("usergroups.list", "internal_error") // that passes: it is tried again
	h.types("U0GRO", "2", "hello")
	if e := h.only(); len(e.Groups) != 1 {
		t.Errorf("%+v", e)
	}
}
