package slack

import (
	"context"
	"log/slog"
	"net/http"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/functions/notify/courier"
	"github.com/handsoff/handsoff/functions/notify/door"
	"github.com/handsoff/handsoff/functions/notify/door/doortest"
	"github.com/handsoff/handsoff/functions/notify/outbox"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/job/jobtest"
	"github.com/handsoff/handsoff/shared/slack"
)

const (
	ops      = "slack:C0OPS"
	inThread = "slack:C0OPS/1700000000.000001"
	thereToo = "slack:C0OPS/1700000000.000002"
	annThere = "slack:U0ANN" // ann's direct messages
	ann      = "telnet:ann"
	bob      = "telnet:bob"
	// anyJob is what a nudge names: a courier shows whatever is due.
	anyJob = "any"
	// longAway is longer than an address waits that could not be reached.
	longAway = 4 * time.Minute
)

// yard is a yard with a Slack.
type yard struct {
	*doortest.Yard

	slack *fakeSlack
	log   *slog.Logger
}

func newYard(tb testing.TB, rdb *redis.Client) *yard {
	tb.Helper()
	y := doortest.New(tb, rdb)
	f := newFakeSlack(y.Clock.Now, "C0OPS", "C0DEV")
	f.direct["U0ANN"] = "D0ANN"
	f.channels["C0OPS"].messages = []*fakeMessage{
		{ts: "1700000000.000001", text: "what people talk of"}, {ts: "1700000000.000002", text: "something else"},
	}
	f.channels["C0CLOSED"] = &fakeChannel{id: "C0CLOSED"}
	return &yard{Yard: y, slack: f, log: slog.New(slog.DiscardHandler)}
}

// inYard runs a test on both kinds of Redis.
func inYard(t *testing.T, test func(y *yard)) {
	t.Helper()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		y := newYard(t, rdb)
		defer y.Close()
		test(y)
		y.slack.allTaken(t)
	})
}

// courier is one that delivers when it is told to, at Slack and by telnet. It reaches Redis through a client that may have hooks.
func (y *yard) courier(rdb *redis.Client, transport http.RoundTripper) *courier.Courier {
	y.Helper()
	store := y.Store(rdb)
	return courier.New(store, rdb, y.doors(rdb, store, transport), y.log)
}

func (y *yard) doors(rdb *redis.Client, store *job.Store, transport http.RoundTripper) map[string]door.Door {
	y.Helper()
	app, err := slack.New(&slack.Section{URL: "http://slack.example/api/"}, "xoxb-not-a-token", slack.Options{Transport: transport})
	if err != nil {
		y.Fatal(err)
	}
	return map[string]door.Door{
		"telnet": {Renderer: outbox.Telnet(rdb).Renderer}, // a pace never passes by a clock that stands still
		"slack": {Apart: true, Renderer: &Door{
			app: app, jobs: store, rdb: rdb, log: y.log, bot: "handsoff", endAfter: 15 * time.Minute, keep: time.Hour,
		}},
	}
}

// shows delivers what is due now.
func (y *yard) shows() {
	y.Helper()
	y.showsWith(y.slack)
}

func (y *yard) showsWith(transport http.RoundTripper) {
	y.Helper()
	c := y.courier(y.Redis, transport)
	if err := c.Deliver(context.Background()); err != nil {
		y.Fatal(err)
	}
	if err := c.Stop(context.Background()); err != nil {
		y.Error(err)
	}
}

// nudges has a courier that was started look what is due.
func (y *yard) nudges(c *courier.Courier) {
	y.Helper()
	if err := c.Nudged(context.Background(), anyJob); err != nil {
		y.Error(err)
	}
}

// passes delivers for a while, each thing when it is due.
func (y *yard) passes(while time.Duration) {
	y.Helper()
	y.passesWith(y.slack, while)
}

func (y *yard) passesWith(transport http.RoundTripper, while time.Duration) {
	y.Helper()
	y.Passes(while, func() { y.showsWith(transport) })
}

// card is the one message of a job at an address.
func (y *yard) card(channel, id, address string) *fakeMessage {
	y.Helper()
	found := y.slack.cards(channel, id, address)
	if len(found) != 1 {
		y.Fatalf("%d messages of %s for %s in %s", len(found), id, address, channel)
	}
	return found[0]
}

// said is what was said of a job in threads of a channel, a message an entry; "!" stands before what is in the channel too.
func (y *yard) said(channel, id string) []string {
	var texts []string
	for _, m := range y.slack.words(channel, id) {
		text := m.text
		if m.broadcast {
			text = "!" + text
		}
		texts = append(texts, text)
	}
	return texts
}

func (y *yard) counted(name string) int64 {
	y.Helper()
	counts, err := y.Jobs.Counts(context.Background())
	if err != nil {
		y.Fatal(err)
	}
	return counts[name]
}

func askedBy(principal string) func(*job.Request) {
	return func(r *job.Request) { r.Principal = principal }
}

// mortal is Slack as a process reaches it that may die at any call.
type mortal struct {
	life *jobtest.Life
	next http.RoundTripper
}

func (m mortal) RoundTrip(r *http.Request) (answer *http.Response, err error) {
	if dead := m.life.Call(r.Context(), r.URL.Path, func() { answer, err = m.next.RoundTrip(r) }); dead != nil {
		return nil, dead
	}
	return answer, err
}
