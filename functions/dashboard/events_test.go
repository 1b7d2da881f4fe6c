package main

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/shared/event"
	"github.com/handsoff/handsoff/shared/inbox"
	"github.com/handsoff/handsoff/shared/job/jobtest"
	"github.com/handsoff/handsoff/shared/ruling"
)

// dealt has the rules' inbox deal with an event.
func (h *hall) dealt(e *event.Event, led string) {
	h.Helper()
	box := event.Box(h.Redis)
	_, err := event.Put(h.Context(), box, e)
	h.write(err)
	worker := inbox.NewWorker(box, func(_ context.Context, c *inbox.Claim) error { c.Led(led); return nil }, inbox.WorkerOptions{Log: h.log})
	defer func() { _ = worker.Stop(context.WithoutCancel(h.Context())) }()
	jobtest.Eventually(h, e.ID+" to be done", func() bool {
		_, standing, err := box.Find(h.Context(), e.ID)
		return err == nil && standing.State == inbox.StateDone
	})
}

// TestWhatCanBeReplayed has a button; of anything else those who look for the button are told why there is none.
func TestWhatCanBeReplayed(t *testing.T) {
	t.Parallel()
	h := house(t, "x")
	large := json.RawMessage(`{"x":"` + strings.Repeat("x", 40_000) + `"}`)
	h.dealt(&event.Event{ID: "push", Topic: "github.push", Source: "github"}, "no rule matches")
	h.dealt(&event.Event{ID: "large", Topic: "github.push", Source: "github", Payload: large}, "no rule matches")
	h.dealt(&event.Event{ID: "said", Topic: event.Comment, Source: "github", Asked: true, Author: event.Author{Principal: "github:7"}}, "deploy: job k3f7")
	_, err := event.Put(t.Context(), event.Box(h.Redis), &event.Event{ID: "later", Topic: "github.push", Source: "github"})
	h.write(err)
	ops, eve := h.as("telnet:ops"), h.as("telnet:eve")
	for id, why := range map[string]string{
		"push":  "",
		"large": "its payload is not kept: it takes 40.1 kB, and only those up to 32 kB are. Its sender may send it once more.",
		"said":  "What somebody said is to be said again.",
		"later": "it is not dealt with yet",
		"Ev76":  "only what went to the rules can be replayed",
	} {
		body := ops.get("events/one?id=" + id).body
		if strings.Contains(body, "events/replay") != (why == "") || !strings.Contains(body, why) || strings.Contains(body, "<dt>Replay</dt><dd>No: ") != (why != "") {
			t.Errorf("%s can be replayed, or it is not said why not (%q): %s", id, why, body)
		}
		if body := eve.get("events/one?id=" + id).body; strings.Contains(body, "<dt>Replay</dt>") {
			t.Errorf("eve, who may replay nothing, is told why %s cannot be", id)
		}
	}
}

// TestWhoHadAnEventReplayed is told to viewers, and to strangers only that it was.
func TestWhoHadAnEventReplayed(t *testing.T) {
	t.Parallel()
	h := bare(t, "  public: [events]")
	h.dealt(&event.Event{ID: "again", Topic: "github.push", Source: "github", Replay: &event.Replay{Of: "push", By: "telnet:hidden"}}, "no rule matches")
	for who, told := range map[string]bool{"": false, "telnet:mallory": false, "telnet:eve": true} {
		v := h.visitor()
		if who != "" {
			v = h.as(who)
		}
		if body := v.get("events/one?id=again").body; !strings.Contains(body, "?id=push") || strings.Contains(body, "telnet:hidden") != told {
			t.Errorf("%q is told who: %t", who, !told)
		}
	}
}

// TestJobsOfADeliveryAreLinked where it is said that they were made, and not where an error or something outside has such words.
func TestJobsOfADeliveryAreLinked(t *testing.T) {
	t.Parallel()
	h := house(t, "job name missing")
	h.givesUp("irc", "job gone")
	h.took("slack", "message", "Ev77", "", "ignored: no job here")
	v := h.as("telnet:ops")
	for path, want := range map[string][2]string{
		"events":                         {"k3f7", "job name missing"},
		"events?source=slack":            {"m2x9", "no job here"},
		"events?source=irc":              {"", "job gone"},
		"events/one?id=gerrit-review-76": {"k3f7", "job name missing"},
		"events/one?id=dead-irc":         {"", "job gone"},
	} {
		body := v.get(path).body
		_, where, _ := strings.Cut(body, `id="events-arrived"`)
		if where == "" {
			where = body
		}
		if !strings.Contains(where, want[1]) || want[0] != "" && !strings.Contains(where, `jobs/`+want[0]+`"`) {
			t.Errorf("%s: neither %q nor its job: %s", path, want, where)
		}
		for _, not := range []string{"name", "here", "gone"} {
			if strings.Contains(body, `jobs/`+not+`"`) {
				t.Errorf("%s leads to a job %s", path, not)
			}
		}
	}
}

// TestAllOfTheFilterIsKept when a part of it is changed.
func TestAllOfTheFilterIsKept(t *testing.T) {
	t.Parallel()
	v := house(t, "x").as("telnet:ops")
	body := v.get("events?source=slack&topic=gerrit.*&rule=verify&subject=a%26b").body
	for _, want := range []string{
		`<input type="hidden" name="source" value="slack">`,
		`href="./events?rule=verify&amp;source=gerrit&amp;subject=a%26b&amp;topic=gerrit.%2A"`,
		`href="./events?rule=verify&amp;subject=a%26b&amp;topic=gerrit.%2A"`,
		`href="./events?source=slack">Show all`,
	} {
		if !strings.Contains(body, want) {
			t.Errorf("%s is not on the page", want)
		}
	}
	if body := v.get("events").body; strings.Contains(body, `name="source"`) || !strings.Contains(body, `href="./events" aria-current="page"`) || !strings.Contains(body, `href="./events?source=irc"`) {
		t.Error("a page without a filter has one")
	}
}

// TestPagesThatReadMuchAreMadeSeldom: what is decided meanwhile is not looked for at each look, and shown in the end.
func TestPagesThatReadMuchAreMadeSeldom(t *testing.T) {
	t.Parallel()
	h := house(t, "x")
	v := h.as("telnet:ops")
	decides := func(topic string) {
		h.write(h.Redis.XAdd(h.Context(), &redis.XAddArgs{Stream: ruling.DecisionsKey, Values: []any{
			"at", time.Now().UnixMilli(), "event", "e", "topic", topic, "subject", "s", "author", "a", "rule", "verify", "outcome", ruling.Told, "job", "", "text", "",
		}}).Err())
	}
	for _, path := range []string{"events", "rules/verify"} {
		jobtest.Eventually(t, "a look at which nothing was read", func() bool {
			text := v.get(path).body
			decides("github.first")
			return !strings.Contains(v.fresh(path, text), "github.first") // unless the time was just over
		})
		text := v.get(path).body
		decides("github.second")
		jobtest.Eventually(t, "the decision", func() bool { return strings.Contains(v.fresh(path, text), "github.second") })
	}
}
