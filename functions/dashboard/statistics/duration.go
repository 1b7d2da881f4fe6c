package statistics

import (
	"math"
	"strconv"
	"time"

	"github.com/handsoff/handsoff/shared/chat"
	"github.com/handsoff/handsoff/shared/metrics"
)

// scale are the lines of a scale of durations, on which each ten times as long is as far up.
var scale = []time.Duration{100 * time.Millisecond, time.Second, 10 * time.Second, time.Minute, 10 * time.Minute, 2 * time.Hour}

// height is where a duration lies.
func height(d time.Duration) float64 {
	low, end := math.Log(scale[0].Seconds()), math.Log(scale[len(scale)-1].Seconds())
	at := math.Log(max(d.Seconds(), scale[0].Seconds()))
	return floor - (floor-top)*(min(at, end)-low)/(end-low)
}

// durations draws how long something took: a bar from the median to that of which only five in a hundred took longer.
func durations(points []metrics.Point, s span, id, title, about string, of func(*metrics.Point) metrics.Histogram) chart {
	c := chart{
		ID: id, Title: title, About: about, Empty: true, Legend: []legend{{"median", "half took no longer"}, {"most", "95 % took no longer"}},
		Head: []string{"When (UTC)", "How many", "Average", "Half within", "95 % within"},
	}
	for _, d := range scale {
		c.Ticks = append(c.Ticks, tick{unit(height(d)), chat.Duration(d)})
	}
	for i := range points {
		h := of(&points[i])
		cells := []string{named(points[i], s), strconv.FormatInt(h.Count(), 10), nothing, nothing, nothing}
		if h.Count() > 0 {
			cells[2], cells[3], cells[4] = chat.Duration(rounded(h.Mean())), lasted(&h, median), lasted(&h, most)
			x, w := place(i, len(points))
			half, long := height(h.Quantile(median)), height(h.Quantile(most))
			said := cells[0] + ": half " + cells[3] + ", 95 % " + cells[4]
			c.Bars = append(c.Bars,
				bar{unit(x), unit(long), unit(w), unit(max(half-long, 1)), "most", said},
				bar{unit(x), unit(half - dot), unit(w), unit(dot), "median", said})
			c.Empty = false
		}
		c.Rows = append(c.Rows, cells)
	}
	c.times(points, s)
	return c
}
