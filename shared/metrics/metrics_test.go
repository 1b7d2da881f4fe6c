package metrics_test

import (
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"pgregory.net/rapid"

	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/job/jobtest"
	"github.com/handsoff/handsoff/shared/metrics"
)

var noon = time.Date(2026, time.January, 2, 12, 0, 0, 0, time.UTC)

// put writes what was counted in an hour.
func put(t *testing.T, rdb *redis.Client, at time.Time, fields ...any) {
	t.Helper()
	if err := rdb.HSet(t.Context(), fmt.Sprintf("handsoff:metrics:%d", at.Unix()/3600), fields...).Err(); err != nil {
		t.Fatal(err)
	}
}

func series(t *testing.T, rdb *redis.Client, from, to time.Time, step time.Duration) []metrics.Point {
	t.Helper()
	points, err := metrics.Series(t.Context(), rdb, from, to, step)
	if err != nil {
		t.Fatal(err)
	}
	return points
}

func TestASeriesHasAPointForEachStep(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		put(t, rdb, noon, "ended|jenkins build|succeeded", 3, "took|jenkins build|5", 3, "took_ms|jenkins build", 6000, "wait|0.1", 3)
		put(t, rdb, noon.Add(time.Hour), "ended|jenkins build|failed", 1, "cancel|+Inf", 1, "cancel_ms", 9_000_000, "later|x|y|z", 7, "new", 1)
		put(t, rdb, noon.Add(2*time.Hour), "ended|git sync|cancelled", 2, "accepted|git sync|cli", 2, "wait_ms", 40)
		points := series(t, rdb, noon.Add(20*time.Minute), noon.Add(3*time.Hour), 2*time.Hour)
		if len(points) != 2 || !points[0].From.Equal(noon) || !points[1].To.Equal(noon.Add(4*time.Hour)) {
			t.Fatalf("%+v", points)
		}
		first, second := points[0].Of("jenkins build"), points[1].Of("")
		if first.Ended[job.Succeeded] != 3 || first.Ended[job.Failed] != 1 || first.Took.Mean() != 2*time.Second || points[0].Cancel.Count() != 1 {
			t.Errorf("%+v", points[0])
		}
		if second.Runs() != 2 || second.Accepted["cli"] != 2 || points[1].Wait.Sum != 40*time.Millisecond || len(points[1].Names()) != 1 {
			t.Errorf("%+v", points[1])
		}
		if rate, is := first.Success(); !is || rate != 0.75 {
			t.Errorf("%v of them succeeded", rate)
		}
		if _, is := second.Success(); is {
			t.Error("what was cancelled has a rate of success")
		}
		if points[0].Of("nothing").Runs() != 0 {
			t.Error("what is not there was run")
		}
	})
}

// TestASeriesIsOfWhatIsKept, in many round trips.
func TestASeriesIsOfWhatIsKept(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		for i := range 840 {
			put(t, rdb, noon.Add(time.Duration(-i)*time.Hour), "ended|a|succeeded", 1)
		}
		points := series(t, rdb, noon.Add(-1000*time.Hour), noon.Add(time.Hour), 24*time.Hour)
		var sum metrics.Totals
		for i := range points {
			sum.Add(&points[i].Totals)
		}
		if len(points) < 34 || len(points) > 36 || sum.Of("a").Runs() < 816 {
			t.Errorf("%d points with %d runs", len(points), sum.Of("a").Runs())
		}
		if points := series(t, rdb, noon.Add(time.Hour), noon, time.Hour); len(points) != 0 {
			t.Errorf("backwards there are %d", len(points))
		}
		for _, step := range []time.Duration{0, -time.Hour, time.Minute, 90 * time.Minute} {
			if _, err := metrics.Series(t.Context(), rdb, noon, noon, step); err == nil {
				t.Errorf("there are steps of %s", step)
			}
		}
	})
}

func TestWhatIsNoNumberIsTold(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		put(t, rdb, noon, "wait_ms", "many")
		rdb.HSet(t.Context(), "handsoff:metrics", "wait_ms", "many")
		if _, err := metrics.Read(t.Context(), rdb); err == nil {
			t.Error("the totals were read")
		}
		if _, err := metrics.Series(t.Context(), rdb, noon, noon.Add(time.Hour), time.Hour); err == nil {
			t.Error("the hour was read")
		}
	})
}

// TestQuantilesLieWhereTheyMust: in the bucket of the value that has so many below it, and in order.
func TestQuantilesLieWhereTheyMust(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		took := rapid.SliceOfN(rapid.Int64Range(1, 8_000_000), 1, 50).Draw(t, "took")
		slices.Sort(took)
		var h metrics.Histogram
		for _, ms := range took {
			h.Buckets[bucketOf(time.Duration(ms)*time.Millisecond)]++
			h.Sum += time.Duration(ms) * time.Millisecond
		}
		before := time.Duration(0)
		for _, q := range []float64{0.01, 0.5, 0.9, 0.95, 1} {
			got := h.Quantile(q)
			value := time.Duration(took[int(math.Ceil(q*float64(len(took))))-1]) * time.Millisecond
			if got < before || bucketOf(got) != min(bucketOf(value), 8) && got != low(bucketOf(value)) {
				t.Fatalf("%v of %v is %s, after %s; it is %s", q, took, got, before, value)
			}
			if len(took) == 1 && bucketOf(value) < 9 && got != value {
				t.Fatalf("of one that took %s, %v took %s", value, q, got)
			}
			before = got
		}
	})
	few := metrics.Histogram{Buckets: [10]int64{4: 2, 5: 1, 6: 1}, Sum: (8 + 9 + 46 + 69) * time.Second}
	if got := few.Quantile(0.95); got != 107*time.Second { // the others took 5, 5 and 15 s at least
		t.Errorf("the longest of four took %s", got)
	}
	var none metrics.Histogram
	if none.Quantile(0.5) != 0 || none.Mean() != 0 || none.Count() != 0 {
		t.Error("nothing took a while")
	}
}

func bucketOf(d time.Duration) int {
	n := 0
	for _, bound := range metrics.Bounds() {
		if d > bound {
			n++
		}
	}
	return n
}

func low(bucket int) time.Duration {
	if bucket == 0 {
		return 0
	}
	return metrics.Bounds()[bucket-1]
}
