package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/handsoff/handsoff/shared/job"
)

// edits notes when messages were edited, by channel.
func (y *slackYard) edits() map[string][]time.Time {
	when := make(map[string][]time.Time)
	y.slack.breaks(func(method, channel string) *fakeFault {
		if method == "chat.update" {
			when[channel] = append(when[channel], y.clock.Now())
		}
		return nil
	})
	return when
}

// TestProgressKeepsToItsPace: edits of a channel do not follow each other closer than its pace, and all together are no
// more than Slack takes in any minute, whoever makes them; the last of them shows the latest state.
func TestProgressKeepsToItsPace(t *testing.T) {
	t.Parallel()
	inSlackYard(t, func(y *slackYard) {
		when := y.edits()
		ids := map[string]string{}
		for n := range 6 {
			channel := fmt.Sprintf("C0CH%d", n)
			y.slack.joins(channel)
			for range 2 {
				ids[y.accept(watchedBy("slack:"+channel))] = channel
			}
		}
		for id := range ids {
			y.progresses(id, 0, "begins")
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
				if i > 0 && at.Sub(times[i-1]) < slackEditGap {
					t := at.Sub(times[i-1])
					y.Errorf("%s: %s between edits", channel, t)
				}
			}
			all = append(all, times...)
		}
		slices.SortFunc(all, time.Time.Compare)
		if len(all) < slackEdits {
			y.Errorf("only %d edits", len(all))
		}
		for i := range all {
			if i >= slackEdits && all[i].Sub(all[i-slackEdits]) < time.Minute {
				y.Fatalf("%d edits in %s", slackEdits+1, all[i].Sub(all[i-slackEdits]))
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
func (y *slackYard) bumps(id string, percent int) {
	y.Helper()
	ctx := context.Background()
	key := job.Prefix + "job:" + id
	if err := y.rdb.HSet(ctx, key, "percent", percent, "line", fmt.Sprint("at ", percent)).Err(); err != nil {
		y.Fatal(err)
	}
	if err := y.rdb.HIncrBy(ctx, key, "version", 1).Err(); err != nil {
		y.Fatal(err)
	}
	if _, err := y.jobs.ReleaseView(ctx, id, -1, 0); err != nil {
		y.Fatal(err)
	}
}

// TestAChangeOfStateDoesNotWait: the edits of others hold up no end, no sign-off and no first sight.
func TestAChangeOfStateDoesNotWait(t *testing.T) {
	t.Parallel()
	inSlackYard(t, func(y *slackYard) {
		id := y.accept(watchedBy(ops))
		y.progresses(id, 1, "begins")
		y.passes(time.Minute)
		when := y.edits()
		for percent := range 70 { // uses up the minute
			y.bumps(id, 2+percent)
			y.passes(slackEditGap)
		}
		if n := len(when["C0OPS"]); n < slackEdits {
			y.Fatalf("%d edits", n)
		}
		began := y.clock.Now()
		fresh := y.accept(watchedBy(ops))
		y.shows()
		y.card("C0OPS", fresh, ops)
		if _, err := y.jobs.Cancel(context.Background(), fresh, "slack:U0ANN", ""); err != nil {
			y.Fatal(err)
		}
		y.passes(time.Second)
		if m := y.card("C0OPS", fresh, ops); !strings.Contains(m.text, "cancelled") || y.clock.Now().Sub(began) > 2*time.Second {
			y.Errorf("after %s it is %q", y.clock.Now().Sub(began), m.text)
		}
	})
}

// TestWordsKeepToOneASecond: those of all jobs in a channel; jobs that begin together are all seen at once, up to a burst.
func TestWordsKeepToOneASecond(t *testing.T) {
	t.Parallel()
	inSlackYard(t, func(y *slackYard) {
		var ids []string
		for range slackBurst + 2 {
			ids = append(ids, y.accept(watchedBy(ops)))
		}
		y.shows()
		seen := 0
		for _, id := range ids {
			seen += len(y.slack.cards("C0OPS", id, ops))
		}
		if seen != slackBurst {
			y.Errorf("%d messages at once", seen)
		}
		y.passes(10 * time.Second)
		var when []time.Time
		lines := make([]string, 150)
		for i := range lines {
			lines[i] = fmt.Sprintf("line %d, which is about as long as a line of a build's story usually is", i)
		}
		for _, id := range ids {
			y.says(id, lines...)
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
			if gap := when[i].Sub(when[i-1]); gap < slackSayGap {
				y.Errorf("%s between two messages", gap)
			}
		}
	})
}

// TestALineOfAnyLengthIsTold: what is longer than a message's text is a message of several sections.
func TestALineOfAnyLengthIsTold(t *testing.T) {
	t.Parallel()
	inSlackYard(t, func(y *slackYard) {
		id := y.accept(watchedBy(ops))
		y.says(id, "before", strings.Repeat("<&> ", 1500), strings.Repeat("\n", 100), "after")
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
	inSlackYard(t, func(y *slackYard) {
		var ids []string
		for range 60 {
			ids = append(ids, y.accept(watchedBy(ops)))
			y.shows()
			y.clock.Add(time.Millisecond)
		}
		const plenty = 1 << 30
		counter := &mortal{left: plenty}
		y.rdb.AddHook(counter)
		y.passes(time.Duration(len(ids)) * slackSayGap)
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
		if n, most := plenty-counter.left, 60*len(ids); n > most {
			y.Errorf("%d commands of Redis for %d jobs", n, len(ids))
		}
	})
}
