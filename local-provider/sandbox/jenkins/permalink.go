package jenkins

import (
	"math"
	"time"
)

func always(*build) bool { return true }

func finished(b *build) bool { return !b.running() }

// permalink resolves the names under which Jenkins serves builds of a job besides their numbers; false for another name.
func permalink(it *item, name string) (*build, bool) {
	switch name {
	case "lastBuild":
		return it.last(always), true
	case "lastCompletedBuild":
		return it.last(finished), true
	case "lastStableBuild":
		return it.lastWith(func(r string) bool { return r == success }), true
	case "lastSuccessfulBuild":
		return it.lastWith(func(r string) bool { return worse(r) <= worse(unstable) }), true
	case "lastFailedBuild":
		return it.lastWith(func(r string) bool { return r == failure }), true
	case "lastUnstableBuild":
		return it.lastWith(func(r string) bool { return r == unstable }), true
	case "lastUnsuccessfulBuild":
		return it.lastWith(func(r string) bool { return r != success }), true
	default:
		return nil, false
	}
}

func (it *item) lastWith(accept func(result string) bool) *build {
	return it.last(func(b *build) bool { return finished(b) && accept(b.Result) })
}

// first is the oldest build on record.
func (it *item) first() *build {
	for _, b := range it.builds {
		if !b.Vanished {
			return b
		}
	}
	return nil
}

// How Jenkins estimates: from at most three builds, looking back over six.
const (
	estimateBuilds = 3
	estimateWindow = 6
)

// estimate is the expected duration of the job's builds, -1 ms when there is nothing to tell it from. The last successful
// build counts, then other successful or unstable ones of the last six, then failed ones.
func (it *item) estimate() time.Duration {
	const unknown = -time.Millisecond
	var candidates, fallback []*build
	good := it.lastWith(func(r string) bool { return worse(r) <= worse(unstable) })
	if good != nil {
		candidates = append(candidates, good)
	}
	for i, b := range it.records() {
		if i == estimateWindow || len(candidates) == estimateBuilds {
			break
		}
		switch {
		case b.running() || b == good:
		case worse(b.Result) <= worse(unstable):
			candidates = append(candidates, b)
		case b.Result == failure:
			fallback = append(fallback, b)
		}
	}
	candidates = append(candidates, fallback[:min(len(fallback), estimateBuilds-len(candidates))]...)
	var total time.Duration
	for _, b := range candidates {
		total += b.Duration.Truncate(time.Millisecond)
	}
	if total == 0 {
		return unknown
	}
	mean := float64(total.Milliseconds()) / float64(len(candidates))
	return time.Duration(math.Round(mean)) * time.Millisecond
}

// remaining is what is left of the estimate, as Jenkins says it: "12 sec", or "N/A" when it does not know or is wrong.
func (b *build) remaining(now time.Time) string {
	estimate := b.job.estimate()
	left := estimate - now.Sub(b.Started)
	if estimate < 0 || left <= 0 {
		return "N/A"
	}
	return timeSpan(left.Truncate(time.Millisecond))
}

// progress is the executor's percentage, -1 when unknown, and never more than 99.
func (b *build) progress(now time.Time) int {
	estimate := b.job.estimate()
	if estimate <= 0 {
		return -1
	}
	return int(min(int64(now.Sub(b.Started)*100/estimate), 99))
}
