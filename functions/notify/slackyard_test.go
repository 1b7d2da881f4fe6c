package main

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/functions/notify/door"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/job/jobtest"
	"github.com/handsoff/handsoff/shared/slack"
)

const (
	ops      = "slack:C0OPS"
	inThread = "slack:C0OPS/1700000000.000001"
	thereToo = "slack:C0OPS/1700000000.000002"
	annThere = "slack:U0ANN" // ann's direct messages
)

// slackYard is a yard with a Slack.
type slackYard struct {
	*yard

	slack *fakeSlack
	log   *slog.Logger
}

func newSlackYard(tb testing.TB, rdb *redis.Client) *slackYard {
	tb.Helper()
	y := newYard(tb, rdb)
	f := newFakeSlack(y.clock.Now, "C0OPS", "C0DEV")
	f.direct["U0ANN"] = "D0ANN"
	f.channels["C0OPS"].messages = []*fakeMessage{
		{ts: "1700000000.000001", text: "what people talk of"}, {ts: "1700000000.000002", text: "something else"},
	}
	f.channels["C0CLOSED"] = &fakeChannel{id: "C0CLOSED"}
	return &slackYard{yard: y, slack: f, log: idleLog()}
}

// inSlackYard runs a test on both kinds of Redis.
func inSlackYard(t *testing.T, test func(y *slackYard)) {
	t.Helper()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		y := newSlackYard(t, rdb)
		defer y.close()
		test(y)
		y.slack.allTaken(t)
	})
}

// doors are Slack's and telnet's; the life of the process that opens them may end at any call.
func (y *slackYard) doors(rdb *redis.Client, store *job.Store, transport http.RoundTripper) map[string]door.Door {
	y.Helper()
	app, err := slack.New(&slack.Section{URL: "http://slack.example/api/"}, "xoxb-not-a-token", slack.Options{Transport: transport})
	if err != nil {
		y.Fatal(err)
	}
	return map[string]door.Door{
		"telnet": {Renderer: &appender{rdb: rdb}},
		"slack": {Apart: true, Renderer: &slackDoor{
			app: app, jobs: store, rdb: rdb, log: y.log, bot: "handsoff", endAfter: 15 * time.Minute, keep: time.Hour,
		}},
	}
}

// shows delivers what is due now.
func (y *slackYard) shows() {
	y.Helper()
	y.showsWith(y.slack)
}

func (y *slackYard) showsWith(transport http.RoundTripper) {
	y.Helper()
	c := y.courier(y.rdb, y.doors(y.rdb, y.jobs, transport))
	defer c.alarm.Stop()
	if err := c.delivers(context.Background()); err != nil {
		y.Fatal(err)
	}
}

// passes delivers for a while, each thing when it is due.
func (y *slackYard) passes(while time.Duration) {
	y.Helper()
	y.passesWith(y.slack, while)
}

func (y *slackYard) passesWith(transport http.RoundTripper, while time.Duration) {
	y.Helper()
	for end := y.clock.Now().Add(while); ; {
		y.showsWith(transport)
		next, some, err := y.jobs.NextView(context.Background())
		if err != nil {
			y.Fatal(err)
		}
		if !some || next.After(end) {
			y.clock.Add(end.Sub(y.clock.Now()))
			return
		}
		y.clock.Add(max(next.Sub(y.clock.Now())+time.Millisecond, time.Millisecond))
	}
}

// card is the one message of a job at an address.
func (y *slackYard) card(channel, id, address string) *fakeMessage {
	y.Helper()
	found := y.slack.cards(channel, id, address)
	if len(found) != 1 {
		y.Fatalf("%d messages of %s for %s in %s", len(found), id, address, channel)
	}
	return found[0]
}

// said is what was said of a job in threads of a channel, a message an entry; "!" stands before what is in the channel too.
func (y *slackYard) said(channel, id string) []string {
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

func (y *slackYard) job(id string) *job.Job {
	y.Helper()
	j, err := y.jobs.Get(context.Background(), id)
	if err != nil {
		y.Fatal(err)
	}
	return j
}

func (y *slackYard) away(address string) bool {
	return y.rdb.Exists(context.Background(), awayKey(address)).Val() != 0
}

func (y *slackYard) counted(name string) int64 {
	y.Helper()
	counts, err := y.jobs.Counts(context.Background())
	if err != nil {
		y.Fatal(err)
	}
	return counts[name]
}

func (y *slackYard) follows(id, address string) bool {
	y.Helper()
	watchers, err := y.jobs.Watchers(context.Background(), id)
	if err != nil {
		y.Fatal(err)
	}
	_, ok := watchers[address]
	return ok
}

func askedBy(principal string) func(*job.Request) {
	return func(r *job.Request) { r.Principal = principal }
}

// mortalSlack is Slack as a process reaches it that dies at a call, as it dies at a command of Redis.
type mortalSlack struct {
	*mortal

	next http.RoundTripper
}

func (m mortalSlack) RoundTrip(r *http.Request) (*http.Response, error) {
	before, after := m.dies()
	if before {
		return nil, errDead
	}
	res, err := m.next.RoundTrip(r)
	if after {
		return nil, errors.Join(errDead, err)
	}
	return res, err
}
