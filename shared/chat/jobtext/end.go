package jobtext

import (
	"fmt"
	"strings"
	"time"

	"github.com/handsoff/handsoff/shared/chat"
	"github.com/handsoff/handsoff/shared/job"
)

const (
	endBytes    = 16 << 10
	endLines    = 150
	resultLines = 100
)

// End is the last word about a finished job, "succeeded in 31 s: jenkins build demo/slow": its outcome and duration, why, the receipt of a cancel, links and the result
// as lines. now is the day against which moments are written. Of a notice it is the notice: that telling it succeeded is
// no news.
func End(j *job.Job, now time.Time) string {
	if j.IsNotice() && j.State == job.Succeeded {
		return sentence(j.Text)
	}
	lines := []string{outcome(j) + ": " + Command(j)}
	add := func(text string) { lines = append(lines, "  "+text) }
	for _, text := range []string{Forced(j), Reason(j)} {
		if text != "" {
			add(text)
		}
	}
	for _, text := range Receipt(j, now) {
		add(text)
	}
	for _, link := range Links(j) {
		add(link)
	}
	for _, text := range Result(j) {
		add(text)
	}
	if next := Next(j); next != "" {
		add(next)
	}
	return chat.Bound(strings.Join(lines, "\n"), endBytes, endLines)
}

// outcome is how a finished job ended, and after how long.
func outcome(j *job.Job) string {
	switch j.State {
	case job.Succeeded:
		if j.Cancel != nil {
			return "succeeded " + Lasted("in", j, j.Finished) + ", before it could be stopped"
		}
		return "succeeded " + Lasted("in", j, j.Finished)
	case job.Failed:
		if j.Started.IsZero() {
			return "failed before it began"
		}
		return "failed " + Lasted("after", j, j.Finished)
	case job.Cancelled:
		if j.Started.IsZero() {
			return "was cancelled before it began"
		}
		return "was cancelled " + Lasted("after", j, j.Finished)
	case job.Unknown:
		return "ended, and nobody can tell how"
	case job.Confirming, job.Queued, job.Running, job.Waiting, job.Cancelling:
	}
	return "is " + string(j.State)
}

// Lasted says how long a job took, "in 31 s", or that it took no time to speak of, "at once".
func Lasted(preposition string, j *job.Job, now time.Time) string {
	const noticeable = 50 * time.Millisecond
	took := Took(j, now)
	if took < noticeable {
		return "at once"
	}
	return preposition + " " + chat.Duration(took)
}

// Reason is why a job failed or what is known of an unknown end. A cancel's reason is in its receipt.
func Reason(j *job.Job) string {
	switch {
	case j.Error == "" || j.State == job.Cancelled:
		return ""
	case j.State == job.Unknown:
		return "evidence: " + sentence(j.Error)
	default:
		return "because: " + sentence(j.Error)
	}
}

// Next is what to do about a job that did not end well; empty when there is nothing.
func Next(j *job.Job) string {
	switch j.State {
	case job.Failed:
		return fmt.Sprintf("say `log %s` for its output, `retry %s` to try again", j.ID, j.ID)
	case job.Unknown:
		return fmt.Sprintf("look there yourself: if it did not happen, `retry %s`; if it did, nothing more is needed", j.ID)
	case job.Confirming, job.Queued, job.Running, job.Waiting, job.Cancelling, job.Succeeded, job.Cancelled:
	}
	return ""
}

// Links are what can be clicked, a line each.
func Links(j *job.Job) []string {
	lines := make([]string, 0, len(j.Links))
	for _, link := range j.Links {
		lines = append(lines, strings.TrimPrefix(sentence(link.Title)+": "+chat.OneLine(link.URL), ": "))
	}
	return lines
}

// Result is what a job produced, as lines that read like YAML, a hundred at most.
func Result(j *job.Job) []string {
	if j.Result == nil {
		return nil
	}
	lines := chat.Outline(j.Result)
	if n := len(lines) - resultLines; n > 0 {
		lines = append(lines[:resultLines], fmt.Sprintf("… and %d more lines", n))
	}
	for i, line := range lines {
		lines[i] = chat.Clip(line, longestReason)
	}
	return lines
}
