package main

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/functions/slack/home"
	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/config"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/job/jobtest"
	"github.com/handsoff/handsoff/shared/schedule"
)

const homeOpened = `{"type":"app_home_opened","user":"U0ANN","tab":"home","channel":"D0ANN"}`

// accepts makes a job.
func (h *hall) accepts(changes ...func(*job.Request)) string {
	h.Helper()
	accepted, err := h.Jobs.Accept(h.Context(), jobtest.Request(changes...))
	if err != nil {
		h.Fatal(err)
	}
	return accepted.ID
}

func of(principal, text string) func(*job.Request) {
	return func(r *job.Request) { r.Principal, r.Text = principal, text }
}

func needing(role string) func(*job.Request) {
	return func(r *job.Request) { r.Signoff = &job.Signoff{Need: 1, Role: role} }
}

func TestHomeShowsWhatIsMineAndWhatWaits(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, testHome)
}

func testHome(t *testing.T, rdb *redis.Client) {
	h := newHall(t, rdb)
	h.desk.catalogue = []command.Declared{{Spec: command.Spec{Words: "jobs", Summary: "List jobs"}}}
	mine := h.accepts(of("slack:U0ANN", "run mine"))
	h.accepts(of("slack:U0EVE", "run hers"))
	waits := h.accepts(of("slack:U0EVE", "run waits"), needing("operator"))
	h.accepts(of("slack:U0EVE", "run elsewhere"), needing("release"))
	own := h.accepts(of("slack:U0ANN", "run own"), needing("operator"))
	h.event("Ev1", homeOpened)
	h.settles()
	views := h.slack.lastViews()
	if len(views) != 1 || views[0].method != "views.publish" || views[0].user != "U0ANN" {
		t.Fatalf("%+v", views)
	}
	text := views[0].text
	yours, rest, _ := strings.Cut(text, "Waiting for your approval")
	waiting, may, _ := strings.Cut(rest, "What you may do")
	for part, ids := range map[string][]string{yours: {mine, own}, waiting: {waits}, may: {"`jobs` List jobs"}} {
		for _, id := range ids {
			if !strings.Contains(part, id) || strings.Count(text, "`"+id+"`") > 1 {
				t.Errorf("%s is not where it belongs in %s", id, text)
			}
		}
	}
	if strings.Contains(text, "hers") || strings.Contains(text, "elsewhere") {
		t.Error(text)
	}
}

func TestHomeIsShownAnew(t *testing.T) {
	t.Parallel()
	h := newHall(t, jobtest.Redis(t).Client(t))
	h.event("Ev1", strings.Replace(homeOpened, `"home"`, `"messages"`, 1))
	h.settles()
	if views := h.slack.lastViews(); len(views) != 0 {
		t.Errorf("%+v", views)
	}
	for trigger, action := range map[string]string{"1.1": `"action_id":"home:refresh"`, "1.2": `"action_id":"command:1","value":"{\"command\":\"cancel\",\"args\":{\"id\":\"k3f7\"}}"`} {
		h.sends(inForm, payload(`{"type":"block_actions","trigger_id":"`+trigger+`","user":{"id":"U0ANN"},`+atHome+`,"actions":[{`+action+`}]}`))
		h.settles()
		if views := h.slack.lastViews(); len(views) != 1 || views[0].user != "U0ANN" {
			t.Errorf("%s: %+v", action, views)
		}
	}
}

func TestHomeWithoutTheFunctionCommand(t *testing.T) {
	t.Parallel()
	h := newHall(t, jobtest.Redis(t).Client(t))
	h.desk.Close()
	h.event("Ev1", homeOpened)
	h.settles()
	if views := h.slack.lastViews(); len(views) != 1 || !strings.Contains(views[0].text, "cannot be read now") {
		t.Errorf("%+v", views)
	}
}

func TestHomeIsNotForTheDeactivated(t *testing.T) {
	t.Parallel()
	h := newHall(t, jobtest.Redis(t).Client(t))
	h.event("Ev1", strings.Replace(homeOpened, "U0ANN", "U0GONE", 1))
	h.settles()
	if views := h.slack.lastViews(); len(views) != 0 || h.counts("ignored_deactivated") != 1 {
		t.Errorf("%+v", views)
	}
}

// TestASlackThatRefusesTheHomeTab is not asked again and again.
func TestASlackThatRefusesTheHomeTab(t *testing.T) {
	t.Parallel()
	for fault, calls := range map[string]int{"not_enabled": 1, "invalid_blocks": 1, "429": 2} {
		h := newHall(t, jobtest.Redis(t).Client(t))
		h.slack.fails("views.publish", fault)
		h.event("Ev1", homeOpened)
		h.settles()
		if n := h.slack.called("views.publish"); n != calls {
			t.Errorf("%s: %d calls", fault, n)
		}
	}
}

// TestAnActIsNotRepeatedForTheHomeTab: what was done at Home stays done once, also when the tab cannot be shown anew.
func TestAnActIsNotRepeatedForTheHomeTab(t *testing.T) {
	t.Parallel()
	h := newHall(t, jobtest.Redis(t).Client(t))
	h.slack.fails("views.publish", "429", "500")
	h.sends(inForm, payload(`{"type":"block_actions","trigger_id":"1.1","user":{"id":"U0ANN"},`+atHome+
		`,"actions":[{"action_id":"command:1","value":"{\"command\":\"approve\",\"args\":{\"id\":\"k3f7\"}}"}]}`))
	if e := h.only(); e.Command != "approve" || h.slack.called("views.publish") != 1 {
		t.Errorf("%+v", e)
	}
}

// almanac is a calendar of the test.
type almanac func() ([]home.Schedule, error)

func (a almanac) Upcoming(context.Context) ([]home.Schedule, error) { return a() }

func TestHomeShowsSchedules(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		list []home.Schedule
		err  error
		want string
	}{
		{[]home.Schedule{{Name: "nightly", When: "at 02:00", Text: "jobs"}}, nil, "*nightly* at 02:00"},
		{nil, errors.New("away"), "The schedules cannot be read now"},
	} {
		h := idleHall(t, jobtest.Redis(t).Client(t))
		h.desk.catalogue = []command.Declared{{Spec: command.Spec{Words: "schedules", Summary: "List schedules"}}}
		h.calendar = almanac(func() ([]home.Schedule, error) { return test.list, test.err })
		h.starts()
		h.event("Ev1", homeOpened)
		h.settles()
		if views := h.slack.lastViews(); len(views) != 1 || !strings.Contains(views[0].text, test.want) {
			t.Errorf("%s: %+v", test.want, views)
		}
	}
}

// What comes due next stands first, and what rests last.
func TestUpcoming(t *testing.T) {
	t.Parallel()
	rdb := jobtest.Redis(t).Client(t)
	f, err := config.Parse([]byte(`schedules:
  - {name: paused, cron: "@hourly", line: ping}
  - {name: later, cron: "@daily", line: demo run pin=t0psecret}
  - {name: sooner, cron: "@hourly", run: jenkins build}
`))
	if err != nil {
		t.Fatal(err)
	}
	c := configured{set: schedule.Read(f), rdb: rdb, log: slog.New(slog.DiscardHandler)}
	now := time.Date(2026, 3, 2, 10, 30, 0, 0, time.UTC)
	for _, s := range c.set.All() {
		st, _ := s.Advance(schedule.State{}, schedule.Facts{Now: now})
		if s.Name == "paused" {
			st.Paused = &schedule.Pause{By: "telnet:ann"}
		}
		if err := schedule.Save(t.Context(), rdb, s.Name, &st); err != nil {
			t.Fatal(err)
		}
	}
	if list, err := c.Upcoming(t.Context()); err != nil || !strings.Contains(list[1].Text, "not known now") {
		t.Errorf("without a catalogue: %+v %v", list, err)
	}
	declared := `{"demo":"- {words: demo run, summary: s, role: viewer, args: [{name: pin, secret: true}]}"}`
	if err := rdb.Set(t.Context(), "handsoff:catalogue", declared, 0).Err(); err != nil {
		t.Fatal(err)
	}
	list, err := c.Upcoming(t.Context())
	if err != nil || len(list) != 3 || list[0].Name != "sooner" || list[0].Text != "jenkins build" || list[1].Name != "later" || list[1].Text != "demo run ***" || list[2].When != "paused by telnet:ann" {
		t.Errorf("%+v %v", list, err)
	}
}
