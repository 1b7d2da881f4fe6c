package main

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/functions/notify/door"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/job/jobtest"
)

// gate holds calls of Slack up until it is opened.
type gate struct {
	next http.RoundTripper
	held chan struct{} // gets one for each call that is held up
	open chan struct{}
}

func newGate(next http.RoundTripper) *gate {
	return &gate{next: next, held: make(chan struct{}, 1000), open: make(chan struct{})}
}

func (g *gate) RoundTrip(r *http.Request) (*http.Response, error) {
	select {
	case <-g.open:
	default:
		g.held <- struct{}{}
		<-g.open
	}
	return g.next.RoundTrip(r)
}

// TestASlowSlackHoldsUpNobody: while Slack does not answer, the job's other addresses are shown each of its changes, and so
// are other jobs; when it answers, it shows the present state.
func TestASlowSlackHoldsUpNobody(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		y := newSlackYard(t, rdb)
		defer y.close()
		g := newGate(y.slack)
		c := newCourier(y.jobs, rdb, y.doors(rdb, y.jobs, g), idleLog())
		nudge := func() {
			if err := c.nudged(t.Context(), anyJob); err != nil {
				t.Error(err)
			}
		}
		id := y.accept(watchedBy(ops, ann))
		nudge()
		<-g.held
		for range 3 {
			y.reads(ann)
			y.says(id, "one")
			jobtest.Eventually(t, "the job's other address", func() bool {
				y.clock.Add(50 * time.Millisecond)
				nudge()
				return len(y.box(ann)) > 0
			})
		}
		for n := range atOnceApart + 4 { // more than there are slots
			channel := fmt.Sprintf("C0CH%d", n)
			y.slack.joins(channel)
			y.accept(watchedBy("slack:" + channel))
		}
		y.accept(watchedBy("telnet:bob"))
		nudge()
		jobtest.Eventually(t, "another job", func() bool { return len(y.box("telnet:bob")) == 1 })
		close(g.open)
		jobtest.Eventually(t, "Slack", func() bool {
			y.clock.Add(time.Second)
			nudge()
			return len(y.said("C0OPS", id)) == 1 && !y.unshown()
		})
		y.card("C0OPS", id, ops)
		if err := c.stop(context.Background()); err != nil {
			t.Error(err)
		}
	})
}

// TestTheEndOfTheProcessWaitsForACall: a call that is under way comes to its end, and no other one is begun.
func TestTheEndOfTheProcessWaitsForACall(t *testing.T) {
	t.Parallel()
	inSlackYard(t, func(y *slackYard) {
		id := y.accept(watchedBy(ops))
		y.passes(time.Minute)
		g := newGate(y.slack)
		c := newCourier(y.jobs, y.rdb, y.doors(y.rdb, y.jobs, g), idleLog())
		y.says(id, "one")
		if err := c.nudged(context.Background(), anyJob); err != nil {
			y.Fatal(err)
		}
		<-g.held
		ended := make(chan error, 1)
		go func() { ended <- c.stop(context.Background()) }()
		jobtest.Eventually(y, "the end of the process to begin", func() bool { return c.base.Err() != nil })
		close(g.open)
		if err := <-ended; err != nil {
			y.Fatal(err)
		}
		if said := y.said("C0OPS", id); y.card("C0OPS", id, ops).edits != 1 || len(said) != 0 || y.away(ops) {
			y.Errorf("after the end it said %q; away: %v", said, y.away(ops))
		}
		view := door.View{Job: y.job(id), Now: y.clock.Now()}
		if again := c.showApart(c.base, c.doors["slack"], ops, view, job.Shown{}, nil); again != atOnceAgain || y.away(ops) {
			y.Errorf("shown again in %s, away: %v", again, y.away(ops))
		}
		y.passes(time.Minute)
		if said := y.said("C0OPS", id); len(said) != 1 {
			y.Errorf("the next one said %q", said)
		}
	})
}

// TestCouriersTogetherPostOnce: while one shows a job at an address, however long Slack takes, no other one does.
func TestCouriersTogetherPostOnce(t *testing.T) {
	t.Parallel()
	inSlackYard(t, func(y *slackYard) {
		g := newGate(y.slack)
		slow := newCourier(y.jobs, y.rdb, y.doors(y.rdb, y.jobs, g), idleLog())
		id := y.accept(watchedBy(ops))
		if err := slow.nudged(context.Background(), anyJob); err != nil {
			y.Fatal(err)
		}
		<-g.held
		y.clock.Add(slackCall) // as long as a call may take
		var group sync.WaitGroup
		for range 3 {
			group.Go(func() {
				c := y.courier(y.rdb, y.doors(y.rdb, y.jobs, y.slack))
				defer c.alarm.Stop()
				if _, err := y.jobs.ReleaseView(context.Background(), id, -1, 0); err != nil {
					y.Error(err)
				}
				if err := c.delivers(context.Background()); err != nil {
					y.Error(err)
				}
			})
		}
		group.Wait()
		if n := len(y.slack.cards("C0OPS", id, ops)); n != 0 {
			y.Errorf("%d messages were posted meanwhile", n)
		}
		close(g.open)
		if err := slow.stop(context.Background()); err != nil {
			y.Fatal(err)
		}
		y.passes(time.Minute)
		y.card("C0OPS", id, ops)
		if n := y.slack.called("conversations.history"); n != 0 {
			y.Errorf("looked %d times", n)
		}
	})
}

// TestWhoWaitsHoldsUpNobody: a change of a job that is put off because of one address is shown to the others soon.
func TestWhoWaitsHoldsUpNobody(t *testing.T) {
	t.Parallel()
	inYard(t, func(y *yard) {
		ctx := context.Background()
		id := y.accept(watchedBy(ann))
		take := func() {
			y.Helper()
			if ids, err := y.jobs.ClaimViews(ctx, 10, hold); err != nil || len(ids) != 1 {
				y.Fatal(ids, err)
			}
		}
		release := func(version int64, again time.Duration) {
			if _, err := y.jobs.ReleaseView(ctx, id, version, again); err != nil {
				y.Fatal(err)
			}
		}
		wants := func(what string, after time.Duration) {
			y.Helper()
			next, some, err := y.jobs.NextView(ctx)
			if err != nil {
				y.Fatal(err)
			}
			if got := next.Sub(y.clock.Now()); !some || got < after-2*time.Millisecond || got > after+2*time.Millisecond {
				y.Errorf("%s: shown in %s (%v), want %s", what, got, some, after)
			}
		}
		version := func() int64 {
			j, err := y.jobs.Get(ctx, id)
			if err != nil {
				y.Fatal(err)
			}
			return j.Version
		}
		take()
		release(version(), 5*time.Minute)
		wants("an address waits", 5*time.Minute)
		y.says(id, "two")
		wants("and the job changes", 300*time.Millisecond)
		y.clock.Add(time.Second)
		take()
		release(version()-1, time.Hour)
		wants("the job changed while it was in hand", 300*time.Millisecond)
		release(version(), time.Hour)
		wants("somebody else wants it sooner", 300*time.Millisecond)
		y.clock.Add(time.Second)
		take()
		release(version(), 0)
		if y.unshown() {
			y.Error("something is still to be shown")
		}
	})
}

// TestATryThatFindsNoSlotIsNone: of an address that is away, the time for the next try is kept for a try that is made.
func TestATryThatFindsNoSlotIsNone(t *testing.T) {
	t.Parallel()
	inSlackYard(t, func(y *slackYard) {
		y.slack.breaks(func(string, string) *fakeFault { return &fakeFault{down: true} })
		y.accept(watchedBy(ops))
		y.shows()
		y.clock.Add(longestWait)
		y.slack.breaks(nil)
		before := y.rdb.Get(context.Background(), awayKey(ops)).Val()
		c := y.courier(y.rdb, y.doors(y.rdb, y.jobs, y.slack))
		defer c.alarm.Stop()
		for range atOnceApart {
			c.aside <- struct{}{}
		}
		if err := c.delivers(context.Background()); err != nil {
			y.Fatal(err)
		}
		if after := y.rdb.Get(context.Background(), awayKey(ops)).Val(); before == "" || after != before {
			y.Errorf("away %q, before %q", after, before)
		}
		y.passes(apartFull + time.Second)
		if y.away(ops) || y.unshown() {
			y.Error("it was not tried when there were slots")
		}
	})
}

// TestBackAtOnce: once a probe has reached an address, nothing that waits for it waits for the next probe.
func TestBackAtOnce(t *testing.T) {
	t.Parallel()
	inSlackYard(t, func(y *slackYard) {
		var ids []string
		for range 10 {
			ids = append(ids, y.accept(watchedBy(ops)))
		}
		y.passes(time.Minute)
		y.slack.breaks(func(string, string) *fakeFault { return &fakeFault{status: 503} })
		for _, id := range ids {
			y.ends(id, job.Done(nil))
		}
		y.passes(40 * time.Minute)
		y.slack.breaks(nil)
		late := func() []string {
			return slices.DeleteFunc(slices.Clone(ids), func(id string) bool {
				return strings.Contains(y.card("C0OPS", id, ops).text, "succeeded")
			})
		}
		for range longestWait / time.Second {
			if y.passes(time.Second); len(late()) < len(ids) {
				break
			}
		}
		y.passes(outcomeKnown + 10*time.Second)
		if ids := late(); len(ids) > 0 {
			y.Errorf("%d jobs still wait", len(ids))
		}
	})
}
