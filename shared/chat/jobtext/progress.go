package jobtext

import (
	"fmt"
	"strings"
	"time"

	"github.com/handsoff/handsoff/shared/chat"
	"github.com/handsoff/handsoff/shared/job"
)

// barCells is the length of a progress bar.
const barCells = 20

// Progress says how far a job has come: "[########------------] 40 %, 1 m 3 s left; step 2 of 3; build #12 runs". It is
// empty when nothing is known.
func Progress(j *job.Job, now time.Time) string {
	parts := make([]string, 0, 4)
	if far := far(j, now); far != "" {
		parts = append(parts, far)
	}
	if doing := Doing(j); doing != "" {
		parts = append(parts, doing)
	}
	return strings.Join(parts, "; ")
}

// far is the bar and what is left.
func far(j *job.Job, now time.Time) string {
	bar, left := Bar(j, now), Left(j, now)
	if bar != "" && left != "" {
		return bar + ", " + left
	}
	return bar + left
}

// Bar draws how far a job has come, "[########------------] 40 %". It is empty when that is unknown; a percentage of 0
// without a time is not worth a bar.
func Bar(j *job.Job, now time.Time) string {
	if j.Progress.Percent == 0 && Left(j, now) == "" {
		return ""
	}
	return chat.Bar(j.Progress.Percent, barCells)
}

// Doing says what a job does just now: "step 2 of 3; build #12 runs".
func Doing(j *job.Job) string {
	var parts []string
	if j.Progress.Steps > 0 {
		parts = append(parts, fmt.Sprintf("step %d of %d", j.Progress.Step, j.Progress.Steps))
	}
	if line := sentence(j.Progress.Line); line != "" {
		parts = append(parts, line)
	}
	return strings.Join(parts, "; ")
}

// Left says how long a job should still take: "1 m 3 s left", or that it takes longer than thought; empty when unknown, and
// when it is being stopped.
func Left(j *job.Job, now time.Time) string {
	eta := j.Progress.ETA
	if eta.IsZero() || j.State.Final() || j.State == job.Cancelling {
		return ""
	}
	left := eta.Sub(now)
	switch {
	case left >= time.Second:
		return chat.Duration(left) + " left"
	case left > -time.Second:
		return "any moment now"
	default:
		return chat.Duration(-left) + " longer than thought"
	}
}

// Took is how long a job ran, or has run until now: from its first step, or from its acceptance if it never began.
func Took(j *job.Job, now time.Time) time.Duration {
	from, to := j.Started, j.Finished
	if from.IsZero() {
		from = j.Created
	}
	if to.IsZero() {
		to = now
	}
	return to.Sub(from)
}
