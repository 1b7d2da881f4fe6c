package audit_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/shared/audit"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/job/jobtest"
)

// malformed writes a link that has its hash twice.
func malformed(ctx context.Context, rdb *redis.Client, id string) error {
	return rdb.Do(ctx, "XADD", chain, id, "prev", "x", "hash", "a", "hash", "b").Err()
}

// TestAMalformedLinkIsNamed: what somebody wrote at the chain's end stops no sealer, and is what is found.
func TestAMalformedLinkIsNamed(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		acts(t, rdb, 3)
		verify(t, rdb)
		soon := time.Now().Add(time.Minute).UnixMilli() // behind all, and before what comes
		forged := fmt.Sprintf("%d-0", soon)
		if err := malformed(t.Context(), rdb, forged); err != nil {
			t.Fatal(err)
		}
		for i := range int64(2) {
			err := rdb.XAdd(t.Context(), &redis.XAddArgs{
				Stream: job.AuditKey, ID: fmt.Sprintf("%d-1", soon+i),
				Values: []any{"at", soon + i, "who", "telnet:ann", "act", "accepted", "job", "k3f7", "detail", "ping"},
			}).Err()
			if err != nil {
				t.Fatal(err)
			}
		}
		if err := audit.Seal(t.Context(), rdb); err != nil {
			t.Error(err)
		}
		if r := verify(t, rdb); r.Fault == nil || r.Fault.Kind != audit.Inserted || r.Fault.ID != forged || r.Checked != 3 {
			t.Errorf("%s", r)
		}
	})
}

// TestTheOldestWithoutASealIsKnown, also where a link that somebody else wrote lies ahead of all entries, so that no sealer finds any.
func TestTheOldestWithoutASealIsKnown(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		waits := func(want int64) {
			t.Helper()
			since, err := audit.WaitingSince(t.Context(), rdb)
			if err != nil || want == 0 && !since.IsZero() || want > 0 && since.UnixMilli() != want {
				t.Errorf("waits since %s (%d), not %d: %v", since, since.UnixMilli(), want, err)
			}
		}
		add := func(ms int64) {
			t.Helper()
			err := rdb.XAdd(t.Context(), &redis.XAddArgs{
				Stream: job.AuditKey, ID: fmt.Sprintf("%d-0", ms), Values: []any{"at", ms, "who", "telnet:ann", "act", "accepted", "job", "", "detail", ""},
			}).Err()
			if err != nil {
				t.Fatal(err)
			}
		}
		waits(0)
		add(1000)
		waits(1000)
		add(2000)
		waits(1000)
		verify(t, rdb)
		waits(0)
		add(3000)
		add(4000)
		waits(3000)
		if err := malformed(t.Context(), rdb, "9000-0"); err != nil {
			t.Fatal(err)
		}
		if err := audit.Seal(t.Context(), rdb); err != nil {
			t.Fatal(err)
		}
		waits(3000)
	})
}

// TestASealerThatGetsNowhereGivesUp says so, and who looks goes through all the same.
func TestASealerThatGetsNowhereGivesUp(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		acts(t, rdb, 3)
		other := redis.NewClient(rdb.Options())
		t.Cleanup(func() { _ = other.Close() })
		meddler := &beforeScript{do: func(ctx context.Context, n int) error { return malformed(ctx, other, fmt.Sprintf("1-%d", n)) }}
		rdb.AddHook(meddler)
		if err := audit.Seal(t.Context(), rdb); !errors.Is(err, audit.ErrStuck) {
			t.Errorf("%v", err)
		}
		if r := verify(t, rdb); r.Fault == nil || r.Fault.ID != "1-1" || r.Checked != 0 {
			t.Errorf("%s", r)
		}
	})
}

// beforeScript does something before each script, and numbers them from 1.
type beforeScript struct {
	afterScript

	do     func(ctx context.Context, number int) error
	number int
}

func (b *beforeScript) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, cmd redis.Cmder) error {
		if name := cmd.Name(); name == "eval" || name == "evalsha" {
			b.number++
			if err := b.do(ctx, b.number); err != nil {
				return fmt.Errorf("meddle: %w", err)
			}
		}
		return next(ctx, cmd)
	}
}
