package main

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/inbox"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/job/jobtest"
	"github.com/handsoff/handsoff/shared/slack"
	"github.com/handsoff/handsoff/shared/slack/card"
)

// TestMistakesOfAFormThatHasClosedAreTold: its request was answered, or broken off, before anybody read the form.
func TestMistakesOfAFormThatHasClosedAreTold(t *testing.T) {
	t.Parallel()
	h := idleHall(t, jobtest.Redis(t).Client(t))
	h.desk.catalogue = commands()
	h.starts()
	body := filled(t, h, "1.1", "demo/slow", "nonsense", "")
	if _, err := h.box.Put(t.Context(), inbox.Delivery{ID: "1.1", Kind: kindSubmission, Body: []byte(body)}, nil); err != nil {
		t.Fatal(err)
	}
	h.worker.Kick()
	h.wants("Message D0ANN  I could not run jenkins build: Line 1 has not the form name=value. Nothing was started.")
	if list := h.desk.envelopes(); len(list) != 0 {
		t.Errorf("%+v", list)
	}
}

// TestWhoUploadsIsToldThatItTakesAWhile, also when the lines cannot even be checked.
func TestWhoUploadsIsToldThatItTakesAWhile(t *testing.T) {
	t.Parallel()
	h := idleHall(t, jobtest.Redis(t).Client(t))
	h.late = time.Millisecond
	h.judges()
	h.starts()
	h.desk.fails(http.StatusUnauthorized, http.StatusUnauthorized) // each is one try
	h.event("Ev1", sharing("U0ANN", "D0ANN", "", aFile(h.slack.keepsFile("F1", "good\n"), "")))
	h.wants("Message D0ANN  This takes longer than it should; I keep trying and say how it went: batch deploy.txt",
		"Message D0ANN  deploy.txt has one command, and it can be done. It waits for your word.")
}

// TestAFileThatChangesIsShownAnew: what is handed in is what was shown, however long it took.
func TestAFileThatChangesIsShownAnew(t *testing.T) {
	t.Parallel()
	h := idleHall(t, jobtest.Redis(t).Client(t))
	h.late = time.Millisecond
	var handedIn []string
	h.desk.answer = func(e command.Envelope) command.Answer {
		switch {
		case !e.Check:
			handedIn = command.Values(e.Args).List("lines")
			return command.Answer{Text: "k3f7 waits", Job: "k3f7", Accepted: true}
		case e.Text == "good":
			h.desk.faults = append(h.desk.faults, http.StatusUnauthorized) // the handing in
			h.slack.keepsFile("F1", "other\n")
		}
		return command.Answer{Text: "may be done: " + e.Text}
	}
	h.starts()
	h.event("Ev1", sharing("U0ANN", "D0ANN", "", aFile(h.slack.keepsFile("F1", "good\n"), "")))
	h.settles()
	h.slack.mu.Lock()
	defer h.slack.mu.Unlock()
	shown := ""
	for _, post := range h.slack.posts {
		shown += post.blocks
	}
	if len(handedIn) != 1 || handedIn[0] != "other" || !strings.Contains(shown, "✓ other") {
		t.Errorf("handed in %q after showing %s", handedIn, shown)
	}
}

// TestWhatWasOverheardIsNotTalkedAbout: of what people say to one another in a job's thread, only a word for the job is
// worth telling that it could not be done.
func TestWhatWasOverheardIsNotTalkedAbout(t *testing.T) {
	t.Parallel()
	clock := jobtest.NewClock()
	h := idleHall(t, jobtest.Redis(t).Client(t))
	h.Jobs = jobtest.Open(t, h.Redis, job.Options{Now: clock.Now})
	h.box = inbox.Open(h.Redis, "slack", inbox.Options{Now: clock.Now})
	if err := slack.RememberThread(t.Context(), h.Redis, slack.Place{Channel: "C0OPS", Thread: rootTS}, "k3f7", true, time.Hour); err != nil {
		t.Fatal(err)
	}
	for ts, text := range map[string]string{"1700000001.000001": "poor thing", "1700000001.000002": "Stop!"} {
		body := anEvent("Ev"+ts, inOps("U0ANN", ts, text, `"thread_ts":"`+rootTS+`"`))
		if _, err := h.box.Put(t.Context(), inbox.Delivery{ID: ts, Kind: kindMessage, Body: []byte(body)}, nil); err != nil {
			t.Fatal(err)
		}
	}
	clock.Add(expires + time.Minute)
	h.starts()
	h.settles()
	if said := h.slack.said(); len(said) != 1 || !strings.Contains(said[0], "I could not do this for an hour and have stopped trying: Stop!") {
		t.Errorf("%q", said)
	}
}

// TestAWordWithAPicture in a job's thread is a word as any.
func TestAWordWithAPicture(t *testing.T) {
	t.Parallel()
	h := newHall(t, jobtest.Redis(t).Client(t))
	if err := slack.RememberThread(t.Context(), h.Redis, slack.Place{Channel: "C0OPS", Thread: rootTS}, "k3f7", true, time.Hour); err != nil {
		t.Fatal(err)
	}
	h.event("Ev1", inOps("U0ANN", laterTS, "stop", `"thread_ts":"`+rootTS+`","subtype":"file_share","files":[{"id":"F1","mimetype":"image/png"}]`))
	h.wants("Message C0OPS/" + rootTS + "  You said stop")
}

// clickedAt is a click with the time that Slack gives it.
func clickedAt(tb testing.TB, body, at string) string {
	tb.Helper()
	form, err := url.ParseQuery(body)
	if err != nil {
		tb.Fatal(err)
	}
	return payload(strings.Replace(form.Get("payload"), `"type":"button"`, `"type":"button","action_ts":"`+at+`"`, 1))
}

// TestADoubleClickIsOneClick, whether Slack sends it as one or as two; the same button a while later, another button and
// another person's click are clicks of their own.
func TestADoubleClickIsOneClick(t *testing.T) {
	t.Parallel()
	h := newHall(t, jobtest.Redis(t).Client(t))
	h.desk.answer = func(command.Envelope) command.Answer { return command.Answer{Text: "new", Accepted: true} }
	retry := func(id string) card.Action { return card.Action{Command: "retry", Args: map[string]any{"id": id}} }
	for _, c := range []struct {
		user, trigger, at string
		action            card.Action
		asked             int
	}{
		{"U0ANN", "1.1", "1700000000.900000", retry("k3f7"), 1},
		{"U0ANN", "1.2", "1700000001.100000", retry("k3f7"), 0},
		{"U0EVE", "1.3", "1700000001.100000", retry("k3f7"), 1},
		{"U0ANN", "1.4", "1700000001.100000", retry("k3f8"), 1},
		{"U0ANN", "1.5", "1700000009.100000", retry("k3f7"), 1},
		{"U0ANN", "1.6", "nonsense", retry("k3f7"), 1},
		{"U0ANN", "1.7", "nonsense", retry("k3f7"), 1},
	} {
		body := aClick(t, h, c.user, c.trigger, onCard, card.Button(1, "Retry", c.action))
		h.sends(inForm, clickedAt(t, body, c.at))
		h.settles()
		if n := len(h.desk.envelopes()); n != c.asked {
			t.Errorf("%+v: asked %d times", c, n)
		}
	}
}

// TestWhoeverLostARightLosesItThoughRedisIsFull: what is known of them is forgotten.
func TestWhoeverLostARightLosesItThoughRedisIsFull(t *testing.T) {
	t.Parallel()
	h := idleHall(t, jobtest.Redis(t).Client(t))
	if _, err := h.people.of(t.Context(), "U0ANN"); err != nil {
		t.Fatal(err)
	}
	h.slack.has("U0ANN", "deleted", true)
	if err := h.Redis.ConfigSet(t.Context(), "maxmemory", "1").Err(); err != nil {
		t.Fatal(err)
	}
	if err := h.people.changed(t.Context(), "U0ANN"); err != nil {
		t.Error(err)
	}
	if who, err := h.people.of(t.Context(), "U0ANN"); !errors.As(err, new(*nobodyError)) {
		t.Errorf("%+v, %v", who, err)
	}
}

// TestADeletedFileIsNoted like any other command.
func TestADeletedFileIsNoted(t *testing.T) {
	t.Parallel()
	h := newHall(t, jobtest.Redis(t).Client(t))
	h.event("Ev1", `{"type":"message","subtype":"message_deleted","channel":"D0ANN","channel_type":"im","ts":"1700000009.000100",
	"previous_message":{"type":"message","subtype":"file_share","user":"U0ANN","ts":"`+rootTS+`","text":"","files":[{"id":"F1"}]}}`)
	h.settles()
	if n := h.counts("slack_deleted"); n != 1 {
		t.Errorf("counted %d", n)
	}
}

// TestRedisIsFull: what has come before is dealt with, though nothing can be remembered of who asks.
func TestRedisIsFull(t *testing.T) {
	t.Parallel()
	h := idleHall(t, jobtest.Redis(t).Client(t))
	body, err := json.Marshal(slashCommand{Channel: "C0OPS", User: "U0GRO", Text: "cancel k3f7", Hook: h.slack.hook()})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.box.Put(t.Context(), inbox.Delivery{ID: "1.2.3", Kind: kindSlash, Body: body}, nil); err != nil {
		t.Fatal(err)
	}
	if err := h.Redis.ConfigSet(t.Context(), "maxmemory", "1").Err(); err != nil {
		t.Fatal(err)
	}
	h.starts()
	h.wants("hook  ephemeral You said cancel k3f7")
}
