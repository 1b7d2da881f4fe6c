package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/handsoff/handsoff/shared/gap"
)

// What Slack says of a request that it sends again: https://docs.slack.dev/apis/events-api/#retries
const (
	retryHeader  = "X-Slack-Retry-Num"
	reasonHeader = "X-Slack-Retry-Reason"
	// longestRetry is for how long Slack may send an event again: with delayed events, for a day.
	longestRetry = 25 * time.Hour
	// mostTry is the highest try that is believed.
	mostTry = 100
)

// again is which try of Slack's a request is; 0 for the first. Headers are not signed, so nothing but a word and a number
// is taken from them.
func again(header http.Header) (try int, reason string) {
	try, err := strconv.Atoi(header.Get(retryHeader))
	if err != nil || try < 1 || try > mostTry {
		return 0, ""
	}
	if reason = header.Get(reasonHeader); !isToken(reason) {
		reason = "unknown_error"
	}
	return try, reason
}

// eventTime is when an event happened; zero when Slack does not say.
func eventTime(seconds json.RawMessage) time.Time {
	n, err := strconv.ParseInt(string(seconds), 10, 64)
	if err != nil || n <= 0 {
		return time.Time{}
	}
	return time.Unix(n, 0)
}

// deafness enters into the ledger of gaps what Slack had to send again: when the inbox had not known it, nobody heard Slack
// from when it happened until now. No request waits for that, and what comes while it writes is written together after it.
type deafness struct {
	record func(context.Context, gap.Gap) (string, error)
	log    *slog.Logger

	mu      sync.Mutex
	next    *gap.Gap // not written yet
	writing bool
	tasks   sync.WaitGroup
}

// heard takes note of something that was new, and that Slack may have sent again.
func (d *deafness) heard(a *arrival, now time.Time) {
	if a.try == 0 || a.happened.IsZero() || a.happened.After(now) || now.Sub(a.happened) > longestRetry {
		return
	}
	g := gap.Gap{
		Source: "slack", From: a.happened, To: now, Missed: 1, Recovered: 1,
		Why: "what Slack sent was not taken: " + a.reason,
		How: fmt.Sprintf("Slack sent it again (try %d, reason %s)", a.try, a.reason),
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.next != nil {
		g.Missed, g.Recovered = g.Missed+d.next.Missed, g.Recovered+d.next.Recovered
		if d.next.From.Before(g.From) {
			g.From = d.next.From
		}
	}
	d.next = &g
	if !d.writing {
		d.writing = true
		d.tasks.Go(d.write)
	}
}

// write writes until there is nothing more. What cannot be written is logged: the ledger is for people, and what Slack sent
// is safe.
func (d *deafness) write() {
	for {
		d.mu.Lock()
		g := d.next
		d.next, d.writing = nil, g != nil
		d.mu.Unlock()
		if g == nil {
			return
		}
		ctx, cancel := context.WithTimeout(context.Background(), attention)
		if _, err := d.record(ctx, *g); err != nil {
			d.log.Warn("a gap is not in the ledger", "from", g.From, "to", g.To, "how", g.How, "error", err)
		}
		cancel()
	}
}
