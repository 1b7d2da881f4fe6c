package statistics

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/handsoff/handsoff/shared/chat"
	"github.com/handsoff/handsoff/shared/metrics"
)

// The shares of a histogram that are shown.
const (
	median = 0.5
	most   = 0.95
)

// nothing stands where there is nothing to show.
const nothing = "–"

// tile is one figure.
type tile struct{ Value, What string }

func tiles(sum *metrics.Totals, command string) []tile {
	c := sum.Of(command)
	return []tile{
		{fmt.Sprint(c.Runs()), "jobs ended"},
		{success(c), "succeeded of those not cancelled"},
		{lasted(&c.Took, median), "half took no longer"},
		{lasted(&c.Took, most), "95 % took no longer"},
		{lasted(&sum.Wait, most), "95 % of all began within"},
		{lasted(&sum.Cancel, most), "95 % of all cancels were done within"},
	}
}

// success is a rate in words.
func success(c *metrics.Command) string {
	rate, is := c.Success()
	if !is {
		return nothing
	}
	text := fmt.Sprintf("%.1f", rate*100)
	return strings.TrimSuffix(text, ".0") + " %"
}

// lasted is within how long a share was done, in words. What lies in the first bucket is not known more exactly.
func lasted(h *metrics.Histogram, share float64) string {
	if h.Count() == 0 {
		return nothing
	}
	d := h.Quantile(share)
	bounds := metrics.Bounds()
	switch {
	case d <= bounds[0]:
		return "under " + chat.Duration(bounds[0])
	case d >= bounds[len(bounds)-1]:
		return "over " + chat.Duration(bounds[len(bounds)-1])
	}
	return chat.Duration(rounded(d))
}

// rounded is an estimate without digits that it does not have.
func rounded(d time.Duration) time.Duration {
	switch {
	case d < time.Second:
		return d.Round(100 * time.Millisecond)
	case d < time.Minute:
		return d.Round(time.Second)
	}
	return d.Round(10 * time.Second)
}

// doors says from where jobs came, those with most first.
func doors(c *metrics.Command) string {
	names := slices.SortedFunc(maps.Keys(c.Accepted), func(a, b string) int {
		return cmp.Or(cmp.Compare(c.Accepted[b], c.Accepted[a]), cmp.Compare(a, b))
	})
	parts := make([]string, len(names))
	for i, name := range names {
		parts[i] = fmt.Sprintf("%s %d", name, c.Accepted[name])
	}
	return strings.Join(parts, ", ")
}
