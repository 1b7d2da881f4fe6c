package main

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/job/jobtest"
	"github.com/handsoff/handsoff/shared/slack"
)

// killed delivers with a courier that dies at a command of Redis or at a call of Slack. It reports how many of both it
// got to.
func (y *slackYard) killed(address string, at int, after bool) int {
	m := &mortal{left: at, after: after}
	rdb := redis.NewClient(&redis.Options{Addr: address, MaxRetries: -1})
	defer func() { _ = rdb.Close() }()
	store := jobtest.Open(y, rdb, job.Options{Now: y.clock.Now})
	rdb.AddHook(m)
	c := idleCourier(store, rdb, y.doors(rdb, store, mortalSlack{mortal: m, next: y.slack}), idleLog())
	_ = c.delivers(context.Background()) // it may have died
	c.alarm.Stop()
	m.mu.Lock()
	defer m.mu.Unlock()
	return at - m.left
}

// heals delivers with couriers that live, and a Slack that answers, until nothing is left to show.
func (y *slackYard) heals() {
	y.Helper()
	y.slack.breaks(nil)
	for range 20 {
		y.clock.Add(2 * longestWait)
		y.passes(time.Minute)
		if !y.unshown() {
			return
		}
	}
	y.Fatal("something is never shown")
}

// checkSlack compares what an address shows of a job with the job: one message with the last state, each line at least
// once and in order, one last word; nothing twice where the history can be read.
func (y *slackYard) checkSlack(id, address string, lines []string, readable bool) {
	y.Helper()
	place, _ := slack.ParsePlace(address)
	channel := place.Channel
	if place.Person() {
		channel = "D0ANN"
	}
	cards, j := y.slack.cards(channel, id, address), y.job(id)
	if len(cards) == 0 || (readable && len(cards) > 1) {
		y.Fatalf("%d messages of %s for %s (readable: %v)", len(cards), id, address, readable)
	}
	m := cards[len(cards)-1]
	watchers, err := y.jobs.Watchers(context.Background(), id)
	if err != nil {
		y.Fatal(err)
	}
	memory := readMemory(watchers[address].Ref, time.Time{})
	if memory.card != m.ts || memory.version != j.Version || memory.intent != (intent{}) || watchers[address].Version != j.Version {
		y.Fatalf("%s remembers %+v of %s, which is at %d", address, watchers[address], id, j.Version)
	}
	if !strings.Contains(m.text, shownAs(j.State)) {
		y.Fatalf("%s shows %q of %s, which is %s", address, m.text, id, j.State)
	}
	roots := []string{place.Thread}
	if place.Thread == "" {
		roots = nil
		for _, m := range cards {
			roots = append(roots, m.ts)
		}
	}
	var told []string
	lasts := 0
	for _, word := range y.slack.words(channel, id) {
		if !slices.Contains(roots, word.thread) {
			continue // another address' thread
		}
		if word.isLast() {
			lasts++
			continue
		}
		if lasts > 0 {
			y.Fatalf("%s was told %q after the last word", address, word.text)
		}
		told = append(told, strings.Split(word.text, "\n")...)
	}
	if readable && !slices.Equal(told, lines) {
		y.Fatalf("%s was told %q of %s, which said %q", address, told, id, lines)
	}
	if missing := slices.IndexFunc(lines, func(line string) bool { return !slices.Contains(told, line) }); missing >= 0 {
		y.Fatalf("%s was told %q of %s, which said %q", address, told, id, lines)
	}
	if final := j.State.Final(); (lasts > 0) != final || (readable && lasts > 1) {
		y.Fatalf("%s was told %d last words of %s (over: %v)", address, lasts, id, final)
	}
}

// shownAs is a word that a message about a job in this state holds.
func shownAs(s job.State) string {
	switch s {
	case job.Succeeded, job.Failed:
		return string(s)
	case job.Unknown:
		return "nobody can tell"
	default:
		return ""
	}
}

// TestACrashAnywhere: a courier dies before and after each of its commands and calls, in each phase of a job; in the end
// there is one message with the last state, and each line was told once.
func TestACrashAnywhere(t *testing.T) {
	t.Parallel()
	server, embedded := jobtest.Redis(t).Address, miniredis.RunT(t).Addr()
	first, step := jobtest.Stride(t, 3)
	for phase := range 4 {
		for _, after := range []bool{false, true} {
			for at := first - 1; ; at += step {
				address := server
				if at%4 == 3 {
					address = embedded
				}
				if dies(t, address, phase, at, after) <= at {
					if at < 10 {
						t.Fatalf("phase %d is over after %d points", phase, at)
					}
					break
				}
			}
		}
	}
}

// dies lets a courier die in a phase of a job's life, and returns how many points that phase has.
func dies(t *testing.T, address string, phase, at int, after bool) (points int) {
	t.Helper()
	rdb := redis.NewClient(&redis.Options{Addr: address})
	defer func() { _ = rdb.Close() }()
	if err := rdb.FlushDB(t.Context()).Err(); err != nil {
		t.Fatal(err)
	}
	y := newSlackYard(t, rdb)
	defer y.close()
	defer func() {
		if t.Failed() {
			t.Logf("died in phase %d at point %d, after it: %v", phase, at, after)
		}
	}()
	id := ""
	var lines []string
	for now, act := range []func(){
		func() { id = y.accept(watchedBy(ops, inThread, annThere), askedBy("slack:U0ANN")) },
		func() { lines = append(lines, "one", "two"); y.says(id, "one", "two") },
		func() { y.progresses(id, 50, "half") },
		func() { lines = append(lines, "three"); y.says(id, "three"); y.ends(id, job.Fail("no", nil)) },
	} {
		act()
		if now == phase {
			y.slack.talks("C0OPS", "1700000000.000001", 3)
			points = y.killed(address, at, after)
			y.slack.talks("C0OPS", "1700000000.000001", 3)
			y.clock.Add(time.Duration(at%3) * slackHand) // the next one comes at once, or later
		}
		y.passes(5 * time.Second)
	}
	y.heals()
	for _, place := range []string{ops, inThread, annThere} {
		y.checkSlack(id, place, lines, true)
	}
	return points
}
