package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/shared/function/functiontest"
	"github.com/handsoff/handsoff/shared/gap"
	"github.com/handsoff/handsoff/shared/job/jobtest"
)

// retries sends a signed event that Slack may have sent before.
func (h *hall) retries(id, ts string, happened any, try, reason string) {
	h.Helper()
	body := strings.Replace(anEvent(id, inOps("U0ANN", ts, "<@U0BOT> hello")), `"event":`, fmt.Sprintf(`"event_time":%v,"event":`, happened), 1)
	headers := signed(newSecret, body, time.Now())
	headers.Set(retryHeader, try)
	headers.Set(reasonHeader, reason)
	if w := h.post(inJSON, body, headers); w.Code != http.StatusOK {
		h.Errorf("%d %s", w.Code, w.Body)
	}
}

// gaps is what the ledger has of Slack.
func (h *hall) gaps() []gap.Gap {
	h.Helper()
	h.deaf.tasks.Wait()
	list, err := gap.List(context.Background(), h.Redis, "slack", 10)
	if err != nil {
		h.Fatal(err)
	}
	return list
}

// TestWhatSlackSendsAgainTellsOfAGap, unless it was taken the first time.
func TestWhatSlackSendsAgainTellsOfAGap(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		h := newHall(t, rdb)
		now := time.Now()
		h.retries("Ev1", rootTS, now.Unix(), "", "")
		h.retries("Ev1", rootTS, now.Unix(), "1", "http_timeout") // we were slow, and have it
		h.settles()
		h.retries("Ev1", rootTS, now.Unix(), "2", "http_timeout")
		for i, odd := range []struct {
			happened    any
			try, reason string
		}{
			{`"soon"`, "1", "http_error"},
			{0, "1", "http_error"},
			{now.Add(time.Hour).Unix(), "1", "http_error"},
			{now.Add(-26 * time.Hour).Unix(), "1", "http_error"},
			{now.Unix(), "-1", "http_error"},
			{now.Unix(), "1000", "x"},
			{now.Unix(), "one", "x"},
		} {
			h.retries(fmt.Sprint("EvOdd", i), fmt.Sprintf("1700000001.%06d", i), odd.happened, odd.try, odd.reason)
		}
		if list := h.gaps(); len(list) != 0 {
			t.Errorf("the ledger has %+v", list)
		}
		h.retries("Ev2", "1700000002.000001", now.Add(-5*time.Minute).Unix(), "2", "connection_failed")
		h.retries("Ev3", "1700000002.000002", now.Add(-4*time.Minute).Unix(), "1", "a `forged` reason")
		list := h.gaps()
		if len(list) != 1 {
			t.Fatalf("the ledger has %+v", list)
		}
		g := list[0]
		if g.From.Unix() != now.Add(-5*time.Minute).Unix() || g.To.Before(now.Truncate(time.Millisecond)) || g.Closed.IsZero() || g.Missed != 2 || g.Recovered != 2 {
			t.Errorf("%+v", g)
		}
		if g.Why != "what Slack sent was not taken: unknown_error" || g.How != "Slack sent it again (try 1, reason unknown_error)" || g.Lost != "" {
			t.Errorf("why %q, how %q", g.Why, g.How)
		}
	})
}

// TestAFloodOfRepetitionsIsWrittenTogether: while one write hangs, the rest gathers; what cannot be written is in the log.
func TestAFloodOfRepetitionsIsWrittenTogether(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var written []gap.Gap
		logs := &functiontest.Lines{}
		d := &deafness{
			log: slog.New(slog.NewTextHandler(logs, nil)),
			record: func(ctx context.Context, g gap.Gap) (string, error) {
				<-ctx.Done() // Redis is away
				written = append(written, g)
				return "", errors.New("redis is away")
			},
		}
		begun := time.Now()
		for i := range 1000 {
			d.heard(&arrival{try: 1, reason: "http_error", happened: begun.Add(-time.Duration(i*7%1000) * time.Second)}, begun)
			synctest.Wait()
		}
		if took := time.Since(begun); took != 0 {
			t.Errorf("a request waited for %s", took)
		}
		d.tasks.Wait()
		if len(written) != 2 || written[0].Missed != 1 || written[1].Missed != 999 || !written[1].From.Equal(begun.Add(-999*time.Second)) {
			t.Errorf("written %+v", written)
		}
		if n := strings.Count(logs.String(), "not in the ledger"); n != 2 {
			t.Errorf("logged %d times", n)
		}
	})
}
