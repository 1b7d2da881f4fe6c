package slack

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/handsoff/handsoff/functions/notify/door/doortest"
	"github.com/handsoff/handsoff/shared/job"
)

// TestARateLimitIsObeyed: to the millisecond, for all jobs of the channel, and for a method where that is what Slack
// limits; and it is no absence.
func TestARateLimitIsObeyed(t *testing.T) {
	t.Parallel()
	inYard(t, func(y *yard) {
		limit := &fakeFault{status: 429, retryAfter: 30}
		y.slack.breaks(func(method, channel string) *fakeFault {
			if method == "chat.postMessage" && channel == "C0OPS" {
				return limit
			}
			return nil
		})
		ids := []string{y.Accept(doortest.WatchedBy(ops)), y.Accept(doortest.WatchedBy(ops, "slack:C0DEV"))}
		began := y.Clock.Now()
		y.shows()
		limited := y.slack.called("chat.postMessage C0OPS")
		if limited < 1 || limited > 2 { // both may be on their way when the first is turned away
			y.Errorf("%d calls", limited)
		}
		y.slack.breaks(nil)
		y.passes(time.Second)
		if next, _, err := y.Jobs.NextView(context.Background()); err != nil || next.Sub(began) < 15*time.Second {
			y.Errorf("looked at again after %s, %v", next.Sub(began), err)
		}
		y.passes(28*time.Second + 900*time.Millisecond)
		if n := y.slack.called("chat.postMessage C0OPS"); n != limited {
			y.Errorf("%d calls before the time", n-limited)
		}
		y.card("C0DEV", ids[1], "slack:C0DEV")
		y.passes(5 * time.Second)
		for _, id := range ids {
			if m := y.card("C0OPS", id, ops); m.at.Sub(began) < 30*time.Second || m.at.Sub(began) > 30*time.Second+sayGap+100*time.Millisecond {
				y.Errorf("posted after %s", m.at.Sub(began))
			}
		}
		if y.Away(ops) || y.slack.called("conversations.history") != 0 || y.counted("slack_limited") != int64(limited) {
			y.Errorf("away: %v, looked %d times, limited %d times", y.Away(ops), y.slack.called("conversations.history"), y.counted("slack_limited"))
		}
		y.slack.breaks(func(method, channel string) *fakeFault {
			if method == "chat.update" && channel == "C0DEV" {
				return limit
			}
			return nil
		})
		y.Progresses(ids[1], 10, "runs")
		y.passes(10 * time.Millisecond)
		y.slack.reset()
		y.Progresses(ids[0], 10, "runs") // two minutes later
		y.passes(10 * time.Millisecond)
		if n := y.slack.called("chat.update"); n == 0 {
			y.Error("the limit is never over")
		}
		y.slack.breaks(nil)
		y.passes(time.Minute)
		if y.Unshown() {
			y.Error("something is still to be shown")
		}
	})
}

// TestWhatMayHaveBeenPostedIsLookedFor: until the look succeeds, however it fails before.
func TestWhatMayHaveBeenPostedIsLookedFor(t *testing.T) {
	t.Parallel()
	inYard(t, func(y *yard) {
		for _, fault := range []fakeFault{{status: 429, retryAfter: 20}, {status: 503}, {code: "token_revoked"}, {code: "internal_error"}, {down: true}} {
			id := y.Accept(doortest.WatchedBy(ops))
			loses := func(method, _ string) *fakeFault {
				switch {
				case method == "chat.postMessage":
					return &fakeFault{lost: true}
				case strings.HasPrefix(method, "conversations."):
					return &fault
				}
				return nil
			}
			y.slack.breaks(loses)
			y.passes(time.Minute)
			y.slack.breaks(nil)
			y.passes(10 * time.Minute)
			y.slack.breaks(loses)
			y.Says(id, "one")
			y.passes(time.Minute)
			y.slack.breaks(nil)
			y.passes(10 * time.Minute)
			y.card("C0OPS", id, ops)
			if said := y.said("C0OPS", id); len(said) != 1 {
				y.Errorf("%+v: said %q", fault, said)
			}
		}
	})
}

// TestSlackIsDownForAnHour: afterwards each message shows the present state, by one edit; what was said is told in as few
// messages as it needs, and a job that came meanwhile is posted once.
func TestSlackIsDownForAnHour(t *testing.T) {
	t.Parallel()
	inYard(t, func(y *yard) {
		before := []string{y.Accept(doortest.WatchedBy(ops)), y.Accept(doortest.WatchedBy(ops)), y.Accept(doortest.WatchedBy("slack:C0DEV", ann))}
		y.passes(10 * time.Second)
		y.slack.breaks(func(string, string) *fakeFault { return &fakeFault{status: 503} })
		meanwhile := y.Accept(doortest.WatchedBy(ops))
		y.slack.reset()
		for n := range 10 {
			for _, id := range before {
				y.Changes(id, job.Change{Say: []string{fmt.Sprint("line ", n)}, Progress: &job.Progress{Percent: n}})
				y.passes(time.Second)
			}
		}
		if n := len(y.slack.calls); n > 60 {
			y.Errorf("%d calls while it was down", n)
		}
		if got := y.Reads(ann); len(got) == 0 || !strings.Contains(got[len(got)-1], "9 %") {
			y.Errorf("ann has %q", got)
		}
		y.Ends(before[0], job.Done(nil))
		y.passes(10 * time.Minute)
		y.slack.breaks(nil)
		y.slack.reset()
		edits := make(map[string]int)
		for _, id := range before[:2] {
			edits[id] = y.card("C0OPS", id, ops).edits
		}
		y.passes(15 * time.Minute)
		for _, id := range before[:2] {
			m := y.card("C0OPS", id, ops)
			if m.edits-edits[id] != 1 {
				y.Errorf("%d edits", m.edits-edits[id])
			}
		}
		if m := y.card("C0OPS", before[0], ops); !strings.Contains(m.text, "succeeded") {
			y.Errorf("%q", m.text)
		}
		if said := y.said("C0OPS", before[1]); len(said) != 1 || strings.Count(said[0], "\n") != 9 {
			y.Errorf("%q", said)
		}
		y.card("C0OPS", meanwhile, ops)
		if y.Unshown() || y.Away(ops) {
			y.Error("something is still to be shown")
		}
	})
}

// TestSlackRefusesTheApp: it is waited for, and said loudly once a minute.
func TestSlackRefusesTheApp(t *testing.T) {
	t.Parallel()
	inYard(t, func(y *yard) {
		var log bytes.Buffer
		y.log = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelError}))
		c := y.courier(y.Redis, y.slack)
		defer func() {
			if err := c.Stop(context.Background()); err != nil {
				y.Error(err)
			}
		}()
		y.slack.breaks(func(string, string) *fakeFault { return &fakeFault{code: "token_revoked"} })
		id := y.Accept(doortest.WatchedBy(ops))
		for range 45 {
			if err := c.Deliver(context.Background()); err != nil {
				y.Fatal(err)
			}
			y.Clock.Add(time.Second)
		}
		if n := strings.Count(log.String(), "level=ERROR"); n != 1 || y.counted("slack_refused") < 3 || !y.Away(ops) {
			y.Errorf("said %d times, counted %d: %s", n, y.counted("slack_refused"), &log)
		}
		if !strings.Contains(log.String(), "token_revoked") || strings.Contains(log.String(), "xoxb") {
			y.Error(log.String())
		}
		y.slack.breaks(nil)
		y.passes(5 * time.Minute)
		y.card("C0OPS", id, ops)
	})
}

// TestSlackFindsAMessageWrong: it is sent as bare text; and where that is wrong too, the next state is tried.
func TestSlackFindsAMessageWrong(t *testing.T) {
	t.Parallel()
	inYard(t, func(y *yard) {
		bad := 0
		y.slack.breaks(func(method, _ string) *fakeFault {
			if bad++; strings.HasPrefix(method, "chat.") && bad%2 == 1 { // with blocks, and then without
				return &fakeFault{code: "invalid_blocks"}
			}
			return nil
		})
		id := y.Accept(doortest.WatchedBy(ops))
		y.shows()
		found := y.slack.marked("C0OPS", func(m *fakeMessage) bool { return strings.Contains(m.text, id) })
		if len(found) != 1 || len(found[0].blocks.BlockSet) != 0 || y.counted("slack_invalid") != 1 {
			y.Fatalf("%+v, counted %d", found, y.counted("slack_invalid"))
		}
		y.slack.breaks(func(string, string) *fakeFault { return &fakeFault{code: "invalid_blocks"} })
		y.Says(id, "one")
		y.passes(time.Minute)
		y.slack.breaks(nil)
		y.Says(id, "two")
		y.Ends(id, job.Done(nil))
		y.passes(time.Minute)
		if m := found[0]; !strings.Contains(m.text, "succeeded") || len(m.blocks.BlockSet) == 0 || y.Away(ops) {
			y.Errorf("%+v, away: %v", m, y.Away(ops))
		}
		if said := y.said("C0OPS", id); len(said) != 2 || said[0] != "two" {
			y.Errorf("said %q", said)
		}
	})
}

// TestAProxyIsNotSlack: a page of somebody else says nothing of a channel, whatever its status.
func TestAProxyIsNotSlack(t *testing.T) {
	t.Parallel()
	inYard(t, func(y *yard) {
		for _, status := range []int{200, 302, 400, 403, 404, 407, 502} {
			y.slack.breaks(func(string, string) *fakeFault { return &fakeFault{status: status} })
			id := y.Accept(doortest.WatchedBy(ops), askedBy("slack:U0ANN"))
			y.passes(5 * time.Second)
			y.slack.breaks(nil)
			y.passes(10 * time.Minute)
			y.card("C0OPS", id, ops)
			if y.Unshown() {
				y.Errorf("after %d something is still to be shown", status)
			}
		}
	})
}
