package slack

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/handsoff/handsoff/functions/notify/door/doortest"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/job/jobtest"
)

// edits notes when messages were edited, by channel.
func (y *yard) edits() map[string][]time.Time {
	when := make(map[string][]time.Time)
	y.slack.breaks(func(method, channel string) *fakeFault {
		if method == "chat.update" {
			when[channel] = append(when[channel], y.Clock.Now())
		}
		return nil
	})
	return when
}

// TestProgressKeepsToItsPace: edits of a channel do not follow each other closer than its pace, and all together are no
// more than Slack takes in any minute, whoever makes them; the last of them shows the latest state.
func TestProgressKeepsToItsPace(t *testing.T) {
	t.Parallel()
	inYard(t, func(y *yard) {
		when := y.edits()
		ids := map[string]string{}
		for n := range 6 {
			channel := fmt.Sprintf("C0CH%d", n)
			y.slack.joins(channel)
			for range 2 {
				ids[y.Accept(doortest.WatchedBy("slack:"+channel))] = channel
			}
		}
		for id := range ids {
			y.Progresses(id, 0, "begins")
		}
		y.passes(3 * time.Minute)
		clear(when)
		for percent := 1; percent <= 60; percent++ {
			for id := range ids {
				y.bumps(id, percent)
			}
			y.passes(500 * time.Millisecond)
		}
		y.passes(5 * time.Minute)
		var all []time.Time
		for channel, times := range when {
			for i, at := range times {
				if i > 0 && at.Sub(times[i-1]) < editGap {
					t := at.Sub(times[i-1])
					y.Errorf("%s: %s between edits", channel, t)
				}
			}
			all = append(all, times...)
		}
		slices.SortFunc(all, time.Time.Compare)
		if len(all) < edits {
			y.Errorf("only %d edits", len(all))
		}
		for i := range all {
			if i >= edits && all[i].Sub(all[i-edits]) < time.Minute {
				y.Fatalf("%d edits in %s", edits+1, all[i].Sub(all[i-edits]))
			}
		}
		for id, channel := range ids {
			if m := y.card(channel, id, "slack:"+channel); !strings.Contains(m.drawn(), "60 %") {
				y.Errorf("%s shows %s", id, m.drawn())
			}
		}
	})
}

// bumps changes a job's progress where its record is, without a step: so many steps would take the test's day.
func (y *yard) bumps(id string, percent int) {
	y.Helper()
	ctx := context.Background()
	key := job.Prefix + "job:" + id
	if err := y.Redis.HSet(ctx, key, "percent", percent, "line", fmt.Sprint("at ", percent)).Err(); err != nil {
		y.Fatal(err)
	}
	if err := y.Redis.HIncrBy(ctx, key, "version", 1).Err(); err != nil {
		y.Fatal(err)
	}
	if _, err := y.Jobs.ReleaseView(ctx, id, -1, 0); err != nil {
		y.Fatal(err)
	}
}

// TestAChangeOfStateDoesNotWait: the edits of others hold up no end, no sign-off and no first sight.
func TestAChangeOfStateDoesNotWait(t *testing.T) {
	t.Parallel()
	inYard(t, func(y *yard) {
		id := y.Accept(doortest.WatchedBy(ops))
		y.Progresses(id, 1, "begins")
		y.passes(time.Minute)
		when := y.edits()
		for percent := range 70 { // uses up the minute
			y.bumps(id, 2+percent)
			y.passes(editGap)
		}
		if n := len(when["C0OPS"]); n < edits {
			y.Fatalf("%d edits", n)
		}
		began := y.Clock.Now()
		fresh := y.Accept(doortest.WatchedBy(ops))
		y.shows()
		y.card("C0OPS", fresh, ops)
		if _, err := y.Jobs.Cancel(context.Background(), fresh, "slack:U0ANN", ""); err != nil {
			y.Fatal(err)
		}
		y.passes(time.Second)
		if m := y.card("C0OPS", fresh, ops); !strings.Contains(m.text, "cancelled") || y.Clock.Now().Sub(began) > 2*time.Second {
			y.Errorf("after %s it is %q", y.Clock.Now().Sub(began), m.text)
		}
	})
}

// TestWordsKeepToOneASecond: those of all jobs in a channel; jobs that begin together are all seen at once, up to a burst.
func TestWordsKeepToOneASecond(t *testing.T) {
	t.Parallel()
	inYard(t, func(y *yard) {
		var ids []string
		for range burst + 2 {
			ids = append(ids, y.Accept(doortest.WatchedBy(ops)))
		}
		y.shows()
		seen := 0
		for _, id := range ids {
			seen += len(y.slack.cards("C0OPS", id, ops))
		}
		if seen != burst {
			y.Errorf("%d messages at once", seen)
		}
		y.passes(10 * time.Second)
		var when []time.Time
		lines := make([]string, 150)
		for i := range lines {
			lines[i] = fmt.Sprintf("line %d, which is about as long as a line of a build's story usually is", i)
		}
		for _, id := range ids {
			y.Says(id, lines...)
		}
		y.passes(2 * time.Minute)
		for _, id := range ids {
			words := y.slack.words("C0OPS", id)
			if len(words) < 3 || len(words) > 8 {
				y.Errorf("%s: %d lines in %d messages", id, len(lines), len(words))
			}
			var told []string
			for _, m := range words {
				when = append(when, m.at)
				told = append(told, strings.Split(m.text, "\n")...)
			}
			if !slices.Equal(told, lines) {
				y.Errorf("%s told %d lines", id, len(told))
			}
		}
		slices.SortFunc(when, time.Time.Compare)
		for i := 1; i < len(when); i++ {
			if gap := when[i].Sub(when[i-1]); gap < sayGap {
				y.Errorf("%s between two messages", gap)
			}
		}
	})
}

// TestALineOfAnyLengthIsTold: what is longer than a message's text is a message of several sections.
func TestALineOfAnyLengthIsTold(t *testing.T) {
	t.Parallel()
	inYard(t, func(y *yard) {
		id := y.Accept(doortest.WatchedBy(ops))
		y.Says(id, "before", strings.Repeat("<&> ", 1500), strings.Repeat("\n", 100), "after")
		y.passes(time.Minute)
		words := y.slack.words("C0OPS", id)
		if len(words) != 3 || words[0].text != "before" || len(words[1].blocks.BlockSet) < 2 || !strings.HasSuffix(words[2].text, "after") {
			y.Errorf("said %q", y.said("C0OPS", id))
		}
	})
}

// TestAFloodOfJobsIsPostedInTurn: of many jobs that begin at once in a channel, each is posted in the order in which they
// were asked for, as fast as Slack takes them, and their waiting costs no more than a few looks at each.
func TestAFloodOfJobsIsPostedInTurn(t *testing.T) {
	t.Parallel()
	inYard(t, func(y *yard) {
		var ids []string
		for range 60 {
			ids = append(ids, y.Accept(doortest.WatchedBy(ops)))
			y.shows()
			y.Clock.Add(time.Millisecond)
		}
		life := jobtest.NewLife(jobtest.Death{})
		y.Redis.AddHook(life)
		y.passes(time.Duration(len(ids)) * sayGap)
		y.slack.mu.Lock()
		var posted []string
		for _, m := range y.slack.channels["C0OPS"].messages {
			if id, ok := m.mark.EventPayload["job"].(string); ok {
				posted = append(posted, id)
			}
		}
		y.slack.mu.Unlock()
		if !slices.Equal(posted, ids) {
			y.Errorf("posted in this order: %q, asked for in this one: %q", posted, ids)
		}
		if n, most := life.Points(), 60*len(ids); n > most {
			y.Errorf("%d commands of Redis for %d jobs", n, len(ids))
		}
	})
}
