package session

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/job/jobtest"
)

// TestRefusedLogins of strangers are all counted, and at most one a second is audited, after a first ten.
func TestRefusedLogins(t *testing.T) {
	t.Parallel()
	clock := jobtest.NewClock()
	audited, counted := 0, int64(0)
	s := New(Settings{
		Now: clock.Now, Log: slog.New(slog.DiscardHandler),
		AuditStranger: func(context.Context, job.AuditEntry) error { audited++; return nil },
		Count:         func(_ context.Context, _ string, n int64) error { counted += n; return nil },
	})
	refuse := func(times int, why string) {
		for range times {
			s.refused(t.Context(), why, "x")
		}
	}
	refuse(5, tooSoon)
	if refuse(100, "link"); audited != 10 || counted != 105 {
		t.Errorf("%d are audited, %d counted", audited, counted)
	}
	clock.Add(3 * time.Second)
	if refuse(100, "browser"); audited != 13 || counted != 205 {
		t.Errorf("three seconds later %d are audited, %d counted", audited, counted)
	}
}
