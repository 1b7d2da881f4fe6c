package main

import (
	"fmt"
	"time"

	"github.com/handsoff/handsoff/functions/jenkins/remote"
	"github.com/handsoff/handsoff/shared/job"
)

// almost is as far as a build that is still running can have come.
const almost = 99

// estimate says how far a build has come, from when it began and how long Jenkins expects it to take, by Jenkins' clock.
// skew is our clock less Jenkins', so that the time told is one of ours.
func estimate(build *remote.Build, skew time.Duration) job.Progress {
	elapsed, expected := build.Elapsed(), build.Expected()
	if expected == 0 {
		return job.Progress{Percent: -1, Line: fmt.Sprintf("building #%d; how long it takes is not known yet", build.Number)}
	}
	p := job.Progress{
		Percent: min(almost, int(elapsed*100/expected)),
		ETA:     time.UnixMilli(build.Timestamp).Add(expected + skew),
		Line:    fmt.Sprintf("building #%d", build.Number),
	}
	if over := elapsed - expected; over > 0 {
		p.Line += fmt.Sprintf("; it has taken %s longer than expected", rough(over))
	}
	return p
}

// rough rounds so that a text does not change at every look.
func rough(d time.Duration) time.Duration {
	switch {
	case d < 10*time.Second:
		return max(time.Second, d.Round(time.Second))
	case d < time.Minute:
		return d.Round(10 * time.Second)
	}
	return d.Round(time.Minute)
}

// skew is our clock less Jenkins'. Jenkins tells whole seconds, so a small difference is none.
func skew(ours, theirs time.Time) time.Duration {
	if d := ours.Sub(theirs); d.Abs() > 2*time.Second {
		return d
	}
	return 0
}
