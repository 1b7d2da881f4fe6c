package main

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/handsoff/handsoff/shared/job/jobtest"
)

// TestHoweverSlackRepeatsItself: for any number of tellings of the same messages, in any order and at the same time, as
// message and as mention, retried or not, each message is done once.
func TestHoweverSlackRepeatsItself(t *testing.T) {
	t.Parallel()
	h := newHall(t, jobtest.Redis(t).Client(t))
	h.event("Ev0", inOps("U0ANN", rootTS, "<@U0BOT> hello")) // from now on it is known who ann is
	h.settles()
	round := 0
	rapid.Check(t, func(rt *rapid.T) {
		round++
		var bodies []string
		messages := rapid.IntRange(1, 4).Draw(rt, "messages")
		for m := range messages {
			ts := fmt.Sprintf("%d.%06d", 1_700_000_000+round, m)
			event := inOps("U0ANN", ts, "<@U0BOT> hello")
			mention := strings.Replace(event, `"message"`, `"app_mention"`, 1)
			asMessage := anEvent(fmt.Sprintf("EvM%d.%d", round, m), event)
			asMention := anEvent(fmt.Sprintf("EvA%d.%d", round, m), mention)
			bodies = append(bodies, asMessage)
			bodies = append(bodies, rapid.SliceOfN(rapid.SampledFrom([]string{asMessage, asMention}), 0, 4).Draw(rt, "tellings")...)
		}
		before := h.desk.count()
		h.postAll(rt, rapid.Permutation(bodies).Draw(rt, "order"))
		h.settles()
		if n := h.desk.count() - before; n != messages || h.desk.repeats() != 1 {
			rt.Fatalf("%d messages were done %d times, one of them %d times", messages, n, h.desk.repeats())
		}
	})
}

// postAll sends events at the same time.
func (h *hall) postAll(rt *rapid.T, bodies []string) {
	var group sync.WaitGroup
	statuses := make([]int, len(bodies))
	for i, body := range bodies {
		group.Go(func() { statuses[i] = h.post(inJSON, body, signed(newSecret, body, time.Now())).Code })
	}
	group.Wait()
	for _, status := range statuses {
		if status != http.StatusOK {
			rt.Fatal(status)
		}
	}
}

// count is how many commands that answer at once were done.
func (d *desk) count() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return len(d.done)
}

// TestWhatIsDoneIsKnownForAnHour, under each of its names.
func TestWhatIsDoneIsKnownForAnHour(t *testing.T) {
	t.Parallel()
	h := newHall(t, jobtest.Redis(t).Client(t))
	h.event("Ev1", inOps("U0ANN", rootTS, "<@U0BOT> hello"))
	h.settles()
	for _, name := range []string{"Ev1", "message C0OPS " + rootTS} {
		ttl := h.Redis.PTTL(context.Background(), "handsoff:inbox:slack:name:"+name).Val()
		if ttl < 59*time.Minute || ttl > time.Hour {
			t.Errorf("%s is known for %s", name, ttl)
		}
	}
}
