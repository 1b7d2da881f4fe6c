package statistics

import (
	"strconv"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/metrics"
)

// TestBarsLieInTheDrawing, whatever was counted; and the table says what was.
func TestBarsLieInTheDrawing(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.SampledFrom(ranges).Draw(t, "range")
		points := make([]metrics.Point, s.steps)
		var ended int64
		for i := range points {
			points[i].From = time.Date(2026, 1, 2, 0, 0, 0, 0, time.UTC).Add(time.Duration(i) * s.step)
			points[i].To = points[i].From.Add(s.step)
			c := &metrics.Command{Ended: map[job.State]int64{}}
			for _, state := range outcomes {
				c.Ended[state] = rapid.Int64Range(0, 1_000_000).Draw(t, "n")
			}
			for b := range c.Took.Buckets {
				c.Took.Buckets[b] = rapid.Int64Range(0, 3).Draw(t, "took")
			}
			ended += c.Runs()
			points[i].Commands = map[string]*metrics.Command{"jenkins build": c}
			points[i].Wait, points[i].Cancel = c.Took, c.Took
		}
		for _, c := range charts(points, s, rapid.SampledFrom([]string{"", "jenkins build", "none"}).Draw(t, "command")) {
			if len(c.Rows) != s.steps || len(c.Times) > labels || c.Empty != (len(c.Bars) == 0) {
				t.Fatalf("%s has %d rows, %d times, %d bars", c.ID, len(c.Rows), len(c.Times), len(c.Bars))
			}
			for _, b := range c.Bars {
				x, y, w, h := number(t, b.X), number(t, b.Y), number(t, b.W), number(t, b.H)
				if x < left || x+w > wide || y < top-dot-1 || y+h > floor+1 || w <= 0 || h < 0 {
					t.Fatalf("%s has a bar at %+v", c.ID, b)
				}
			}
		}
		sum := int64(0)
		for _, row := range runs(points, s, "", "").Rows {
			n, err := strconv.ParseInt(row[1], 10, 64)
			if err != nil {
				t.Fatal(err)
			}
			sum += n
		}
		if sum != ended {
			t.Fatalf("the table has %d, but %d ended", sum, ended)
		}
	})
}

func number(t *rapid.T, text string) float64 {
	f, err := strconv.ParseFloat(text, 64)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestScalesEndAtRoundNumbers(t *testing.T) {
	t.Parallel()
	for n, want := range map[int64]int64{1: 2, 2: 2, 3: 4, 9: 10, 10: 10, 11: 20, 20: 20, 21: 40, 99: 100, 101: 200, 650: 800, 1_000_000: 1_000_000} {
		if got := ceiling(n); got != want {
			t.Errorf("%d ends at %d, not %d", n, got, want)
		}
	}
}

func TestDurationsAreSaidAsWellAsTheyAreKnown(t *testing.T) {
	t.Parallel()
	for bucket, of := range map[int]struct {
		each time.Duration
		want string
	}{
		0: {time.Millisecond, "under 0.1 s"}, 2: {750 * time.Millisecond, "0.8 s"}, 4: {11 * time.Second, "10 s"}, 6: {4 * time.Minute, "3 m"}, 9: {5 * time.Hour, "over 2 h"},
	} {
		h := metrics.Histogram{Sum: 2 * of.each}
		h.Buckets[bucket] = 2
		if got := lasted(&h, median); got != of.want {
			t.Errorf("bucket %d is %s, not %s", bucket, got, of.want)
		}
	}
	if got := lasted(&metrics.Histogram{}, median); got != nothing {
		t.Errorf("nothing took %s", got)
	}
}
