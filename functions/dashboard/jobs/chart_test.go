package jobs

import (
	"math"
	"strconv"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/handsoff/handsoff/shared/job"
)

// moments are times around now: none, long ago, just now, to come, and as far away as a time can be.
func moments(now time.Time) *rapid.Generator[time.Time] {
	return rapid.OneOf(
		rapid.Just(time.Time{}), rapid.Just(now), rapid.Just(time.Unix(math.MaxInt32*1000, 0)), rapid.Just(time.Unix(1, 0)),
		rapid.Map(rapid.Int64Range(-1e6, 1e6), func(ms int64) time.Time { return now.Add(time.Duration(ms) * time.Millisecond) }),
		rapid.Map(rapid.Int64Range(-1e9, 1e9), func(s int64) time.Time { return now.Add(time.Duration(s) * time.Second) }),
	)
}

var chartStates = []job.State{job.Confirming, job.Queued, job.Running, job.Waiting, job.Cancelling, job.Succeeded, job.Failed, job.Cancelled, job.Unknown}

// drawnJob is a job with any times.
func drawnJob(t *rapid.T, now time.Time, name string) *job.Job {
	at := moments(now)
	return &job.Job{
		ID: name, Command: "demo run", State: rapid.SampledFrom(chartStates).Draw(t, name+" state"), Created: at.Draw(t, name+" created"),
		Started: at.Draw(t, name+" started"), Finished: at.Draw(t, name+" finished"),
	}
}

// TestBarsLieInsideTheDrawing, whatever the times are: unfinished, to come, before the parent's, the end before the beginning.
func TestBarsLieInsideTheDrawing(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 5, 4, 15, 0, 0, 0, time.UTC)
	shown := func(*job.Job) sees { return sees{true, true} }
	rapid.Check(t, func(t *rapid.T) {
		parent := drawnJob(t, now, "parent")
		var children []*job.Job
		for i := range rapid.IntRange(1, 4).Draw(t, "children") {
			children = append(children, drawnJob(t, now, "child"+strconv.Itoa(i)))
		}
		inside(t, chartOf(parent, children, 0, shown, now), len(children), func(i int) bool { return !children[i].Started.IsZero() })
		at := moments(now)
		for range len(children) {
			parent.Parts = append(parent.Parts, job.Part{Name: "part", State: "running", Started: at.Draw(t, "part started"), Ended: at.Draw(t, "part ended")})
		}
		inside(t, chartOf(parent, nil, 0, shown, now), len(children), func(i int) bool { return !parent.Parts[i].Started.IsZero() })
	})
}

// inside checks that each bar of what has begun can be seen within the drawing, and that there is none of what has not.
func inside(t *rapid.T, c *chart, rows int, begun func(i int) bool) {
	if c == nil || len(c.Rows) != rows {
		t.Fatalf("the chart is %+v", c)
	}
	for i, b := range c.Rows {
		if !begun(i) {
			if b.Width != "" {
				t.Fatalf("what has not begun has a bar: %+v", b)
			}
			continue
		}
		x, err := strconv.ParseFloat(b.X, 64)
		width, err2 := strconv.ParseFloat(b.Width, 64)
		const rounding = 0.11
		if err != nil || err2 != nil || !(x >= 0 && width >= slimest && x+width <= wide+rounding) {
			t.Fatalf("the bar from %s, %s wide, is outside: %v %v", b.X, b.Width, err, err2)
		}
	}
}
