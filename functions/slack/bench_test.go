package main

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/shared/inbox"
	"github.com/handsoff/handsoff/shared/job/jobtest"
)

// BenchmarkSlash is how long Slack waits for its answer to a slash command: verified, read, kept. What it asks for is not
// done here. Slack waits three seconds.
func BenchmarkSlash(b *testing.B) {
	b.Run("redis-server", func(b *testing.B) { benchmarkSlash(b, jobtest.Redis(b).Client(b)) })
	b.Run("embedded", func(b *testing.B) {
		rdb := jobtest.Embedded(b)
		benchmarkSlash(b, rdb)
	})
}

func benchmarkSlash(b *testing.B, rdb *redis.Client) {
	b.Helper()
	h := idleHall(b, rdb)
	h.handlers[kindSlash] = func(context.Context, *inbox.Claim) error { return nil }
	h.starts()
	var took []time.Duration
	for n := 0; b.Loop(); n++ {
		body := aSlash("https://hooks.slack.com/commands/T0HOME/1/2", "U0ANN", fmt.Sprintf("1.2.%d", n), "jenkins build demo/slow")
		headers := signed(newSecret, body, time.Now())
		began := time.Now()
		if w := h.post(inForm, body, headers); w.Code != http.StatusOK {
			b.Fatal(w.Code, w.Body)
		}
		took = append(took, time.Since(began))
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds()), "p99-µs")
}
