package main

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/inbox"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/job/jobtest"
)

// TestTheFunctionCommandIsAway: what was asked is done when it is back, once, and the person is told once that it takes a
// while.
func TestTheFunctionCommandIsAway(t *testing.T) {
	t.Parallel()
	h := idleHall(t, jobtest.Redis(t).Client(t))
	h.late = time.Millisecond
	h.starts()
	h.desk.fails(http.StatusBadGateway, http.StatusServiceUnavailable)
	h.types("U0ANN", "1.2.3", "hello")
	h.wants("hook  ephemeral This takes longer than it should; I keep trying and say how it went: hello", "hook  ephemeral You said hello")
}

// TestWhoWaitsIsToldOnce, however often it is tried.
func TestWhoWaitsIsToldOnce(t *testing.T) {
	t.Parallel()
	h := idleHall(t, jobtest.Redis(t).Client(t))
	h.late = 10 * time.Millisecond
	h.starts()
	h.desk.fails(http.StatusUnauthorized, http.StatusUnauthorized, http.StatusUnauthorized) // each is one try
	h.event("Ev1", inOps("U0ANN", rootTS, "<@U0BOT> hello"))
	h.wants("Ephemeral C0OPS/"+rootTS+" U0ANN This takes longer than it should; I keep trying and say how it went: hello",
		"Message C0OPS/"+rootTS+"  You said hello")
}

// TestWhoWaitsIsToldWhileWhileTheyWait: the function command takes its time, and answers in the end.
func TestWhoWaitsIsToldWhileTheyWait(t *testing.T) {
	t.Parallel()
	h := idleHall(t, jobtest.Redis(t).Client(t))
	h.late = time.Millisecond
	h.starts()
	told := make(chan struct{})
	h.desk.answer = func(e command.Envelope) command.Answer {
		<-told
		return command.Answer{Text: "You said " + e.Text}
	}
	h.event("Ev1", inOps("U0ANN", rootTS, "<@U0BOT> hello &lt;!channel&gt;"))
	jobtest.Eventually(t, "somebody to be told", func() bool { return h.slack.saidCount() == 1 })
	close(told)
	h.wants("Ephemeral C0OPS/"+rootTS+" U0ANN This takes longer than it should; I keep trying and say how it went: hello &lt;!channel&gt;",
		"Message C0OPS/"+rootTS+"  You said hello &lt;!channel&gt;")
}

// TestARefusalThatLasts is told instead of tried again.
func TestARefusalThatLasts(t *testing.T) {
	t.Parallel()
	h := newHall(t, jobtest.Redis(t).Client(t))
	h.desk.fails(http.StatusBadRequest)
	h.types("U0ANN", "1.2.3", "hello")
	h.wants("hook  ephemeral it is not to be")
	h.desk.fails(http.StatusUnauthorized) // keys that rotate: it passes
	h.types("U0ANN", "1.2.4", "hello")
	h.wants("hook  ephemeral You said hello")
}

// TestWhatWaitedTooLongIsNotStarted: after an hour nobody expects it any more, and it is said; a job that was made of it
// in spite of all is not denied.
func TestWhatWaitedTooLongIsNotStarted(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		age     time.Duration
		made    bool
		asked   int
		said    string
		problem bool
	}{
		{expires - time.Minute, false, 1, "You said hello", false},
		{expires + time.Minute, false, 0, "I could not do this for an hour", true},
		{expires + time.Minute, true, 0, "", false},
	} {
		clock := jobtest.NewClock()
		h := idleHall(t, jobtest.Redis(t).Client(t))
		h.Jobs = jobtest.Open(t, h.Redis, job.Options{Now: clock.Now})
		h.box = inbox.Open(h.Redis, "slack", inbox.Options{Now: clock.Now})
		body, err := json.Marshal(slashCommand{Channel: "C0OPS", User: "U0ANN", Text: "hello", Hook: h.slack.hook()})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := h.box.Put(t.Context(), inbox.Delivery{ID: "1.2.3", Kind: kindSlash, Body: body}, nil); err != nil {
			t.Fatal(err)
		}
		if c.made {
			if _, err := h.Jobs.Accept(t.Context(), jobtest.Request(func(r *job.Request) { r.Key = keyOf("slack:U0ANN", "1.2.3") })); err != nil {
				t.Fatal(err)
			}
		}
		clock.Add(c.age)
		h.starts()
		h.settles()
		said := strings.Join(h.slack.said(), "\n")
		if n := len(h.desk.envelopes()); n != c.asked || !strings.Contains(said, c.said) || (said == "") != (c.said == "") {
			t.Errorf("after %s (a job was made: %v): asked %d times, said %q", c.age, c.made, n, said)
		}
	}
}

// TestAMarkWhoseFunctionIsAway: the channel is told nothing, since the line may be nobody's; it is tried again, for ten minutes, and then
// whoever said it is told alone.
func TestAMarkWhoseFunctionIsAway(t *testing.T) {
	t.Parallel()
	for age, said := range map[time.Duration]string{
		time.Minute:      "",
		11 * time.Minute: "Ephemeral C0OPS/" + rootTS + " U0ANN I could not carry this out for a while, and have not: #nova now Cells\nIf it was for me, say it again.",
	} {
		clock := jobtest.NewClock()
		h := idleHall(t, jobtest.Redis(t).Client(t))
		h.Jobs = jobtest.Open(t, h.Redis, job.Options{Now: clock.Now})
		h.box = inbox.Open(h.Redis, "slack", inbox.Options{Now: clock.Now})
		h.desk.answer = func(command.Envelope) command.Answer {
			return command.Answer{Text: "The function ptg cannot be reached", Problem: &command.Problem{Code: command.CodeUnavailable}}
		}
		body := []byte(anEvent("Ev1", inOps("U0ANN", rootTS, "#nova now Cells")))
		if _, err := h.box.Put(t.Context(), inbox.Delivery{ID: "Ev1", Kind: kindMessage, Body: body}, nil); err != nil {
			t.Fatal(err)
		}
		clock.Add(age)
		h.starts()
		if said == "" {
			jobtest.Eventually(t, "it is tried", func() bool { return len(h.desk.envelopes()) > 0 })
			jobtest.Eventually(t, "it is to be tried again", func() bool {
				d, standing, err := h.box.Find(t.Context(), "Ev1")
				return err == nil && d != nil && standing.At.After(clock.Now())
			})
		} else {
			h.settles()
			if n := len(h.desk.envelopes()); n > 0 {
				t.Errorf("after %s it was asked for", age)
			}
		}
		if got := strings.Join(h.slack.said(), "\n"); got != said {
			t.Errorf("after %s: %q", age, got)
		}
	}
}
