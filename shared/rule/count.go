package rule

import "sync/atomic"

// boundedCount counts up to a bound.
type boundedCount struct{ n atomic.Int64 }

// add counts one more, and reports whether there was room.
func (c *boundedCount) add(most int64) bool { return c.n.Add(1) <= most }
