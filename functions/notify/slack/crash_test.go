package slack

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/functions/notify/door/doortest"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/job/jobtest"
	"github.com/handsoff/handsoff/shared/slack"
)

// killed delivers with a courier that dies at a command of Redis or at a call of Slack. It reports whether it came to that.
func (y *yard) killed(address string, death jobtest.Death) bool {
	life := jobtest.NewLife(death)
	rdb := redis.NewClient(&redis.Options{Addr: address, MaxRetries: -1})
	defer func() { _ = rdb.Close() }()
	c := y.courier(rdb, mortal{life, y.slack})
	rdb.AddHook(life)
	_ = c.Deliver(context.Background()) // it may have died
	if err := c.Stop(context.Background()); err != nil {
		y.Error(err)
	}
	return life.Dead()
}

// heals delivers with couriers that live, and a Slack that answers, until nothing is left to show.
func (y *yard) heals() {
	y.Helper()
	y.slack.breaks(nil)
	for range 20 {
		y.Clock.Add(longAway)
		y.passes(time.Minute)
		if !y.Unshown() {
			return
		}
	}
	y.Fatal("something is never shown")
}

// check compares what an address shows of a job with the job: one message with the last state, each line at least
// once and in order, one last word; nothing twice where the history can be read.
func (y *yard) check(id, address string, lines []string, readable bool) {
	y.Helper()
	place, _ := slack.ParsePlace(address)
	channel := place.Channel
	if place.Person() {
		channel = "D0ANN"
	}
	cards, j := y.slack.cards(channel, id, address), y.Job(id)
	if len(cards) == 0 || (readable && len(cards) > 1) {
		y.Fatalf("%d messages of %s for %s (readable: %v)", len(cards), id, address, readable)
	}
	m := cards[len(cards)-1]
	shown, _ := y.Shown(id, address)
	memory := readMemory(shown.Ref, time.Time{})
	if memory.card != m.ts || memory.version != j.Version || memory.intent != (intent{}) || shown.Version != j.Version {
		y.Fatalf("%s remembers %+v of %s, which is at %d", address, shown, id, j.Version)
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
			for point := first; ; point += step {
				address := server
				if point%4 == 0 {
					address = embedded
				}
				if !dies(t, address, phase, jobtest.Death{Point: point, After: after}) {
					if point <= 10 {
						t.Fatalf("phase %d is over after %d points", phase, point)
					}
					break
				}
			}
		}
	}
}

// dies lets a courier die in a phase of a job's life, and reports whether that came to the point.
func dies(t *testing.T, address string, phase int, death jobtest.Death) (died bool) {
	t.Helper()
	rdb := redis.NewClient(&redis.Options{Addr: address})
	defer func() { _ = rdb.Close() }()
	if err := rdb.FlushDB(t.Context()).Err(); err != nil {
		t.Fatal(err)
	}
	y := newYard(t, rdb)
	defer y.Close()
	defer func() {
		if t.Failed() {
			t.Logf("died in phase %d: %+v", phase, death)
		}
	}()
	id := ""
	var lines []string
	for now, act := range []func(){
		func() { id = y.Accept(doortest.WatchedBy(ops, inThread, annThere), askedBy("slack:U0ANN")) },
		func() { lines = append(lines, "one", "two"); y.Says(id, "one", "two") },
		func() { y.Progresses(id, 50, "half") },
		func() { lines = append(lines, "three"); y.Says(id, "three"); y.Ends(id, job.Fail("no", nil)) },
	} {
		act()
		if now == phase {
			y.slack.talks("C0OPS", "1700000000.000001", 3)
			died = y.killed(address, death)
			y.slack.talks("C0OPS", "1700000000.000001", 3)
			y.Clock.Add(time.Duration(death.Point%3) * hold) // the next one comes at once, or later
		}
		y.passes(5 * time.Second)
	}
	y.heals()
	for _, place := range []string{ops, inThread, annThere} {
		y.check(id, place, lines, true)
	}
	return died
}
