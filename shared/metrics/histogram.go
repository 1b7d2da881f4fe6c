package metrics

import (
	"math"
	"slices"
	"time"
)

// bounds are those of the buckets, as the scripts write them; the last one takes the rest.
var bounds = []string{"0.1", "0.5", "1", "5", "15", "60", "300", "1800", "7200", "+Inf"}

// limits are the bounds, but for the last.
var limits = []time.Duration{
	100 * time.Millisecond, 500 * time.Millisecond, time.Second, 5 * time.Second, 15 * time.Second, time.Minute,
	5 * time.Minute, 30 * time.Minute, 2 * time.Hour,
}

// Bounds are the bounds of a histogram's buckets, but for the last one, which has none.
func Bounds() []time.Duration { return slices.Clone(limits) }

// Histogram says how long things took. The zero value has none.
type Histogram struct {
	Buckets [10]int64     // how many took no longer than each of Bounds, and longer than the one before; the last: longer than all
	Sum     time.Duration // of all
}

// Count is how many there are.
func (h *Histogram) Count() int64 {
	var n int64
	for _, in := range h.Buckets {
		n += in
	}
	return n
}

// Mean is how long one took on the average; 0 when there are none.
func (h *Histogram) Mean() time.Duration {
	n := h.Count()
	if n == 0 {
		return 0
	}
	return h.Sum / time.Duration(n)
}

// Quantile estimates within how long the share q, from 0 to 1, was done: within a bucket they are taken to lie evenly, as far as
// the sum allows that, and none to have taken longer than the last bound. It is 0 when there are none.
func (h *Histogram) Quantile(q float64) time.Duration {
	n := h.Count()
	if n == 0 {
		return 0
	}
	rank := math.Min(math.Max(q, 0), 1) * float64(n)
	var below int64
	for i, in := range h.Buckets {
		if in == 0 || float64(below+in) < rank {
			below += in
			continue
		}
		low, high := span(i)
		even := low + time.Duration(float64(high-low)*(rank-float64(below))/float64(in))
		least, most := h.possible(max(int64(math.Ceil(rank)), 1))
		return min(max(min(max(even, least), most), low), high)
	}
	return limits[len(limits)-1]
}

// possible is between what the one of a rank must have taken, the shortest being the first: the others took no less and no more
// than their buckets have, and all together the sum. Of few that is nearly exact, of one it is.
func (h *Histogram) possible(rank int64) (least, most time.Duration) {
	var shorter, longer time.Duration // what those before took at least, and those behind at most
	bounded, before, behind := true, rank-1, h.Count()-rank
	for i, in := range h.Buckets {
		low, _ := span(i)
		n := min(in, before)
		shorter, before = shorter+time.Duration(n)*low, before-n
	}
	for i, in := range slices.Backward(h.Buckets[:]) {
		_, high := span(i)
		n := min(in, behind)
		longer, behind = longer+time.Duration(n)*high, behind-n
		bounded = bounded && (n == 0 || i < len(limits))
	}
	if bounded {
		least = (h.Sum - longer) / time.Duration(rank)
	}
	return least, (h.Sum - shorter) / time.Duration(h.Count()-rank+1)
}

// span is where a bucket lies.
func span(i int) (low, high time.Duration) {
	if i > 0 {
		low = limits[i-1]
	}
	return low, limits[min(i, len(limits)-1)]
}

// add adds what another one has.
func (h *Histogram) add(other *Histogram) {
	for i, n := range other.Buckets {
		h.Buckets[i] += n
	}
	h.Sum += other.Sum
}
