package metrics

import (
	"strconv"
	"time"

	"github.com/handsoff/handsoff/shared/job"
)

// totalsKey is a hash: what was counted since the beginning, in these fields:
//
//	accepted|<command>|<door>   jobs that were made
//	ended|<command>|<state>     jobs that ended so
//	took|<command>|<bucket>     of those that had begun, how long they took from their first step; not cumulative
//	took_ms|<command>           the sum of that, in ms
//	wait|<bucket>, wait_ms      how long they had waited for their first step, those aside that needed a sign-off
//	cancel|<bucket>, cancel_ms  of cancelled ones, how long it took from the wish
//
// A bucket is its bound in seconds. The hash <totalsKey>:<hour> has the same of an hour, whose number is that of hours since
// 1970; the sets <totalsKey>:commands, of at most 500, and <totalsKey>:doors, of at most 50, are the names that have fields of
// their own. Whoever comes later is counted as [Other]. The list <totalsKey>:fresh is what is not added up yet, see count.lua of
// package job.
const totalsKey = job.Prefix + "metrics"

// Other is the name under which those are counted that have none of their own any more.
const Other = "other"

// Kept is for how long hours are kept.
const Kept = 35 * 24 * time.Hour

func hourKey(t time.Time) string {
	return totalsKey + ":" + strconv.FormatInt(t.Unix()/int64(time.Hour/time.Second), 10)
}
