package health_test

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/shared/health"
	"github.com/handsoff/handsoff/shared/job/jobtest"
)

// TestSigns: a process that runs is seen, and for a while after its end.
func TestSigns(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		sign := func() health.Sign {
			t.Helper()
			s, err := health.LastSign(t.Context(), rdb, "telnet-gateway")
			if err != nil {
				t.Fatal(err)
			}
			return s
		}
		if s := sign(); !s.At.IsZero() {
			t.Errorf("a sign of nobody: %+v", s)
		}
		began := time.Now()
		ctx, end := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() { defer close(done); health.Live(ctx, rdb, "telnet-gateway", slog.New(slog.DiscardHandler)) }()
		jobtest.Eventually(t, "a sign", func() bool { return !sign().At.IsZero() })
		if s := sign(); s.Since.Before(began.Round(0)) || s.At.Before(s.Since) {
			t.Errorf("%+v, begun %s", s, began)
		}
		end()
		<-done
		if left, err := rdb.PTTL(t.Context(), "handsoff:alive:telnet-gateway").Result(); left <= 0 || left > 2*time.Minute || err != nil {
			t.Errorf("it is believed for %s: %v", left, err)
		}
	})
}
