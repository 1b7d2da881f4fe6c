package jobtext

import (
	"encoding/json"
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
	// briefLines is how many lines of a result the last word has: it tells what came of a job, not all that is known of it.
	briefLines = 20
)

// End is the last word about a finished job, "succeeded in 31 s: jenkins build demo/slow": its outcome and duration, why, the receipt of a cancel, links and the result
// as lines. now is the day against which moments are written. Of a notice it is the notice: that telling it succeeded is
// no news.
func End(j *job.Job, now time.Time) string { return end(j, now, brief(j, now)) }

// EndTold is End for whoever was told the job's story: what of the result was said there is not said again.
func EndTold(j *job.Job, now time.Time) string {
	if Said(j) != "" {
		return end(j, now, Parts(j, now))
	}
	return End(j, now)
}

// end is the last word with what was produced.
func end(j *job.Job, now time.Time, produced []string) string {
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
	for _, text := range produced {
		add(text)
	}
	if next := Next(j); next != "" {
		add(next)
	}
	for _, text := range Offers(j) {
		add(text)
	}
	return chat.Bound(strings.Join(lines, "\n"), endBytes, endLines)
}

// brief is what was produced, as far as the last word goes: parts are told as they are, of a result the first lines.
func brief(j *job.Job, now time.Time) []string {
	if parts := Parts(j, now); parts != nil {
		return parts
	}
	if said := Said(j); said != "" {
		return []string{said}
	}
	return result(j, briefLines, fmt.Sprintf(": say `job %s`", j.ID))
}

// Said is the sentence in which a result was told, its key "said"; empty for one that speaks for itself.
func Said(j *job.Job) string {
	var result struct {
		Said string `json:"said"`
	}
	if json.Unmarshal(j.Result, &result) != nil { // it need not be an object
		return ""
	}
	return chat.Clip(sentence(result.Said), longestReason)
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

// noticeable is the shortest time to speak of.
const noticeable = 50 * time.Millisecond

// Lasted says how long a job took, "in 31 s", or that it took no time to speak of, "at once".
func Lasted(preposition string, j *job.Job, now time.Time) string {
	return Length(preposition, Took(j, now))
}

// Length says how long something took, "in 31 s", or only "31 s" without a preposition; "at once" where it is not worth a number.
func Length(preposition string, took time.Duration) string {
	if took < noticeable {
		return "at once"
	}
	return strings.TrimSpace(preposition + " " + chat.Duration(took))
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

// Offers are the commands that the job itself offers, a line each.
func Offers(j *job.Job) []string {
	lines := make([]string, 0, len(j.Offers))
	for _, offer := range j.Offers {
		lines = append(lines, fmt.Sprintf("%s: say %#q", chat.OneLine(offer.Title), chat.OneLine(offer.Text)))
	}
	return lines
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
func Result(j *job.Job) []string { return result(j, resultLines, "") }

// result is that, with so many lines at most; where says where there are more.
func result(j *job.Job, most int, where string) []string {
	if j.Result == nil {
		return nil
	}
	lines := chat.Outline(j.Result)
	if n := len(lines) - most; n > 0 {
		lines = append(lines[:most], fmt.Sprintf("… and %d more lines%s", n, where))
	}
	for i, line := range lines {
		lines[i] = chat.Clip(line, longestReason)
	}
	return lines
}
