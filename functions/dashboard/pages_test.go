package main

import (
	"context"
	"encoding/json"
	"fmt"
	"html"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/command/commandtest"
	"github.com/handsoff/handsoff/shared/event"
	"github.com/handsoff/handsoff/shared/gap"
	"github.com/handsoff/handsoff/shared/health"
	"github.com/handsoff/handsoff/shared/inbox"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/job/jobtest"
	"github.com/handsoff/handsoff/shared/ruling"
	"github.com/handsoff/handsoff/shared/schedule"
)

// furniture are the sections of the configuration that the tests of these pages have.
const furniture = `
schedules:
  - {name: nova-nightly, cron: "0 2 * * *", zone: Europe/Berlin, run: jenkins build, args: {job: nova/master, ref: "{{ remembered.tip.value }}"}, changed: tip, announce: "slack:C0CI"}
  - {name: kettle-weekly, cron: "30 4 * * 1", line: git sync kettle, overlap: queue}
  - {name: report, cron: "0 8 * * 1-5", line: github pr-report acme, missed: ignore}
  - {name: broken, cron: "never", line: x}
rules:
  - {name: verify, on: gerrit.patchset-created, where: {project: review/nova}, run: jenkins build, args: {job: nova/check, ref: "{{ change.ref }}"}}
  - {name: cleanup, on: [github.pull_request.closed], notify: {to: "slack:C0CI", text: "{{ pr.title }} is over"}}
  - {name: tip, on: gerrit.change-merged, remember: {name: tip, value: "{{ patchset.revision }}"}}
gerrit: {servers: [{name: review, url: "http://127.0.0.1:1", ssh: "127.0.0.1:29418", user: bot}]}
slack: {}
github: {}
`

// house is a hall with something on all pages; say is what somebody outside wrote, wherever they can.
func house(t *testing.T, say string) *hall {
	t.Helper()
	h := bare(t, furniture)
	h.declares()
	h.did(say)
	h.heard(say)
	h.scheduled(say)
	return h
}

// declares has the catalogue be that of the project, with a function that declares wrong.
func (h *hall) declares() {
	h.Helper()
	annotations := make(map[string]string)
	for name, all := range commandtest.Annotations(h) {
		annotations[name] = command.Declaration(all)
	}
	annotations["odd"] = "- {words: NOT GOOD, summary: x, role: viewer}"
	source := command.NewSource(func(context.Context) (map[string]string, error) { return annotations, nil }, h.Redis, h.log)
	if _, err := source.Renew(h.Context()); err != nil {
		h.Fatal(err)
	}
}

func (h *hall) write(err error) {
	h.Helper()
	if err != nil {
		h.Fatal(err)
	}
}

// did fills five weeks of statistics.
func (h *hall) did(say string) {
	h.Helper()
	hour := time.Now().Unix() / 3600
	name := strings.NewReplacer("|", " ", "\x00", "").Replace(strings.ToValidUTF8(say, ""))
	_, err := h.Redis.Pipelined(h.Context(), func(pipe redis.Pipeliner) error {
		for i := range int64(35 * 24) {
			key := fmt.Sprintf("handsoff:metrics:%d", hour-i)
			n := 3 + (i*7)%11 - i%4
			pipe.HSet(h.Context(), key, "ended|jenkins build|succeeded", n, "ended|jenkins build|failed", i%3, "ended|jenkins build|cancelled", i%5/4,
				"took|jenkins build|60", n/2, "took|jenkins build|300", n-n/2, "took|jenkins build|1800", i%3, "took_ms|jenkins build", n*150_000,
				"accepted|jenkins build|slack", n, "accepted|jenkins build|telnet", 1, "accepted|"+name+"|"+name, 1,
				"ended|"+name+"|succeeded", 1, "took|"+name+"|0.5", 1, "took_ms|"+name, 300, "ended|ansible run|unknown", i%17/16,
				"wait|0.1", n, "wait|1", i%2, "wait|15", i%6/5, "wait_ms", n*100, "cancel|1", i%5/4, "cancel|5", i%10/9, "cancel_ms", 900)
		}
		return nil
	})
	h.write(err)
}

// heard fills what came from outside.
func (h *hall) heard(say string) {
	h.Helper()
	ctx := h.Context()
	for i, one := range [][]string{
		{"verify", ruling.Ran, "k3f7", ""},
		{"cleanup", ruling.Told, "", "told slack:C0CI"},
		{"verify", ruling.Lacking, "", say},
		{say, ruling.Failed, "", say},
		{"tip", ruling.Remembered, "", "tip = 9f2c11e"},
		{"verify", ruling.Blown, "", "it acted 5 times within an hour for gerrit:review/4711"},
	} {
		h.write(h.Redis.XAdd(ctx, &redis.XAddArgs{Stream: ruling.DecisionsKey, Values: []any{
			"at", time.Now().Add(time.Duration(i-9) * time.Minute).UnixMilli(), "event", fmt.Sprint("gerrit-review-", i, say), "topic", "gerrit.patchset-created",
			"subject", "gerrit:review/4711 " + say, "author", say, "rule", one[0], "outcome", one[1], "job", one[2], "text", one[3],
		}}).Err())
	}
	h.write(h.Redis.HSet(ctx, ruling.TallyKey, "verify", 128, "verify at", time.Now().Add(-9*time.Minute).UnixMilli()).Err())
	_, err := ruling.SetPause(ctx, h.Redis, "cleanup", &ruling.Pause{By: "telnet:ann", At: time.Now().Add(-time.Hour), Reason: say})
	h.write(err)
	h.givesUp("github", say)
	h.givesUp("slack", say)
	h.took(event.Function, "gerrit.patchset-created", "gerrit-review-76", "gerrit:review/4711", "verify: job k3f7, "+say)
	h.took("slack", "message", "Ev76", "", "job m2x9")
	(&health.Caller{Redis: h.Redis, Door: "slack"}).Bad(ctx, "it refuses our app ("+say+")", health.ToMend)
	(&health.Caller{Redis: h.Redis, Door: "github"}).Good(ctx, &health.Rate{Left: 4321, Most: 5000, Reset: time.Now().Add(time.Hour)})
	_, err = event.Put(ctx, event.Box(h.Redis), &event.Event{
		ID: "gerrit-review-77", Topic: "gerrit.patchset-created", Source: "gerrit:review", At: time.Now(), Subject: "gerrit:review/4711",
		Author: event.Author{Principal: "gerrit:review/7", Name: say}, Revision: "9f2c11e", Cause: []string{"rule:verify"}, Payload: json.RawMessage(`{"a":1}`),
	})
	h.write(err)
	id, err := gap.Open(ctx, h.Redis, gap.Gap{Source: "gerrit:review", Why: say, From: time.Now().Add(-time.Hour)})
	h.write(err)
	h.write(gap.Close(ctx, h.Redis, id, gap.Closing{How: "replayed " + say, Missed: 12, Recovered: 11, Lost: say}))
	_, err = gap.Open(ctx, h.Redis, gap.Gap{Source: "github", Scope: "hook acme", Why: "connection refused", From: time.Now().Add(-time.Minute)})
	h.write(err)
	for _, act := range []string{"refused", "login", "rule paused"} {
		h.write(h.Jobs.Audit(ctx, job.AuditEntry{Who: "telnet:ann", Act: act, Job: "k3f7", Detail: "detail " + say}))
	}
	h.write(h.Redis.HSet(ctx, "handsoff:gerrit:review:state", "wrong", say, "heard", time.Now().Add(-time.Minute).UnixMilli()).Err())
	h.write(h.Jobs.Count(ctx, "refused_signature", 3))
	h.write(h.Redis.SAdd(ctx, job.Prefix+"queue:lanes", "jenkins").Err())
	h.write(h.Redis.RPush(ctx, job.Prefix+"queue:ready:jenkins", "1", "2").Err())
}

// took has a function deal with a delivery.
func (h *hall) took(function, kind, id, lane, led string) {
	h.Helper()
	box := inbox.Open(h.Redis, function, inbox.Options{KeepBodies: 10})
	body := []byte(`{"id":"` + id + `","topic":"` + kind + `","source":"gerrit:review"}` + "\n{}")
	_, err := box.Put(h.Context(), inbox.Delivery{ID: id, Kind: kind, Lane: lane, Body: body}, nil)
	h.write(err)
	worker := inbox.NewWorker(box, func(_ context.Context, c *inbox.Claim) error { c.Led(led); return nil }, inbox.WorkerOptions{Log: h.log})
	defer func() { _ = worker.Stop(context.WithoutCancel(h.Context())) }()
	jobtest.Eventually(h, "a delivery to be done", func() bool {
		_, standing, err := box.Find(h.Context(), id)
		return err == nil && standing.State == inbox.StateDone
	})
}

// givesUp has a function give a delivery up.
func (h *hall) givesUp(function, say string) {
	h.Helper()
	box := inbox.Open(h.Redis, function, inbox.Options{GiveUp: time.Nanosecond})
	_, err := box.Put(h.Context(), inbox.Delivery{ID: "dead-" + function, Kind: "message", Body: []byte("{}"), Lane: "C0CI"}, nil)
	h.write(err)
	worker := inbox.NewWorker(box, func(context.Context, *inbox.Claim) error { return fmt.Errorf("it broke: %s", say) }, inbox.WorkerOptions{Log: h.log})
	defer func() { _ = worker.Stop(context.WithoutCancel(h.Context())) }()
	for end := time.Now().Add(2 * time.Minute); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		if dead, err := inbox.Dead(h.Context(), h.Redis); err == nil && dead[function] > 0 {
			return
		}
		_ = worker.Nudged(h.Context(), "")
	}
	h.Fatal("nothing was given up")
}

// scheduled fills how schedules stand.
func (h *hall) scheduled(say string) {
	h.Helper()
	save := func(name string, st schedule.State) {
		h.write(schedule.Save(h.Context(), h.Redis, name, &st))
	}
	runs := h.accept(func(r *job.Request) { r.Principal, r.Text = "schedule:nova-nightly", "jenkins build nova/master" })
	night := time.Now().Add(-5 * time.Hour).Truncate(time.Hour)
	save("nova-nightly", schedule.State{
		Next: night.Add(24 * time.Hour), Good: night.Add(-24 * time.Hour), Idle: &schedule.Run{At: night.Add(-48 * time.Hour), Said: say},
		Runs: []schedule.Run{{At: night.Add(-24 * time.Hour), Job: "k3f7", Ended: job.Succeeded}, {At: night, Job: "m2x9", Ended: job.Failed, By: say}, {At: night, Job: runs, Repeats: "m2x9"}},
	})
	save("kettle-weekly", schedule.State{Paused: &schedule.Pause{By: "telnet:ann", At: night, Reason: say}, Idle: &schedule.Run{At: night, Said: "left out: " + say}})
}

// housePages are all of these pages, by the names of their pictures.
var housePages = map[string]string{
	"schedules": "schedules", "schedule": "schedules/nova-nightly", "schedule-paused": "schedules/kettle-weekly",
	"rules": "rules", "rule": "rules/verify", "rule-paused": "rules/cleanup",
	"events": "events", "event": "events/one?id=gerrit-review-77", "event-dead": "events/one?id=dead-github", "event-done": "events/one?id=gerrit-review-76",
	"functions": "functions", "audit": "audit", "system": "system",
	"statistics": "statistics", "statistics-week": "statistics?range=7d", "statistics-weeks": "statistics?range=35d&command=jenkins+build",
	"statistics-none": "statistics?command=nothing", "audit-wrong": "audit?since=x&before=y",
}

// TestPagesShowWhatThereIs reads each page as somebody who operates.
func TestPagesShowWhatThereIs(t *testing.T) {
	t.Parallel()
	h := house(t, "an unusual text")
	v := h.as("telnet:ops")
	for path, wants := range map[string][]string{
		"schedules":                      {"nova-nightly", "0 2 * * * (Europe/Berlin)", "kettle-weekly", "paused", "left out: an unusual text", "on time", "Left out, line", "never yet"},
		"schedules/nova-nightly":         {"Run now", "also when nothing is new", "Pause", "a retry of m2x9", "run by an unusual text", "schedule:nova-nightly", "nova/master", "tip", "slack:C0CI"},
		"schedules/kettle-weekly":        {"Resume", "by telnet:ann", "an unusual text"},
		"schedules/broken":               {"This schedule is left out"},
		"schedules/nothing":              {"There is no such schedule."},
		"rules":                          {"verify", "128 times", "never", "paused", "runs jenkins build", "tells slack:C0CI", "remembers tip"},
		"rules/verify":                   {"gerrit.patchset-created", "k3f7", "not permitted", "stopped: too often", "which it lacks", "Try it on an event", "project: review/nova"},
		"rules/nothing":                  {"There is no such rule."},
		"events":                         {"What rules decided", "dead-github", "it broke: an unusual text", "Try again", "11 of 12", "until now", "replayed", "waiting for event", "gerrit-review-76", `jobs/k3f7"`},
		"events?source=slack":            {"Deliveries", "message", "m2x9", "Ev76", "given up"},
		"events?source=irc":              {"Nothing was received of late from irc"},
		"events/one?id=gerrit-review-76": {"Replay", "done", "gerrit.patchset-created", `jobs/k3f7"`},
		"events?rule=tip":                {"tip = 9f2c11e", "Show all"},
		"events?topic=github":            {"No decision is like that."},
		"events/one?id=gerrit-review-77": {"gerrit:review/4711", "waiting", "9f2c11e", "rule:verify", "7 bytes"},
		"events/one?id=dead-github":      {"given up", "Try again", "it broke"},
		"events/one?id=nothing":          {"Nothing is known of that event"},
		"events/one":                     {"Say which event"},
		"functions":                      {"schedules pause", "A declared command is not taken", "Not configured", "not configured", "is not known"},
		"audit":                          {"rule paused", "detail an unusual text", "Verify now", "Download", "not sealed yet"},
		"audit?act=login":                {"login", "Show all"},
		"audit?text=nothing-like-it":     {"No entry is like that"},
		"audit?since=x&before=y":         {"as a time", "no such place"},
		"system":                         {"unfinished", "Gerrit review", "not connected", "Slack cannot be called: it refuses our app", "4321</span> of 5000 calls left", "last received", "A delivery to github was given up.", ">waits</span> <span class=\"number\">1<", "The clock has never ticked", "refused signature", `jenkins</th><td class="right number">2</td>`, "0 to be tried again"},
		"statistics":                     {"Last 24 hours", "Runs of all commands", "jenkins build", "As a table", "Queue wait", "Cancel time", "slack"},
		"statistics?range=35d&command=jenkins+build": {"Runs of jenkins build", "Durations of jenkins build"},
		"statistics?command=nothing":                 {"Nothing was counted of"},
	} {
		text := v.get(path).body
		for _, want := range wants {
			if !strings.Contains(text, want) {
				t.Errorf("%s does not say %q", path, want)
			}
		}
	}
}

// TestWhoOnlyLooksHasNoButtons, and nobody else sees anything.
func TestWhoOnlyLooksHasNoButtons(t *testing.T) {
	t.Parallel()
	h := house(t, "x")
	eve, nobody := h.as("telnet:eve"), h.visitor()
	for _, path := range housePages {
		text := eve.get(path).body
		for _, not := range []string{"Run now", ">Pause<", ">Resume<", "Try again", "Verify now", "events/revive", "events/replay"} {
			if strings.Contains(text, not) {
				t.Errorf("%s offers eve %q", path, not)
			}
		}
		if answer := nobody.get(path); answer.StatusCode != http.StatusSeeOther || strings.Contains(answer.body, "nova") {
			t.Errorf("%s answers nobody with %d", path, answer.StatusCode)
		}
	}
	for _, path := range []string{"audit", "audit/trail.jsonl"} {
		if answer := eve.get(path); answer.StatusCode != http.StatusForbidden || strings.Contains(answer.body, "rule paused") {
			t.Errorf("%s answers eve with %d", path, answer.StatusCode)
		}
	}
}

// TestActsAreCommands: what is pressed is given as a command, as whoever pressed it.
func TestActsAreCommands(t *testing.T) {
	t.Parallel()
	h := house(t, "x")
	v := h.as("telnet:ops")
	for _, c := range []struct {
		path string
		form []string
		want string
	}{
		{"schedules/nova-nightly/run", nil, `schedules run {"name":"nova-nightly"}`},
		{"schedules/nova-nightly/run", []string{"anyway", "1"}, `schedules run {"anyway":true,"name":"nova-nightly"}`},
		{"schedules/nova-nightly/pause", []string{"reason", " a\nholiday "}, `schedules pause {"name":"nova-nightly","reason":"a holiday"}`},
		{"schedules/kettle-weekly/resume", []string{"reason", "none"}, `schedules resume {"name":"kettle-weekly"}`},
		{"rules/verify/pause", []string{"reason", "it votes twice"}, `rules pause {"reason":"it votes twice","rule":"verify"}`},
		{"rules/cleanup/resume", nil, `rules resume {"rule":"cleanup"}`},
		{"rules/verify/test", []string{"event", ` {"change": {"a": "\"x\" y=z"}} `, "topic", "gerrit.patchset-created"}, `rules test {"event":"{\"change\": {\"a\": \"\\\"x\\\" y=z\"}}","rule":"verify","topic":"gerrit.patchset-created"}`},
		{"events/revive", []string{"what", "dead-github"}, `events revive {"what":"dead-github"}`},
		{"events/replay", []string{"id", "gerrit-review-76"}, `events replay {"id":"gerrit-review-76"}`},
		{"audit/verify", nil, `audit verify null`},
		{"rules/verify/test", []string{"event", " "}, ""},
		{"audit/verify", []string{"head", "nonsense"}, ""},
	} {
		before := len(h.given())
		said := v.act(c.path, c.form...)
		given := h.given()[before:]
		if c.want == "" {
			if len(given) != 0 || said == "" {
				t.Errorf("%s %q was given: %+v, said %q", c.path, c.form, given, said)
			}
			continue
		}
		if len(given) != 1 {
			t.Fatalf("%s gave %d commands", c.path, len(given))
		}
		args, err := json.Marshal(given[0].Args)
		if err != nil {
			t.Fatal(err)
		}
		if got := given[0].Command + " " + string(args); got != c.want || given[0].Principal != "telnet:ops" || given[0].Origin.Door != "web" {
			t.Errorf("%s gave %s as %s, not %s", c.path, got, given[0].Principal, c.want)
		}
	}
}

// TestThePlacesOfLists: where one has gone on, one comes back to the newest, with what was looked for.
func TestThePlacesOfLists(t *testing.T) {
	t.Parallel()
	h := house(t, "x")
	for i := range 60 {
		h.write(h.Jobs.Audit(t.Context(), job.AuditEntry{Who: "telnet:ann", Act: "listed", Detail: fmt.Sprint("entry ", i)}))
		id := h.accept(func(r *job.Request) { r.Text = "demo run" })
		h.write(h.Redis.ZRem(t.Context(), job.Prefix+"open", id).Err())
		h.write(h.Redis.ZAdd(t.Context(), job.Prefix+"finished", redis.Z{Score: float64(time.Now().UnixMilli()), Member: id}).Err())
	}
	v := h.as("telnet:ops")
	for path, newest := range map[string]string{
		"audit?act=listed":     `href="./audit?act=listed">The newest</a>`,
		"?door=telnet&who=ann": `href="./?door=telnet&amp;who=ann">The newest</a>`,
	} {
		body := v.get(path).body
		_, rest, more := strings.Cut(body, `<p class="acts"><a class="button" href="./`)
		where, _, _ := strings.Cut(rest, `"`)
		if !more || !strings.Contains(rest, ">Older ones<") || strings.Contains(body, "The newest") {
			t.Fatalf("%s does not go on: %s", path, body)
		}
		if older := v.get(html.UnescapeString(where)).body; !strings.Contains(older, newest) {
			t.Errorf("from %s nothing leads back: %s", where, older)
		}
	}
}

// TestStepsStandAboveTheResult: of a run one wants to see its steps, however long what it came to is.
func TestStepsStandAboveTheResult(t *testing.T) {
	t.Parallel()
	h := bare(t)
	id, does := h.running()
	told(does, job.Change{Parts: []job.Part{{Name: "first", State: "succeeded", Started: time.Now()}}})
	v := h.as("telnet:ops")
	if page := v.get("jobs/" + id).body; strings.Contains(page, `id="result-title"`) || !strings.Contains(page, `id="job-result" class="gone"`) {
		t.Error("there is a result before the end")
	}
	close(does)
	jobtest.Eventually(t, id+" to end", func() bool {
		j, err := h.Jobs.Get(t.Context(), id)
		return err == nil && j.State.Final()
	})
	page := v.get("jobs/" + id).body
	steps, result, told := strings.Index(page, `id="steps-title"`), strings.Index(page, `id="result-title"`), strings.Index(page, `id="line-title"`)
	if steps < 0 || result < steps || told < result {
		t.Error(steps, result, told)
	}
}
