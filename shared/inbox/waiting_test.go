package inbox

import (
	"context"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/shared/job/jobtest"
)

func TestWaitingCountsWhatIsUnfinished(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		ctx := t.Context()
		box := Open(rdb, "test", Options{})
		waits := func(want int64) {
			t.Helper()
			if n, err := box.Waiting(ctx); err != nil || n != want {
				t.Fatalf("%d wait, %v; want %d", n, err, want)
			}
		}
		waits(0)
		for id, lane := range map[string]string{"a": "one", "b": "one", "c": "one", "d": ""} {
			if _, err := box.Put(ctx, Delivery{ID: id, Kind: "event", Lane: lane}, nil); err != nil {
				t.Fatal(err)
			}
		}
		waits(4) // two of them behind the first of their lane
		claims, _, err := box.claim(context.Background(), 10, claimBytes, time.Second)
		if err != nil || len(claims) != 2 {
			t.Fatal(len(claims), err)
		}
		waits(4)
		for _, c := range claims {
			if _, _, err := box.finish(ctx, []*ending{{claim: c, how: endDone}}); err != nil {
				t.Fatal(err)
			}
		}
		waits(2)
	})
}
