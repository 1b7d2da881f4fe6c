package slack

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/handsoff/handsoff/functions/notify/door/doortest"
	sandbox "github.com/handsoff/handsoff/local-provider/sandbox/slack"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/job/jobtest"
)

// inSandbox is the sandbox's Slack, whose clock goes as the yard's does.
type inSandbox struct {
	server *sandbox.Server
	clock  *jobtest.Clock
	began  time.Time // by both clocks
	there  time.Time
}

func (s *inSandbox) RoundTrip(r *http.Request) (*http.Response, error) {
	s.server.Advance(s.clock.Now().Sub(s.began) - s.server.Now().Sub(s.there))
	w := httptest.NewRecorder()
	s.server.ServeHTTP(w, r)
	return w.Result(), nil
}

// TestTheSandboxTakesIt: another one's idea of what Slack is takes all that is sent, at its pace, and limits nothing.
func TestTheSandboxTakesIt(t *testing.T) {
	t.Parallel()
	const private = "slack:C0PRIVATE"
	y := newYard(t, jobtest.Redis(t).Client(t))
	defer y.Close()
	server := sandbox.New(sandbox.Options{Token: "xoxb-not-a-token", Frozen: true})
	defer server.Close()
	to := &inSandbox{server: server, clock: y.Clock, began: y.Clock.Now(), there: server.Now()}
	passes := func(while time.Duration) { y.passesWith(to, while) }

	ids := []string{
		y.Accept(doortest.WatchedBy(ops, annThere, private), askedBy("slack:U0ANN")),
		y.Accept(doortest.WatchedBy(ops)), y.Accept(doortest.WatchedBy(ops)), y.Accept(doortest.WatchedBy(ops)), y.Accept(doortest.WatchedBy(ops)),
	}
	passes(time.Minute)
	server.Break(sandbox.Fault{Kind: sandbox.FaultDrop, Method: "chat.postMessage", Times: 4})
	for range 5 {
		for n, id := range ids {
			y.Changes(id, job.Change{Say: []string{"<one> of " + id}, Progress: &job.Progress{Percent: 10 * n, Line: "runs"}})
		}
		passes(10 * time.Second)
	}
	for _, id := range ids {
		y.Ends(id, job.Fail("the host is down", map[string]any{"url": "http://demo"}))
	}
	passes(20 * time.Minute)
	if y.Unshown() {
		t.Error("something is still to be shown")
	}
	for method, outcomes := range server.Counts() {
		for outcome, n := range outcomes {
			closed := method == "chat.postMessage" && outcome == "channel_not_found"
			if outcome != "ok" && outcome != "drop" && !closed {
				t.Errorf("%s: %s %d times", method, outcome, n)
			}
		}
	}
	cards, lines := 0, 0
	for _, m := range server.Messages("C0OPS") {
		if strings.Contains(string(m.Metadata), jobMark) {
			if cards++; m.IsReply() || !strings.Contains(m.Text, "failed") {
				t.Errorf("%+v", m)
			}
		}
		lines += strings.Count(m.Text, "&lt;one&gt; of")
	}
	if direct := server.DirectMessages("U0ANN"); cards != len(ids) || lines != 5*len(ids) || len(direct) < 6 {
		t.Errorf("%d messages, %d lines, %d direct messages", cards, lines, len(direct))
	}
}
