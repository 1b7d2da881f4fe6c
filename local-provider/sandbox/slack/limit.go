package slack

import (
	"math"
	"time"
)

// A tier is how often a method may be called, for the app in a workspace (docs.slack.dev/apis/web-api/rate-limits).
type tier struct {
	perMinute float64
	burst     float64 // calls that may come at once; Slack promises only that there is some room
}

// Slack's tiers. Numbers of calls a minute are those documented ("20+", "50+", "100+"); bursts are ours, on the strict side.
var (
	tier2    = tier{20, 20}
	tier3    = tier{50, 50}
	tier4    = tier{100, 100}
	posting  = tier{60, 4}    // chat.postMessage: about one a second a channel, "short bursts allowed"
	postings = tier{600, 200} // and a limit over the workspace, which is not documented: "several hundred messages per minute"
	tests    = tier{600, 100} // auth.test: "hundreds of requests per minute"
)

// A bucket holds the calls that may still be made.
type bucket struct {
	left float64
	at   time.Time
}

// limits are the buckets by name.
type limits struct {
	buckets map[string]*bucket
}

func newLimits() limits { return limits{buckets: map[string]*bucket{}} }

// slip is what is lost when minutes are added up in floating point: who waited as long as they were told may call.
const slip = 1e-9

// maxBuckets is when full ones are thrown away.
const maxBuckets = 1000

// take takes a call out of a bucket, or says how many seconds there will be none.
func (l *limits) take(name string, t tier, now time.Time) (wait int) {
	if t.perMinute == 0 {
		return 0
	}
	b := l.buckets[name]
	if b == nil {
		if len(l.buckets) >= maxBuckets {
			l.forget(now)
		}
		b = &bucket{left: t.burst, at: now}
		l.buckets[name] = b
	}
	b.left = min(t.burst, b.left+now.Sub(b.at).Minutes()*t.perMinute)
	b.at = now
	if b.left < 1-slip {
		return max(int(math.Ceil((1-b.left)/t.perMinute*60)), 1)
	}
	b.left--
	return 0
}

// forget drops buckets that were not touched for two minutes: they are full again.
func (l *limits) forget(now time.Time) {
	for name, b := range l.buckets {
		if now.Sub(b.at) > 2*time.Minute {
			delete(l.buckets, name)
		}
	}
}
